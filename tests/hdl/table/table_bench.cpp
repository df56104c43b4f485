// Drives connection_table with an event a clock and compares every look-up with a std::map.
//
// The bench stands where interlock and transition stand in the core: it never issues an event while one with the same
// hash is between issue and write, and it decides insert, write and free. Two loads:
//   random     hashes as a good hash gives them; every entry has to be usable, whatever the order
//   collisions few hashes, shared by many keys; what finds no place may be refused, but nothing may be lost or mixed up
// With `single`, for a table of that parameter, one event is in flight at a time, and what issues it stands still.
//
// usage: table_bench CLOCKS SEED [single]
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "Vtable_bench.h"
#include "verilated.h"

namespace {

constexpr int kConnections = 64;
constexpr int kStash = 8;

enum class Kind { kNone, kTouch, kInsert, kErase, kSweep };

struct Event {
    Kind kind = Kind::kNone;
    uint32_t key = 0;
    uint64_t hash = 0;
    uint16_t index = 0;
    bool hit = false, insert = false, free = false, write = false;
    uint32_t value = 0;
    uint32_t entry_key = 0;
};

struct Entry {
    uint32_t value;
    uint16_t index;
    uint64_t hash;
};

class Bench {
  public:
    Bench(uint64_t seed, bool collisions, long events, bool single)
        : random_(seed), collisions_(collisions), single_(single), events_(events) {
        const int keys = collisions ? 120 : 400;
        std::vector<uint64_t> pool;
        for (int i = 0; i < 30; ++i) pool.push_back(Hash());
        for (int i = 0; i < keys; ++i)
            hash_.push_back(collisions ? pool[random_() % pool.size()] : Hash());
    }

    int Run() {
        Reset();
        pipeline_.assign(11, Event());
        for (long clock = 0; clock < events_; ++clock) {
            if (clock % 5000 == 0) filling_ = !filling_;
            Step(Choose());
        }
        for (int i = 0; i < 12; ++i) Step(Event());
        if (top_.in_use != map_.size()) Fail("in_use %u, %zu entries are known", top_.in_use, map_.size());
        for (size_t key = 0; key < hash_.size(); ++key) {
            Event event;
            event.kind = Kind::kTouch;
            event.key = key;
            event.hash = hash_[key];
            Step(event);
            for (int i = 0; i < 11; ++i) Step(Event());
        }
        std::printf("%s: %ld look-ups, %ld hits, %ld inserts, %ld refused, %ld full, at most %zu in use, "
                    "the stash not empty for %ld clocks, %ld drained\n",
                    collisions_ ? "collisions" : "random", lookups_, hits_, inserts_, refused_, full_, most_, shown_, drained_);
        if (!collisions_ && refused_ != 0) Fail("%ld inserts were refused although an entry was free", refused_);
        if (most_ != kConnections && !collisions_) Fail("the table never was full: %zu", most_);
        if (collisions_ && (shown_ == 0 || drained_ == 0)) Fail("the stash was not used: %ld, %ld", shown_, drained_);
        return 0;
    }

  private:
    uint64_t Hash() { return random_() & 0x1FFFFFFFFull; }

    template <typename... Arguments>
    [[noreturn]] void Fail(const char* format, Arguments... arguments) {
        std::printf("FAILED at clock %ld: ", clock_);
        std::printf(format, arguments...);
        std::printf("\n");
        std::exit(1);
    }

    void Reset() {
        top_.rst = 1;
        for (int i = 0; i < 4; ++i) Clock();
        top_.rst = 0;
        for (int i = 0; i < 200 && !top_.ready; ++i) Clock();
        if (!top_.ready) Fail("not ready 200 clocks after reset");
    }

    void Clock() {
        top_.clk = 1;
        top_.eval();
        top_.clk = 0;
        top_.eval();
        ++clock_;
    }

    bool InFlight(uint64_t hash) const {
        for (int i = 0; i < 10; ++i)    // issued 1 to 10 clocks before the next one
            if (pipeline_[i].kind != Kind::kNone && pipeline_[i].hash == hash) return true;
        return false;
    }

    Event Choose() {
        Event event;
        if (random_() % 8 == 0) return event;
        if (single_)
            for (const Event& other : pipeline_)
                if (other.kind != Kind::kNone) return event;
        if (random_() % 6 == 0 && !map_.empty()) {
            // The sweep names an entry by index and by the hash that it was last seen under; both may be out of date.
            auto it = map_.begin();
            std::advance(it, random_() % map_.size());
            event.kind = Kind::kSweep;
            event.hash = it->second.hash;
            event.index = random_() % 10 == 0 ? random_() % kConnections : it->second.index;
            event.key = it->first;
        } else {
            event.key = random_() % hash_.size();
            event.hash = hash_[event.key];
            const unsigned dice = random_() % 10;
            event.kind = dice == 0 ? Kind::kTouch : (dice < 7) == filling_ ? Kind::kInsert : Kind::kErase;
        }
        if (InFlight(event.hash)) event = Event();
        return event;
    }

