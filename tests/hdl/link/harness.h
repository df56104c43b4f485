// The engine's two sides in the bench: the host at the pins, and the register bus that answers, each held against the reference.
#pragma once
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <memory>
#include <random>
#include <string>
#include <vector>
#include "Vlink_bench.h"
#include "pins.h"
#include "reference.h"
#include "verilated.h"

namespace {

using namespace link_reference;
using link_pins::breach;

constexpr uint64_t kClock = 10000, kFtClock = 16667;            // ps
constexpr uint64_t kTick = kClock << 14;
constexpr uint64_t kByte = KIND == 0 ? 10 * 83333 : KIND == 1 ? 160000 : kFtClock;

#if KIND == 0
using Pins = link_pins::Uart<Vlink_bench>;
#elif KIND == 1
using Pins = link_pins::Async<Vlink_bench>;
#else
using Pins = link_pins::Sync<Vlink_bench>;
#endif

std::mt19937_64 rng;
uint64_t below(uint64_t n) { return rng() % n; }
bool chance(int percent) { return int(below(100)) < percent; }

const char* scenario = "";
[[noreturn]] void fail(uint64_t now, const std::string& what) {
    std::printf("FAIL: %s: %s at clock %llu\n", scenario, what.c_str(), static_cast<unsigned long long>(now / kClock));
    std::fflush(stdout);
    std::exit(1);
}

// The register bus's other side: takes address and data in any order, answers when it likes.
struct Slave {
    Registers registers;
    std::deque<Access> log;
    int stall_percent = 0;
    int latency = 0;                                            // clocks from the address to the answer
    bool have_aw = false, have_w = false, have_ar = false, was_aw = false, was_w = false, was_ar = false;
    uint16_t aw = 0, ar = 0;
    uint32_t w = 0;
    int read_wait = 0, write_wait = 0;

    void edge(Vlink_bench& top, uint64_t now) {
        // What is valid stays as it is until it is taken.
        if (was_aw && !(top.m_axil_awvalid && top.m_axil_awaddr == aw)) fail(now, "AW not held");
        if (was_w && !(top.m_axil_wvalid && top.m_axil_wdata == w)) fail(now, "W not held");
        if (was_ar && !(top.m_axil_arvalid && top.m_axil_araddr == ar)) fail(now, "AR not held");
        was_aw = top.m_axil_awvalid && !top.m_axil_awready;
        was_w = top.m_axil_wvalid && !top.m_axil_wready;
        was_ar = top.m_axil_arvalid && !top.m_axil_arready;
        if (top.m_axil_awvalid) aw = top.m_axil_awaddr;
        if (top.m_axil_wvalid) w = top.m_axil_wdata;
        if (top.m_axil_arvalid) ar = top.m_axil_araddr;

        bool b = top.m_axil_bvalid && top.m_axil_bready, r = top.m_axil_rvalid && top.m_axil_rready;
        if (top.m_axil_awvalid && top.m_axil_awready) have_aw = true;
        if (top.m_axil_wvalid && top.m_axil_wready) {
            if (top.m_axil_wstrb != 15) fail(now, "WSTRB");
            have_w = true;
        }
        if (top.m_axil_arvalid && top.m_axil_arready) { have_ar = true; read_wait = latency; }
        next_bvalid = top.m_axil_bvalid && !b;
        next_rvalid = top.m_axil_rvalid && !r;
        if (have_aw && have_w && !next_bvalid && write_wait-- <= 0 && !chance(stall_percent)) {
            log.push_back({true, aw, w});
            bresp = registers.write(aw, w);
            next_bvalid = true;
            have_aw = have_w = false;
            write_wait = latency;
        }
        if (have_ar && !next_rvalid && read_wait-- <= 0 && !chance(stall_percent)) {
            uint32_t data = 0;
            rresp = registers.read(ar, data);
            rdata = data;
            log.push_back({false, ar, data});
            next_rvalid = true;
            have_ar = false;
        }
    }
    bool next_bvalid = false, next_rvalid = false;
    int bresp = 0, rresp = 0;
    uint32_t rdata = 0;
    void drive(Vlink_bench& top) {
        top.m_axil_awready = !have_aw && !next_bvalid && !chance(stall_percent);
        top.m_axil_wready = !have_w && !next_bvalid && !chance(stall_percent);
        top.m_axil_arready = !have_ar && !next_rvalid && !chance(stall_percent);
        top.m_axil_bvalid = next_bvalid;
        top.m_axil_bresp = next_bvalid ? uint8_t(bresp) : uint8_t(below(4));
        top.m_axil_rvalid = next_rvalid;
        top.m_axil_rresp = next_rvalid ? uint8_t(rresp) : uint8_t(below(4));
        top.m_axil_rdata = next_rvalid ? rdata : uint32_t(rng());
    }
    void reset() {
        have_aw = have_w = have_ar = was_aw = was_w = was_ar = next_bvalid = next_rvalid = false;
        log.clear();
    }
};

struct Bench {
    std::unique_ptr<VerilatedContext> context{new VerilatedContext};
    Vlink_bench top{context.get()};
    link_pins::Host host;
    Pins pins;
    Slave slave;
    uint64_t now = 0, ft_next = kFtClock / 2, reset_until = 20 * kClock;

