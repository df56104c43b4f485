// Checks hdl/rtl/hash: the 64 published SipHash-2-4 vectors in every clock, then random messages and connections
// with another key in each clock, against references written here after the papers, byte by byte.
//
// Usage: hash_bench VECTORS COUNT SEED. Exit 0: all equal. Every hash is expected at exactly the latency that the
// module states, so a wrong latency fails as a wrong hash.

#include "Vhash_bench.h"
#include "verilated.h"

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <vector>

double sc_time_stamp() { return 0; }

namespace {

using Bytes = std::vector<uint8_t>;

uint64_t rotate(uint64_t x, int by) { return (x << by) | (x >> (64 - by)); }

// SipHash-c-d of the paper's section 2, c = 2, d = 4.
struct SipHash {
    uint64_t v0, v1, v2, v3;

    void round() {
        v0 += v1; v1 = rotate(v1, 13); v1 ^= v0; v0 = rotate(v0, 32);
        v2 += v3; v3 = rotate(v3, 16); v3 ^= v2;
        v0 += v3; v3 = rotate(v3, 21); v3 ^= v0;
        v2 += v1; v1 = rotate(v1, 17); v1 ^= v2; v2 = rotate(v2, 32);
    }

    static uint64_t word(const uint8_t* p) {
        uint64_t w = 0;
        for (int i = 0; i < 8; i++) w |= static_cast<uint64_t>(p[i]) << (8 * i);
        return w;
    }

    static uint64_t of(const Bytes& key, const Bytes& message) {
        uint64_t k0 = word(&key[0]), k1 = word(&key[8]);
        SipHash s{k0 ^ 0x736f6d6570736575u, k1 ^ 0x646f72616e646f6du, k0 ^ 0x6c7967656e657261u, k1 ^ 0x7465646279746573u};
        Bytes padded = message;
        while (padded.size() % 8 != 7) padded.push_back(0);
        padded.push_back(static_cast<uint8_t>(message.size()));
        for (size_t i = 0; i < padded.size(); i += 8) {
            uint64_t m = word(&padded[i]);
            s.v3 ^= m; s.round(); s.round(); s.v0 ^= m;
        }
        s.v2 ^= 0xff;
        for (int i = 0; i < 4; i++) s.round();
        return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
    }
};

// Bit i of a Verilated port of any width.
template <typename Port> bool bit(const Port& words, int i) { return (words[i / 32] >> (i % 32)) & 1; }

template <typename Port> void put(Port& words, const Bytes& bytes, size_t size) {
    for (size_t i = 0; i < size / 4; i++) words[i] = 0;
    for (size_t i = 0; i < bytes.size(); i++) words[i / 4] |= static_cast<uint32_t>(bytes[i]) << (8 * (i % 4));
}

template <typename Port> uint64_t get64(const Port& words, int index) {
    return words[2 * index] | static_cast<uint64_t>(words[2 * index + 1]) << 32;
}

struct Pending { uint64_t expected; bool checked; };

class Bench {
public:
    explicit Bench(uint64_t seed) : random_(seed) {
        for (int b = 1; b <= 8; b++) latency_[b - 1] = 4 * b + 9;
    }

    unsigned failures = 0;
    uint64_t checks = 0;

    uint8_t randomByte() { return static_cast<uint8_t>(random_()); }

    Bytes randomBytes(size_t n) {
        Bytes b(n);
        for (auto& x : b) x = randomByte();
        return b;
    }

