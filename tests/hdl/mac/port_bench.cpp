// Checks mac_port.v at its pins: a model of a PHY on RGMII at 1000, 100 and 10 Mbit/s, which says between frames what the link
// is, changes its mind, stops its clock, and takes what comes at the edges of the clock that it is given.
//
// usage: port_bench FRAMES SEED
#include <deque>
#include <string>

#include "Vmac_port.h"
#include "bench.h"

namespace {

using reference::Bytes;
using reference::Symbol;

constexpr size_t kShortest = 60, kLongest = 1522;
enum Speed { k10 = 0, k100 = 1, k1000 = 2 };
const double kMhz[] = {2.5, 25, 125};
const unsigned kHalves[] = {100, 10, 2};  // halves of a clock of 125 MHz in a period of txc

class Bench {
  public:
    Bench() : top(new Vmac_port) {
        top->rst = 1;
        top->manual = 0;
        core.set(100, 0, now);
        tx.set(125, 50, now);
        set_speed(k1000);
        for (int i = 0; i < 10;) { step(); i += core_edge; }
        top->rst = 0;
        wait(100);
        clear();
    }
    ~Bench() { delete top; }

    void run(Speed s, bool duplex, uint64_t frames, bool manual) {
        static std::string name;
        name = std::string(s == k1000 ? "1000" : s == k100 ? "100" : "10") + " Mbit/s" + (manual ? ", told" : "");
        phase_name = name.c_str();
        mumble = manual;
        top->manual = manual;
        top->manual_link = 1;
        top->manual_speed = s;
        top->manual_full_duplex = duplex;
        set_speed(s);
        status = unsigned(duplex) << 3 | unsigned(s) << 1 | 1;
        wait(s == k10 ? 400 : 200);
        check_status(true, s, duplex);
        clear();
        rx_left = tx_left = frames;
        uint64_t quiet = 0, limit = now + uint64_t(5e13);
        while (quiet < (s == k10 ? 8000u : 1000u)) {
            step();
            if (core_edge) check_status(true, s, duplex);
            if (core_edge) quiet = rx_left || tx_left || !line.empty() || !to_send.empty() || !sent.empty() ? 0 : quiet + 1;
            if (now > limit) fail("does not come to an end", sent.size(), line.size());
        }
        for (; !expected.empty(); expected.pop_front())
            if (expected.front().good || expected.front().data().size() > 8) fail("frame lost", expected.front().whole.size());
        if (good != top_good || bad != top_bad) fail("frames counted", top_good + top_bad, good + bad);
        if (top_sent != frames || top_other) fail("sent frames counted", top_sent, frames);
        if (!manual) {
            // A link that goes, at the same speed; then a clock that goes, and comes back.
            status &= ~1u;
            wait(s == k10 ? 400 : 200);
            check_status(false, s, duplex);
            status |= 1;
            wait(s == k10 ? 400 : 200);
            check_status(true, s, duplex);
            rx.stopped = true;
            wait(400);
            if (top->link) fail("a link without a clock");
            rx.stopped = false;
            rx.next = now + rx.half;
            wait(s == k10 ? 400 : 200);
            check_status(true, s, duplex);
        }
        total_good += good;
        total_bad += bad;
        total_sent += top_sent;
    }

    void summary() const {
        std::printf("  RGMII: %llu good and %llu bad frames in, %llu out, %llu with an odd preamble, %llu with a dribble nibble, %llu false carriers\n", (unsigned long long)total_good,
                    (unsigned long long)total_bad, (unsigned long long)total_sent, (unsigned long long)odd, (unsigned long long)dribbles, (unsigned long long)false_carriers);
        if (total_good < 100 || total_bad < 20 || total_sent < 100 || odd < 10 || dribbles < 10 || false_carriers < 10) fail("poor coverage");
    }

  private:
    struct Half { bool dv = false, er = false; uint8_t data = 0; };  // a byte at 1000 Mbit/s, else a nibble

    void set_speed(Speed s) {
        speed = s;
        double ppm = double(below(201)) - 100;
        rx.set(kMhz[s], ppm, now);
        halves = 0;
        periods = 0;
    }

    void clear() {
        line.clear(); driven = false; expected.clear(); to_send.clear(); sent.clear(); received.clear(); burst.clear();
        good = bad = top_good = top_bad = top_sent = top_other = 0;
        gap = 1000;
        beat_at = 0;
        top->s_axis_tvalid = 0;
    }

    void wait(int core_clocks) { for (int i = 0; i < core_clocks;) { step(); i += core_edge; } }

    void check_status(bool link, Speed s, bool duplex) {
        if (bool(top->link) != link) fail("link", top->link, link);
        if (top->speed != unsigned(s)) fail("speed", top->speed, s);
        if (bool(top->full_duplex) != duplex) fail("duplex", top->full_duplex, duplex);
    }