    // What the link has taken, by the reference.
    Board board;
    Bytes frame, answer_bytes;
    bool poisoned = false, timed_out = false;
    uint64_t last_byte = 0;
    std::deque<Words> requests;                                 // whole, not answered
    bool check_pins = true, busy_allowed = false, lost_allowed = false, host_synchronized = false, irq_told = false;
    uint64_t answered = 0, notices = 0, bad_notices = 0, bad_total = 0, busy = 0, response_bytes = 0, data_words = 0, statuses[8] = {};
    uint64_t breaks = 0, ft_clocks = 0;
    int irq_permyriad = 0;
    std::vector<std::pair<uint8_t, int>> answers;               // sequence, status; if kept
    Words last_answer;

    Bench() {
        host.rng = &rng;
        top.rst = 1;
        top.irq = 0;
        top.uart_rxd = 1;
        top.ft_rxf_n = top.ft_txe_n = 1;
        top.eval();
        if (!pins.quiet(top)) fail(now, "a pin asks for something before the first reset");
    }

    // ---- the link's end of the pins ---------------------------------------------------------------------------
    void end_of_frame(bool cut) {
        Words words;
        Bytes body;
        if (frame.empty() && !cut) return;
        bool whole = !cut && !poisoned && uncobs(frame, body) && words_of(body, words);
        poisoned = false;
        frame.clear();
        // Of a frame that is too long, the length is not looked at.
        if (whole && (words.size() - 1 > size_t(kMaxWords) || (words[0] >> 16) == words.size() - 1)) {
            requests.push_back(words);
        } else {
            board.bad_frames++;
            bad_total++;
        }
    }

    void tap() {
        if (frame_open() && now - last_byte > 2 * kTick + 10 * kClock) end_of_frame(true);
        if (!top.tap_take) return;
        if (check_pins) {
            if (host.given.empty() || host.given.front() != top.tap_data) fail(now, "the pins gave another byte than came");
            host.given.pop_front();
        }
        last_byte = now;
        if (top.tap_data == 0) {
            poisoned |= top.tap_bad && frame_open();
            end_of_frame(false);
        } else {
            poisoned |= top.tap_bad;
            frame.push_back(top.tap_data);
        }
    }
    bool frame_open() const { return !frame.empty(); }

    // ---- the host's end of the responses ----------------------------------------------------------------------
    void from_board() {
        for (; !host.from_board.empty(); host.from_board.pop_front()) {
            uint8_t byte = host.from_board.front();
            response_bytes++;
            if (byte != 0) { answer_bytes.push_back(byte); continue; }
            Bytes body;
            Words words;
            bool good = uncobs(answer_bytes, body) && words_of(body, words);
            // What a reset cut may have been whole but for its delimiter.
            if (!answer_bytes.empty() && host_synchronized) {
                if (!good || words.size() < 2) fail(now, "a response that is no frame");
                response(words);
            }
            answer_bytes.clear();
            host_synchronized = true;
        }
    }

