// Checks hdl/rtl/pipeline/port_queue.v with hash_unit, cookie_keys and cookie_control behind it: random segments, in
// phases of random load, with `armed` toggling at any time, against a model that works on whole messages.
//
// Usage: queue_bench CLOCKS SEED. Exit 0: every hash was that of the right message, in order, and came when it has to.

#include "Vqueue_bench.h"
#include "verilated.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <map>
#include <random>
#include <vector>

double sc_time_stamp() { return 0; }

namespace {

using Bytes = std::vector<uint8_t>;
uint64_t rotate(uint64_t x, int by) { return (x << by) | (x >> (64 - by)); }

// SipHash-2-4; hash_bench holds the same text against the published vectors.
uint64_t siphash(const Bytes& key, const Bytes& message) {
    auto word = [](const uint8_t* p) { uint64_t w = 0; for (int i = 7; i >= 0; i--) w = w << 8 | p[i]; return w; };
    uint64_t k0 = word(&key[0]), k1 = word(&key[8]);
    uint64_t v0 = k0 ^ 0x736f6d6570736575u, v1 = k1 ^ 0x646f72616e646f6du, v2 = k0 ^ 0x6c7967656e657261u,
             v3 = k1 ^ 0x7465646279746573u;
    auto round = [&] {
        v0 += v1; v1 = rotate(v1, 13); v1 ^= v0; v0 = rotate(v0, 32);
        v2 += v3; v3 = rotate(v3, 16); v3 ^= v2;
        v0 += v3; v3 = rotate(v3, 21); v3 ^= v0;
        v2 += v1; v1 = rotate(v1, 17); v1 ^= v2; v2 = rotate(v2, 32);
    };
    Bytes padded = message;
    while (padded.size() % 8 != 7) padded.push_back(0);
    padded.push_back(static_cast<uint8_t>(message.size()));
    for (size_t i = 0; i < padded.size(); i += 8) {
        uint64_t m = word(&padded[i]);
        v3 ^= m; round(); round(); v0 ^= m;
    }
    v2 ^= 0xff;
    for (int i = 0; i < 4; i++) round();
    return v0 ^ v1 ^ v2 ^ v3;
}

template <typename Port> void put(Port& words, const Bytes& bytes) {
    for (size_t i = 0; i < bytes.size() / 4; i++) words[i] = 0;
    for (size_t i = 0; i < bytes.size(); i++) words[i / 4] |= static_cast<uint32_t>(bytes[i]) << (8 * (i % 4));
}
template <typename Port> Bytes get(const Port& words, size_t size) {
    Bytes b(size);
    for (size_t i = 0; i < size; i++) b[i] = static_cast<uint8_t>(words[i / 4] >> (8 * (i % 4)));
    return b;
}

struct Segment {
    bool tcp, isVoid, ipv6, mssPresent;
    uint8_t flags;
    uint32_t seq, ack;
    uint16_t mss;
    Bytes key;                  // 40 bytes, as packed
    uint64_t due;               // clock of its segment_valid
    bool arrived = false, hashed = false, cookie = false;
    uint64_t hash = 0;
    uint32_t result = 0;
    uint64_t place = 0;
};
struct Result { uint64_t clock, hash; unsigned source; };
struct Read { uint64_t clock; unsigned slot; Segment segment; };

unsigned failures = 0;
uint64_t now = 0;
void fail(const char* what) { if (failures++ < 10) std::printf("clock %llu: %s\n", (unsigned long long)now, what); }

} // namespace

