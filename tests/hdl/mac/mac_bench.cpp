// Checks mac_receive.v and mac_transmit.v at the GMII: random frames both ways at once, with everything that may be wrong with
// them, at random clock ratios and rates, against reference.h. Built once a width and kind of crossing.
//
// usage: mac_bench FRAMES SEED
#include <algorithm>
#include <deque>

#include "Vmac_bench.h"
#include "bench.h"

namespace {

using reference::Bytes;
using reference::Symbol;

constexpr int kBytes = DATA_WIDTH / 8;
constexpr size_t kLongest = MAX_FRAME, kShortest = 60;

struct Phase {
    const char* name;
    double core_mhz, line_mhz;
    int ppm;                    // the line's clocks are off by up to so much
    unsigned enable;            // a byte every so many clocks of the line; 0: at random
    int ready;                  // percent of clocks in which the receiver's user is ready
    int damage;                 // percent of frames that come damaged
    int gap;                    // longest gap, in bytes, beyond the shortest
    int pause;                  // percent of clocks between frames in which the transmitter's source pauses
    int stall;                  // ... and within frames
    size_t longest_sent;
    bool reset_in_frame, line_stops;
};

class Bench {
  public:
    explicit Bench() : top(new Vmac_bench) {}
    ~Bench() { delete top; }

    void run(const Phase& p, uint64_t frames) {
        phase = p;
        phase_name = p.name;
        begin(p);
        if (p.reset_in_frame) reset_within_a_frame();
        rx_left = tx_left = frames;
        fill_line();
        // Until everything has come and gone, and then a little longer.
        uint64_t quiet = 0, limit = now + uint64_t(3e13);
        while (quiet < 600) {
            step();
            if (core_edge) quiet = rx_left || tx_left || !line.empty() || !source.empty() || !sent.empty() || top->m_axis_tvalid || top->tx_en ? 0 : quiet + 1;
            if (now > limit) fail("does not come to an end", sent.size(), line.size());
        }
        finish();
    }

    void summary() const {
        std::printf("  %3d bits%s%s: %llu frames in (%llu good, %llu bad, %llu without a beat, %llu dropped for want of space), %llu frames out (%llu given up)\n",
                    DATA_WIDTH, ONE_CLOCK ? ", one clock" : "", START_WORDS > 1 ? ", stored" : "", (unsigned long long)(all.good + all.bad + all.overflow),
                    (unsigned long long)all.good, (unsigned long long)all.bad, (unsigned long long)silent, (unsigned long long)all.overflow,
                    (unsigned long long)(all.sent + all.aborted), (unsigned long long)all.aborted);
        if (all.good < 100 || all.bad < 50 || silent < 5 || all.overflow < 5 || all.aborted < 5 || kinds_seen != 0x3FF) fail("poor coverage", kinds_seen);
    }

    // Clocks from the line to the stream and from the stream to the line, all with one clock and without a wait.
    void latency() {
        Phase p{"latency", 125, 125, 0, 1, 100, 0, 0, 100, 0, 60, false, false};
        phase = p;
        phase_name = p.name;
        begin(p);
        Bytes whole = with_check_sequence(random_data(60));
        queue_symbols(frame_symbols(whole, 7), true);
        uint64_t clock = 0, last_byte = 0, last_beat = 0;
        for (int i = 0; i < 400 && !last_beat; i++) {
            do step(); while (!core_edge);
            clock++;
            if (top->rx_dv) last_byte = clock;
            if (top->m_axis_tvalid && top->m_axis_tlast) last_beat = clock;
        }
        source.push_back(random_data(60));
        sent.push_back(source.back());
        phase.pause = 0;
        uint64_t first_beat = 0, first_byte = 0;
        for (int i = 0; i < 400 && !first_byte; i++) {
            do step(); while (!core_edge);
            clock++;
            if (top->s_axis_tvalid && !first_beat) first_beat = clock;
            if (top->tx_en) first_byte = clock;
        }
        std::printf("  %3d bits%s: last byte of the check sequence to last beat %llu clocks, first beat to first byte of preamble %llu clocks\n",
                    DATA_WIDTH, ONE_CLOCK ? ", one clock" : "", (unsigned long long)(last_beat - last_byte), (unsigned long long)(first_byte - first_beat));
        if (ONE_CLOCK && DATA_WIDTH == 64 && (last_beat - last_byte != 1 || first_byte - first_beat != 1)) fail("latency", last_beat - last_byte, 1);
    }

