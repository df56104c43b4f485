// Self-checking bench of hdl/rtl/park/park_store.v: random segments of random connections, parked, drained and
// discarded at random, against a list of frames in the order of their writes.
//
// The bench stands where pipeline, ingress and command unit stand in the core. Events of one entry come at least 11
// clocks apart, as the dispatcher's interlock has it; frames come in the order of their writes, from the clock after
// the write on; one entry is drained at a time, and none whose event is in flight when the drain starts.
//
// usage: bench CLOCKS SEED. Built once a DATA_WIDTH and PARK_SLOTS, which come as macros.
// Rules: P9
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <list>
#include <memory>
#include <random>
#include <vector>

#include "Vpark_store.h"
#include "verilated.h"

double sc_time_stamp() { return 0; }

namespace {

constexpr int kBytes = DATA_WIDTH / 8;
constexpr int kSlots = PARK_SLOTS;
constexpr int kMaxFrame = 1522;
constexpr uint64_t kApart = 11;

template <typename T> uint8_t byte_of(const T& port, int lane) { return uint8_t(uint64_t(port) >> 8 * lane); }
template <std::size_t W> uint8_t byte_of(const VlWide<W>& port, int lane) { return uint8_t(port[lane / 4] >> 8 * (lane % 4)); }
template <typename T> void set_byte(T& port, int lane, uint8_t value) {
    port = T((uint64_t(port) & ~(0xFFull << 8 * lane)) | uint64_t(value) << 8 * lane);
}
template <std::size_t W> void set_byte(VlWide<W>& port, int lane, uint8_t value) {
    uint32_t& word = port[lane / 4];
    word = (word & ~(0xFFu << 8 * (lane % 4))) | uint32_t(value) << 8 * (lane % 4);
}

std::mt19937_64 rng;
uint64_t below(uint64_t n) { return rng() % n; }
bool chance(int percent) { return int(below(100)) < percent; }

struct Segment {
    uint32_t seq = 0;
    uint16_t length = 0;
    bool fin = false;
    uint32_t end() const { return seq + length + fin; }
    bool operator==(const Segment& o) const { return seq == o.seq && length == o.length && fin == o.fin; }
};

struct Frame {
    int connection;
    uint64_t life;                                      // of the connection that had the entry
    Segment segment;
    std::vector<uint8_t> bytes;
    uint64_t written, arrives = 0, died = 0;
    bool whole = false, dead = false, leaving = false;
};

enum class Kind { kNone, kSegment, kDiscard };
struct Event {
    Kind kind = Kind::kNone;
    int connection = 0;
    Segment segment;
    bool any = false, repeat = false, park = false;
};

struct Phase {
    int events, discards, drains, ready, gap, delay, hold;
};

uint64_t now = 0;
template <typename... Arguments> [[noreturn]] void fail(const char* format, Arguments... arguments) {
    std::printf("FAIL width %d, %d slots, clock %llu: ", DATA_WIDTH, kSlots, (unsigned long long)now);
    std::printf(format, arguments...);
    std::printf("\n");
    std::exit(1);
}

class Bench {
  public:
    Bench() : top(new Vpark_store) {
        // Entries that differ in one bit, and others; there are more connections than slots, and fewer.
        for (int i = 0; i < 6; ++i) index[i] = uint16_t(i < 3 ? 0x0100 ^ (1u << i * 7) : rng());
        for (auto& n : next) n = uint32_t(rng());
        next[1] = 0xFFFFF800;
        reset();
    }

