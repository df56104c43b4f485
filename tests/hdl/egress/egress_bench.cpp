// Checks hdl/rtl/egress at 64, 128, 256 and 512 bits (with WORDS, reply_words at 64): frames byte for byte against the reference, in order, under
// random stalls; beats held while stalled; latency, throughput, counting and busy; the mux's order and fairness.
//
// Usage: egress_bench MAP COUNT SEED, where MAP is offload_map.vh. Exit 0: nothing was wrong.

#include "Vegress_bench.h"
#include "reference.h"
#include "verilated.h"

#include <cstdio>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <map>
#include <sstream>

double sc_time_stamp() { return 0; }

namespace {

constexpr int Widths = 4;
constexpr int Latency = 5, EarlyLatency = 2;  // the second at 64 bits
constexpr int WordsLatency = 7, WordsReply = 61, WordsBeats = 512, LongestBeats = 13;  // as reply_words.v has it
unsigned failures = 0;
uint64_t now = 0;
Vegress_bench* top;

void fail(int width, const char* where, const std::string& what) {
    if (failures++ < 10) std::printf("%s at %d bits, clock %llu: %s\n", where, 64 << width, (unsigned long long)now, what.c_str());
}

template <typename Port> void setBit(Port& port, int i, bool value) {
    port = static_cast<Port>((port & ~(1u << i)) | (static_cast<unsigned>(value) << i));
}

// The map's part-selects of the reply's fields.
struct Map {
    std::map<std::string, int> lsb;
    explicit Map(const char* path) {
        std::ifstream file(path);
        std::string define, name, range;
        std::string line;
        while (std::getline(file, line)) {
            std::istringstream words(line);
            if (words >> define >> name >> range && define == "`define" && name.rfind("REPLY_", 0) == 0)
                lsb[name.substr(6)] = std::atoi(range.substr(range.find(':') == std::string::npos ? 0 : range.find(':') + 1).c_str());
        }
    }
    template <typename Port> void put(Port& port, int slot, const std::string& field, uint64_t value, int bits) const {
        int at = slot * 608 + lsb.at(field);
        for (int i = 0; i < bits; i++, at++)
            port[at / 32] = (port[at / 32] & ~(1u << at % 32)) | static_cast<uint32_t>(value >> i & 1) << at % 32;
    }
    // Bytes, the first on the wire in the most significant byte.
    template <typename Port> void put(Port& port, int slot, const std::string& field, const Bytes& bytes) const {
        int at = slot * 608 + lsb.at(field) + static_cast<int>(bytes.size()) * 8;
        for (uint8_t byte : bytes) {
            at -= 8;
            for (int i = 0; i < 8; i++)
                port[(at + i) / 32] =
                    (port[(at + i) / 32] & ~(1u << (at + i) % 32)) | static_cast<uint32_t>(byte >> i & 1) << (at + i) % 32;
        }
    }
};

struct Beat {
    Bytes data;
    uint64_t keep = 0;
    bool last = false;
    bool operator==(const Beat& o) const { return data == o.data && keep == o.keep && last == o.last; }
};

template <typename Data, typename Keep> Beat beatOf(int width, const Data& data, const Keep& keep, bool last) {
    Beat b;
    for (int i = 0; i < 8 << width; i++) b.data.push_back(static_cast<uint8_t>(data[width * 16 + i / 4] >> 8 * (i % 4)));
    b.keep = keep[width * 2] | static_cast<uint64_t>(keep[width * 2 + 1]) << 32;
    b.last = last;
    return b;
}

// A beat that waited has to be there still, and be the same.
struct Holder {
    bool waiting = false;
    Beat beat;
    void check(int width, const char* where, bool valid, bool ready, const Beat& b) {
        if (waiting && !valid) fail(width, where, "a stalled beat is gone");
        if (waiting && valid && !(b == beat)) fail(width, where, "a stalled beat changed");
        waiting = valid && !ready;
        beat = b;
    }
};

uint64_t allBytes(int width) { return width == 3 ? ~0ull : (1ull << (8 << width)) - 1; }

// One reply_builder: its source, its sink, and what it owes.
struct Builder {
    int width;
    const Map* map;
    std::deque<Reply> source;
    std::deque<Bytes> owed;
    Bytes frame;
    Holder holder;
    uint64_t dropped = 0;
    uint64_t accepted = 0, counted = 0, frames = 0, beats = 0, firstAccept = 0, firstBeat = 0, lastBeat = 0;
    unsigned validOf16 = 16, readyOf16 = 16;
    bool offered = false;