    void step() {
        Clock* clocks[3] = {&core, &rx, &tx};
        uint64_t next = ~0ull;
        for (Clock* c : clocks)
            if (!c->stopped && c->next < next) next = c->next;
        now = next;
        bool due[3];
        for (int i = 0; i < 3; i++) due[i] = !clocks[i]->stopped && clocks[i]->next == now;
        core_edge = due[0] && !core.level;
        bool rx_edge = due[1] && !rx.level, tx_edge = due[2] && !tx.level;
        if (core_edge) before_core();
        for (int i = 0; i < 3; i++)
            if (due[i]) { clocks[i]->level = !clocks[i]->level; clocks[i]->next += clocks[i]->half; }
        top->clk = core.level;
        top->rx_clk = rx.level;
        top->tx_clk = tx.level;
        top->eval();
        if (core_edge) after_core();
        if (rx_edge) after_rx();
        if (tx_edge) {
            take_half(top->txc_rise, top->tx_rise, top->tx_ctl_rise);
            take_half(top->txc_fall, top->tx_fall, top->tx_ctl_fall);
        }
        if (core_edge || rx_edge) top->eval();
    }

    // ---- PHY to MAC --------------------------------------------------------------------------------------------------
    void fill_line() {
        while (rx_left && line.size() < 3000) {
            rx_left--;
            Bytes whole = with_check_sequence(random_data(speed == k10 ? 60 + below(20) : random_length(kLongest)));
            int kind = int(below(12));
            if (kind == 0) whole[below(whole.size())] ^= uint8_t(1u << below(8));
            if (kind == 1) whole.resize(5 + below(whole.size() - 5));
            std::vector<Symbol> symbols;
            size_t preamble = 1 + below(9);
            for (size_t i = 0; i < preamble; i++) symbols.push_back({true, false, 0x55});
            symbols.push_back({true, false, 0xD5});
            for (uint8_t b : whole) symbols.push_back({true, false, b});
            if (kind == 2) symbols[1 + below(symbols.size() - 1)].error = true;
            reference::Frame f = reference::judge(symbols, kShortest, kLongest);
            expected.push_back(f);
            (f.good ? good : bad)++;
            if (speed == k1000) {
                for (const Symbol& s : symbols) line.push_back({true, s.error, s.data});
            } else {
                if (chance(50)) { line.push_back({true, false, 5}); odd++; }
                for (const Symbol& s : symbols) {
                    bool first = chance(50);
                    line.push_back({true, s.error && first, uint8_t(s.data & 15)});
                    line.push_back({true, s.error && !first, uint8_t(s.data >> 4)});
                }
                if (chance(30)) { line.push_back({true, false, uint8_t(below(16))}); dribbles++; }
            }
            size_t silence = (speed == k1000 ? 12 : 24) + below(20);
            bool carrier = chance(10);
            false_carriers += carrier;
            uint8_t nonsense = uint8_t(rng());
            for (size_t i = 0; i < silence; i++) {
                bool er = carrier && i >= 4 && i < 8;
                line.push_back({false, er, er ? nonsense : uint8_t(status | status << 4)});
            }
        }
    }

    void after_rx() {
        if (driven) line.pop_front();
        fill_line();
        driven = !line.empty();
        Half h = driven ? line.front() : Half{false, false, uint8_t(status | status << 4)};
        if (mumble && !h.dv) h.data = uint8_t(rng());     // a PHY that says nothing between frames
        top->rx_rise = h.data & 15;
        top->rx_fall = speed == k1000 ? h.data >> 4 : uint8_t(below(16));
        top->rx_ctl_rise = h.dv;
        top->rx_ctl_fall = h.dv != h.er;
    }

    // ---- MAC to PHY --------------------------------------------------------------------------------------------------
    void take_half(bool txc, uint8_t data, bool ctl) {
        halves++;
        if (txc == txc_before) return;
        txc_before = txc;
        if (txc) {
            // A period of the right length, once the speed has settled.
            if (++periods > 200 && halves != kHalves[speed]) fail("halves of a clock in a period of txc", halves, kHalves[speed]);
            halves = 0;
            rise = data & 15;
            enable = ctl;
        } else {
            if (periods > 200 && halves != kHalves[speed] / 2) fail("halves of a clock with txc high", halves, kHalves[speed] / 2);
            if (speed != k1000 && (data & 15) != rise && enable) fail("another nibble at the falling edge");
            symbol(enable, enable != ctl, speed == k1000 ? uint8_t((data & 15) << 4 | rise) : rise);
        }
    }

