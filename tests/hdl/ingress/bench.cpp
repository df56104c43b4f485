// Self-checking bench of hdl/rtl/ingress/ingress.v and, with WORDS, of ingress_words.v: random and mutated frames in, and every key,
// segment, counter pulse, and passed or parked byte compared with a reference that is written from the RFCs and
// shares nothing with the RTL but the field positions of the register map.
//
// usage: bench FRAMES SEED. Built once a DATA_WIDTH, which comes as a macro together with FROM_HOST.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <random>
#include <vector>

#include "Vingress.h"
#include "fields.h"
#include "frames.h"
#include "ports.h"
#include "reference.h"
#include "segment_check.h"
#include "verilated.h"

double sc_time_stamp() { return 0; }

namespace {

constexpr int kBytes = DATA_WIDTH / 8;
constexpr int kMaxBeats = (kMaxFrame + kBytes - 1) / kBytes;
constexpr int kDepth = FRAME_FIFO_BYTES / kBytes;
constexpr uint64_t kKeyLatency = 2, kCountLatency = 2, kSegmentLatency = 5;
constexpr uint64_t kWordsKey = 5, kWordsSegment = 9;  // at most, with WORDS
constexpr size_t kPayload = 152;                      // no header reaches to the beat before this byte's

struct Phase {
    int gap, room, ready, verdict_delay, pass, small;
    bool line_rate;
    int take = 100;                    // with WORDS: how soon a segment is taken
};

class Bench {
  public:
    Bench() : top(new Vingress) {}

    void reset() {
        top->rst = 1;
        top->s_axis_tvalid = 0;
        top->verdict_valid = 0;
        top->m_axis_tready = 0;
        top->room = 1;
#if WORDS
        top->take = 0;
        waited = 0;
#endif
        for (int i = 0; i < 4; i++) edge();
        top->rst = 0;
        edge();
        edge();
        if (!top->s_axis_tready) fail(nullptr, "s_axis_tready low after reset");
        if (top->busy) fail(nullptr, "busy after reset");
        flight.clear();
        verdicts.clear();
        leaving.clear();
        occupied = 0;
        received = passed = consumed = dropped_full = dropped_length = 0;
        want_passed = want_consumed = 0;
        stalled = false;
        out.clear();
        parked.clear();
    }