    // One clock: an event at issue, and what is due at match, fetch, decide and write for those before it.
    void Step(const Event& issued) {
        for (int i = 10; i > 0; --i) pipeline_[i] = pipeline_[i - 1];
        // pipeline_[k] was issued k clocks ago once `issued` stands at 0.
        pipeline_[0] = issued;

        top_.issue_hashed = issued.kind != Kind::kNone;
        top_.issue_by_index = top_.issue_sweep = issued.kind == Kind::kSweep;
        if (!single_ || issued.kind != Kind::kNone) {
            top_.issue_hash = issued.hash;
            top_.issue_index = issued.index;
        }
        top_.match_key = pipeline_[2].kind == Kind::kSweep ? 0xFFFFFFFF : pipeline_[2].key;
        top_.match_may_insert = pipeline_[2].kind == Kind::kInsert;

        Event& write = pipeline_[10];
        top_.write_hit = write.hit;
        top_.write_insert = write.insert;
        top_.write_free = write.free;
        top_.write_entry = write.write;
        top_.write_key = write.entry_key;
        top_.write_value = write.value;
        top_.decide_insert = 0;
        top_.eval();

        Event& decide = pipeline_[8];
        if (decide.kind == Kind::kInsert && !decide.hit) {
            if (top_.decide_can_insert) {
                decide.insert = decide.write = true;
                decide.value = random_();
                decide.entry_key = decide.key;
                top_.decide_insert = 1;
                top_.eval();
            } else if (map_.size() + Promised() >= kConnections)
                ++full_;
            else
                ++refused_;
        }
        if (pipeline_[6].kind != Kind::kNone) Fetch(pipeline_[6]);
        if (write.kind != Kind::kNone) Write(write);
        Clock();
        if (top_.stash_waits) Shown(top_.stash_waiting);
    }

    // What the stash shows is in use, or was when it was looked up there.
    void Shown(unsigned index) {
        ++shown_;
        for (auto& [key, entry] : map_)
            if (entry.index == index) return;
        if (freed_at_.count(index) == 0 || clock_ - freed_at_[index] > 2) Fail("the stash shows number %u, which no entry has", index);
    }

    // Entries that are given out but not written, or freed but not given back.
    size_t Promised() const {
        size_t promised = 4;    // a number that comes back takes 4 clocks to be offered again
        for (int i = 8; i <= 10; ++i) promised += pipeline_[i].insert;
        return promised;
    }

    void Fetch(Event& event) {
        ++lookups_;
        const bool known = map_.count(event.key) != 0;
        if (event.kind == Kind::kSweep) {
            event.hit = top_.fetch_selected && top_.fetch_same_index;
            const bool due = known && map_[event.key].index == event.index;
            if (due && !event.hit) Fail("the sweep missed entry %u", event.index);
            if (!event.hit) return;
            bool right = false;
            for (auto& [key, entry] : map_)
                right |= entry.index == event.index && entry.hash == event.hash && key == top_.fetch_key;
            if (!right) Fail("the sweep got key %u at index %u", top_.fetch_key, event.index);
            event.entry_key = top_.fetch_key;
            event.value = top_.fetch_value;
            return;
        }
        event.hit = top_.fetch_selected && top_.fetch_key == event.key;
        if (event.hit != known) Fail("key %u: found %d, known %d", event.key, event.hit, known);
        if (!event.hit) return;
        ++hits_;
        if (top_.fetch_value != map_[event.key].value) Fail("key %u: value %x, written %x", event.key, top_.fetch_value, map_[event.key].value);
        event.entry_key = event.key;
        event.value = top_.fetch_value;
        if (event.kind == Kind::kErase) event.free = event.write = true;
        if (event.kind == Kind::kInsert || event.kind == Kind::kTouch) {
            event.write = random_() % 2 != 0;
            if (event.write) event.value = random_();
        }
    }

    void Write(Event& event) {
        if (event.insert) {
            for (auto& [key, entry] : map_)
                if (entry.index == top_.write_index) Fail("index %u given to %u, still with %u", entry.index, event.key, key);
            if (top_.write_index >= kConnections) Fail("index %u", top_.write_index);
            map_[event.key] = Entry{event.value, top_.write_index, event.hash};
            ++inserts_;
            if (map_.size() > most_) most_ = map_.size();
        } else if (event.hit && event.write) {
            if (event.free) {
                freed_at_[map_[event.entry_key].index] = clock_;
                map_.erase(event.entry_key);
            }
            if (!event.free) map_[event.entry_key].value = event.value;
        }
        drained_ += top_.write_drained;
    }

    Vtable_bench top_;
    std::mt19937_64 random_;
    bool collisions_, single_;
    long events_;
    bool filling_ = false;
    long clock_ = 0, lookups_ = 0, hits_ = 0, inserts_ = 0, refused_ = 0, full_ = 0, shown_ = 0, drained_ = 0;
    size_t most_ = 0;
    std::vector<uint64_t> hash_;
    std::map<uint32_t, Entry> map_;
    std::map<unsigned, long> freed_at_;    // clock by number
    std::deque<Event> pipeline_;
};

}  // namespace

int main(int argc, char** argv) {
    const long events = argc > 1 ? std::atol(argv[1]) : 300000;
    const uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 0) : 1;
    const bool single = argc > 3 && std::string(argv[3]) == "single";
    std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
    Bench(seed, false, events, single).Run();
    Bench(seed + 1, true, events, single).Run();
    std::printf("passed\n");
}