  private:
    struct Counts { uint64_t good = 0, bad = 0, overflow = 0, sent = 0, aborted = 0; };

    // ---- time ----------------------------------------------------------------------------------------------------
    void begin(const Phase& p) {
        core.set(p.core_mhz, 0, now);
        rx.set(p.line_mhz, p.ppm ? double(below(unsigned(2 * p.ppm + 1))) - p.ppm : 0, now);
        tx.set(p.line_mhz, p.ppm ? double(below(unsigned(2 * p.ppm + 1))) - p.ppm : 0, now);
        if (ONE_CLOCK) rx = tx = core;
        reset(3 + below(20));
    }

    void reset(uint64_t clocks) {
        line.clear(); driven = false; source.clear(); sent.clear(); expected.clear(); burst.clear(); taken.clear(); received.clear(); counts = Counts();
        judged = judged_bad = 0;
        beat_at = 0; in_burst = false; stalled = false; gap_seen = 1000; rx_left = tx_left = 0;
        top->rst = 1;
        top->s_axis_tvalid = 0;
        rx.stopped = phase.line_stops && !ONE_CLOCK;
        for (uint64_t i = 0; i < clocks;) { step(); i += core_edge; }
        top->rst = 0;
        if (rx.stopped) {
            for (int i = 0; i < 200;) { step(); i += core_edge; if (core_edge && i > 3 && top->m_axis_tvalid) fail("a beat while the line's clock stands"); }
            rx.stopped = false;
            rx.next = now + 1 + below(rx.half);
        }
        // The line has to be seen idle before the first frame.
        for (int i = 0, idle = 0; i < 40 || idle < 3; i++) { do step(); while (!rx_edge); idle += top->rx_enable; }
        // The reset comes into the line's clock late; what was counted or sent before it is void.
        counts = Counts();
        taken.clear(); received.clear(); burst.clear();
    }

    // A frame that is in progress when the reset ends is no frame, even if there is something like a delimiter in it.
    void reset_within_a_frame() {
        std::vector<Symbol> symbols = frame_symbols(with_check_sequence(random_data(200)), 7);
        queue_symbols(symbols, false);
        for (int i = 0; i < 30;) { step(); i += rx_edge && top->rx_enable; }
        top->rst = 1;
        for (int i = 0; i < 5;) { step(); i += core_edge; }
        top->rst = 0;
        // Held at one byte until the reset is over everywhere, then a whole good frame without a gap.
        hold_line = true;
        for (int i = 0; i < 60;) { step(); i += rx_edge; }
        hold_line = false;
        line.clear();
        driven = false;
        std::vector<Symbol> good = frame_symbols(with_check_sequence(random_data(100)), 7);
        queue_symbols(good, false);
        while (!line.empty()) step();
        for (int i = 0; i < 100;) { step(); i += core_edge; }
        if (counts.good || counts.bad || counts.overflow || !received.empty()) fail("a frame out of the middle of one", counts.good + counts.bad);
        counts = Counts();
        expected.clear();
    }

    void step() {
        uint64_t next = ~0ull;
        for (Clock* c : {&core, &rx, &tx})
            if (!c->stopped && c->next < next) next = c->next;
        now = next;
        bool due[3];
        Clock* all_clocks[3] = {&core, &rx, &tx};
        for (int i = 0; i < 3; i++) due[i] = !all_clocks[i]->stopped && all_clocks[i]->next == now;
        core_edge = due[0] && !core.level;
        rx_edge = due[1] && !rx.level;
        tx_edge = due[2] && !tx.level;
        if (core_edge) before_core();
        if (tx_edge) before_tx();
        for (int i = 0; i < 3; i++)
            if (due[i]) {
                all_clocks[i]->level = !all_clocks[i]->level;
                all_clocks[i]->next += all_clocks[i]->half;
            }
        top->clk = core.level;
        top->rx_clk = rx.level;
        top->tx_clk = tx.level;
        top->eval();
        if (core_edge) after_core();
        if (rx_edge) after_rx();
        if (tx_edge) top->tx_enable = phase.enable == 0 ? chance(40) : ++tx_clocks % phase.enable == 0;
        if (core_edge || rx_edge || tx_edge) top->eval();
    }

