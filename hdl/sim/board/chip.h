// An FT2232H at the pins: its UART at BAUD, or its FIFO (data sheet DS_FT2232H, AN_130). Times are picoseconds. It
// counts breaches of its rules rather than end the process; tests/hdl/link/pins.h is the strict one.
#pragma once
#include <cstdint>
#include <deque>

namespace board_sim_model {

struct Chip {
    std::deque<uint8_t> to_board, from_board;
    uint64_t breaches = 0;
};

// 8N1. Its clock is 0.1% off.
template <typename Top> class Uart {
public:
    void step(Top& top, Chip& chip, uint64_t now) {
        // To the board
        if (now >= bit_ends_) {
            if (left_ == 0 && !chip.to_board.empty() && !top.uart_rts_n) {
                shift_ = uint16_t(0x200 | chip.to_board.front() << 1);
                chip.to_board.pop_front();
                left_ = 10;
                bit_ends_ = now;
            }
            if (left_ != 0) {
                top.uart_rxd = shift_ & 1;
                shift_ >>= 1;
                left_--;
                bit_ends_ += bit;
            }
        }
        // From the board
        if (!receiving_) {
            if (!top.uart_txd && before_) {
                receiving_ = true;
                bits_ = 0;
                sample_at_ = now + bit / 2;
            }
        } else if (now >= sample_at_) {
            received_ = uint16_t(received_ >> 1 | (top.uart_txd ? 0x200 : 0));
            sample_at_ += bit;
            if (++bits_ == 10) {
                receiving_ = false;
                if ((received_ & 1) || !(received_ & 0x200)) chip.breaches++;
                chip.from_board.push_back(uint8_t(received_ >> 1));
            }
        }
        before_ = top.uart_txd;
    }

private:
    static constexpr uint64_t bit = (1'001'000'000'000 + BAUD / 2) / BAUD;
    uint64_t bit_ends_ = 0, sample_at_ = 0;
    uint16_t shift_ = 0, received_ = 0;
    int left_ = 0, bits_ = 0;
    bool receiving_ = false, before_ = false;     // a line that is low from the start is not a byte
};

// A byte goes over at each rising edge of CLKOUT at which RXF# and RD#, or TXE# and WR#, are low.
template <typename Top> class SyncFifo {
public:
    // Before the rising edge, with the board's pins as they were.
    void edge(Top& top, Chip& chip, uint64_t) {
        if (!top.ft_rd_n && (top.ft_oe_n || !oe_before_)) chip.breaches++;
        if (!top.ft_wr_n && !top.ft_oe_n) chip.breaches++;
        if (!top.ft_rd_n && !top.ft_rxf_n) chip.to_board.pop_front();
        if (!top.ft_wr_n && !top.ft_txe_n) chip.from_board.push_back(top.ft_data);
        oe_before_ = !top.ft_oe_n;
    }
    // After it.
    void drive(Top& top, Chip& chip) {
        top.ft_rxf_n = chip.to_board.empty();
        top.ft_txe_n = 0;
        top.ft_chip_drives = !top.ft_oe_n;
        top.ft_chip_data = chip.to_board.empty() ? 0xFF : chip.to_board.front();
    }

private:
    bool oe_before_ = false;
};

// A byte goes over with a pulse of RD# or WR#.
template <typename Top> class AsyncFifo {
public:
    void step(Top& top, Chip& chip, uint64_t now) {
        bool rd = !top.ft_rd_n, wr = !top.ft_wr_n;
        if (rd && !rd_before_ && top.ft_rxf_n) chip.breaches++;
        if (wr && !wr_before_) {
            if (top.ft_txe_n) chip.breaches++;
            chip.from_board.push_back(top.ft_data);
        }
        if (!rd && rd_before_) {
            if (!chip.to_board.empty()) chip.to_board.pop_front();
            read_again_ = now + 63000;
        }
        if (!wr && wr_before_) write_again_ = now + 63000;
        rd_before_ = rd;
        wr_before_ = wr;
        top.ft_rxf_n = !(rd || (now >= read_again_ && !chip.to_board.empty()));
        top.ft_txe_n = !(wr || now >= write_again_);
        top.ft_chip_drives = rd;
        top.ft_chip_data = chip.to_board.empty() ? 0xFF : chip.to_board.front();
    }

private:
    bool rd_before_ = false, wr_before_ = false;
    uint64_t read_again_ = 0, write_again_ = 0;
};

}  // namespace board_sim_model
