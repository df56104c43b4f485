// What frames are on the line, from IEEE 802.3, with no eye on the RTL.
#pragma once
#include <cstdint>
#include <vector>

namespace reference {

using Bytes = std::vector<uint8_t>;

// IEEE 802.3, 3.2.9, word for word: a polynomial division, bit by bit, the first bit of a byte being its lowest one, the first
// 32 bits complemented; the remainder's complement is sent from x^31 downward.
inline Bytes check_sequence(const Bytes& data, size_t count) {
    uint32_t remainder = 0xFFFFFFFF;
    for (size_t i = 0; i < count; i++)
        for (int bit = 0; bit < 8; bit++) {
            bool out = (remainder >> 31 & 1) != (unsigned(data[i]) >> bit & 1);
            remainder = remainder << 1 ^ (out ? 0x04C11DB7u : 0);
        }
    Bytes sent(4);
    for (int bit = 0; bit < 32; bit++)
        if (!(remainder >> (31 - bit) & 1)) sent[size_t(bit / 8)] |= uint8_t(1 << bit % 8);
    return sent;
}

inline bool has_right_check_sequence(const Bytes& whole) {
    if (whole.size() < 4) return false;
    Bytes expected = check_sequence(whole, whole.size() - 4);
    for (size_t i = 0; i < 4; i++)
        if (whole[whole.size() - 4 + i] != expected[i]) return false;
    return true;
}

struct Symbol {
    bool valid = false, error = false;
    uint8_t data = 0;
};

// What a receiver makes of all symbols from valid to not valid any more.
struct Frame {
    bool delimited = false;  // a start frame delimiter was there
    bool good = false;
    bool too_long = false;
    Bytes whole;             // behind the delimiter, with the check sequence
    Bytes data() const { return Bytes(whole.begin(), whole.end() - (whole.size() < 4 ? long(whole.size()) : 4)); }
};

inline Frame judge(const std::vector<Symbol>& symbols, size_t shortest, size_t longest) {
    Frame frame;
    bool error = false;
    for (const Symbol& s : symbols) {
        error = error || s.error;  // from the first one on: 35.2.1.5
        if (frame.delimited) frame.whole.push_back(s.data);
        else if (s.data == 0xD5) frame.delimited = true;
    }
    frame.too_long = frame.whole.size() > longest + 4;
    frame.good = frame.delimited && !error && !frame.too_long && frame.whole.size() >= shortest + 4 && has_right_check_sequence(frame.whole);
    return frame;
}

}  // namespace reference