    void response(const Words& words) {
        uint32_t trailer = words.back();
        irq_told = trailer >> 8 & 1;
        if ((words[0] & 0xFFFF00FF) == 0 && (words[0] >> 8 & 0xFF) == 0x82) {
            if (words.size() != 2) fail(now, "a notice with data");
            notices++;
            if ((trailer & 0xFF) == kBadFrame) bad_notices++;
            else if ((trailer & 0xFF) != kOk) fail(now, "a notice of another status");
            return;
        }
        if ((words[0] & 0xFFFFFF00) != 0x8100) fail(now, "a header that is none");
        if (requests.empty()) fail(now, "a response that nobody asked for");
        bool says_busy = (trailer & 0xFF) == kBusy;
        if (says_busy && !busy_allowed) fail(now, "busy, where there is backpressure or room");
        std::vector<Access> accesses;
        uint8_t sequence = uint8_t(requests.front()[0]);
        Answer answer = board.carry_out(requests.front(), says_busy, accesses);
        requests.pop_front();
        if (uint8_t(words[0]) != sequence) fail(now, "the response of another request");
        if ((trailer & 0xFEFF) != uint32_t(answer.status)) fail(now, "status " + std::to_string(trailer & 0xFF) + " for " + std::to_string(answer.status));
        if (trailer >> 16 != (answer.done & 0xFFFF)) fail(now, "index " + std::to_string(trailer >> 16) + " for " + std::to_string(answer.done));
        Words data(words.begin() + 1, words.end() - 1);
        if (data.size() == 3 && answer.data.size() == 3 && bad_uncertain) data[2] = answer.data[2] = 0;
        if (data != answer.data) fail(now, "other data");
        for (const Access& access : accesses) {
            if (slave.log.empty() || !(slave.log.front() == access)) fail(now, "another access to the bus");
            slave.log.pop_front();
        }
        answered++;
        statuses[answer.status]++;
        data_words += data.size();
        busy += says_busy;
        answers.push_back({sequence, answer.status});
        last_answer = data;
    }
    bool bad_uncertain = true;                                  // bad frames are counted while requests wait

    // ---- time -------------------------------------------------------------------------------------------------
    void in_reset() {
        // What was begun before: accesses in the right order, and none more.
        if (!slave.log.empty() || !requests.empty()) {
            std::vector<Access> accesses;
            while (accesses.size() < slave.log.size() && !requests.empty()) {
                board.carry_out(requests.front(), false, accesses);
                requests.pop_front();
            }
            for (size_t i = 0; i < slave.log.size(); i++)
                if (i >= accesses.size() || !(slave.log[i] == accesses[i])) fail(now, "an access before the reset that was not asked for");
        }
        slave.reset();
        requests.clear();
        frame.clear();
        poisoned = false;
        // What the reset cut is still with the host.
        for (; !host.from_board.empty(); host.from_board.pop_front())
            if (host.from_board.front() == 0) answer_bytes.clear();
            else answer_bytes.push_back(host.from_board.front());
        board = Board();
        board.registers = slave.registers;
        host_synchronized = false;
    }

    void step() {
        if (KIND == 2 && ft_next < now + kClock) {
            ft_clocks++;
            // An edge of the chip's clock between two of ours.
            top.eval();
            if (!top.tap_pins_rst) pin_edge(ft_next);
            top.ft_clk = 1;
            top.eval();
            pin_drive(ft_next);
            if (top.tap_pins_rst && check_pins) host.given.clear();
            top.ft_clk = 0;
            top.eval();
            ft_next += kFtClock;
        }
        now += kClock;
        top.rst = now < reset_until;
        pins.forgiven = now < reset_until + (KIND == 0 ? 0 : 5) * kClock;
        top.eval();
        if (KIND != 2) pin_edge(now);
        if (top.tap_rst) in_reset();
        else {
            tap();
            slave.edge(top, now);
            from_board();
        }
        breaks += top.tap_break;
        top.clk = 1;
        top.eval();
        if (KIND != 2) pin_drive(now);
        slave.drive(top);
        if (irq_permyriad > 0 && int(below(10000)) < irq_permyriad) top.irq = !top.irq;
        top.clk = 0;
        top.eval();
    }
    // Not in the clocks before the first reset is through.
    void pin_edge(uint64_t t) { if (t > (KIND == 2 ? 60 : 10) * kClock) pins.edge(top, host, t); }
    void pin_drive(uint64_t t) { if (t > (KIND == 2 ? 60 : 10) * kClock) pins.drive(top, host, t); }
    void run(uint64_t clocks) { for (uint64_t i = 0; i < clocks; i++) step(); }
    // Until everything is sent and answered; what hangs fails.
    void drain() {
        uint64_t give_up = now + (uint64_t(host.to_board.size()) + 20000) * 20 * kByte + host.deaf_until + 40 * kTick, quiet = now;
        size_t seen = 0;
        for (const link_pins::Token& token : host.to_board) give_up += token.silence;
        while (now - quiet < 60 * kByte + 3000 * kClock || now < host.deaf_until || now < host.silent_until) {
            size_t left = host.to_board.size() + response_bytes;
            if (!host.to_board.empty() || !requests.empty() || left != seen) quiet = now;
            seen = left;
            step();
            if (now > give_up) fail(now, "no end: " + std::to_string(requests.size()) + " requests without a response, " + std::to_string(host.to_board.size()) + " bytes not sent, " + std::to_string(response_bytes) + " bytes answered");
        }
        if (!slave.log.empty()) fail(now, "an access to the bus that nobody asked for");
    }