    // One clock: message to the instance with as many blocks, rubbish to the others' higher blocks.
    void clock(const Bytes& key, const Bytes& message) {
        int blocks = static_cast<int>(message.size()) / 8 + 1;
        Bytes padded = message;
        while (padded.size() % 8 != 7) padded.push_back(0);
        padded.push_back(static_cast<uint8_t>(message.size()));
        Bytes all = padded;
        while (all.size() < 64) all.push_back(randomByte());
        put(top_.siphash_key, key, 16);
        put(top_.siphash_message, all, 64);
        for (int b = 1; b <= 8; b++)
            siphash_[b - 1].push_back({b == blocks ? SipHash::of(key, message) : 0, b == blocks});

        // Addresses and ports as they are on the wire: the first byte is the most significant.
        Bytes text = randomBytes(36);
        Bytes local(text.rbegin() + 20, text.rend()), remote(text.rbegin() + 4, text.rbegin() + 20);
        put(top_.local_address, local, 16);
        put(top_.remote_address, remote, 16);
        top_.local_port = static_cast<uint16_t>(text[32] << 8 | text[33]);
        top_.remote_port = static_cast<uint16_t>(text[34] << 8 | text[35]);
        top_.vlan = random_() & 0xfff;
        top_.is_tagged = random_() & 1;
        isn_.push_back({SipHash::of(key, text), true});

        if (clocks_ % 64 == 0) {
            // The placement key stands still while keys are in flight: what is under way is not checked then.
            for (auto& p : placement_) p.checked = false;
            for (int i = 0; i < 11; i++) top_.toeplitz_key[i] = static_cast<uint32_t>(random_());
            top_.toeplitz_key[10] &= 0x1fff;
        }
        top_.eval();
        uint64_t place = 0;
        for (int j = 0; j < 33; j++) {
            bool sum = false;
            for (int i = 0; i < 301; i++) sum ^= bit(top_.packed_key, i) && bit(top_.toeplitz_key, i + j);
            place |= static_cast<uint64_t>(sum) << j;
        }
        placement_.push_back({place, true});

        top_.clk = 1;
        top_.eval();
        top_.clk = 0;
        top_.eval();
        clocks_++;
        for (int b = 0; b < 8; b++)
            check(siphash_[b], latency_[b], get64(top_.siphash_hash, b), "siphash_2_4");
        check(isn_, 29, top_.isn_hash, "isn_message");
        check(placement_, 2, top_.placement, "placement_hash");
    }

private:
    void check(std::deque<Pending>& queue, int latency, uint64_t actual, const char* what) {
        if (static_cast<int>(queue.size()) < latency) return;
        Pending p = queue.front();
        queue.pop_front();
        if (!p.checked) return;
        checks++;
        if (p.expected != actual && failures++ < 10)
            std::printf("%s: clock %llu, expected %016llx, is %016llx\n", what, static_cast<unsigned long long>(clocks_),
                        static_cast<unsigned long long>(p.expected), static_cast<unsigned long long>(actual));
    }

    Vhash_bench top_;
    std::mt19937_64 random_;
    uint64_t clocks_ = 0;
    std::array<int, 8> latency_;
    std::array<std::deque<Pending>, 8> siphash_;
    std::deque<Pending> isn_, placement_;
};

std::vector<uint64_t> readVectors(const char* path) {
    std::ifstream file(path);
    std::vector<uint64_t> vectors;
    std::string line;
    while (std::getline(file, line)) {
        if (line.empty() || line[0] == '#') continue;
        std::istringstream bytes(line);
        uint64_t value = 0;
        unsigned byte, n = 0;
        while (bytes >> std::hex >> byte) value |= static_cast<uint64_t>(byte) << (8 * n++);
        if (n != 8) return {};
        vectors.push_back(value);
    }
    return vectors;
}

} // namespace

int main(int argc, char** argv) {
    if (argc != 4) {
        std::fprintf(stderr, "usage: hash_bench VECTORS COUNT SEED\n");
        return 2;
    }
    std::vector<uint64_t> vectors = readVectors(argv[1]);
    uint64_t count = std::strtoull(argv[2], nullptr, 0), seed = std::strtoull(argv[3], nullptr, 0);
    if (vectors.size() != 64) {
        std::fprintf(stderr, "%s: expected 64 vectors of 8 bytes, found %zu\n", argv[1], vectors.size());
        return 2;
    }

    Bench bench(seed);
    Bytes key, message;
    for (uint8_t i = 0; i < 16; i++) key.push_back(i);
    for (uint8_t n = 0; n < 64; n++) {
        // The reference has to give the published hash before the circuit is held against it.
        if (SipHash::of(key, message) != vectors[n]) {
            std::printf("reference: vector %u differs from the published one\n", n);
            return 1;
        }
        bench.clock(key, message);
        message.push_back(n);
    }
    for (uint64_t i = 0; i < count; i++) bench.clock(bench.randomBytes(16), bench.randomBytes(bench.randomByte() % 64));
    for (int i = 0; i < 48; i++) bench.clock(key, {});

    if (bench.failures != 0) {
        std::printf("FAIL: %u of %llu hashes differ (seed %llu)\n", bench.failures,
                    static_cast<unsigned long long>(bench.checks), static_cast<unsigned long long>(seed));
        return 1;
    }
    std::printf("PASS: 64 published vectors, %llu hashes (seed %llu)\n", static_cast<unsigned long long>(bench.checks),
                static_cast<unsigned long long>(seed));
    return 0;
}
