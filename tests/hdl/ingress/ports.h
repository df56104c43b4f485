// Bits of Verilator's ports, whatever their width.
#pragma once
#include <cstddef>
#include <cstdint>

#include "verilated.h"

namespace {

template <typename T> uint64_t get(const T& port, int lsb, int width) {
    uint64_t value = uint64_t(port) >> lsb;
    return width == 64 ? value : value & ((1ull << width) - 1);
}
template <std::size_t W> uint64_t get(const VlWide<W>& port, int lsb, int width) {
    uint64_t value = 0;
    for (int i = 0; i < width; i++)
        value |= uint64_t(port[(lsb + i) / 32] >> ((lsb + i) % 32) & 1) << i;
    return value;
}
template <typename T> void set_byte(T& port, int lane, uint8_t value) {
    port = T((uint64_t(port) & ~(0xFFull << 8 * lane)) | uint64_t(value) << 8 * lane);
}
template <std::size_t W> void set_byte(VlWide<W>& port, int lane, uint8_t value) {
    uint32_t& word = port[lane / 4];
    word = (word & ~(0xFFu << 8 * (lane % 4))) | uint32_t(value) << 8 * (lane % 4);
}

}  // namespace