    void drive(std::mt19937_64& random) {
        if (!offered && !source.empty() && random() % 16 < validOf16) {
            const Reply& r = source.front();
            auto& p = top->reply;
            map->put(p, width, "DESTINATION_MAC", r.destinationMac);
            map->put(p, width, "SOURCE_MAC", r.sourceMac);
            map->put(p, width, "TAGGED", r.tagged, 1);
            map->put(p, width, "TCI", r.tci, 16);
            map->put(p, width, "IS_IPV6", r.ipv6, 1);
            map->put(p, width, "SOURCE_ADDRESS", r.source);
            map->put(p, width, "DESTINATION_ADDRESS", r.destination);
            map->put(p, width, "SOURCE_PORT", r.sourcePort, 16);
            map->put(p, width, "DESTINATION_PORT", r.destinationPort, 16);
            map->put(p, width, "SEQ", r.seq, 32);
            map->put(p, width, "ACK", r.ack, 32);
            map->put(p, width, "FLAGS", r.flags, 8);
            map->put(p, width, "WINDOW", r.window, 16);
            map->put(p, width, "MSS_PRESENT", r.mssPresent, 1);
            map->put(p, width, "MSS", r.mss, 16);
            map->put(p, width, "SCALE_PRESENT", r.scalePresent, 1);
            map->put(p, width, "SCALE", r.scale, 4);
            map->put(p, width, "SACK_PERMITTED", r.sackPermitted, 1);
            map->put(p, width, "TS_PRESENT", r.tsPresent, 1);
            map->put(p, width, "TS_VAL", r.tsVal, 32);
            map->put(p, width, "TS_ECR", r.tsEcr, 32);
            map->put(p, width, "HOP_LIMIT", r.hopLimit, 8);
            map->put(p, width, "DSCP", r.dscp, 6);
            offered = true;
        }
        setBit(top->reply_valid, width, offered);
        setBit(top->built_tready, width, random() % 16 < readyOf16);
    }

    void sample() {
        const char* where = "reply_builder";
        bool valid = top->built_tvalid >> width & 1, ready = top->built_tready >> width & 1;
        bool busy = top->built_busy >> width & 1;
        if (busy != (accepted != counted)) fail(width, where, "busy is wrong");
        if (words() && top->built_dropped) {
            // It is the last one that was accepted; the beats of those before it are here, but for what has left.
            size_t waiting = 0;
            for (size_t i = 0; i + 1 < owed.size(); i++) waiting += (owed[i].size() + 7) / 8;
            if (waiting - frame.size() / 8 + LongestBeats <= WordsBeats) fail(width, where, "a reply is dropped that would have fitted");
            owed.pop_back();
            counted++;
            dropped++;
        }
        if (top->built_sent >> width & 1) {
            counted++;
            if (counted > frames + dropped) fail(width, where, "a frame is counted that has not left");
        }
        if (offered && (top->reply_ready >> width & 1)) {
            if (accepted++ == 0) firstAccept = now;
            owed.push_back(compose(source.front()));
            source.pop_front();
            offered = false;
        }
        Beat beat = beatOf(width, top->built_tdata, top->built_tkeep, top->built_tlast >> width & 1);
        holder.check(width, where, valid, ready, beat);
        if (!valid || !ready) return;
        if (beats++ == 0) firstBeat = now;
        lastBeat = now;
        if (!beat.last && beat.keep != allBytes(width)) fail(width, where, "tkeep has gaps within a frame");
        if (beat.keep == 0 || (beat.keep & (beat.keep + 1)) != 0) fail(width, where, "tkeep is not contiguous");
        for (int i = 0; i < 8 << width; i++)
            if (beat.keep >> i & 1) frame.push_back(beat.data[i]);
        if (!beat.last) return;
        frames++;
        if (owed.empty()) return fail(width, where, "a frame that nobody asked for");
        std::string wrong = inspect(frame);
        if (!wrong.empty()) fail(width, where, "a receiver refuses the frame: " + wrong);
        if (frame != owed.front()) {
            size_t at = 0;
            while (at < frame.size() && at < owed.front().size() && frame[at] == owed.front()[at]) at++;
            fail(width, where, "frame differs from the reference at byte " + std::to_string(at));
        }
        owed.pop_front();
        frame.clear();
    }