    // ---- the line towards us ----------------------------------------------------------------------------------------
    static std::vector<Symbol> frame_symbols(const Bytes& whole, size_t preamble) {
        std::vector<Symbol> symbols;
        for (size_t i = 0; i < preamble; i++) symbols.push_back({true, false, 0x55});
        symbols.push_back({true, false, 0xD5});
        for (uint8_t b : whole) symbols.push_back({true, false, b});
        return symbols;
    }

    void queue_symbols(const std::vector<Symbol>& symbols, bool expect) {
        line.insert(line.end(), symbols.begin(), symbols.end());
        size_t gap = 1 + (chance(30) ? 0 : 11 + below(unsigned(phase.gap + 1)));
        for (size_t i = 0; i < gap; i++) line.push_back({false, chance(5), uint8_t(chance(20) ? 0xD5 : rng())});
        if (expect) {
            reference::Frame f = reference::judge(symbols, kShortest, kLongest);
            if (f.delimited) { expected.push_back(f); judged++; judged_bad += !f.good; }
        }
    }

    void fill_line() {
        while (rx_left && line.size() < 4000) {
            rx_left--;
            size_t preamble = chance(70) ? 7 : below(12);
            if (!chance(phase.damage)) {
                queue_symbols(frame_symbols(with_check_sequence(random_data(random_length(kLongest))), preamble), true);
                continue;
            }
            int kind = int(below(10));
            kinds_seen |= 1u << kind;
            Bytes whole = with_check_sequence(random_data(kind == 3 ? (chance(40) ? kShortest - 1 : 4 + below(56)) : random_length(kLongest)));
            std::vector<Symbol> symbols;
            switch (kind) {
                case 0: whole[below(whole.size())] ^= uint8_t(1u << below(8)); break;                      // a wrong bit
                case 1: whole.resize(chance(40) ? below(14) : below(whole.size())); break;                 // torn off
                case 2: { size_t more = kLongest + 1 + below(chance(50) ? 3 : 900); whole = with_check_sequence(random_data(more)); break; }  // too long, by one or more
                case 3: break;                                                                             // a runt that is right
                case 4: for (size_t i = 0; i < 4; i++) whole[whole.size() - 4 + i] ^= 0xFF; break;         // complement of the check sequence
                case 5: std::swap(whole[whole.size() - 1], whole[whole.size() - 2]); break;
                default: break;
            }
            symbols = frame_symbols(whole, preamble);
            if (kind == 6) symbols[below(chance(50) ? preamble + 1 : symbols.size())].error = true;        // rx_er anywhere, often before the data
            if (kind == 7) symbols.back().error = true;                                                    // ... in the last byte
            if (kind == 8) {                                                                               // no delimiter: noise
                symbols.clear();
                for (size_t i = 0; i < 1 + below(100); i++) { uint8_t b = uint8_t(rng()); symbols.push_back({true, chance(5), b == 0xD5 ? uint8_t(0x55) : b}); }
            }
            if (kind == 9) {                                                                               // noise, then a frame
                size_t noise = below(6);
                for (size_t i = 0; i < noise; i++) { uint8_t b = uint8_t(rng()); symbols.insert(symbols.begin(), {true, false, b == 0xD5 ? uint8_t(0x5D) : b}); }
            }
            queue_symbols(symbols, true);
        }
    }

    void after_rx() {
        if (top->rx_enable && driven && !hold_line) line.pop_front();           // it was taken with this edge
        fill_line();
        top->rx_enable = phase.enable == 0 ? chance(40) : ++rx_clocks % phase.enable == 0;
        Symbol s = line.empty() ? Symbol{false, false, uint8_t(rng())} : line.front();
        driven = !line.empty();
        if (!top->rx_enable) s = {chance(50), chance(50), uint8_t(rng())};     // means nothing
        top->rx_dv = s.valid;
        top->rx_er = s.error;
        top->rxd = s.data;
    }

