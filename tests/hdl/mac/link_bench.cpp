// Checks link_forward.v: two cables that are pulled and plugged at random, behind PHYs that need a while for their link.
//
// usage: link_bench STEPS SEED
#include "Vlink_forward.h"
#include "bench.h"

namespace {

constexpr int kDown = DOWN_TICKS, kUp = UP_TICKS, kTraining = kUp - 2;

// One port: its link comes up to kTraining ticks after there is a cable and power.
struct Port {
    bool cable = false, link = false;
    int wait = 1;
    void tick(bool power_down) {
        if (!cable || power_down) { link = false; wait = 1 + int(below(kTraining)); }
        else if (wait > 0 && --wait == 0) link = true;
    }
};

}  // namespace

int main(int argc, char** argv) {
    uint64_t steps = argc > 1 ? std::strtoull(argv[1], nullptr, 0) : 2000;
    rng.seed(argc > 2 ? std::strtoull(argv[2], nullptr, 0) : 1);
    phase_name = "link forwarding";
    Vlink_forward top;
    Port a, b;
    uint64_t taken_down = 0, blinks = 0, ups = 0;
    bool blink_a = false, blink_b = false;
    auto clock = [&](bool tick) {
        top.tick = tick;
        top.link_a = a.link && !blink_a;
        top.link_b = b.link && !blink_b;
        top.clk = 0;
        top.eval();
        top.clk = 1;
        top.eval();
        if (top.power_down_a && top.power_down_b) fail("both ports are taken down");
    };
    auto tick = [&] {
        for (uint64_t i = 1 + below(3); i > 0; i--) clock(false);
        clock(true);
        a.tick(top.power_down_a);
        b.tick(top.power_down_b);
    };
    top.rst = 1;
    for (int i = 0; i < 3; i++) clock(false);
    top.rst = 0;
    clock(false);
    if (top.power_down_a || top.power_down_b) fail("a port is down after the reset");
    for (uint64_t i = 0; i < steps; i++) {
        // Something happens; both for no longer than they need, or for long.
        bool was_a = a.cable, was_b = b.cable;
        if (chance(60)) a.cable = chance(60);
        if (chance(60)) b.cable = chance(60);
        bool both_stood = was_a && was_b && a.link && b.link && !top.power_down_a && !top.power_down_b;
        if (a.cable && b.cable && both_stood) {
            // A blink that is shorter than a loss changes nothing.
            blinks++;
            (chance(50) ? blink_a : blink_b) = true;
            for (int n = 0; n < kDown - 1; n++) { clock(true); if (top.power_down_a || top.power_down_b) fail("a blink takes a port down"); }
            blink_a = blink_b = false;
            clock(false);
            for (int n = 0; n < 3 * kUp; n++) { tick(); if (top.power_down_a || top.power_down_b || !a.link || !b.link) fail("a link is lost for nothing"); }
            continue;
        }
        if (chance(30)) {  // no time to settle
            for (uint64_t n = below(unsigned(kUp)); n > 0; n--) tick();
            continue;
        }
        bool fast = both_stood && a.cable != b.cable;
        for (int n = 0; n < (fast ? kDown + 2 : 5 * kUp); n++) tick();
        if (a.cable && b.cable) {
            ups++;
            if (top.power_down_a || top.power_down_b || !a.link || !b.link) fail("both cables are there and a link is not", a.link, b.link);
        } else if (a.cable != b.cable) {
            taken_down++;
            if (a.link || b.link) fail("one cable is gone and a link is there", a.link, b.link);
            if (top.power_down_a != a.cable || top.power_down_b != b.cable) fail("the wrong port is down", top.power_down_a, a.cable);
        } else if (a.link || b.link) fail("no cable and a link");
        if (fast) for (int n = 0; n < 5 * kUp; n++) tick();
    }
    if (taken_down < steps / 10 || ups < steps / 20 || blinks < steps / 50) fail("poor coverage", taken_down, ups);
    std::printf("  link forwarding: %llu times taken down, %llu times up, %llu blinks\n", (unsigned long long)taken_down, (unsigned long long)ups, (unsigned long long)blinks);
}