    void forget() { accepted = counted = frames = beats = dropped = 0; }
    bool words() const { return WORDS && width == 0; }
    bool idle() const { return source.empty() && owed.empty() && !offered && accepted == counted; }
};

// One frame_mux with two sources.
struct Mux {
    int width;
    std::deque<Beat> sources[2], owed;
    bool offered[2] = {false, false};
    int open = -1, previous = -1;
    Holder holder;
    uint64_t beats = 0, firstBeat = 0, lastBeat = 0;
    unsigned validOf16 = 16, readyOf16 = 16;

    void fill(std::mt19937_64& random, int frames) {
        for (auto& s : sources)
            for (int f = 0; f < frames; f++)
                for (int left = random() % 4; left >= 0; left--) {
                    Beat b;
                    for (int i = 0; i < 8 << width; i++) b.data.push_back(static_cast<uint8_t>(random()));
                    b.last = left == 0;
                    b.keep = allBytes(width) >> (b.last ? random() % (8 << width) : 0);
                    s.push_back(b);
                }
    }

    template <typename Data, typename Keep> void put(Data& data, Keep& keep, const Beat& b) {
        for (int i = 0; i < 8 << width; i += 4)
            data[width * 16 + i / 4] = b.data[i] | b.data[i + 1] << 8 | b.data[i + 2] << 16 | static_cast<uint32_t>(b.data[i + 3]) << 24;
        keep[width * 2] = static_cast<uint32_t>(b.keep);
        keep[width * 2 + 1] = static_cast<uint32_t>(b.keep >> 32);
    }

    void drive(std::mt19937_64& random) {
        for (int s = 0; s < 2; s++)
            if (!offered[s] && !sources[s].empty() && random() % 16 < validOf16) {
                offered[s] = true;
                const Beat& b = sources[s].front();
                if (s == 0) put(top->reply_tdata, top->reply_tkeep, b);
                else put(top->pass_tdata, top->pass_tkeep, b);
                if (s == 0) setBit(top->reply_tlast, width, b.last);
                else setBit(top->pass_tlast, width, b.last);
            }
        setBit(top->reply_tvalid, width, offered[0]);
        setBit(top->pass_tvalid, width, offered[1]);
        setBit(top->mux_tready, width, random() % 16 < readyOf16);
    }

    void sample() {
        const char* where = "frame_mux";
        bool valid = top->mux_tvalid >> width & 1, ready = top->mux_tready >> width & 1;
        bool busy = top->mux_busy >> width & 1;
        if (busy != (open >= 0 || !owed.empty())) fail(width, where, "busy is wrong");
        if (valid == owed.empty()) fail(width, where, "a beat does not take exactly one clock");
        Beat beat = beatOf(width, top->mux_tdata, top->mux_tkeep, top->mux_tlast >> width & 1);
        holder.check(width, where, valid, ready, beat);
        if (valid && ready && !owed.empty()) {
            if (!(beat == owed.front())) fail(width, where, "a beat differs from what went in");
            owed.pop_front();
            if (beats++ == 0) firstBeat = now;
            lastBeat = now;
        }
        bool taken[2] = {offered[0] && (top->reply_tready >> width & 1), offered[1] && (top->pass_tready >> width & 1)};
        if (taken[0] && taken[1]) fail(width, where, "both inputs are taken at once");
        for (int s = 0; s < 2; s++) {
            if (!taken[s]) continue;
            if (open == !s) fail(width, where, "a frame is broken into");
            if (open < 0 && previous == s && offered[!s]) fail(width, where, "the other one waited and was passed over");
            open = sources[s].front().last ? -1 : s;
            previous = s;
            owed.push_back(sources[s].front());
            sources[s].pop_front();
        }
        for (int s = 0; s < 2; s++)
            if (taken[s]) offered[s] = false;
    }

    bool idle() const { return sources[0].empty() && sources[1].empty() && owed.empty(); }
};

struct Bench {
    Bench(const Map& map, uint64_t seed) : random(seed) {
        for (int w = 0; w < Widths; w++) {
            builders[w].width = muxes[w].width = w;
            builders[w].map = &map;
        }
        top->rst = 1;
        for (int i = 0; i < 4; i++) edge();
        top->rst = 0;
    }