    // ---- the core --------------------------------------------------------------------------------------------------
    void before_core() {
        counts.good += top->count_good;
        counts.bad += top->count_bad;
        counts.overflow += top->count_overflow;
        counts.sent += top->count_sent;
        counts.aborted += top->count_aborted;
        if (top->rst) { stalled = false; received.clear(); return; }
        // Hold while stalled.
        if (stalled) {
            if (!top->m_axis_tvalid || bool(top->m_axis_tlast) != held_last || bool(top->m_axis_tuser) != held_user || uint64_t(top->m_axis_tkeep) != held_keep) fail("a stalled beat changes");
            for (int i = 0; i < kBytes; i++)
                if ((held_keep >> i & 1) && get_byte(top->m_axis_tdata, i) != held[i]) fail("the data of a stalled beat change");
        }
        stalled = top->m_axis_tvalid && !top->m_axis_tready;
        if (stalled) {
            held_last = top->m_axis_tlast; held_user = top->m_axis_tuser; held_keep = uint64_t(top->m_axis_tkeep);
            for (int i = 0; i < kBytes; i++) held[i] = get_byte(top->m_axis_tdata, i);
        }
        if (top->m_axis_tvalid && top->m_axis_tready) take_beat();
        source_taken = top->s_axis_tvalid && top->s_axis_tready;
    }

    void take_beat() {
        uint64_t keep = uint64_t(top->m_axis_tkeep);
        int count = __builtin_popcountll(keep);
        if (count == 0 || keep != (count == 64 ? ~0ull : (1ull << count) - 1) || (!top->m_axis_tlast && count != kBytes)) fail("m_axis_tkeep", keep);
        for (int i = 0; i < count; i++) received.push_back(get_byte(top->m_axis_tdata, i));
        if (!top->m_axis_tlast) {
            if (top->m_axis_tuser) fail("m_axis_tuser before the last beat");
            return;
        }
        bool bad = top->m_axis_tuser;
        // Frames leave in order; those between that left nothing were bad from the beginning, or there was no space.
        for (;; expected.pop_front()) {
            if (expected.empty()) fail("a frame that nobody sent", received.size());
            const reference::Frame& f = expected.front();
            bool this_one = f.whole.size() >= 8 && received.size() >= 4 && std::equal(received.begin(), received.begin() + 4, f.whole.begin());
            if (!this_one) { skip(f); continue; }
            if (!bad) {
                if (!f.good) fail("a bad frame is not marked", f.whole.size());
                if (received != f.data()) fail("a frame differs", received.size(), f.data().size());
                delivered++;
            } else {
                if (received.size() > f.whole.size() || !std::equal(received.begin(), received.end(), f.whole.begin())) fail("a bad frame's data differ", received.size());
                if (f.good) marked_good++;
            }
            expected.pop_front();
            break;
        }
        received.clear();
    }

    void skip(const reference::Frame& f) {
        if (f.good) skipped_good++;
        else if (f.data().size() <= 8) silent++, silent_now++;
        else skipped_bad++;
    }

    void after_core() {
        top->m_axis_tready = chance(phase.ready);
        if (source_taken && !source.empty()) {
            beat_at += kBytes;
            if (beat_at >= source.front().size()) { source.pop_front(); beat_at = 0; }
            top->s_axis_tvalid = 0;
        }
        source_taken = false;
        if (top->rst) { top->s_axis_tvalid = 0; return; }
        while (tx_left && source.size() < 4) {
            tx_left--;
            size_t length = chance(15) ? 1 + below(60) : random_length(phase.longest_sent < 64 ? 64 : phase.longest_sent);
            if (length > phase.longest_sent) length = phase.longest_sent;
            source.push_back(random_data(length));
            sent.push_back(source.back());
        }
        if (!top->s_axis_tvalid && !source.empty() && !chance(beat_at ? phase.stall : phase.pause)) {
            const Bytes& f = source.front();
            uint64_t keep = 0;
            for (int i = 0; i < kBytes; i++) {
                bool in = beat_at + size_t(i) < f.size();
                set_byte(top->s_axis_tdata, i, in ? f[beat_at + size_t(i)] : uint8_t(rng()));
                if (in) keep |= 1ull << i;
            }
            top->s_axis_tkeep = decltype(top->s_axis_tkeep)(keep);
            top->s_axis_tlast = beat_at + kBytes >= f.size();
            top->s_axis_tvalid = 1;
        }
    }