    void run(const Phase& p, uint64_t frames) {
        phase = p;
        uint64_t produced = 0;
        Frame current;
        size_t position = 0;
        bool sending = false;
        uint64_t idle = 0, full_before = dropped_full, began = clock;
        while (produced < frames || sending || !flight.empty() || !verdicts.empty() || !leaving.empty() || top->busy) {
            // Stimulus of this clock.
            if (!sending && produced < frames) {
                current = Frame();
                current.bytes = chance(20) ? random_icmp(phase.small) : random_frame(phase.small);
                if (phase.line_rate) current.bytes.resize(60 + (DATA_WIDTH < 512 && !phase.small ? below(200) : 0), 0x55);
                current.number = total++;
                current.marked = !phase.line_rate && chance(4);
                current.bad = current.marked || current.bytes.size() > size_t(kMaxFrame) || current.bytes.size() < 14;
                current.expected = reference::parse(current.bytes, FROM_HOST != 0);
                sending = true;
                position = 0;
                produced++;
            }
            bool offered = sending && !chance(phase.gap);
            top->s_axis_tvalid = offered;
            bool beat = offered;
            top->room = chance(phase.room);
            top->m_axis_tready = chance(phase.ready);
            bool last = beat && position + kBytes >= current.bytes.size();
            for (int lane = 0; lane < kBytes; lane++) {
                bool in = beat && position + lane < current.bytes.size();
                set_byte(top->s_axis_tdata, lane, in ? current.bytes[position + lane] : uint8_t(rng()));
            }
            size_t keep = !beat ? 0 : last ? current.bytes.size() - position : kBytes;
            top->s_axis_tkeep = keep == 64 ? ~0ull : (1ull << keep) - 1;
            top->s_axis_tlast = beat ? last : chance(50);
            top->s_axis_tuser = last ? current.marked : chance(50);
            if (!verdicts.empty() && verdicts.front().verdict_clock <= clock) {
                top->verdict_valid = 1;
                const Frame& f = verdicts.front();
                top->verdict = f.pass ? VERDICT_PASS_VALUE : f.park ? VERDICT_PARK_VALUE : VERDICT_DROP_VALUE;
            } else {
                top->verdict_valid = 0;
                top->verdict = uint8_t(below(4));
            }
            top->eval();
            int before = occupied;  // `space` hears of what is given back a clock later
#if WORDS
            top->take = top->segment_valid && chance(phase.take);
            top->eval();
            beat = offered && top->s_axis_tready;
            waited = offered && !beat ? waited + 1 : 0;
            if (waited > 8 && !top->segment_valid) fail(nullptr, "s_axis_tready low", waited);
            if (waited && position >= kPayload && !top->segment_valid) slow++;
            if (top->take) take_segment();
#else
            if (!top->s_axis_tready) fail(nullptr, "s_axis_tready low");
#endif

            if (beat) {
                if (position == 0) {
                    current.first_clock = clock;
                    current.room_at_first = top->room;
                    current.must_admit = top->room && before + kMaxBeats + 8 <= kDepth;
                    flight.push_back(current);
                }
                Frame& f = flight.back();
                size_t ports = f.expected.ports_end;
                if (f.expected.tcp && position < ports && ports <= position + kBytes) {
                    f.ports_clock = clock;
                    f.ports_sent = true;
                }
                occupied++;
                position += kBytes;
                if (last) {
#if WORDS
                    if (slow && slow > int(position - kPayload) / kBytes + 2) fail(&f, "payload takes more than two clocks a beat", slow);
                    slow = 0;
#endif
                    f.last_clock = clock;
                    sending = false;
                }
            }

            bool taken = top->verdict_valid && top->verdict_ready;
            observe_output();
            observe_park(taken);
            if (taken) {
                Frame f = verdicts.front();
                verdicts.pop_front();
                if (f.pass) {
                    want_passed++;
                    leaving.push_back(f);
                } else {
                    want_consumed++;
                    release(f);
                }
            }
            edge();
            finish_output();
            observe();
            if (clock - began > 400 * (frames + 1000)) fail(nullptr, "no progress");
            if (++idle > 1000000000) fail(nullptr, "stuck");
        }
        for (int i = 0; i < 4; i++) {
            top->s_axis_tvalid = 0;
            top->verdict_valid = 0;
            edge();
            observe();
        }
        if (phase.line_rate && dropped_full != full_before) fail(nullptr, "dropped frames at line rate", dropped_full - full_before);
        if (received != passed + consumed + dropped_full + dropped_length) fail(nullptr, "counters do not add up", received, passed + consumed + dropped_full + dropped_length);
        if (passed != want_passed) fail(nullptr, "count_passed", passed, want_passed);
        if (consumed != want_consumed) fail(nullptr, "count_consumed", consumed, want_consumed);
    }

    void summary() const {
        printf("  width %3d from_host %d: %llu frames, %llu clocks; %llu passed, %llu parked, %llu dropped at full FIFO\n", DATA_WIDTH, FROM_HOST,
               (unsigned long long)total, (unsigned long long)clock, (unsigned long long)seen_passed, (unsigned long long)seen_parked,
               (unsigned long long)seen_full);
        // A bench whose frames do not reach the interesting places is no bench.
        if (seen_full < total / 200 || seen_passed < total / 10 || seen_parked < total / 20) fail(nullptr, "poor coverage");
        segments.summary(total);
    }

