// A gigabit Ethernet PHY at RGMII pins, with its MDIO registers: one that says nothing of its link between frames, as
// Broadcom's B50612D does after a reset. Its clock comes in the middle of data, and takes the board's clock there too.
#pragma once
#include <cstdint>
#include <cstring>
#include <deque>
#include <vector>

namespace board_sim_model {

using Bytes = std::vector<uint8_t>;

inline uint32_t crc32(const uint8_t* data, size_t length) {
    uint32_t crc = 0xFFFFFFFFu;
    for (size_t i = 0; i < length; i++) {
        crc ^= data[i];
        for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (crc & 1 ? 0xEDB88320u : 0);
    }
    return ~crc;
}

class Phy {
public:
    struct Frame {
        Bytes data;
        uint64_t started;
    };

    explicit Phy(unsigned address) : address_(address) { reset(); }

    bool plugged = true;
    std::deque<Frame> from_board;
    uint64_t bad_frames = 0;

    // ---- registers ---------------------------------------------------------------------------------------------
    void reset() {
        std::memset(registers_, 0, sizeof registers_);
        registers_[0] = 0x1140;
        registers_[4] = 0x01E1;
        registers_[9] = 0x0300;
        bit_ = -1;
        ones_ = 0;
        drives_ = false;
    }
    uint16_t read(unsigned number) const {
        switch (number) {
            case 1: return uint16_t(0x7949 | (link() ? 0x0024 : 0));
            case 5: return link() ? 0x45E1 : 0;                 // the partner offers all there is
            case 10: return link() && (registers_[9] & 0x0200) ? 0x3C00 : 0;
            default: return registers_[number];
        }
    }
    bool link() const { return plugged && (registers_[0] & 0x0800) == 0; }

    // At a rising edge of MDC, with what is on the line. `pulls` afterwards: the PHY pulls the line low.
    void mdio(bool line) {
        if (bit_ < 0) {
            if (line) ones_++;
            else if (ones_ >= 32) bit_ = 1, shift_ = 0;         // the start's first bit was this one
            else ones_ = 0;
            return;
        }
        if (bit_ < 14 || writing_) shift_ = (shift_ << 1) | line;
        if (bit_ == 1) writing_ = false, mine_ = line;
        if (bit_ == 13) {
            unsigned operation = (shift_ >> 10) & 3;
            mine_ = mine_ && ((shift_ >> 5) & 31) == address_;
            number_ = shift_ & 31;
            writing_ = mine_ && operation == 1;
            reading_ = mine_ && operation == 2;
            answer_ = reading_ ? read(number_) : 0;
        }
        drives_ = false;
        if (reading_ && bit_ >= 14 && bit_ < 31) {
            drives_ = true;
            value_ = bit_ == 14 ? false : ((answer_ >> (30 - bit_)) & 1) != 0;
        }
        if (++bit_ == 32) {
            if (writing_) registers_[number_] = uint16_t(shift_) & (number_ == 0 ? 0xFDFF : 0xFFFF);
            bit_ = -1;
            ones_ = 0;
            reading_ = writing_ = drives_ = false;
        }
    }
    bool pulls() const { return drives_ && !value_; }

    // ---- to the board ------------------------------------------------------------------------------------------
    void send(const uint8_t* frame, size_t length, bool bad_check, bool bad_symbol, bool short_gap) {
        Line line;
        line.gap = short_gap ? 8 : 12;
        line.bytes.assign(7, 0x55);
        line.bytes.push_back(0xD5);
        line.bytes.insert(line.bytes.end(), frame, frame + length);
        uint32_t check = crc32(frame, length) ^ (bad_check ? 0x80u : 0);
        for (int i = 0; i < 4; i++) line.bytes.push_back(uint8_t(check >> 8 * i));
        line.error_at = bad_symbol ? 8 + length / 2 : SIZE_MAX;
        lines_.push_back(line);
    }
    bool sending() const { return !lines_.empty(); }

    // The two halves of a clock: data lines and control.
    void rise(uint8_t& data, uint8_t& control) {
        active_ = false;
        if (!link()) lines_.clear(), at_ = 0, gap_ = 0;
        if (gap_ < 12) gap_++;
        if (!lines_.empty() && gap_ >= lines_.front().gap) {
            Line& line = lines_.front();
            active_ = true;
            byte_ = line.bytes[at_];
            error_ = at_ == line.error_at;
            if (++at_ == line.bytes.size()) {
                lines_.pop_front();
                at_ = 0;
                gap_ = 0;
            } else {
                gap_ = 12;
            }
        }
        data = active_ ? byte_ & 15 : 0;
        control = active_;
    }
    void fall(uint8_t& data, uint8_t& control) const {
        data = active_ ? byte_ >> 4 : 0;
        control = active_ && !error_;
    }

    // ---- from the board: at the edges of TXC --------------------------------------------------------------------
    void take_rise(uint8_t data, bool control) {
        low_ = data;
        enable_ = control;
    }
    void take_fall(uint8_t data, bool control, uint64_t now) {
        if (enable_) {
            if (coming_.empty()) began_ = now;
            coming_.push_back(uint8_t(data << 4 | low_));
            broken_ = broken_ || !control;
        } else if (!coming_.empty()) {
            end_frame();
        }
    }

private:
    struct Line {
        Bytes bytes;
        size_t error_at;
        int gap;
    };

    void end_frame() {
        size_t preamble = 0;
        while (preamble < coming_.size() && coming_[preamble] == 0x55) preamble++;
        bool good = !broken_ && preamble == 7 && coming_.size() >= 8 + 64 && coming_[7] == 0xD5;
        if (good) {
            size_t length = coming_.size() - 12;
            uint32_t check = crc32(coming_.data() + 8, length);
            for (int i = 0; i < 4; i++) good = good && coming_[8 + length + i] == uint8_t(check >> 8 * i);
            if (good && link()) from_board.push_back({Bytes(coming_.begin() + 8, coming_.end() - 4), began_});
        }
        if (!good) bad_frames++;
        coming_.clear();
        broken_ = false;
    }

    unsigned address_;
    uint16_t registers_[32];

    int bit_ = -1;              // of an MDIO frame behind its preamble; -1: none has begun
    unsigned ones_ = 0;
    uint32_t shift_ = 0;
    bool mine_ = false, reading_ = false, writing_ = false, drives_ = false, value_ = false;
    unsigned number_ = 0;
    uint16_t answer_ = 0;

    std::deque<Line> lines_;
    size_t at_ = 0;
    int gap_ = 12;
    bool active_ = false, error_ = false;
    uint8_t byte_ = 0;

    uint8_t low_ = 0;
    bool enable_ = false, broken_ = false;
    Bytes coming_;
    uint64_t began_ = 0;
};

}  // namespace board_sim_model
