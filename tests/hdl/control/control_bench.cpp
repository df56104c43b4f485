// Checks heartbeat.v, occupancy.v, reset_limiter.v and counters.v in every clock against a model: random beats around
// the timeout's very tick, with time that stands, steps and leaps over its wrap; random counts of half-open and waiting
// connections a listener; buckets that run empty, fill one by one and all at once; counters that count rarely, often
// and always, and snapshots of them at any clock.
//
// usage: control_bench CLOCKS SEED
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <vector>

#include "Vcontrol_bench.h"
#include "verilated.h"

double sc_time_stamp() { return 0; }

namespace {
std::mt19937_64 rng;
uint64_t below(uint64_t n) { return rng() % n; }
bool chance(int percent) { return int(below(100)) < percent; }

// The buckets as their rule says: tokens taken out of each, and the time of the next refill of all.
struct Limiter {
    int used[5] = {};
    uint32_t random = 0;
    uint64_t next = 0, takes = 0, empty = 0, leaps = 0, refills = 0;

    bool token(int slot, int depth) const { return slot < 5 && used[slot] < depth; }

    void edge(bool reset, uint64_t time, int shift, bool stir, uint32_t with, int slot, bool take) {
        uint64_t late = time - next;
        bool refill = int64_t(late) >= 0, leapt = refill && late >> shift > 512;
        for (int i = 0; i < 5; i++)
            if (reset || leapt) used[i] = 0;
            else if (take && i == slot) used[i] += !refill;
            else if (refill && used[i] > 0) used[i]--;
        uint32_t wait = random & ~(0xFFFFFFFEu << shift);
        random = (random << 1 | ((random >> 31 ^ random >> 21 ^ random >> 1 ^ random) & 1)) ^ (stir ? with : 0);
        if (reset) random = 0x6B43A9B5, next = time;
        else if (refill) next = (leapt ? time : next) + wait + 1;
        takes += take && !reset, leaps += leapt && !reset, refills += refill && !reset;
    }
};

// Counters, and what the last snapshot saw.
struct Counts {
    std::vector<uint64_t> sums, seen;
    int busy = 0;
    uint64_t snapshots = 0, shown = 0;
};
}  // namespace

int main(int argc, char** argv) {
    uint64_t clocks = argc > 1 ? std::strtoull(argv[1], nullptr, 0) : 200000;
    rng.seed(argc > 2 ? std::strtoull(argv[2], nullptr, 0) : 1);
    Vcontrol_bench top;
    constexpr int kListeners = 5;
    uint32_t tick = 0xFFFFF000, heard = tick, timeout = 0;
    bool gone = false, seen_late = false, shown = true; // shown: whether it was alive a clock ago, or there was a beat
    uint64_t losses = 0, revivals = 0, exact = 0, full = 0, wraps = 0;
    long waiting[kListeners] = {}, half_open = 0;
    Limiter limiter;
    Counts counts;
    uint64_t time = 5000;
    int depth = 4, shift = 2, quiet = 0, addresses[2] = {};
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
        if (chance(30)) time++;
        else if (chance(1) && chance(10)) time += below(700ull << shift);
        else if (chance(1) && chance(1)) time += below(1ull << 40);
        if (chance(1) && chance(4)) depth = chance(30) ? int(below(256)) : int(below(6));
        if (chance(1) && chance(4)) shift = chance(70) ? int(below(5)) : int(below(16));
        top.timebase_us = time;
        top.depth = uint8_t(depth);
        top.refill_shift = uint8_t(shift);
        top.stir = chance(20);
        top.stir_with = uint32_t(rng());
        top.take = limiter.token(slot, depth) && chance(now / 8192 % 2 ? 90 : 3);

        if (now == 0) {
            top.eval();
            counts.sums.assign(top.counters_number, 0);
            counts.seen.assign(top.counters_number, 0);
        }
        int number = int(counts.sums.size()), often = now / 1024 % 4 == 0 ? 100 : now / 1024 % 4 == 1 ? 70 : 2;
        for (int i = 0; i < number; i++) {
            bool one = now / 1024 % 4 == 3 ? uint64_t(i) == now % number : chance(often);
            if (one) top.count[i / 32] |= 1u << i % 32;
            else top.count[i / 32] &= ~(1u << i % 32);
        }
        top.snapshot = chance(1);
        top.value_address = uint8_t(below(chance(90) ? 2 * number : 256));
        top.clk = 0;
        top.eval();

        if (now >= 3 && !reset) {
            bool token = limiter.token(slot, depth);
            if (bool(top.has_token) != token) fail(now, "has_token", top.has_token, token);
            limiter.empty += has && !token;
            if (bool(top.busy) != (counts.busy > 0)) fail(now, "busy", top.busy, counts.busy > 0);
            // What was addressed two clocks ago, if nothing was copied meanwhile.
            if (quiet > 3 && counts.snapshots > 0) {
                int which = addresses[1] / 2;
                uint64_t value = which < number ? counts.seen[which] : 0;
                long word = long(uint32_t(addresses[1] % 2 ? value >> 32 : value));
                if (long(top.value_data) != word) fail(now, "value_data", top.value_data, word);
                counts.shown += word != 0;
            }
        }

        if (now >= 3 && !reset) {
            bool late = tick - heard >= timeout;
            bool alive = timeout == 0 || !(gone || late);
            if (bool(top.host_alive) != shown) fail(now, "host_alive", top.host_alive, shown);
            shown = alive;
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
            shown = true;
            heard = tick;
            gone = false;
        } else if (timeout == 0)
            gone = false;
        else if (tick - heard >= timeout)
            gone = true;
        limiter.edge(reset, time, shift, top.stir, top.stir_with, slot, top.take);
        bool asked = top.snapshot && counts.busy == 0;
        if (counts.busy > 0) counts.busy--;
        if (asked) counts.seen = counts.sums, counts.busy = number + 2, counts.snapshots++;
        for (int i = 0; i < number; i++) counts.sums[i] = reset ? 0 : counts.sums[i] + (top.count[i / 32] >> i % 32 & 1);
        if (reset) counts.busy = 0, counts.snapshots = 0;
        quiet = counts.busy > 0 || reset ? 0 : quiet + 1;
        addresses[1] = addresses[0];
        addresses[0] = top.value_address;
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
    if (limiter.takes < clocks / 100 || limiter.empty < clocks / 100 || limiter.leaps < 3 || limiter.refills < clocks / 1000 ||
        counts.snapshots < clocks / 1000 || counts.shown < clocks / 1000) {
        std::printf("FAIL poor coverage: %llu tokens taken, %llu clocks without, %llu leaps, %llu refills, %llu snapshots, %llu words\n",
                    (unsigned long long)limiter.takes, (unsigned long long)limiter.empty, (unsigned long long)limiter.leaps,
                    (unsigned long long)limiter.refills, (unsigned long long)counts.snapshots, (unsigned long long)counts.shown);
        return 1;
    }
    std::printf("passed: control, %llu clocks, host lost %llu times and back %llu times, %llu clocks at the very tick, %llu clocks with a full backlog, "
                "%llu tokens taken, %llu leaps, %llu words of snapshots\n",
                (unsigned long long)clocks, (unsigned long long)losses, (unsigned long long)revivals, (unsigned long long)exact, (unsigned long long)full,
                (unsigned long long)limiter.takes, (unsigned long long)limiter.leaps, (unsigned long long)counts.shown);
}
