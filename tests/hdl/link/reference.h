// What docs/link.md says, written again without a look at the RTL: frames out of bytes, and what a request does.
#pragma once
#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <vector>

namespace link_reference {

using Bytes = std::vector<uint8_t>;
using Words = std::vector<uint32_t>;

constexpr int kMaxWords = 128;
enum Status { kOk, kBadFrame, kSlverr, kDecerr, kExpired, kUnsupported, kOutOfOrder, kBusy };

// CRC-32 of IEEE 802.3 by its definition: the message as a polynomial, bit by bit, highest power first.
inline uint32_t crc32(const Bytes& bytes, size_t length) {
    uint32_t remainder = 0xFFFFFFFF;
    for (size_t i = 0; i < length; i++)
        for (int bit = 0; bit < 8; bit++) {
            bool out = remainder >> 31 ^ (bytes[i] >> bit & 1);
            remainder = remainder << 1 ^ (out ? 0x04C11DB7 : 0);
        }
    uint32_t reflected = 0;
    for (int bit = 0; bit < 32; bit++) reflected |= (~remainder >> bit & 1) << (31 - bit);
    return reflected;
}

inline void put(Bytes& bytes, uint32_t word) {
    for (int i = 0; i < 4; i++) bytes.push_back(uint8_t(word >> 8 * i));
}

inline Bytes cobs(const Bytes& body) {
    Bytes out;
    size_t i = 0;
    for (;;) {
        size_t run = 0;
        while (i + run < body.size() && body[i + run] != 0 && run < 254) run++;
        out.push_back(uint8_t(run + 1));
        out.insert(out.end(), body.begin() + long(i), body.begin() + long(i + run));
        i += run;
        if (i == body.size()) break;
        if (run < 254) i++;  // the zero
    }
    out.push_back(0);
    return out;
}

// One frame without its delimiter; false if its groups do not add up.
inline bool uncobs(const Bytes& frame, Bytes& body) {
    body.clear();
    for (size_t i = 0; i < frame.size();) {
        size_t code = frame[i];
        if (i + code > frame.size()) return false;
        body.insert(body.end(), frame.begin() + long(i + 1), frame.begin() + long(i + code));
        i += code;
        if (code != 255 && i < frame.size()) body.push_back(0);
    }
    return true;
}

// The words of a body without its CRC; false if it is none.
inline bool words_of(const Bytes& body, Words& words) {
    words.clear();
    if (body.size() % 4 != 0 || body.size() < 8) return false;
    for (size_t i = 0; i < body.size(); i += 4)
        words.push_back(uint32_t(body[i]) | uint32_t(body[i + 1]) << 8 | uint32_t(body[i + 2]) << 16 | uint32_t(body[i + 3]) << 24);
    bool right = words.back() == crc32(body, body.size() - 4);
    words.pop_back();
    return right;
}

inline Bytes body_of(const Words& words) {
    Bytes body;
    for (uint32_t word : words) put(body, word);
    put(body, crc32(body, body.size()));
    return body;
}

struct Access {
    bool write;
    uint16_t address;
    uint32_t data;
    bool operator==(const Access& other) const { return write == other.write && address == other.address && data == other.data; }
};

// The registers behind the bus, for the bench's slave and for the reference alike.
struct Registers {
    std::array<uint32_t, 0x4000> words{};
    Status read(uint16_t address, uint32_t& data) {
        data = words[address / 4];
        if (address >= 0x9000 && address < 0xA000) { data = 0xDEAD0000u | address; return kDecerr; }
        if (address >= 0xA000 && address < 0xA100) words[address / 4]++;  // counts its reads
        return kOk;
    }
    Status write(uint16_t address, uint32_t data) {
        if (address >= 0x8000 && address < 0x9000) return kSlverr;
        if (address >= 0x9000 && address < 0xA000) return kDecerr;
        words[address / 4] = data;
        return kOk;
    }
};

struct Answer {
    Words data;
    int status;
    uint32_t done;  // 16 bits
};

// The board's side of a session: takes frames one after the other.
struct Board {
    Registers registers;
    bool identified = false;
    uint8_t expected = 0;
    uint8_t bad_frames = 0;

    Answer carry_out(const Words& frame, bool busy, std::vector<Access>& accesses) {
        uint8_t sequence = uint8_t(frame[0]), kind = uint8_t(frame[0] >> 8);
        size_t count = frame.size() - 1;
        Answer answer{{}, kOk, 0};
        if (busy) return {{}, kBusy, expected};
        if (count > size_t(kMaxWords)) return {{}, kUnsupported, expected};
        if (kind == 2) {
            if (count != 1) return {{}, kUnsupported, expected};
            answer.data = {frame[1], 512u << 16 | kMaxWords, 1u << 24 | uint32_t(bad_frames) << 16 | uint32_t(identified) << 8 | expected};
            identified = true;
            expected = uint8_t(sequence + 1);
            return answer;
        }
        if (kind != 1) return {{}, kUnsupported, expected};
        if (!identified || sequence != expected) return {{}, kOutOfOrder, expected};
        expected++;
        size_t from = 0;                // what is repeated begins there; 0: nothing is
        uint32_t turns = 0, turn = 0;
        for (size_t at = 1;;) {
            if (at >= frame.size() && from != 0 && turn + 1 < turns) {
                at = from;
                turn++;
            }
            if (at >= frame.size()) {
                if (from == at && turn + 1 < turns) continue;
                break;
            }
            uint32_t item = frame[at++];
            if (item >> 28 == 4 && (item & 0xFFFF) == 0 && (item >> 16 & 0xFFF) >= 1 && (item >> 16 & 0xFFF) <= 1023 && from == 0) {
                from = at;
                turns = item >> 16 & 0xFFF;
                continue;
            }
            uint32_t operation = item >> 28, words = item >> 16 & 0xFFF, address = item & 0xFFFF;
            size_t rest = frame.size() - at;
            bool fits = operation == 1 || (operation == 2 && words <= rest) || (operation == 3 && rest >= 2);
            if (words == 0 || words > 1023 || address % 4 != 0 || !fits) { answer.status = kUnsupported; return answer; }
            if (operation == 3) {
                uint32_t mask = frame[at], value = frame[at + 1], data = 0;
                at += 2;
                bool met = false;
                while (!met && words-- > 0) {
                    Status status = registers.read(uint16_t(address), data);
                    accesses.push_back({false, uint16_t(address), data});
                    if (status != kOk) { answer.status = status; return answer; }
                    met = (data & mask) == (value & mask);
                }
                answer.data.push_back(data);
                if (!met) { answer.status = kExpired; return answer; }
                answer.done++;
                continue;
            }
            for (; words > 0; words--, address += 4) {
                if (address > 0xFFFF) { answer.status = kDecerr; return answer; }
                uint32_t data = 0;
                Status status;
                if (operation == 1) {
                    status = registers.read(uint16_t(address), data);
                } else {
                    data = frame[at++];
                    data = (data & 0xFFFF0000) | ((data + turn) & 0xFFFF);
                    status = registers.write(uint16_t(address), data);
                }
                accesses.push_back({operation == 2, uint16_t(address), data});
                if (status != kOk) { answer.status = status; return answer; }
                if (operation == 1) answer.data.push_back(data);
                answer.done++;
            }
        }
        return answer;
    }
};

}  // namespace link_reference