    // ---- the line away from us ---------------------------------------------------------------------------------------
    void before_tx() {
        if (!top->tx_enable) return;
        if (top->tx_er && !top->tx_en) fail("tx_er without tx_en");
        if (top->tx_en) {
            if (burst.empty() && gap_seen < 12) fail("gap between frames", gap_seen, 12);
            if (burst.empty() && gap_seen == 12) shortest_gaps++;
            burst.push_back({true, bool(top->tx_er), top->txd});
            gap_seen = 0;
            return;
        }
        gap_seen++;
        if (burst.empty()) return;
        std::vector<Symbol> b;
        b.swap(burst);
        if (b.size() < 8) fail("no preamble", b.size(), 8);
        for (size_t i = 0; i < 8; i++)
            if (b[i].data != (i == 7 ? 0xD5 : 0x55) || b[i].error) fail("preamble", b[i].data);
        Bytes whole;
        bool error = false;
        for (size_t i = 8; i < b.size(); i++) { whole.push_back(b[i].data); error = error || b[i].error; }
        if (sent.empty()) fail("a frame on the line that nobody gave", whole.size());
        Bytes given = sent.front();
        sent.pop_front();
        if (error) {
            if (reference::has_right_check_sequence(whole)) fail("a frame that was given up has a right check sequence");
            if (whole.size() < 5 || whole.size() - 4 > given.size() || !std::equal(whole.begin(), whole.end() - 4, given.begin())) fail("a frame that was given up is not its beginning", whole.size());
            seen_aborted++;
            return;
        }
        while (given.size() < kShortest) given.push_back(0);
        if (whole.size() != given.size() + 4) fail("length on the line", whole.size(), given.size() + 4);
        if (!reference::has_right_check_sequence(whole)) fail("check sequence on the line");
        if (!std::equal(given.begin(), given.end(), whole.begin())) fail("data on the line");
        seen_sent++;
    }

    // ---- the end of a phase -------------------------------------------------------------------------------------------
    void finish() {
        for (; !expected.empty(); expected.pop_front()) skip(expected.front());
        if (!received.empty()) fail("a frame that does not end", received.size());
        if (counts.good + counts.bad + counts.overflow != judged) fail("frames counted", counts.good + counts.bad + counts.overflow, judged);
        if (counts.good != delivered) fail("good frames counted", counts.good, delivered);
        // Space there is for every frame if somebody takes the beats.
        if (phase.ready == 100 || (phase.ready >= 50 && DATA_WIDTH == 64)) {
            if (counts.overflow) fail("dropped with somebody ready", counts.overflow);
            if (skipped_good || marked_good) fail("good frames lost", skipped_good + marked_good);
            if (skipped_bad) fail("bad frames that left no beat", skipped_bad);
            if (counts.bad != judged_bad) fail("bad frames counted", counts.bad, judged_bad);
        }
        if (skipped_good + marked_good > counts.overflow) fail("good frames lost and not counted", skipped_good + marked_good, counts.overflow);
        if (counts.sent != seen_sent) fail("sent frames counted", counts.sent, seen_sent);
        if (counts.aborted != seen_aborted) fail("frames given up counted", counts.aborted, seen_aborted);
        bool keeps_up = phase.stall == 0 || (START_WORDS > 1 && phase.longest_sent <= 8 * START_WORDS);
        if (keeps_up && seen_aborted) fail("frames given up with a source that keeps up", seen_aborted);
        if (phase.pause == 0 && phase.stall == 0 && shortest_gaps + 2 < seen_sent && phase.core_mhz > 60) fail("gaps longer than they need be", shortest_gaps, seen_sent);
        all.good += counts.good; all.bad += counts.bad; all.overflow += counts.overflow; all.sent += counts.sent; all.aborted += counts.aborted;
        judged = judged_bad = delivered = marked_good = skipped_good = skipped_bad = seen_sent = seen_aborted = shortest_gaps = silent_now = 0;
    }

    Vmac_bench* top;
    Phase phase{};
    Clock core, rx, tx;
    uint64_t now = 1, rx_clocks = 0, tx_clocks = 0;
    bool core_edge = false, rx_edge = false, tx_edge = false;

