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

inline uint32_t peek_events(const Voffload_core___024root& core, uint32_t* words, uint32_t count, uint32_t record_words) {
    const auto& events = core.offload_core__DOT__events__DOT__events__DOT__any__DOT__memory;
    const uint32_t depth = sizeof events / sizeof events[0];
    const uint32_t waiting = core.offload_core__DOT__events__DOT__count;
    const uint32_t tail = core.offload_core__DOT__events__DOT__tail;
    for (uint32_t i = 0; i < waiting; i++) {
        if (!copy_record(events[(tail + depth - waiting + i) % depth], words, count, record_words, i)) {
            return 0;
        }
    }
    return waiting;
}

inline uint32_t peek_answer(const Voffload_core___024root& core, uint32_t* words, uint32_t count, uint32_t record_words) {
    // Without an answer its window shows zeros.
    if (!core.offload_core__DOT__commands__DOT__answered) {
        std::memset(words, 0, size_t{count} * sizeof(uint32_t));
        return record_words == sizeof core.offload_core__DOT__commands__DOT__answer / sizeof(uint32_t) ? 1 : 0;
    }
    return copy_record(core.offload_core__DOT__commands__DOT__answer, words, count, record_words, 0) ? 1 : 0;
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