    void edge() {
        top->clk = 1;
        top->eval();
        top->clk = 0;
        top->eval();
        now++;
    }

    // Runs until everything has left; false if it does not end.
    bool run() {
        for (uint64_t limit = now + 4000000; now < limit;) {
            bool idle = true;
            for (auto& b : builders) b.drive(random);
            for (auto& m : muxes) m.drive(random);
            top->eval();
            for (auto& b : builders) { b.sample(); idle = idle && b.idle(); }
            for (auto& m : muxes) { m.sample(); idle = idle && m.idle(); }
            edge();
            if (idle) return true;
        }
        fail(0, "bench", "something never leaves");
        return false;
    }

    void rates(unsigned valid, unsigned ready) {
        for (auto& b : builders) { b.validOf16 = valid; b.readyOf16 = ready; b.forget(); }
        for (auto& m : muxes) { m.validOf16 = valid; m.readyOf16 = ready; m.beats = 0; }
    }

    std::mt19937_64 random;
    Builder builders[Widths];
    Mux muxes[Widths];
};

void randomTraffic(Bench& bench, int count) {
    static const unsigned rates[] = {16, 12, 8, 2};
    uint64_t dropped = 0;
    for (unsigned valid : rates)
        for (unsigned ready : rates) {
            bench.rates(valid, ready);
            for (auto& b : bench.builders)
                for (int i = 0; i < count / 16 + 1; i++) b.source.push_back(randomReply(bench.random));
            for (auto& m : bench.muxes) m.fill(bench.random, count / 16 + 1);
            if (!bench.run()) return;
            dropped += bench.builders[0].dropped;
        }
    if (WORDS && count >= 4000 && dropped == 0) fail(0, "bench", "no reply was dropped");
}

void singleReplies(Bench& bench) {
    for (int i = 0; i < 64; i++) {
        bench.rates(16, 16);
        for (auto& b : bench.builders) b.source.push_back(randomReply(bench.random));
        if (!bench.run()) return;
        for (auto& b : bench.builders)
            if (b.firstBeat - b.firstAccept != static_cast<uint64_t>(b.words() ? WordsLatency : b.width == 0 ? EarlyLatency : Latency))
                fail(b.width, "reply_builder", "latency is " + std::to_string(b.firstBeat - b.firstAccept));
    }
}

void fullRate(Bench& bench, bool shortOnes) {
    constexpr int Replies = 1000;
    bench.rates(16, 16);
    for (auto& b : bench.builders)
        for (int i = 0; i < Replies; i++) b.source.push_back(shortOnes ? shortReply(bench.random) : randomReply(bench.random));
    for (auto& m : bench.muxes) m.fill(bench.random, Replies);
    if (!bench.run()) return;
    for (auto& b : bench.builders) {
        if (b.words()) {
            if (b.lastBeat - b.firstBeat > static_cast<uint64_t>((WordsReply + 2) * Replies)) fail(b.width, "reply_words", "slower than a gigabit");
        } else if (b.lastBeat - b.firstBeat + 1 != b.beats) fail(b.width, "reply_builder", "beats have gaps at full rate");
        if (shortOnes && b.width == 3 && b.lastBeat - b.firstAccept + 1 != Replies + Latency)
            fail(b.width, "reply_builder", "not a reply a clock");
    }
    for (auto& m : bench.muxes)
        if (m.lastBeat - m.firstBeat + 1 != m.beats) fail(m.width, "frame_mux", "beats have gaps at full rate");
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 4) {
        std::fprintf(stderr, "usage: egress_bench MAP COUNT SEED\n");
        return 2;
    }
    Map map(argv[1]);
    int count = std::atoi(argv[2]);
    uint64_t seed = std::strtoull(argv[3], nullptr, 0);
    top = new Vegress_bench;
    Bench bench(map, seed);
    singleReplies(bench);
    randomTraffic(bench, count);
    fullRate(bench, true);
    fullRate(bench, false);
    delete top;
    if (failures != 0) {
        std::printf("FAIL: %u failures in %llu clocks (seed %llu)\n", failures, (unsigned long long)now, (unsigned long long)seed);
        return 1;
    }
    std::printf("PASS: %d replies and frames a width in %llu clocks (seed %llu)\n", count + 2064, (unsigned long long)now,
                (unsigned long long)seed);
    return 0;
}
