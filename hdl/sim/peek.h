// Looks into the memories of the Verilated core, past its register bus. Verilator names a signal by its path in the Verilog sources.
#ifndef OFFLOAD_PEEK_H
#define OFFLOAD_PEEK_H

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "Voffload_core___024root.h"

// Puts a record at its place, where there is room for it. False where it has another number of words than the caller thinks.
template <typename Record>
inline bool copy_record(const Record& record, uint32_t* words, uint32_t count, uint32_t record_words, uint32_t number) {
    if (record_words != sizeof record / sizeof(uint32_t)) {
        return false;
    }
    if ((uint64_t{number} + 1) * record_words <= count) {
        std::memcpy(words + size_t{number} * record_words, &record, sizeof record);
    }
    return true;
}

inline uint32_t peek_entries(const Voffload_core___024root& core, uint32_t* words, uint32_t count, uint32_t record_words) {
    const auto& used = core.offload_core__DOT__walker__DOT__used;
    const auto& entries = core.offload_core__DOT__table_of_connections__DOT__entries__DOT__any__DOT__memory;
    uint32_t found = 0;
    for (size_t group = 0; group < sizeof used / sizeof used[0]; group++) {
        for (uint32_t bits = used[group]; bits != 0; bits &= bits - 1) {
            const size_t index = 32 * group + static_cast<size_t>(__builtin_ctz(bits));
            if (!copy_record(entries[index], words, count, record_words, found)) {
                return 0;
            }
            found++;
        }
    }
    return found;
}

// A record of parts of 128 bits, each in a word of a memory, put together; `bits` are the record's, and what lies behind is not its own.
template <typename Memory>
inline bool copy_parts(const Memory& memory, size_t first, size_t bits, uint32_t* words, uint32_t count, uint32_t record_words, uint32_t number) {
    if (record_words != (bits + 31) / 32) {
        return false;
    }
    if ((uint64_t{number} + 1) * record_words <= count) {
        uint32_t* const record = words + size_t{number} * record_words;
        for (size_t word = 0; word < record_words; word++) {
            record[word] = memory[first + word / 4][word % 4];
        }
        if (bits % 32 != 0) {
            record[record_words - 1] &= (uint32_t{1} << (bits % 32)) - 1;
        }
    }
    return true;
}

constexpr size_t event_bits = 894;                              // EVENT_BITS and ENTRY_BITS of hdl/rtl/generated/offload_map.vh
constexpr size_t entry_bits = 806;

// Events lie in one wide memory; where one event is in the pipeline at a time, in entry_windows.v. The core that is built has one or the other:
// the overload whose names it does not have drops out.
template <typename Core>
inline auto copy_event(const Core& core, uint32_t place, uint32_t* words, uint32_t count, uint32_t record_words, uint32_t number)
    -> decltype(core.offload_core__DOT__events__DOT__wide__DOT__events__DOT__any__DOT__memory, bool()) {
    return copy_record(core.offload_core__DOT__events__DOT__wide__DOT__events__DOT__any__DOT__memory[place], words, count, record_words, number);
}

template <typename Core>
inline auto copy_event(const Core& core, uint32_t place, uint32_t* words, uint32_t count, uint32_t record_words, uint32_t number)
    -> decltype(core.offload_core__DOT__events__DOT__narrow__DOT__windows__DOT__events__DOT__memory, bool()) {
    return copy_parts(core.offload_core__DOT__events__DOT__narrow__DOT__windows__DOT__events__DOT__memory, size_t{8} * place, event_bits,
                      words, count, record_words, number);
}

template <typename Core>
inline auto event_depth(const Core& core) -> decltype(core.offload_core__DOT__events__DOT__wide__DOT__events__DOT__any__DOT__memory, uint32_t()) {
    const auto& events = core.offload_core__DOT__events__DOT__wide__DOT__events__DOT__any__DOT__memory;
    return sizeof events / sizeof events[0];
}

template <typename Core>
inline auto event_depth(const Core& core) -> decltype(core.offload_core__DOT__events__DOT__narrow__DOT__windows__DOT__events__DOT__memory, uint32_t()) {
    const auto& parts = core.offload_core__DOT__events__DOT__narrow__DOT__windows__DOT__events__DOT__memory;
    return sizeof parts / sizeof parts[0] / 8;
}

inline uint32_t peek_events(const Voffload_core___024root& core, uint32_t* words, uint32_t count, uint32_t record_words) {
    const uint32_t depth = event_depth(core);
    const uint32_t waiting = core.offload_core__DOT__events__DOT__count;
    const uint32_t tail = core.offload_core__DOT__events__DOT__tail;
    for (uint32_t i = 0; i < waiting; i++) {
        if (!copy_event(core, (tail + depth - waiting + i) % depth, words, count, record_words, i)) {
            return 0;
        }
    }
    return waiting;
}

template <typename Core>
inline auto copy_answer(const Core& core, uint32_t* words, uint32_t count, uint32_t record_words)
    -> decltype(core.offload_core__DOT__commands__DOT__here__DOT__answer, bool()) {
    return copy_record(core.offload_core__DOT__commands__DOT__here__DOT__answer, words, count, record_words, 0);
}

template <typename Core>
inline auto copy_answer(const Core& core, uint32_t* words, uint32_t count, uint32_t record_words)
    -> decltype(core.offload_core__DOT__events__DOT__narrow__DOT__windows__DOT__entries, bool()) {
    return copy_parts(core.offload_core__DOT__events__DOT__narrow__DOT__windows__DOT__entries, 0, entry_bits, words, count, record_words, 0);
}

inline uint32_t peek_answer(const Voffload_core___024root& core, uint32_t* words, uint32_t count, uint32_t record_words) {
    if (!copy_answer(core, words, count, record_words)) {
        return 0;
    }
    // Without an answer its window shows zeros.
    if (!core.offload_core__DOT__commands__DOT__answered) {
        std::memset(words, 0, size_t{count} * sizeof(uint32_t));
    }
    return 1;
}

// The event at the end of the pipeline, if there is one in this clock: a word of what it was, and the entry as it leaves it.
constexpr uint32_t happening_words = 1 + sizeof(Voffload_core___024root::offload_core__DOT__write_next_entry) / sizeof(uint32_t);

inline bool peek_happening(const Voffload_core___024root& core, uint32_t* words) {
    if (!core.offload_core__DOT__write_valid) {
        return false;
    }
    words[0] = core.offload_core__DOT__write_kind | uint32_t{core.offload_core__DOT__write_hit} << 3 |
               uint32_t{core.offload_core__DOT__write_again} << 4 | uint32_t{core.offload_core__DOT__write_park} << 5 |
               uint32_t{core.offload_core__DOT__write_free} << 6;
    std::memcpy(words + 1, &core.offload_core__DOT__write_next_entry, (happening_words - 1) * sizeof(uint32_t));
    return true;
}

#endif
