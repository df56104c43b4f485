// What the benches of the MAC share: random numbers, bits of Verilator's ports, clocks with any ratio.
#pragma once
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <vector>

#include "reference.h"
#include "verilated.h"

double sc_time_stamp() { return 0; }

inline std::mt19937_64 rng;
inline uint64_t below(uint64_t n) { return rng() % n; }
inline bool chance(int percent) { return int(below(100)) < percent; }

inline const char* phase_name = "";
[[noreturn]] inline void fail(const char* what, uint64_t got = 0, uint64_t want = 0) {
    std::printf("FAIL %s: %s: %llu, expected %llu\n", phase_name, what, (unsigned long long)got, (unsigned long long)want);
    std::exit(1);
}

template <typename T> uint8_t get_byte(const T& port, int lane) { return uint8_t(uint64_t(port) >> 8 * lane); }
template <std::size_t W> uint8_t get_byte(const VlWide<W>& port, int lane) { return uint8_t(port[lane / 4] >> 8 * (lane % 4)); }
template <typename T> void set_byte(T& port, int lane, uint8_t value) {
    port = T((uint64_t(port) & ~(0xFFull << 8 * lane)) | uint64_t(value) << 8 * lane);
}
template <std::size_t W> void set_byte(VlWide<W>& port, int lane, uint8_t value) {
    uint32_t& word = port[lane / 4];
    word = (word & ~(0xFFu << 8 * (lane % 4))) | uint32_t(value) << 8 * (lane % 4);
}

// A clock in femtoseconds. One that stands still has no next edge.
struct Clock {
    uint64_t half = 4000000, next = 0;
    bool level = false, stopped = false;
    // mhz: frequency; ppm: what it is off; a random phase.
    void set(double mhz, double ppm, uint64_t now) {
        half = uint64_t(5e8 / mhz * (1 - ppm * 1e-6) + 0.5);
        next = now + 1 + below(2 * half);
    }
};

// A frame on the line: bytes with preamble and check sequence.
inline reference::Bytes with_check_sequence(reference::Bytes data) {
    reference::Bytes check = reference::check_sequence(data, data.size());
    data.insert(data.end(), check.begin(), check.end());
    return data;
}

// Random data whose first bytes no other frame has.
inline reference::Bytes random_data(size_t length) {
    static uint64_t number = 0;
    reference::Bytes data;
    number++;
    bool plain = chance(20);
    for (size_t i = 0; i < length; i++)
        data.push_back(i < 4 ? uint8_t(number >> 8 * i) : plain ? (chance(50) ? 0x55 : 0xD5) : uint8_t(rng()));
    return data;
}
inline size_t random_length(size_t longest) {
    return chance(40) ? 60 + below(10) : chance(50) ? 60 + below(200) : chance(30) ? longest - below(4) : 60 + below(longest - 60);
}