    void run(uint64_t clocks) {
        static const Phase phases[] = {
            // events, discards, drains, ready, gap, delay, hold
            {100, 2, 20, 100, 0, 2, 5},     // as fast as it goes
            {60, 3, 5, 70, 20, 30, 20},     // everything at random
            {100, 1, 1, 100, 0, 10, 3},     // hardly drained: full
            {30, 20, 30, 100, 10, 60, 10},  // short lives
            {100, 4, 30, 30, 0, 5, 5},      // a slow host
            {100, 0, 100, 100, 0, 0, 0},    // drained at once
            {20, 3, 100, 100, 0, 3, 2},     // drained at once, with little in it
            {6, 4, 30, 60, 10, 20, 10},     // half full
        };
        for (uint64_t begin = now; now - begin < clocks;) {
            phase = phases[below(8)];
            sizes = chance(20) ? 2 : int(below(2));
            favourite = chance(60) ? int(below(6)) : -1;
            for (uint64_t n = 500 + below(2500); n > 0; --n) clock();
        }
        quiet();
        if (kSlots > 0 && (full < clocks / 100 || sent < clocks / 1000 || discarded == 0 || repeats == 0 || cut == 0 || fins == 0))
            fail("poor coverage");
        std::printf("  width %3d, %2d slots: %llu parked, %llu sent, %llu discarded, %llu repeats, %llu drains (%llu cut short), "
                    "%llu clocks full\n", DATA_WIDTH, kSlots, parked, sent, discarded, repeats, drains, cut, full);
    }

  private:
    void reset() {
        top->rst = 1;
        for (int i = 0; i < 4; ++i) edge();
        top->rst = 0;
    }

    void edge() {
        top->clk = 1;
        top->eval();
        top->clk = 0;
        top->eval();
        ++now;
    }

    // Everything is drained; nothing is left.
    void quiet() {
        phase = Phase{0, 0, 100, 100, 0, 0, 0};
        favourite = -1;
        for (int i = 0; i < 400000 && !(frames.empty() && !draining && now - quiet_since > 50); ++i) {
            clock();
            if (!frames.empty() || draining) quiet_since = now;
        }
        if (!frames.empty()) fail("%zu frames never left", frames.size());
        if (top->parked_frames != 0) fail("parked_frames %d with an empty store", top->parked_frames);
    }

    Event choose() {
        Event e;
        if (!chance(phase.events)) return e;
        e.connection = favourite >= 0 && chance(60) ? favourite : int(below(6));
        if (now < last[e.connection] + kApart) return e;
        last[e.connection] = now;
        if (chance(phase.discards)) {
            e.kind = Kind::kDiscard;
            e.segment.seq = uint32_t(rng());
            return e;
        }
        e.kind = Kind::kSegment;
        e.segment = Segment{next[e.connection], uint16_t(below(1460)), chance(10)};
        if (chance(30) && !frames.empty()) {            // one that is there, or nearly
            auto it = frames.begin();
            std::advance(it, below(frames.size()));
            e.segment = (*it)->segment;
            if (chance(20)) e.segment.fin = !e.segment.fin;
            if (chance(10)) e.segment.length ^= uint16_t(1u << below(11));
            if (chance(10)) e.segment.seq ^= 1u << below(32);
            // The store's answer to numbers half a circle apart is nobody's business.
            if (int32_t(e.segment.seq - next[e.connection]) > 100000 || int32_t(e.segment.seq - next[e.connection]) < -100000)
                e.segment.seq = next[e.connection];
        } else if (chance(80))
            next[e.connection] += e.segment.length;
        else
            e.segment.seq -= uint32_t(below(5000));
        return e;
    }

    std::vector<uint8_t> random_frame() {
        size_t longest = sizes == 0 ? 3 * kBytes : sizes == 1 ? 130 : kMaxFrame;
        size_t n = chance(sizes == 2 ? 5 : 1) ? size_t(kMaxFrame) - below(3) : chance(10) ? kBytes * (1 + below(2)) : 1 + below(longest);
        std::vector<uint8_t> bytes(n);
        for (auto& b : bytes) b = uint8_t(rng());
        return bytes;
    }

