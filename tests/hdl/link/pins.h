// Models of what is at the other end of the pins: an FT2232H as synchronous and as asynchronous FIFO, and its UART. They
// complain about every breach of the chip's rules. Times are picoseconds.
#pragma once
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <random>

namespace link_pins {

[[noreturn]] inline void breach(const char* what, uint64_t now) {
    std::printf("FAIL: %s at clock %llu\n", what, static_cast<unsigned long long>(now / 10000));
    std::fflush(stdout);
    std::exit(1);
}

// Bytes to the board, with silences between them.
struct Token {
    int byte;           // -1: silence; with 0x200, a UART's byte whose stop bit is missing
    uint64_t silence;   // ps
};

struct Host {
    std::deque<Token> to_board;
    std::deque<uint8_t> given;      // what the pins have handed over and the link has not taken yet
    std::deque<uint8_t> from_board;
    int stall_percent = 0;          // how often the chip pauses
    uint64_t deaf_until = 0;        // takes nothing from the board until then
    uint64_t silent_until = 0;
    bool noise_free = true;
    std::mt19937_64* rng = nullptr;

    bool chance(int percent) { return int((*rng)() % 100) < percent; }
    // The next byte to the board, if there is one by now.
    bool has(uint64_t now) {
        while (now >= silent_until && !to_board.empty() && to_board.front().byte < 0) {
            silent_until = now + to_board.front().silence;
            to_board.pop_front();
        }
        return now >= silent_until && !to_board.empty();
    }
    uint8_t take() {
        uint8_t byte = uint8_t(to_board.front().byte);
        to_board.pop_front();
        return byte;
    }
};

// Synchronous FIFO (AN_130): a byte goes over at each rising edge at which RXF# and RD#, or TXE# and WR#, are low.
template <typename Top> struct Sync {
    bool forgiven = false;                  // a reset may cut a pulse
    bool oe_before = false, drove_before = false;
    int flushed = 0;

    // Between configuration and the first clock.
    static bool quiet(const Top& top) { return top.ft_rd_n && top.ft_wr_n && top.ft_oe_n && top.ft_siwu_n; }
    // Before the rising edge of ft_clk, with the outputs as they were.
    void edge(Top& top, Host& host, uint64_t now) {
        if (top.ft_data_drive && !top.ft_oe_n) breach("both drive the data pins", now);
        if (top.ft_data_drive && oe_before) breach("no clock between the directions (read to write)", now);
        if (drove_before && !top.ft_oe_n) breach("no clock between the directions (write to read)", now);
        if (!top.ft_rd_n && (top.ft_oe_n || !oe_before)) breach("RD# low without OE# low a clock before", now);
        if (!top.ft_wr_n && !top.ft_data_drive) breach("WR# low without data", now);
        if (!top.ft_rd_n && !top.ft_rxf_n) host.given.push_back(host.take());
        if (!top.ft_wr_n && !top.ft_txe_n) host.from_board.push_back(top.ft_data_out);
        flushed += !top.ft_siwu_n;
        oe_before = !top.ft_oe_n;
        drove_before = top.ft_data_drive;
    }
    // After it.
    void drive(Top& top, Host& host, uint64_t now) {
        top.ft_rxf_n = !(host.has(now) && !host.chance(host.stall_percent));
        top.ft_txe_n = now < host.deaf_until || host.chance(host.stall_percent);
        top.ft_data_in = !top.ft_oe_n && !top.ft_rxf_n ? uint8_t(host.to_board.front().byte) : uint8_t((*host.rng)());
    }
};

// Asynchronous FIFO (data sheet DS_FT2232H).
template <typename Top> struct Async {
    bool forgiven = false;                  // a reset may cut a pulse
    bool rd = false, wr = false, drive_before = false;
    uint64_t rd_fell = 0, rd_rose = 0, wr_fell = 0, wr_rose = 0, data_since = 0;
    uint8_t data_before = 0;
    uint64_t rxf_high = 0, txe_high = 0;    // until then
    bool rxf_low = false, txe_low = false;

    static bool quiet(const Top& top) { return top.ft_rd_n && top.ft_wr_n; }
    void edge(Top& top, Host& host, uint64_t now) {
        uint64_t changed = now - 10000;     // what differs now changed at the edge before
        if (!top.ft_rd_n && top.ft_data_drive) breach("both drive the data pins", now);
        if (!top.ft_rd_n && !top.ft_wr_n) breach("RD# and WR# low together", now);
        if (top.ft_data_out != data_before || top.ft_data_drive != drive_before) {
            if (!forgiven && (wr || (changed < wr_fell + 5000 && wr_fell != 0))) breach("data changed during WR#", now);
            data_since = changed;
        }
        data_before = top.ft_data_out;
        drive_before = top.ft_data_drive;
        if (!top.ft_rd_n && !rd) {
            if (!rxf_low) breach("RD# fell while RXF# was high", now);
            rd = true;
            rd_fell = changed;
        } else if (top.ft_rd_n && rd) {
            if (changed - rd_fell < 30000 && !forgiven) breach("RD# low for less than 30 ns", now);
            rd = false;
            rd_rose = changed;
            host.given.push_back(host.take());
            rxf_high = rd_rose + 14000 + 49000;
        }
        if (!top.ft_wr_n && !wr) {
            if (!txe_low) breach("WR# fell while TXE# was high", now);
            if (!top.ft_data_drive || changed - data_since < 5000) breach("data not there 5 ns before WR#", now);
            wr = true;
            wr_fell = changed;
            host.from_board.push_back(top.ft_data_out);
        } else if (top.ft_wr_n && wr) {
            if (changed - wr_fell < 30000 && !forgiven) breach("WR# low for less than 30 ns", now);
            wr = false;
            wr_rose = changed;
            txe_high = wr_rose + 14000 + 49000 + (host.chance(host.stall_percent) ? 300000 : 0);
        }
    }
    void drive(Top& top, Host& host, uint64_t now) {
        // RXF# and TXE# stay low while the pulse lasts, and rise within 14 ns of it.
        bool more = host.has(now) && (rxf_low || !host.chance(host.stall_percent));
        rxf_low = rd || (now < rd_rose + 14000 && rd_rose != 0) || (now >= rxf_high && more);
        txe_low = !wr && (txe_low || (now >= txe_high && now >= host.deaf_until));
        top.ft_rxf_n = !rxf_low;
        top.ft_txe_n = !txe_low;
        top.ft_data_in = rd && now + 10000 >= rd_fell + 14000 && !host.to_board.empty() ? uint8_t(host.to_board.front().byte) : uint8_t((*host.rng)());
    }
};

// A UART of 8N1 whose clock may be off.
template <typename Top> struct Uart {
    uint64_t bit = 83333;                   // ps
    bool forgiven = false;                  // a reset may cut a pulse
    bool use_rts = false;
    int noise_permyriad = 0;                // bits that are bent
    bool glitches = false;                  // one clock in a data bit is wrong now and then, which has to do no harm
    uint64_t glitch_at = 0;
    uint64_t deaf_since = 0;
    // To the board
    int sending = -1, at = 0;
    uint16_t shift = 0x3FF;
    uint64_t bit_ends = 0;
    bool line = true;
    // From the board
    bool before = true, receiving = false;
    uint64_t sample_at = 0;
    int bits = 0;
    uint16_t received = 0;

    static bool quiet(const Top& top) { return top.uart_txd && top.uart_rts_n; }
    void edge(Top& top, Host& host, uint64_t now) {
        bool level = top.uart_txd;
        if (forgiven) receiving = false;
        if (!receiving && before && !level) {
            if (use_rts && deaf_since != 0 && now - deaf_since > 60000) breach("a byte begins while CTS# is high", now);
            receiving = true;
            sample_at = now + bit / 2;
            bits = 0;
        }
        if (receiving && now >= sample_at) {
            received = uint16_t(received >> 1 | level << 9);
            sample_at += bit;
            if (++bits == 10) {
                if (!level && host.noise_free) breach("no stop bit from the board", now);
                host.from_board.push_back(uint8_t(received >> 1));
                receiving = false;
            }
        }
        before = level;
        top.uart_cts_n = now < host.deaf_until;
        deaf_since = !top.uart_cts_n ? 0 : deaf_since == 0 ? now : deaf_since;
    }
    void drive(Top& top, Host& host, uint64_t now) {
        while (now >= bit_ends) {
            if (at > 0) {
                line = shift & 1;
                shift >>= 1;
                at--;
                if (noise_permyriad > 0 && int((*host.rng)() % 10000) < noise_permyriad) line = !line;
                if (glitches && at > 0 && at < 9 && host.chance(30)) glitch_at = bit_ends + (*host.rng)() % (bit - 10000);
                bit_ends += bit;
                if (at == 0 && sending >= 0) { host.given.push_back(uint8_t(sending)); sending = -1; }
            } else if (!(use_rts && top.uart_rts_n) && host.has(now)) {
                bool no_stop = host.to_board.front().byte & 0x200;
                sending = host.take();
                shift = uint16_t((no_stop ? 0xC00 : 0x200) | sending << 1);
                at = no_stop ? 12 : 10;
                if (now - bit_ends > bit) bit_ends = now;
            } else {
                line = true;
                bit_ends = now;
                break;
            }
        }
        bool glitch = glitch_at != 0 && now >= glitch_at;
        if (glitch) glitch_at = 0;
        top.uart_rxd = line != glitch;
    }
};

}  // namespace link_pins