    // Latencies and rates that the head of ingress.v promises.
    void directed() {
        reset();
        phase = Phase{0, 100, 100, 0, 100, 1, true};
        // One frame, its verdict given late: m_axis one clock behind it.
        Frame f;
        f.bytes.assign(60, 0x11);
        uint64_t verdict_at = 0, out_at = 0;
        size_t position = 0;
        bool done = false;
        for (int i = 0; i < 100; i++) {
            top->room = 1;
            top->m_axis_tready = 1;
            top->s_axis_tvalid = position < 60;
            top->s_axis_tlast = position + kBytes >= 60;
            top->s_axis_tuser = 0;
            size_t keep = position + kBytes >= 60 ? (position < 60 ? 60 - position : 0) : kBytes;
            top->s_axis_tkeep = keep == 64 ? ~0ull : (1ull << keep) - 1;
            if (i == 50) verdict_at = clock;
            top->verdict_valid = i >= 50 && !done;
            top->verdict = VERDICT_PASS_VALUE;
            top->eval();
            if (top->m_axis_tvalid && !out_at) out_at = clock;
            if (top->verdict_valid && top->verdict_ready) done = true;
#if WORDS
            top->take = top->segment_valid;
            top->eval();
#endif
            if (top->s_axis_tready) position += kBytes;
            edge();
        }
        if (out_at != verdict_at + 1) fail(nullptr, "verdict to m_axis", out_at - verdict_at, 1);
    }

  private:
    void edge() {
        top->clk = 0;
        top->eval();
        top->clk = 1;
        top->eval();
        clock++;
    }

    // After the edge that begins clock `clock`.
    void observe() {
        observe_frames();
        taken_now = false;
    }

    void observe_frames() {
        received += top->count_received;
        passed += top->count_passed;
        consumed += top->count_consumed;
        dropped_full += top->count_dropped_full;
        dropped_length += top->count_dropped_length;
        if (top->count_passed + top->count_consumed > 1) fail(nullptr, "two counters for one frame");
        bool inside = !verdicts.empty() || !leaving.empty();
        for (auto& f : flight)
            if (!f.last_clock || clock <= f.last_clock + kCountLatency || (f.admitted && (f.expected.tcp || !f.bad))) inside = true;
        if (inside && !top->busy) fail(nullptr, "busy low with a frame inside");

        // Keys.
#if WORDS
        // Whose frame is being read: the oldest one, if its ports are in.
        bool ports = !flight.empty() && flight.front().ports_sent;
        if (top->key_valid && !key_was_valid) {
            if (!ports) fail(nullptr, "key_valid without ports");
            Frame& f = flight.front();
            f.key_seen = true;
            segments.check_key(f, top->segment, SEGMENT_KEY_LSB, "key");
        }
        if (!top->key_valid && key_was_valid && !taken_now) fail(nullptr, "key_valid falls too soon");
        if (ports && flight.front().must_admit && !flight.front().key_seen && clock > flight.front().ports_clock + kWordsKey)
            fail(&flight.front(), "key_valid is missing");
        key_was_valid = top->key_valid;
#else
        Frame* key_frame = nullptr;
        for (auto& f : flight)
            if (f.ports_sent && f.ports_clock + kKeyLatency == clock) key_frame = &f;
        if (top->key_valid) {
            if (!key_frame) fail(flight.empty() ? nullptr : &flight.back(), "key_valid without ports");
            key_frame->key_seen = true;
            segments.check_key(*key_frame, top->key, 0, "key");
        }
#endif

        // Counter pulses of the frame whose last beat was two clocks ago.
        Frame* counted = nullptr;
        for (auto& f : flight)
            if (f.last_clock && f.last_clock + kCountLatency == clock) counted = &f;
        if (bool(counted) != bool(top->count_received)) fail(counted, "count_received", top->count_received, counted != nullptr);
        if (counted) {
            counted->admitted = !top->count_dropped_full;
            if (counted->admitted && !counted->room_at_first) fail(counted, "admitted without room");
            if (!counted->admitted && counted->must_admit) fail(counted, "dropped with room and space");
            if (counted->admitted && bool(top->count_dropped_length) != counted->bad) fail(counted, "count_dropped_length", top->count_dropped_length, counted->bad);
            if (!counted->admitted && top->count_dropped_length) fail(counted, "two counters for one frame");
            if (!counted->admitted) seen_full++;
        } else if (top->count_dropped_full || top->count_dropped_length) {
            fail(nullptr, "drop counted without a frame");
        }

        // Segments; with WORDS they are taken by take_segment.
        while (!flight.empty() && flight.front().last_clock && clock >= flight.front().last_clock + kSegmentLatency) {
            Frame f = flight.front();
            bool follows = segment_expected(f);
#if WORDS
            if (follows && clock >= f.last_clock + kWordsSegment && !top->segment_valid) fail(&f, "segment_valid is missing");
            if (follows) return;
#else
            if (bool(top->segment_valid) != follows) fail(&f, "segment_valid", top->segment_valid, follows);
#endif
            flight.pop_front();
            finish_segment(f);
            if (follows) return;
        }
        if (!WORDS && top->segment_valid) fail(flight.empty() ? nullptr : &flight.front(), "segment_valid at a wrong time");
    }