    void clock() {
        for (int i = 4; i > 0; --i) pipeline[i] = pipeline[i - 1];
        pipeline[0] = choose();
        Event& fetch = pipeline[0];
        top->fetch_index = fetch.kind == Kind::kNone ? uint16_t(rng()) : index[fetch.connection];
        Segment at_fetch = fetch.kind == Kind::kNone ? Segment{uint32_t(rng()), uint16_t(rng()), chance(50)} : fetch.segment;
        top->fetch_seq = at_fetch.seq;
        top->fetch_length = at_fetch.length;
        top->fetch_fin = at_fetch.fin;
        for (auto& f : frames)
            if (f->connection == fetch.connection && f->life == life[f->connection]) {
                fetch.any = true;
                fetch.repeat |= f->segment == fetch.segment;
            }

        // decide: the promise
        Event& decide = pipeline[2];
        top->decide_park = 0;
        top->eval();
        if (decide.kind == Kind::kSegment) {
            if (bool(top->decide_park_any) != decide.any) fail("decide_park_any %d for entry %x", top->decide_park_any, index[decide.connection]);
            if (bool(top->decide_park_repeat) != decide.repeat) fail("decide_park_repeat %d for entry %x", top->decide_park_repeat, index[decide.connection]);
            repeats += decide.repeat;
        }
        bool room = top->parked_frames + promised < kSlots;
        if (bool(top->decide_park_room) != room) fail("decide_park_room %d, %d in use and %d promised", top->decide_park_room, top->parked_frames, promised);
        if (!room) ++full;
        if (decide.kind == Kind::kSegment && !decide.repeat && room && chance(97)) decide.park = true;
        top->decide_park = decide.park;

        // write
        Event& write = pipeline[4];
        top->write_park = write.park;
        top->write_discard = write.kind == Kind::kDiscard;
        top->write_index = write.kind == Kind::kNone ? uint16_t(chance(50) ? rng() : index[below(6)]) : index[write.connection];

        arrive();
        bool started = start();
        top->m_axis_tready = chance(phase.ready);
        top->eval();
        observe();

        // What this clock's edge changes.
        if (left) {
            frames.remove(left);
            ++sent;
            unparked_due = true;
        } else
            unparked_due = false;
        left = out;                                     // its slot is told a clock later
        out = nullptr;
        if (arrived) {
            arrived->whole = true;
            arrived->arrives = now;
            if (arrived->dead) ++sweepable;
            awaited.pop_front();
            arrived = nullptr;
        }
        if (decide.park) ++promised;
        if (write.park) {
            --promised;
            auto f = std::make_shared<Frame>();
            f->connection = write.connection;
            f->life = life[write.connection];
            f->segment = write.segment;
            f->bytes = random_frame();
            f->written = now;
            f->arrives = now + 1 + below(uint64_t(phase.delay) + 1);
            frames.push_back(f);
            awaited.push_back(f);
            ++parked;
            fins += f->segment.fin;
        }
        if (write.kind == Kind::kDiscard) discard(write.connection);
        if (started) {
            draining = true;
            drain_life = life[drain_connection];
            started_at = now;
            any = fin = false;
            ++drains;
        }
        edge();
        account();
    }

    // Beats of the oldest frame that is awaited.
    void arrive() {
        top->park_valid = 0;
        top->park_last = chance(50);
        top->park_bytes = uint8_t(below(kBytes));
        for (int lane = 0; lane < kBytes; ++lane) set_byte(top->park_data, lane, uint8_t(rng()));
        if (awaited.empty() || awaited.front()->arrives > now || chance(phase.gap)) return;
        const auto& bytes = awaited.front()->bytes;
        top->park_valid = 1;
        size_t n = bytes.size() - position > size_t(kBytes) ? size_t(kBytes) : bytes.size() - position;
        for (size_t lane = 0; lane < n; ++lane) set_byte(top->park_data, int(lane), bytes[position + lane]);
        position += n;
        top->park_last = position == bytes.size();
        top->park_bytes = uint8_t(n - 1);
        if (top->park_last) {
            arrived = awaited.front();
            position = 0;
        }
    }

