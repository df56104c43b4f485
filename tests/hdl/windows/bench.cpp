// Checks entry_windows.v in every clock against what was written: random records at the least distance and at others,
// for the event queue, as an answer, as the entry that was asked for, or for nobody; all the while reads at random
// places, of what was just written most of all, and a reset now and then. An entry stands still for eight clocks; what
// an event has beside it changes at once.
//
// usage: bench CLOCKS SEED. ENTRY_BITS, ENTRY_WORDS, EVENT_BITS and EVENT_WORDS come as macros, from the register map.
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <random>

#include "Ventry_windows.h"
#include "verilated.h"

double sc_time_stamp() { return 0; }

namespace {
constexpr int kParts = 7, kApart = 8, kPlaces = 64;
using Record = std::array<uint32_t, EVENT_WORDS>;

std::mt19937_64 rng;
uint64_t below(uint64_t n) { return rng() % n; }
bool chance(int percent) { return int(below(100)) < percent; }

// The bits of a word that lie below an end.
uint32_t below_end(const Record& record, int word, int end) {
    if (word * 32 >= end) return 0;
    return record[word] & (end - word * 32 >= 32 ? ~0u : (1u << (end - word * 32)) - 1);
}

// What is in a window: known from `from` on.
struct Place {
    std::optional<Record> record;
    uint64_t from = 0;
};

// A read whose address stood since `since`.
struct Read {
    int place = 0, address = 0;
    bool shown = true;
    uint64_t since = 0;
};
}  // namespace

int main(int argc, char** argv) {
    uint64_t clocks = argc > 1 ? std::strtoull(argv[1], nullptr, 0) : 100000;
    rng.seed(argc > 2 ? std::strtoull(argv[2], nullptr, 0) : 1);
    Ventry_windows top;
    Place events[kPlaces], answer, entry;
    Read event_read, answer_read, entry_read;
    Record now_written{};
    uint64_t last = 0, checked[3] = {}, soonest = 0, resets = 0, writes = 0;
    bool answer_kept = false, entry_kept = false, copying = false;
    int newest = 0;

    for (uint64_t clock = 1; clock <= clocks; clock++) {
        auto fail = [&](const char* what, uint64_t got, uint64_t want) {
            std::printf("FAIL clock %llu: %s is %llx, expected %llx\n", (unsigned long long)clock, what, (unsigned long long)got, (unsigned long long)want);
            std::exit(1);
        };
        bool reset = clock < 3 || chance(1) && chance(2);
        bool write = !reset && clock > last + kApart - 1 && chance(clock / 4096 % 2 ? 100 : 15);
        resets += reset;
        if (reset) event_read.since = answer_read.since = entry_read.since = clock + 1;  // the bus is reset, too

        // The entry stands still; everything else is another value in every clock.
        for (int word = 0; word < EVENT_WORDS; word++) {
            uint32_t fresh = uint32_t(rng());
            if (write || clock >= last + kApart) now_written[word] = fresh;
            top.write_record[word] = word * 32 >= ENTRY_BITS ? fresh : now_written[word];
            if (word == ENTRY_BITS / 32) top.write_record[word] = (now_written[word] & ((1u << ENTRY_BITS % 32) - 1)) | (fresh & ~((1u << ENTRY_BITS % 32) - 1));
        }
        if (write) {
            for (int word = 0; word < EVENT_WORDS; word++) now_written[word] = top.write_record[word];
        }
        int kind = int(below(3));
        top.rst = reset;
        top.write = write;
        top.keep_event = chance(60);
        top.write_place = uint8_t(below(kPlaces));
        top.keep_answer = kind == 1;
        top.keep_entry = kind == 2;

        // A read's address stands for two to five clocks.
        for (Read* read : {&event_read, &answer_read, &entry_read}) {
            if (clock < read->since + 2 || chance(50)) continue;
            *read = {chance(50) ? newest : int(below(kPlaces)), int(chance(80) ? below(EVENT_WORDS) : below(64)), chance(80), clock};
        }
        top.event_place = uint8_t(event_read.place);
        top.event_address = uint8_t(event_read.address);
        top.answer_address = uint8_t(answer_read.address);
        top.answer_shown = answer_read.shown;
        top.entry_address = uint8_t(entry_read.address);
        top.entry_shown = entry_read.shown;
        top.eval();

        // Busy in the clocks behind the first part's, up to the last part's.
        bool busy = copying && clock > last && clock < last + kParts;
        if (top.busy != busy) fail("busy", top.busy, busy);
        if (top.answer_busy != (busy && answer_kept)) fail("answer_busy", top.answer_busy, busy && answer_kept);
        if (top.entry_busy != (busy && entry_kept)) fail("entry_busy", top.entry_busy, busy && entry_kept);

        // What has been read: two clocks ago the address came, and everything was there.
        auto check = [&](int which, const char* what, const Read& read, const Place& place, bool shown, int end, uint32_t got) {
            if (clock < read.since + 2 || !place.record || place.from > read.since) return;
            uint32_t want = shown && read.address < EVENT_WORDS ? below_end(*place.record, read.address, end) : 0;
            if (got != want) fail(what, got, want);
            checked[which]++;
            if (which == 0) soonest += place.from == read.since;
        };
        check(0, "a word of an event", event_read, events[event_read.place], true, EVENT_BITS, top.event_data);
        check(1, "a word of the answer", answer_read, answer, answer_read.shown, ENTRY_BITS, top.answer_data);
        check(2, "a word of the read entry", entry_read, entry, entry_read.shown, ENTRY_BITS, top.entry_data);

        if (write) {
            writes++;
            last = clock;
            copying = true;
            answer_kept = top.keep_answer;
            entry_kept = top.keep_entry;
            if (top.keep_event) events[newest = top.write_place] = {now_written, clock + kParts};
            if (answer_kept) answer = {now_written, clock + kParts};
            if (entry_kept) entry = {now_written, clock + kParts};
        }
        if (reset && copying && clock < last + kParts) {
            // Nobody knows how much of it was copied.
            for (Place& place : events) if (place.from > clock) place.record.reset();
            if (answer.from > clock) answer.record.reset();
            if (entry.from > clock) entry.record.reset();
            copying = false;
        }
        top.clk = 1;
        top.eval();
        top.clk = 0;
        top.eval();
    }
    if (clocks >= 100000 && (soonest < 100 || resets < 10 || checked[0] < clocks / 4 || checked[1] < clocks / 8 || checked[2] < clocks / 8)) {
        std::printf("FAIL poor coverage: %llu reads at the first clock that they can be, %llu resets\n", (unsigned long long)soonest, (unsigned long long)resets);
        return 1;
    }
    std::printf("passed: windows, %llu clocks, %llu writes; words checked: %llu of events (%llu as soon as they can be), %llu of answers, %llu of read entries\n",
        (unsigned long long)clocks, (unsigned long long)writes, (unsigned long long)checked[0], (unsigned long long)soonest, (unsigned long long)checked[1], (unsigned long long)checked[2]);
    return 0;
}