    void symbol(bool en, bool er, uint8_t data) {
        if (en) {
            if (burst.empty() && gap < (speed == k1000 ? 12u : 24u)) fail("gap between frames", gap);
            burst.push_back({true, er, data});
            gap = 0;
            return;
        }
        gap++;
        if (burst.empty()) return;
        std::vector<Symbol> b;
        if (speed == k1000) b = burst;
        else {
            if (burst.size() % 2) fail("half a byte", burst.size());
            for (size_t i = 0; i < burst.size(); i += 2) b.push_back({true, burst[i].error || burst[i + 1].error, uint8_t(burst[i].data | burst[i + 1].data << 4)});
        }
        burst.clear();
        Bytes whole;
        for (size_t i = 0; i < b.size(); i++) {
            if (b[i].error) fail("tx_er");
            if (i < 8 && b[i].data != (i == 7 ? 0xD5 : 0x55)) fail("preamble", b[i].data);
            if (i >= 8) whole.push_back(b[i].data);
        }
        if (sent.empty()) fail("a frame on the line that nobody gave", whole.size());
        Bytes given = sent.front();
        sent.pop_front();
        while (given.size() < kShortest) given.push_back(0);
        if (whole != with_check_sequence(given)) fail("a frame on the line differs", whole.size(), given.size() + 4);
    }

    // ---- the core ----------------------------------------------------------------------------------------------------
    void before_core() {
        top_good += top->count_rx_good;
        top_bad += top->count_rx_bad;
        top_sent += top->count_tx_sent;
        top_other += top->count_rx_overflow + top->count_tx_aborted;
        taken = top->s_axis_tvalid && top->s_axis_tready;
        if (top->rst || !top->m_axis_tvalid || !top->m_axis_tready) return;
        int count = __builtin_popcount(top->m_axis_tkeep);
        for (int i = 0; i < count; i++) received.push_back(get_byte(top->m_axis_tdata, i));
        if (!top->m_axis_tlast) return;
        while (!expected.empty() && !expected.front().good && expected.front().data().size() <= 8) expected.pop_front();
        if (expected.empty()) fail("a frame that nobody sent", received.size());
        if (bool(top->m_axis_tuser) == expected.front().good) fail("m_axis_tuser", top->m_axis_tuser, !expected.front().good);
        if (expected.front().good && received != expected.front().data()) fail("a frame differs", received.size(), expected.front().data().size());
        expected.pop_front();
        received.clear();
    }

    void after_core() {
        top->m_axis_tready = 1;
        if (taken) {
            beat_at += 8;
            top->s_axis_tvalid = 0;
            if (beat_at >= to_send.front().size()) { to_send.pop_front(); beat_at = 0; }
        }
        taken = false;
        if (tx_left && to_send.empty()) {
            tx_left--;
            to_send.push_back(random_data(speed == k10 ? 1 + below(80) : chance(30) ? 1 + below(60) : random_length(kLongest)));
            sent.push_back(to_send.back());
        }
        if (to_send.empty() || top->s_axis_tvalid || (beat_at == 0 && chance(30))) return;
        const Bytes& f = to_send.front();
        unsigned keep = 0;
        for (size_t i = 0; i < 8; i++) {
            bool in = beat_at + i < f.size();
            set_byte(top->s_axis_tdata, int(i), in ? f[beat_at + i] : uint8_t(rng()));
            keep |= unsigned(in) << i;
        }
        top->s_axis_tkeep = uint8_t(keep);
        top->s_axis_tlast = beat_at + 8 >= f.size();
        top->s_axis_tvalid = 1;
    }

    Vmac_port* top;
    Clock core, rx, tx;
    uint64_t now = 1;
    bool core_edge = false, driven = false, taken = false, mumble = false;
    Speed speed = k1000;
    unsigned status = 0;
    std::deque<Half> line;
    std::deque<reference::Frame> expected;
    std::deque<Bytes> to_send, sent;
    Bytes received;
    std::vector<Symbol> burst;
    size_t beat_at = 0;
    bool txc_before = false, enable = false;
    uint8_t rise = 0;
    unsigned halves = 0, gap = 1000;
    uint64_t periods = 0, rx_left = 0, tx_left = 0;
    uint64_t good = 0, bad = 0, top_good = 0, top_bad = 0, top_sent = 0, top_other = 0;
    uint64_t total_good = 0, total_bad = 0, total_sent = 0, odd = 0, dribbles = 0, false_carriers = 0;
};

}  // namespace

int main(int argc, char** argv) {
    uint64_t frames = argc > 1 ? std::strtoull(argv[1], nullptr, 0) : 500;
    rng.seed(argc > 2 ? std::strtoull(argv[2], nullptr, 0) : 1);
    Bench bench;
    bench.run(k1000, true, frames / 5 + 1, false);
    bench.run(k100, true, frames / 5 + 1, false);
    bench.run(k10, false, frames / 20 + 1, false);
    bench.run(k1000, false, frames / 5 + 1, true);
    bench.run(k10, true, frames / 20 + 1, true);
    bench.run(k100, true, frames / 5 + 1, true);
    bench.run(k1000, true, frames / 5 + 1, false);
    bench.summary();
}