    // The frame's segment, if there is one, is there.
    void finish_segment(Frame& f) {
        bool key_expected = f.admitted && f.expected.tcp;
        if (f.key_seen != key_expected) fail(&f, "key_valid", f.key_seen, key_expected);
        if (segment_expected(f)) segments.check(f, top->segment);
        if (f.admitted && !f.bad) {
            f.pass = !f.expected.tcp || chance(phase.pass);
            f.park = !f.pass && chance(50);
            f.verdict_clock = clock + below(phase.verdict_delay + 1);
            verdicts.push_back(f);
        } else {
            release(f);
        }
    }

#if WORDS
    // Before the edge that ends the segment's last clock.
    void take_segment() {
        if (flight.empty() || !flight.front().last_clock || clock < flight.front().last_clock + 2 || !segment_expected(flight.front()))
            fail(flight.empty() ? nullptr : &flight.front(), "segment_valid at a wrong time");
        Frame f = flight.front();
        flight.pop_front();
        finish_segment(f);
        taken_now = true;
    }
#endif

    static bool segment_expected(const Frame& f) { return f.admitted && (!f.bad || f.expected.tcp); }

    // Before the edge: what stands on m_axis in this clock.
    void observe_output() {
        popped = false;
        if (stalled) {
            if (!top->m_axis_tvalid) fail(nullptr, "m_axis_tvalid dropped while stalled");
            if (bool(top->m_axis_tlast) != held_last) fail(nullptr, "m_axis_tlast changed while stalled");
            for (int lane = 0; lane < kBytes; lane++)
                if (get(top->m_axis_tdata, 8 * lane, 8) != held[lane]) fail(nullptr, "m_axis_tdata changed while stalled");
        }
        stalled = top->m_axis_tvalid && !top->m_axis_tready;
        if (stalled) {
            held_last = top->m_axis_tlast;
            for (int lane = 0; lane < kBytes; lane++) held[lane] = uint8_t(get(top->m_axis_tdata, 8 * lane, 8));
        }
        if (!top->m_axis_tvalid || !top->m_axis_tready) return;
        uint64_t keep = uint64_t(top->m_axis_tkeep);
        int count = __builtin_popcountll(keep);
        uint64_t contiguous = count == 64 ? ~0ull : (1ull << count) - 1;
        if (keep != contiguous || count == 0 || (!top->m_axis_tlast && count != kBytes)) fail(nullptr, "m_axis_tkeep", keep);
        for (int lane = 0; lane < count; lane++) out.push_back(uint8_t(get(top->m_axis_tdata, 8 * lane, 8)));
        popped = top->m_axis_tlast;
    }