    // Starts a drain, and holds it; a start while another drains is ignored.
    bool start() {
        top->drain_start = 0;
        top->drain_index = chance(50) ? uint16_t(rng()) : index[below(6)];
        if (draining || just_done) {
            if (!just_done && now > started_at + 1 && top->busy && !top->drain_done) top->drain_start = chance(3);
            if (held > 0) --held;
            top->drain_hold = held > 0;
            if (draining && held == 0 && !released) {
                released = true;
                released_at = now;
            }
            return false;
        }
        top->drain_hold = chance(20);
        if (!chance(phase.drains)) return false;
        drain_connection = favourite >= 0 && chance(60) ? favourite : int(below(6));
        for (auto& e : pipeline)
            if (e.kind != Kind::kNone && e.connection == drain_connection) return false;
        top->drain_start = 1;
        top->drain_index = index[drain_connection];
        held = below(uint64_t(phase.hold) + 1) + 1;     // with 1, hold is low again in the clock after
        top->drain_hold = held > 0;
        released = false;
        return true;
    }

    void discard(int connection) {
        for (auto& f : frames)
            if (f->connection == connection && !f->dead) {
                if (f->leaving) continue;               // it goes out whole
                f->dead = true;
                f->died = now;
                if (f->whole) ++sweepable;
                if (draining && drain_connection == connection && drain_life == life[connection]) ++cut;
            }
        ++life[connection];
        next[connection] = uint32_t(rng());
    }

    // What stands on m_axis and on the drain's outputs in this clock.
    void observe() {
        just_done = false;
        if (top->drain_done) {
            if (!draining) fail("drain_done without a drain");
            if (!released) fail("drain_done although it is held");
            if (leaving) fail("drain_done within a frame");
            for (auto& f : frames)
                if (f->connection == drain_connection && f->life == drain_life && !f->dead && f->written + 2 < now)
                    fail("drain_done, but a frame of %llu is left", (unsigned long long)f->written);
            if (bool(top->drain_any) != any) fail("drain_any %d", top->drain_any);
            if (any && top->drain_end != end) fail("drain_end %x, expected %x", top->drain_end, end);
            if (any && bool(top->drain_fin) != fin) fail("drain_fin %d", top->drain_fin);
            draining = false;
            just_done = true;
        }
        if (draining && now > started_at + 200000) fail("a drain does not end");

        if (stalled) {
            if (!top->m_axis_tvalid) fail("tvalid fell while stalled");
            if (bool(top->m_axis_tlast) != held_last || uint64_t(top->m_axis_tkeep) != held_keep) fail("tlast or tkeep changed while stalled");
            for (int lane = 0; lane < kBytes; ++lane)
                if (byte_of(top->m_axis_tdata, lane) != held_data[lane]) fail("tdata changed while stalled");
        }
        stalled = top->m_axis_tvalid && !top->m_axis_tready;
        held_last = top->m_axis_tlast;
        held_keep = top->m_axis_tkeep;
        for (int lane = 0; lane < kBytes; ++lane) held_data[lane] = byte_of(top->m_axis_tdata, lane);
        if (!top->m_axis_tvalid) {
            if (leaving && now > begun + 1) fail("a gap within a frame");
            return;
        }
        if (!leaving) begin();
        begun = now;
        if (!top->m_axis_tready) return;

        int n = __builtin_popcountll(uint64_t(top->m_axis_tkeep));
        uint64_t low = n == 64 ? ~0ull : (1ull << n) - 1;
        if (n == 0 || uint64_t(top->m_axis_tkeep) != low || (!top->m_axis_tlast && n != kBytes)) fail("tkeep %llx", (unsigned long long)top->m_axis_tkeep);
        for (int lane = 0; lane < n; ++lane) {
            if (taken == leaving->bytes.size()) fail("a frame of %zu bytes is longer when it leaves", leaving->bytes.size());
            if (byte_of(top->m_axis_tdata, lane) != leaving->bytes[taken]) fail("byte %zu of a frame of %zu differs", taken, leaving->bytes.size());
            ++taken;
        }
        if (bool(top->m_axis_tlast) != (taken == leaving->bytes.size())) fail("tlast after %zu bytes of %zu", taken, leaving->bytes.size());
        if (!top->m_axis_tlast) return;
        uint32_t segment_end = leaving->segment.end();
        if (!any || int32_t(segment_end - end) > 0) end = segment_end;
        any = true;
        fin |= leaving->segment.fin;
        out = leaving;
        leaving = nullptr;
    }