    std::deque<Symbol> line;
    std::deque<reference::Frame> expected;
    bool hold_line = false, driven = false;                     // driven: the first symbol of the line is on rxd
    uint64_t rx_left = 0, tx_left = 0;

    Bytes received, taken;
    uint8_t held[64] = {};
    uint64_t held_keep = 0;
    bool held_last = false, held_user = false, stalled = false, source_taken = false, in_burst = false;

    std::deque<Bytes> source, sent;
    size_t beat_at = 0;
    std::vector<Symbol> burst;
    uint64_t gap_seen = 0;

    Counts counts, all;
    uint64_t judged = 0, judged_bad = 0, delivered = 0, marked_good = 0, skipped_good = 0, skipped_bad = 0, silent = 0, silent_now = 0;
    uint64_t seen_sent = 0, seen_aborted = 0, shortest_gaps = 0;
    unsigned kinds_seen = 0;
};

}  // namespace

int main(int argc, char** argv) {
    uint64_t frames = argc > 1 ? std::strtoull(argv[1], nullptr, 0) : 3000;
    rng.seed(argc > 2 ? std::strtoull(argv[2], nullptr, 0) : 1);
    const Bytes digits = {'1', '2', '3', '4', '5', '6', '7', '8', '9'};
    if (reference::check_sequence(digits, 9) != Bytes({0x26, 0x39, 0xF4, 0xCB})) fail("the reference's own check sequence");
    static const Phase phases[] = {
        // name, core MHz, line MHz, ppm, enable, ready, damage, gap, pause, stall, longest sent, reset in a frame, line stops
        {"1000 Mbit/s, one phase", 125, 125, 0, 1, 100, 0, 0, 0, 0, 1522, false, false},
        {"1000 Mbit/s, 100 ppm", 125, 125, 100, 1, 100, 30, 20, 10, 0, 1522, true, false},
        {"1000 Mbit/s, 100 MHz", 100, 125, 100, 1, 100, 50, 0, 0, 0, 1522, false, true},
        {"1000 Mbit/s, 66 MHz", 66.6, 125, 50, 1, 100, 30, 60, 30, 0, 1522, true, true},
        {"1000 Mbit/s, 200 MHz", 200, 125, 50, 1, 100, 30, 60, 30, 0, 200, true, false},
        {"1000 Mbit/s, 31 MHz", 31.25, 125, 100, 1, 100, 30, 20, 10, 0, 300, false, false},
        {"100 Mbit/s of 125 MHz", 125, 125, 100, 10, 100, 30, 20, 10, 0, 200, false, true},
        {"100 Mbit/s of 25 MHz", 100, 25, 100, 2, 100, 30, 20, 10, 0, 300, true, true},
        {"10 Mbit/s of 2.5 MHz", 60, 2.5, 100, 2, 100, 30, 20, 10, 0, 100, true, false},
        {"10 Mbit/s of 125 MHz", 125, 125, 100, 100, 100, 30, 20, 10, 0, 90, false, false},
        {"bytes at random", 90, 125, 100, 0, 100, 30, 20, 10, 0, 300, true, false},
        {"somebody half ready", 125, 125, 100, 1, 55, 30, 20, 50, 0, 300, true, false},
        {"somebody seldom ready", 125, 125, 100, 1, 10, 20, 20, 50, 0, 300, true, true},
        {"somebody hardly ready", 125, 125, 100, 1, 3, 20, 0, 50, 0, 300, false, false},
        {"source stalls", 125, 125, 100, 1, 100, 30, 20, 50, 60, 600, true, false},
        {"source hardly comes", 125, 125, 100, 1, 100, 30, 20, 50, 99, 300, false, false},
        {"source stalls, short frames", 125, 125, 100, 1, 100, 30, 20, 20, 96, 64, false, false},
    };
    Bench bench;
    constexpr uint64_t kPhases = sizeof phases / sizeof phases[0];
    for (const Phase& p : phases) bench.run(p, p.enable == 100 || p.line_mhz < 10 ? frames / kPhases / 4 + 1 : frames / kPhases + 1);
    bench.latency();
    bench.summary();
}