    // Before the edge: the beats of a frame that is parked, one a clock, whatever m_axis does.
    void observe_park(bool taken) {
        bool parks = top->verdict_valid && verdicts.front().park;
        park_waits = parks && !top->park_valid ? park_waits + 1 : 0;
        if (park_waits > 3) fail(&verdicts.front(), "a parked frame waits", park_waits, 3);
        if (!top->park_valid) {
            if (parks && !parked.empty()) fail(&verdicts.front(), "a gap in a parked frame");
            if (parks && taken) fail(&verdicts.front(), "a parked frame's verdict taken without its last beat");
            return;
        }
        if (!parks) fail(verdicts.empty() ? nullptr : &verdicts.front(), "park_valid without such a verdict");
        int count = int(top->park_bytes) + 1;
        if (!top->park_last && count != kBytes) fail(&verdicts.front(), "park_bytes", top->park_bytes);
        if (bool(top->park_last) != taken) fail(&verdicts.front(), "park_last", top->park_last, taken);
        for (int lane = 0; lane < count; lane++) parked.push_back(uint8_t(get(top->park_data, 8 * lane, 8)));
        if (!taken) return;
        if (parked != verdicts.front().bytes) fail(&verdicts.front(), "parked frame differs", parked.size(), verdicts.front().bytes.size());
        parked.clear();
        seen_parked++;
    }

    // After the edge: a frame that left completely.
    void finish_output() {
        if (!popped) return;
        if (leaving.empty()) fail(nullptr, "a frame left that was not passed");
        Frame f = leaving.front();
        leaving.pop_front();
        if (out != f.bytes) fail(&f, "passed frame differs", out.size(), f.bytes.size());
        out.clear();
        release(f);
        seen_passed++;
    }

    void release(const Frame& f) { occupied -= int((f.bytes.size() + kBytes - 1) / kBytes); }

    Vingress* top;
    Phase phase{};
    std::deque<Frame> flight, verdicts, leaving;
    std::vector<uint8_t> out, parked;
    int park_waits = 0;
    uint8_t held[kBytes] = {};
    bool held_last = false, stalled = false, popped = false;
    int occupied = 0, slow = 0;
    uint64_t clock = 0, total = 0;
    uint64_t received = 0, passed = 0, consumed = 0, dropped_full = 0, dropped_length = 0;
    uint64_t want_passed = 0, want_consumed = 0;
    uint64_t waited = 0;                       // clocks that a beat has stood
    bool key_was_valid = false, taken_now = false;
    uint64_t seen_passed = 0, seen_parked = 0, seen_full = 0;
    SegmentCheck segments;
};

}  // namespace

int main(int argc, char** argv) {
    uint64_t frames = argc > 1 ? strtoull(argv[1], nullptr, 0) : 20000;
    uint64_t seed = argc > 2 ? strtoull(argv[2], nullptr, 0) : 1;
    rng.seed(seed);
    Bench bench;
    bench.directed();
    bench.reset();
    static const Phase phases[] = {
        // gap, room, ready, verdict delay, pass, small, line rate
        {0, 100, 100, 20, 50, 0, false},   // bus rate
        {30, 98, 70, 40, 60, 0, false},    // everything at random
        {0, 90, 50, 100, 80, 1, false},    // small frames, slow output: the FIFO fills
        {0, 100, 30, 0, 100, 0, false},    // very slow output
        {0, 100, 100, 3, 100, 1, true},    // one 60-byte frame after the other, all passed
        {0, 100, 100, 0, 0, 1, true},      // ... all discarded or parked
        {0, 100, 100, 0, 60, 0, true},     // longer ones
    };
    const int count = int(sizeof phases / sizeof phases[0]);
    uint64_t left = frames;
    while (left > 0) {
        for (int i = 0; i < count && left > 0; i++) {
            uint64_t n = 1 + below(i < 4 ? 2000 : 200);
            if (n > left) n = left;
            Phase phase = phases[i];
            if (WORDS && chance(40)) phase.take = 5 + int(below(60));
            bench.run(phase, n);
            left -= n;
        }
        bench.reset();
    }
    bench.summary();
    return 0;
}