    // ---- what the host sends ----------------------------------------------------------------------------------
    uint8_t next_sequence = 0;
    uint64_t waiting_words = 0;

    void send(const Bytes& bytes) { for (uint8_t byte : bytes) host.to_board.push_back({byte, 0}); }
    void silence(uint64_t ps) { host.to_board.push_back({-1, ps}); }
    void identify() {
        next_sequence = uint8_t(rng());
        send({0});
        send(cobs(body_of({uint32_t(next_sequence++) | 0x0200u | 1u << 16, uint32_t(rng())})));
    }
    static uint32_t item(uint32_t operation, uint32_t count, uint32_t address) { return operation << 28 | count << 16 | address; }
    uint32_t random_address() {
        switch (below(12)) {
            case 0: return uint32_t(0x8000 - 4 * below(4));
            case 1: return uint32_t(0x9000 - 4 * below(6));
            case 2: return uint32_t(0xFFFC - 4 * below(6));
            case 3: return uint32_t(0xA000 + 4 * below(8));
            case 4: return uint32_t(0x9FF0 + 4 * below(4));
            default: return uint32_t(4 * below(0x2000));
        }
    }
    // Content of a request, most of the time a right one.
    Words content() {
        Words words;
        size_t items = chance(60) ? 1 : 1 + below(8);
        for (size_t i = 0; i < items && words.size() < 120; i++) {
            if (chance(6)) words.push_back(item(4, uint32_t(1 + below(6)), 0));
            size_t room = size_t(kMaxWords) - 1 - words.size();
            if (chance(40)) {
                words.push_back(item(1, uint32_t(1 + (chance(5) ? below(300) : below(20))), random_address()));
            } else if (chance(75)) {
                size_t count = 1 + (chance(10) ? below(room) : below(room < 8 ? room : 8));
                words.push_back(item(2, uint32_t(count), random_address()));
                for (size_t n = 0; n < count; n++) words.push_back(chance(30) ? uint32_t(below(3) << 8 * below(4)) : chance(5) ? 0xFFFFFFFF : uint32_t(rng()));
            } else if (room > 3) {
                words.push_back(item(3, uint32_t(1 + below(12)), chance(70) ? uint32_t(0xA000 + 4 * below(8)) : random_address()));
                words.push_back(chance(80) ? uint32_t(below(8)) : uint32_t(rng()));
                words.push_back(chance(80) ? uint32_t(below(8)) : uint32_t(rng()));
            }
        }
        if (chance(4) && !words.empty()) switch (below(6)) {    // what no host should send
            case 0: words[0] ^= 1u << (26 + below(2)); break;
            case 1: words[0] ^= 1u << below(2); break;
            case 2: words[0] ^= 1u << (28 + below(4)); break;
            case 3: words[0] &= ~(0x3FFu << 16); break;
            case 4: words.resize(1 + below(words.size())); break;
            default: for (uint32_t& word : words) word = uint32_t(rng());
        }
        return words;
    }
    Bytes request(bool strange) {
        Words words = content();
        uint32_t kind = 1, count = uint32_t(words.size());
        uint8_t sequence = next_sequence++;
        int what = strange && chance(12) ? int(below(10)) : -1;
        if (what == 0) { sequence = uint8_t(sequence + 1 + below(255)); next_sequence--; }
        if (what == 1) { kind = uint32_t(below(256)); next_sequence--; if (kind == 1) kind = 3; if (kind == 2) kind = 4; }
        if (what == 2) { count ^= 1u << below(16); next_sequence--; }
        if (what == 3) { while (words.size() < 129 + below(20)) words.push_back(uint32_t(rng())); count = uint32_t(words.size()); next_sequence--; }
        if (what == 4) { words.clear(); count = 0; }
        words.insert(words.begin(), uint32_t(sequence) | kind << 8 | count << 16);
        waiting_words += words.size();
        Bytes body = body_of(words);
        if (what == 5) { body[below(body.size())] ^= uint8_t(1u << below(8)); next_sequence--; }
        if (what == 6) { body.resize(body.size() - 4); body.push_back(0x55); put(body, crc32(body, body.size())); next_sequence--; }
        if (what == 7) { body.clear(); put(body, crc32(body, 0)); next_sequence--; }
        if (what == 8) { kind = 2; }
        Bytes bytes = cobs(body);
        if (what == 9) {                                        // a last group that promises more than comes
            size_t code = 0;
            while (code + bytes[code] + 1 < bytes.size()) code += bytes[code];
            if (bytes[code] < 200) { bytes[code] = uint8_t(bytes[code] + 1 + below(50)); next_sequence--; }
        }
        return bytes;
    }
    // Faults of the line, in bytes. True if something was done.
    bool damage(std::deque<link_pins::Token>& tokens) {
        if (tokens.size() < 2) return false;
        auto place = [&] { return tokens.begin() + long(below(tokens.size())); };
        switch (below(9)) {
            case 0: for (uint64_t n = 1 + below(3); n > 0; n--) place()->byte ^= 1 << below(8); break;
            case 1: tokens.erase(place()); break;
            case 2: { auto at = place(); tokens.insert(at, *at); break; }
            case 3: tokens.insert(place(), {int(below(256)), 0}); break;
            case 4: tokens.erase(place(), tokens.end()); break;
            case 5: tokens.erase(place(), tokens.end()); tokens.push_back({-1, 3 * kTick}); break;
            case 6: for (uint64_t n = 1 + below(40); n > 0; n--) tokens.push_front({int(below(chance(20) ? 3 : 256)), 0}); break;
            case 7: { auto copy = tokens; tokens.insert(tokens.end(), copy.begin(), copy.end()); break; }
            default: place()->byte = 0;
        }
        for (auto& token : tokens) if (token.byte > 255) token.byte &= 255;
        return true;
    }
    void send_damaged(const Bytes& bytes) {
        std::deque<link_pins::Token> tokens;
        for (uint8_t byte : bytes) tokens.push_back({byte, 0});
        for (uint64_t n = chance(70) ? 1 : 1 + below(4); n > 0; n--) damage(tokens);
        for (const auto& token : tokens) host.to_board.push_back(token);
    }
    // Keeps a few requests waiting at most, as a host has to without backpressure.
    void pace(size_t bytes) {
        uint64_t give_up = now + 20000 * kByte + 40 * kTick;
        while (host.to_board.size() > bytes || (KIND == 0 && FLOW_CONTROL == 0 && requests.size() > 1)) {
            step();
            if (now > give_up + host.deaf_until) fail(now, "no end: " + std::to_string(requests.size()) + " requests without a response, " + std::to_string(host.to_board.size()) + " bytes not sent, " + std::to_string(response_bytes) + " bytes answered");
        }
    }
    // At the end the link has to be as good as new.
    void check_recovered() {
        for (int i = 0; i < 3; i++) send({0});
        drain();
        bad_uncertain = false;
        identify();
        drain();
        if (last_answer.size() != 3) fail(now, "not identified after all");
        uint64_t before = statuses[kOk];
        for (uint32_t i = 0; i < 4; i++) {
            send(cobs(body_of({uint32_t(next_sequence++) | 0x100u | 5u << 16, item(2, 1, 0x100 + 4 * i), i * 0x01010101, item(1, 2, 0x100), item(2, 1, 0x200), 7})));
        }
        drain();
        if (statuses[kOk] != before + 4) fail(now, "not recovered");
        bad_uncertain = true;
        run(2 * (kTick / kClock));
        from_board();
        if (irq_permyriad == 0 && irq_told != bool(top.irq)) fail(now, "the host was not told of the interrupt line");
    }
};

std::unique_ptr<Bench> begin(const char* name) {
    scenario = name;
    std::unique_ptr<Bench> bench(new Bench);
    bench->slave.stall_percent = 20;
    bench->host.stall_percent = 10;
#if KIND == 0
    bench->pins.use_rts = FLOW_CONTROL != 0;
    bench->pins.bit = uint64_t(83333 * (0.985 + 0.03 * double(below(1000)) / 1000));
#endif
    bench->run(200);
    return bench;
}

void report(const Bench& b, uint64_t sent) {
    std::printf("  %-10s %llu requests sent, %llu answered (ok %llu, slverr %llu, decerr %llu, expired %llu, unsupported %llu, "
                "out of order %llu, busy %llu), %llu bad frames, %llu notices\n", scenario,
        (unsigned long long)sent, (unsigned long long)b.answered, (unsigned long long)b.statuses[kOk], (unsigned long long)b.statuses[kSlverr],
        (unsigned long long)b.statuses[kDecerr], (unsigned long long)b.statuses[kExpired], (unsigned long long)b.statuses[kUnsupported],
        (unsigned long long)b.statuses[kOutOfOrder], (unsigned long long)b.statuses[kBusy], (unsigned long long)b.bad_total, (unsigned long long)b.notices);
    std::fflush(stdout);
}

}  // namespace