    std::shared_ptr<Frame> oldest_drained() const {
        for (auto& f : frames)
            if (f->connection == drain_connection && f->life == drain_life) return f;
        return nullptr;
    }

    // The first beat of a frame: it has to be the oldest of the connection that is drained.
    void begin() {
        if (!draining) fail("a frame leaves without a drain");
        if (!released || now <= released_at + 1) fail("a frame leaves although the drain is held");
        leaving = oldest_drained();
        if (!leaving) fail("a frame leaves, but the connection has none");
        for (auto& f : frames)                          // a second look only tells which other frame it is
            if (f != leaving && f->whole && byte_of(top->m_axis_tdata, 0) == f->bytes[0] && byte_of(top->m_axis_tdata, 0) != leaving->bytes[0] &&
                f->connection == drain_connection && f->life == drain_life)
                fail("out of order: the frame written at %llu leaves before that of %llu", (unsigned long long)f->written, (unsigned long long)leaving->written);
        if (!leaving->whole) fail("a frame leaves before it is whole");
        if (leaving->dead) {
            if (now > leaving->died + 2) fail("a frame leaves that was discarded at %llu", (unsigned long long)leaving->died);
            if (sweepable-- == 0) fail("a frame leaves and is discarded");
            leaving->dead = false;
        }
        leaving->leaving = true;
        taken = 0;
    }

    // After the edge: counts, and what is in use.
    void account() {
        if (bool(top->count_unparked) != unparked_due) fail("count_unparked %d", top->count_unparked);
        if (top->count_discarded) {
            if (sweepable-- == 0) fail("count_discarded without a frame");
            ++discarded;
            // Which one is not told: any but the one that may still be on its way out.
            auto swept = frames.end();
            for (auto it = frames.begin(); it != frames.end(); ++it)
                if ((*it)->dead && (*it)->whole && (swept == frames.end() || *swept == oldest_drained())) swept = it;
            if (swept == frames.end()) fail("count_discarded without a frame");
            frames.erase(swept);
        }
        if (top->parked_frames != frames.size()) fail("parked_frames %d, expected %zu", top->parked_frames, frames.size());
        waiting = sweepable == 0 ? 0 : waiting + 1;
        if (waiting > 4 * 64) fail("discarded frames stay");
        if ((!awaited.empty() || sweepable > 0 || draining) && !top->busy) fail("busy low with work to do");
        bool work = draining || just_done || !awaited.empty() || leaving || top->count_unparked || top->count_discarded || sweepable > 0;
        idle = work ? 0 : idle + 1;
        if (idle > 2 && top->busy && !top->drain_start) fail("busy with frames at rest alone");
    }

    Vpark_store* top;
    Phase phase{};
    int sizes = 0, favourite = -1;
    uint16_t index[6];
    uint32_t next[6];
    uint64_t life[6] = {}, last[6] = {};
    Event pipeline[5];
    std::list<std::shared_ptr<Frame>> frames;           // in the store, by the order of their writes
    std::deque<std::shared_ptr<Frame>> awaited;
    std::shared_ptr<Frame> arrived, leaving, out, left;
    size_t position = 0, taken = 0;
    int promised = 0, sweepable = 0, waiting = 0, idle = 0;
    bool unparked_due = false;
    // the drain
    bool draining = false, just_done = false, released = false, any = false, fin = false;
    int drain_connection = 0;
    uint64_t drain_life = 0, started_at = 0, released_at = 0, held = 0, begun = 0, quiet_since = 0;
    uint32_t end = 0;
    // hold while stalled
    bool stalled = false, held_last = false;
    uint64_t held_keep = 0;
    uint8_t held_data[kBytes] = {};
    unsigned long long parked = 0, sent = 0, discarded = 0, repeats = 0, drains = 0, cut = 0, full = 0, fins = 0;
};

}  // namespace

int main(int argc, char** argv) {
    uint64_t clocks = argc > 1 ? std::strtoull(argv[1], nullptr, 0) : 100000;
    rng.seed(argc > 2 ? std::strtoull(argv[2], nullptr, 0) : 1);
    Bench().run(clocks);
}