int main(int argc, char** argv) {
    if (argc != 3) { std::fprintf(stderr, "usage: queue_bench CLOCKS SEED\n"); return 2; }
    uint64_t clocks = std::strtoull(argv[1], nullptr, 0), seed = std::strtoull(argv[2], nullptr, 0);
    std::mt19937_64 random(seed);
    auto chance = [&](unsigned percent) { return random() % 100 < percent; };
    auto bytes = [&](size_t n) { Bytes b(n); for (auto& x : b) x = (uint8_t)random(); return b; };
    Vqueue_bench top;
    Bytes isnKey = bytes(16), toeplitz = bytes(44);
    toeplitz[41] &= 0x1f; toeplitz[42] = toeplitz[43] = 0;
    put(top.isn_key, isnKey);
    put(top.placement_key, toeplitz);
    auto toeplitzBit = [&](int i) { return toeplitz[i / 8] >> (i % 8) & 1; };
    auto placement = [&](const Bytes& key) {
        uint64_t p = 0;
        for (int j = 0; j < 33; j++) {
            int sum = 0;
            for (int i = 0; i < 301; i++) sum ^= (key[i / 8] >> (i % 8) & 1) & toeplitzBit(i + j);
            p |= (uint64_t)sum << j;
        }
        return p;
    };
    auto tuple = [&](const Bytes& key, Bytes into) {    // bytes 35 down to 0 of the packed key: most significant first
        for (int i = 35; i >= 0; i--) into.push_back(key[i]);
        return into;
    };

    // model of the queue
    std::deque<Segment> segments;                       // admitted, not gone; in order
    std::deque<Result> results;
    std::deque<Read> reads;
    std::deque<uint64_t> issues;
    std::deque<bool> roomBefore(8, false);
    uint64_t lastPrefix = 0, hashes = 0, cookies = 0, decidedIsn = 0, voidedIsn = 0, expectedVoids = 0, hashedIsn = 0, popped = 0, voids = 0;
    uint64_t fullRate = 0, fullRateTaken = 0;
    unsigned armedPercent = 0, load = 100, other = 0, drain = 100;
    bool prefixUsed = false;
    // model of the keys
    bool keySet = false, keyWaits = false;
    Bytes current(16), previous(16), next(16);
    uint32_t period = 0;
    // model of the control
    int undecided = 0, sentInStill = 0;
    bool expectArmedSyn = false;
    std::map<unsigned, uint32_t> sentIn;
    uint32_t controlPeriod = 0xfffffd, stable = 0;
    uint64_t time = ((1ull << 50) - 5 * (1ull << 26)) | (0x5ull << 60);   // five periods before the period's wrap

    // Void segments leave no trace but isn_voided.
    auto dropVoids = [&] {
        while (!segments.empty() && segments.front().isVoid) {
            if (!segments.front().hashed || !segments.front().arrived) fail("port_queue: a void segment went too early");
            expectedVoids += !segments.front().cookie;
            segments.pop_front();
            voids++;
        }
    };

    for (now = 0; now < clocks + (FOLDED ? 4000 : 400); now++) {
        bool reset = now < 4, ending = now >= clocks;
        if (now % 256 == 0) {
            armedPercent = (unsigned[]){0, 100, 50, 5, 95, 100}[random() % 6];
            load = (unsigned[]){100, 100, 50, 10}[random() % 4];
            other = (unsigned[]){0, 0, 30, 50}[random() % 4];
            drain = (unsigned[]){100, 100, 70, 40}[random() % 4];
        }
        top.rst = reset;
        // Time stands still, and once the bucket's refills have caught up with it, there is a limit.
        bool still = now / 2048 % 4 == 3, limited = still && now % 2048 >= 1536;
        if (!still) time += chance(1) && chance(20) ? (random() % 3) << 26 : random() % (1 << 19);
        top.timebase_us = time;
        top.commit = !reset && now > 2000 && chance((time >> 26 & 0xffffff) != period ? 30 : 1);
        Bytes staging = bytes(16);
        put(top.staging, staging);
        top.armed_syn = keySet && chance(armedPercent);
        top.armed = top.armed_syn || (keySet && chance(armedPercent));

        // ingress: keys, then their segments, in order
        roomBefore.push_back(!reset && top.room);
        bool mayCome = roomBefore.front() && !ending;
        roomBefore.pop_front();
        top.key_valid = 0;
        if (mayCome && chance(load)) {
            Segment s{};
            s.tcp = chance(90); s.isVoid = s.tcp && chance(10); s.ipv6 = chance(50); s.mssPresent = chance(80);
            s.flags = chance(50) ? 0x02 : chance(60) ? 0x10 : (uint8_t)random();
            s.seq = chance(5) ? 0 : (uint32_t)random();
            uint32_t offset = chance(5) ? (uint32_t)random() : chance(50) ? 0u : ~0u;
            s.ack = ((((period + offset) & 31) << 27) | ((uint32_t)random() & 0x7ffffff)) + 1;
            static const uint16_t edges[] = {88, 536, 1220, 1360, 1400, 1440, 1460, 8940};
            s.mss = chance(70) ? (uint16_t)(edges[random() % 8] - random() % 2) : (uint16_t)random();
            s.key = bytes(40);
            s.key[37] &= 0x1f; s.key[38] = s.key[39] = 0;
            s.place = placement(s.key);
            s.due = now + 1 + random() % 6;
            if (!segments.empty() && segments.back().due >= s.due) s.due = segments.back().due + 1;
            if (s.tcp) { top.key_valid = 1; put(top.key, s.key); }
            segments.push_back(s);
        }
        top.segment_valid = 0;
        Segment* arriving = nullptr;
        for (auto& s : segments)
            if (s.due == now) {
                top.segment_valid = 1; top.segment_is_tcp = s.tcp; top.segment_void = s.isVoid; top.segment_is_ipv6 = s.ipv6;
                top.segment_flags = s.flags; top.segment_seq = s.seq; top.segment_ack = s.ack;
                top.segment_mss_present = s.mssPresent; top.segment_mss = s.mss;
                arriving = &s;
            }
        top.other_valid = !reset && !ending && chance(other);
        Bytes otherKey = bytes(40);
        otherKey[37] &= 0x1f; otherKey[38] = otherKey[39] = 0;
        put(top.other_key, otherKey);
        top.head_ready = !reset && chance(drain);
        top.issue = !issues.empty() && issues.front() == now;
        if (top.issue) issues.pop_front();
        bool reading = !reads.empty() && reads.front().clock == now;
        if (reading) top.siphash_slot = reads.front().slot;

        // control
        bool jump = chance(2);
        if (jump) { controlPeriod = (controlPeriod + (chance(70) ? 1 : 2 + random() % 3)) & 0xffffff; stable = 0; } else stable++;
        top.control_period = controlPeriod;
        top.control_key_set = chance(90);
        top.isn_mode = chance(10) ? 3 : random() % 3;
        top.threshold = 20 + random() % 60;
        top.half_open = 10 + random() % 50;
        top.in_use = 20 + random() % 40;
        bool wantUp = chance(40) && undecided < 60;
        top.control_hashed = !reset && wantUp;
        top.control_decided = !reset && undecided >= 2 && chance(30);
        top.control_voided = !reset && undecided >= 2 && chance(10);
        top.decide_slot = random() % 6;
        top.bucket_depth = limited ? 3 : 0;
        top.clk = 0;
        top.decide_sent = 0;
        top.eval();
        top.decide_sent = !reset && top.decide_slot < 5 && chance(limited ? 30 : 3) && top.decide_token;
        top.eval();

        if (!reset) {
            // ---- keys
            if ((bool)top.key_set != keySet || (bool)top.key_waits != keyWaits) fail("cookie_keys: status");
            if (keySet && (get(top.current_key, 16) != current || get(top.previous_key, 16) != previous)) fail("cookie_keys: keys");
            if (now > 5 && top.period != period) fail("cookie_keys: period");

            // ---- control
            if ((bool)top.control_armed_syn != expectArmedSyn) fail("cookie_control: armed_syn");
            auto isRecent = [&](unsigned slot) {
                auto at = sentIn.find(slot);
                return at != sentIn.end() && ((controlPeriod - at->second) & 0xffffff) <= 1;
            };
            if (stable >= 2) {
                bool any = false;
                for (unsigned slot = 0; slot < 5; slot++) any |= isRecent(slot);
                if ((bool)top.decide_recent != isRecent(top.decide_slot)) fail("cookie_control: recent");
                if (top.reserve_wanted != any) fail("cookie_control: reserve");
                if (top.control_armed != (top.control_armed_syn || (any && top.control_key_set))) fail("cookie_control: armed");
            }
            if (!limited && !top.decide_token) fail("cookie_control: no token without a limit");
            if (!limited) sentInStill = 0;
            sentInStill += limited && top.decide_sent;
            if (limited && now % 2048 == 2047 && sentInStill != 5 * 3) fail("cookie_control: not as many tokens as the buckets hold");
            if (top.decide_sent) sentIn[top.decide_slot] = controlPeriod;
            int soon = undecided + top.control_hashed;
            expectArmedSyn = top.control_key_set && (top.isn_mode == 3 || (int)top.half_open + soon > (int)top.threshold ||
                                                     (int)top.in_use + soon >= 64);
            undecided += top.control_hashed - top.control_decided - top.control_voided;

            // ---- what goes to the hash
            Segment* first = nullptr;
            for (auto& s : segments) if (s.tcp && !s.hashed) { first = &s; break; }
            bool expected = first && (!top.armed || first->arrived);
            if (top.hash_valid != expected) fail("port_queue: a key does not wait, or waits, when it should not");
            // The folded unit takes a key when the result of the one before is out.
            bool ready = !FOLDED || results.empty() || results.front().clock == now;
            if (top.key_ready != ready) fail("hash_unit: key_ready");
            bool prefixBusy = !FOLDED && prefixUsed && now - lastPrefix <= 4;
            if (!ready) {
            } else if (top.other_valid) {
                if (prefixBusy) { lastPrefix = now; }
                results.push_back({now + 29 + (prefixBusy ? 4 : 0), siphash(isnKey, tuple(otherKey, {})), 1});
            } else if (expected) {
                Segment& s = *first;
                bool syn = (s.flags & 0x12) == 0x02;
                s.hashed = true;
                hashes++;
                s.cookie = top.armed && (top.armed_syn || !syn);
                if (s.cookie) {
                    cookies++;
                    uint32_t cookie = s.ack - 1, seq = syn ? s.seq : s.seq - 1, of = period, index = cookie >> 24 & 7;
                    bool valid = true, old = false;
                    uint32_t named = syn ? period & 31 : cookie >> 27;
                    if (!syn) {
                        old = named != (period & 31);
                        if (old) of = (period - 1) & 0xffffff;
                        valid = named == (of & 31);
                    } else {
                        static const unsigned table[] = {88, 536, 1220, 1360, 1400, 1440, 1460, 8940};
                        unsigned mss = s.mssPresent ? s.mss : s.ipv6 ? 1220 : 536;
                        index = 0;
                        for (unsigned i = 0; i < 8; i++) if (table[i] <= mss) index = i;
                    }
                    Bytes block{(uint8_t)(seq >> 24), (uint8_t)(seq >> 16), (uint8_t)(seq >> 8), (uint8_t)seq, (uint8_t)(of >> 16),
                                (uint8_t)(of >> 8), (uint8_t)of, (uint8_t)index};
                    s.hash = siphash(old ? previous : current, tuple(s.key, block));
                    s.result = 1 | named << 1 | (uint32_t)valid << 6 | index << 7;
                } else {
                    s.hash = siphash(isnKey, tuple(s.key, {}));
                    s.result = 0;
                    hashedIsn++;
                }
                bool through = s.cookie || prefixBusy;
                if (through) { lastPrefix = now; prefixUsed = true; }
                results.push_back({now + 29 + (through ? 4 : 0), s.hash, 0});
            }
            if (top.isn_hashed != (ready && !top.other_valid && expected && !first->cookie)) fail("port_queue: isn_hashed");

            // ---- what comes out of it
            bool due = !results.empty() && results.front().clock == now;
            if (top.siphash_valid != due) fail("hash_unit: latency");
            if (due) {
                if (top.siphash != results.front().hash || top.siphash_source != results.front().source) fail("hash_unit: SipHash or its order");
                results.pop_front();
            }
            bool placementDue = false;
            for (auto& r : results) placementDue |= r.clock == now + 8;
            if (top.placement_valid != placementDue) fail("hash_unit: the placement hash is not 8 clocks ahead");

            // ---- segments that go on
            if (top.isn_voided) voidedIsn++;
            if (top.head_valid && top.head_ready) {
                dropVoids();
                if (segments.empty()) fail("port_queue: a segment that never came");
                else {
                    Segment s = segments.front();
                    segments.pop_front();
                    popped++;
                    if (top.head_hashed != s.tcp || !s.arrived) fail("port_queue: order of segments");
                    if (s.tcp) {
                        if (!s.hashed || top.head_placement != s.place) fail("port_queue: placement");
                        // pop, choice, issue, and FETCH = 6: the earliest clock in which SipHash's result is asked for
                        reads.push_back({now + 8, top.head_hash_slot, s});
                        if (!s.cookie) decidedIsn++;
                    }
                    issues.push_back(now + 2);
                }
            }
            if (reading) {
                const Segment& s = reads.front().segment;
                if (top.siphash_data != s.hash || top.result_data != s.result) fail("port_queue: SipHash or result at the fetch stage");
                reads.pop_front();
            }
            if (arriving) {
                for (auto& s : segments) if (s.due == now) s.arrived = true;
            }
            // Where nothing holds it up, the queue lets a segment come in every clock.
            if (!ending && other == 0 && load == 100 && drain == 100 && (armedPercent == 100 || armedPercent == 0) && now % 256 >= 128) {
                fullRate++;
                fullRateTaken += top.segment_valid;
            }

            // ---- keys, at the edge
            bool boundary = (uint32_t)(time >> 26 & 0xffffff) != period;
            if (top.commit && !keySet) { keySet = true; current = previous = staging; }
            else {
                if (boundary) { previous = current; if (keyWaits) { current = next; keyWaits = false; } }
                if (top.commit) { next = staging; keyWaits = true; }
            }
        }
        period = (uint32_t)(time >> 26 & 0xffffff);
        top.clk = 1;
        top.eval();
    }
    dropVoids();
    if (!segments.empty()) fail("port_queue: segments are left");
    if (top.queue_busy) fail("port_queue: busy at the end");
    if (hashedIsn != decidedIsn + voidedIsn || voidedIsn != expectedVoids) fail("port_queue: isn_hashed and its two ends do not balance");
    if (hashes < clocks / (FOLDED ? 60 : 10) || cookies < hashes / 10) fail("the run hashes too little to tell anything");
    if (!FOLDED && (fullRate < 256 || fullRateTaken < fullRate * 98 / 100)) fail("port_queue: not one segment a clock");
    std::printf("%s: %llu segments, %llu hashes, %llu of cookies, %llu voids, full rate %llu of %llu clocks (seed %llu)\n", failures ? "FAIL" : "PASS",
                (unsigned long long)popped, (unsigned long long)hashes, (unsigned long long)cookies, (unsigned long long)voids,
                (unsigned long long)fullRateTaken, (unsigned long long)fullRate, (unsigned long long)seed);
    return failures ? 1 : 0;
}
