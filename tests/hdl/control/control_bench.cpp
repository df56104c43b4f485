// Checks heartbeat.v and occupancy.v in every clock against a model: random beats around the timeout's very tick, with
// time that stands, steps and leaps over its wrap; random counts of half-open and waiting connections a listener.
//
// usage: control_bench CLOCKS SEED
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>

#include "Vcontrol_bench.h"
#include "verilated.h"

double sc_time_stamp() { return 0; }

namespace {
std::mt19937_64 rng;
uint64_t below(uint64_t n) { return rng() % n; }
bool chance(int percent) { return int(below(100)) < percent; }
}  // namespace

int main(int argc, char** argv) {
    uint64_t clocks = argc > 1 ? std::strtoull(argv[1], nullptr, 0) : 200000;
    rng.seed(argc > 2 ? std::strtoull(argv[2], nullptr, 0) : 1);
    Vcontrol_bench top;
    constexpr int kListeners = 5;
    uint32_t tick = 0xFFFFF000, heard = tick, timeout = 0;
    bool gone = false, seen_late = false;
    uint64_t losses = 0, revivals = 0, exact = 0, full = 0, wraps = 0;
    long waiting[kListeners] = {}, half_open = 0;
    auto fail = [&](uint64_t now, const char* what, long got, long want) {
        std::printf("FAIL clock %llu: %s is %ld, expected %ld\n", (unsigned long long)now, what, got, want);
        std::exit(1);
    };
    for (uint64_t now = 0; now < clocks; now++) {
        bool reset = now < 3 || now == clocks / 2;
        uint32_t before = tick;
        // Time steps by a tick, stands, or comes to just before, at or after the timeout.
        if (chance(20)) tick++;
        else if (chance(2) && timeout > 2 && tick - heard < timeout) tick = heard + timeout - 1 + uint32_t(below(3));
        else if (chance(1) && chance(20)) tick += gone ? 0xFFFFFFFF - (tick - heard) : uint32_t(below(1000000));
        wraps += tick < before;
        bool longer = gone;                             // a longer timeout gives no life back: only a beat does
        if (chance(1)) timeout = chance(15) ? 0 : chance(20) ? 0xFFFFF - uint32_t(below(2)) : chance(longer ? 60 : 10) ? 1 + uint32_t(below(0xFFFFF)) : 1 + uint32_t(below(50));
        bool beat = chance(gone ? 5 : 2);
        top.rst = reset;
        top.tick = tick;
        top.timeout = timeout;
        top.beat = beat;

        int slot = int(below(chance(95) ? kListeners : 256));
        bool has = slot < kListeners, filling = now / 4096 % 2 == 0;
        top.decide_slot = uint8_t(slot);
        top.half_open_more = half_open < 0x1FFFE && chance(filling ? 60 : 30);
        top.half_open_less = half_open > 0 && chance(filling ? 30 : 60);
        top.waiting_more = has && chance(filling ? 60 : 30);
        top.waiting_less = has && waiting[slot] > 0 && chance(filling ? 30 : 60);
        uint16_t backlog = chance(10) ? uint16_t(rng()) : has ? uint16_t(waiting[slot] + 1 - long(below(3)) > 0 ? waiting[slot] + 1 - long(below(3)) : 0) : uint16_t(below(3));
        top.backlog = backlog;
        top.clk = 0;
        top.eval();

        if (now >= 3 && !reset) {
            bool late = tick - heard >= timeout;
            bool alive = timeout == 0 || !(gone || late);
            if (bool(top.host_alive) != alive) fail(now, "host_alive", top.host_alive, alive);
            exact += timeout != 0 && !gone && (tick - heard == timeout || tick - heard == timeout - 1);
            losses += !alive && !seen_late;
            revivals += alive && seen_late && timeout != 0;
            seen_late = !alive;
            if (top.half_open != uint32_t(half_open)) fail(now, "half_open", top.half_open, half_open);
            bool is_full = has && waiting[slot] >= long(backlog);
            if (bool(top.backlog_full) != is_full) fail(now, "backlog_full", top.backlog_full, is_full);
            full += is_full;
        }
        // the edge
        if (reset || beat) {
            heard = tick;
            gone = false;
        } else if (timeout == 0)
            gone = false;
        else if (tick - heard >= timeout)
            gone = true;
        half_open = reset ? 0 : half_open + top.half_open_more - top.half_open_less;
        for (int i = 0; i < kListeners; i++)
            if (reset) waiting[i] = 0;
            else if (i == slot) waiting[i] += long(top.waiting_more) - long(top.waiting_less);
        top.clk = 1;
        top.eval();
    }
    if (losses < clocks / 2000 || revivals < losses / 4 || exact < clocks / 2000 || full < clocks / 20 || wraps == 0) {
        std::printf("FAIL poor coverage: %llu losses, %llu revivals, %llu at the very tick, %llu full, %llu wraps\n", (unsigned long long)losses,
                    (unsigned long long)revivals, (unsigned long long)exact, (unsigned long long)full, (unsigned long long)wraps);
        return 1;
    }
    std::printf("passed: control, %llu clocks, host lost %llu times and back %llu times, %llu clocks at the very tick, %llu clocks with a full backlog\n",
                (unsigned long long)clocks, (unsigned long long)losses, (unsigned long long)revivals, (unsigned long long)exact, (unsigned long long)full);
}
