// Frames for the bench: right in everything most of the time, then perhaps bent, and damaged on the line.
#pragma once
#include <cstdint>
#include <cstring>
#include <random>
#include <vector>

namespace {

constexpr int kMaxFrame = 1522;

std::mt19937_64 rng;
uint64_t below(uint64_t n) { return rng() % n; }
bool chance(int percent) { return int(below(100)) < percent; }

void put16(std::vector<uint8_t>& f, unsigned v) { f.push_back(uint8_t(v >> 8)); f.push_back(uint8_t(v)); }
void put32(std::vector<uint8_t>& f, uint32_t v) { put16(f, v >> 16); put16(f, v & 0xFFFF); }

std::vector<uint8_t> random_address(bool v6) {
    std::vector<uint8_t> a;
    if (!v6) {
        static const uint32_t special[] = {0, 1, 0x00FFFFFF, 0x7F000001, 0x7FFFFFFF, 0x7E000001, 0x80000000, 0xDFFFFFFF,
                                           0xE0000000, 0xE0000001, 0xEFFFFFFF, 0xF0000000, 0xFFFFFFFF, 0xC0A80174, 0xC0A8017B};
        put32(a, chance(30) ? special[below(15)] : uint32_t(rng()));
    } else {
        for (int i = 0; i < 16; i++) a.push_back(chance(30) ? 0 : uint8_t(rng()));
        if (chance(30)) {
            int which = int(below(6));
            for (auto& b : a) b = 0;
            if (which == 1) a[15] = 1;
            if (which == 2) a[15] = 2;
            if (which == 3) { a[0] = 0xFF; a[1] = 2; a[15] = 1; }
            if (which == 4) { a[0] = 0xFE; a[1] = 0x80; a[15] = 1; }
            if (which == 5) { a[10] = a[11] = 0xFF; a[12] = 127; a[15] = 1; }
        }
    }
    return a;
}

std::vector<uint8_t> random_options() {
    std::vector<uint8_t> o;
    size_t length = 4 * below(11);
    if (chance(10)) {
        while (o.size() < length) o.push_back(chance(50) ? uint8_t(below(12)) : uint8_t(rng()));
        return o;
    }
    int nops = chance(50) ? 5 : 40;
    while (o.size() < length) {
        if (chance(nops)) { o.push_back(1); continue; }
        switch (below(12)) {
            case 0: case 1: o.push_back(2); o.push_back(4); put16(o, unsigned(rng() & 0xFFFF)); break;
            case 2: case 3: o.push_back(3); o.push_back(3); o.push_back(chance(70) ? uint8_t(below(17)) : uint8_t(rng())); break;
            case 4: case 5: o.push_back(4); o.push_back(2); break;
            case 6: case 7: o.push_back(8); o.push_back(10); put32(o, uint32_t(rng())); put32(o, uint32_t(rng())); break;
            case 8: if (chance(30)) { o.push_back(0); if (chance(50)) o.push_back(2); } break;  // with a length, which does not count
            case 9: if (chance(40)) { o.push_back(uint8_t(2 + below(8))); o.push_back(uint8_t(below(42))); } break;
            default: {  // some other kind, or one of ours with another length, of a right length
                uint8_t kind = chance(70) ? uint8_t(5 + below(250)) : uint8_t(2 + below(7));
                uint8_t len = uint8_t(2 + below(chance(80) ? 9 : 39));
                o.push_back(kind);
                o.push_back(len);
                for (int i = 2; i < len; i++) o.push_back(chance(50) ? uint8_t(below(11)) : uint8_t(rng()));
            }
        }
    }
    o.resize(length);
    return o;
}

void store16(std::vector<uint8_t>& f, size_t at, unsigned v) { f[at] = uint8_t(v >> 8); f[at + 1] = uint8_t(v); }

// The checksum of bytes from..to, with `more` added, into the two bytes `at`, which are 0 still.
void store_sum(std::vector<uint8_t>& f, size_t at, size_t from, size_t to, uint32_t more) {
    uint32_t sum = more;
    for (size_t i = from; i < to; i++) sum += (i - from) % 2 == 0 ? unsigned(f[i]) << 8 : f[i];
    while (sum >> 16) sum = (sum & 0xFFFF) + (sum >> 16);
    store16(f, at, ~sum & 0xFFFF);
}

// Padding, then damage.
void damage(std::vector<uint8_t>& f, bool small) {
    if (chance(50))
        while (f.size() < 60) f.push_back(chance(50) ? 0 : uint8_t(rng()));
    if (chance(10))
        for (size_t n = below(20); n > 0; n--) f.push_back(uint8_t(rng()));
    if (chance(15))
        for (size_t n = 1 + below(3); n > 0; n--) f[below(chance(60) && f.size() > 78 ? 78 : f.size())] ^= uint8_t(1u << below(8));
    if (chance(6)) f.resize(1 + below(f.size()));
    if (chance(3)) f.resize(12 + below(120), uint8_t(rng()));
    if (chance(3) && f.size() > 16) {  // no IP at all
        store16(f, 12, chance(50) ? 0x0806 : unsigned(rng() & 0xFFFF));
    }
    if (!small && chance(2)) f.resize(kMaxFrame + 1 + below(chance(50) ? 4 : 300), uint8_t(rng()));
}

// A frame that is right in everything, most of the time; then perhaps bent.
std::vector<uint8_t> random_frame(bool small) {
    std::vector<uint8_t> f;
    bool v6 = chance(45), tagged = chance(40);
    for (int i = 0; i < 12; i++) f.push_back(uint8_t(rng()));
    if (chance(85)) f[6] &= 0xFE;
    if (tagged) { put16(f, 0x8100); put16(f, chance(20) ? 0 : unsigned(rng() & 0xFFFF)); }
    put16(f, v6 ? 0x86DD : 0x0800);
    size_t l3 = f.size();
    auto src = random_address(v6), dst = chance(5) ? src : random_address(v6);
    auto options = chance(75) ? random_options() : std::vector<uint8_t>();
    size_t payload = small ? below(3) : chance(60) ? 0 : chance(80) ? below(64) : below(1480);
    size_t headers = (tagged ? 18 : 14) + (v6 ? 40 : 20) + 20 + options.size();
    if (!small && chance(2)) payload = kMaxFrame - headers - below(3);
    if (headers + payload > size_t(kMaxFrame) && chance(80)) payload = kMaxFrame - headers;
    size_t segment = 20 + options.size() + payload;
    if (v6) {
        put32(f, 0x60000000u | uint32_t(rng() & 0x0FFFFFFF));
        put16(f, unsigned(segment));
        f.push_back(6);
        f.push_back(uint8_t(rng()));
    } else {
        f.push_back(0x45);
        f.push_back(uint8_t(rng()));
        put16(f, unsigned(20 + segment));
        put16(f, unsigned(rng() & 0xFFFF));
        put16(f, chance(50) ? 0x4000 : chance(50) ? 0 : 0x8000);
        f.push_back(uint8_t(rng()));
        f.push_back(6);
        put16(f, 0);
    }
    f.insert(f.end(), src.begin(), src.end());
    f.insert(f.end(), dst.begin(), dst.end());
    size_t l4 = f.size();
    put16(f, unsigned(rng() & 0xFFFF));
    put16(f, unsigned(rng() & 0xFFFF));
    put32(f, uint32_t(rng()));
    put32(f, uint32_t(rng()));
    f.push_back(uint8_t((5 + options.size() / 4) << 4 | below(16)));
    f.push_back(uint8_t(rng()));
    put16(f, unsigned(rng() & 0xFFFF));
    put32(f, uint32_t(rng() & 0xFFFF));
    f.insert(f.end(), options.begin(), options.end());
    bool plain = chance(30);  // long runs of 0 and 0xFF make carries
    for (size_t i = 0; i < payload; i++) f.push_back(plain ? (chance(50) ? 0xFF : 0) : uint8_t(rng()));

    // Bent before the checksums are made: what is wrong is then the one thing.
    if (chance(15)) switch (below(11)) {
        case 0: f[l4 + 12] = uint8_t(rng()); break;
        case 1: store16(f, v6 ? l3 + 4 : l3 + 2, unsigned(rng() & 0xFFFF)); break;
        case 2: store16(f, v6 ? l3 + 4 : l3 + 2, unsigned(below(120))); break;
        case 3: f[v6 ? l3 + 6 : l3 + 9] = uint8_t(below(20)); break;
        case 4: f[l3] = uint8_t(rng()); break;
        case 5: if (!v6) store16(f, l3 + 6, chance(40) ? 0x2000 : 1u << below(16)); break;
        case 6: f[l3 - 2] = uint8_t(rng()); break;
        case 7: f[l3 - 1] = uint8_t(rng()); break;
        case 8: f[12] = uint8_t(rng()); break;
        case 9: {  // frame and packet end behind the ports, and before the offset
            f.resize(l4 + 4 + below(9));
            store16(f, v6 ? l3 + 4 : l3 + 2, unsigned(f.size() - (v6 ? l4 : l3)));
            break;
        }
        default: {  // a length off by little
            size_t at = v6 ? l3 + 4 : l3 + 2;
            store16(f, at, unsigned(f[at] << 8 | f[at + 1]) + unsigned(below(9)) - 4);
        }
    }
    if (!v6) store_sum(f, l3 + 10, l3, l3 + 20, 0);
    if (f.size() >= l4 + 18) store_sum(f, l4 + 16, l4 - (v6 ? 32 : 8), f.size(), 6 + uint32_t(segment));
    damage(f, small);
    return f;
}

// An ICMP error that quotes a TCP segment, most of the time.
std::vector<uint8_t> random_icmp(bool small) {
    std::vector<uint8_t> f;
    bool v6 = chance(50), tagged = chance(50);
    for (int i = 0; i < 12; i++) f.push_back(uint8_t(rng()));
    if (tagged) { put16(f, 0x8100); put16(f, chance(20) ? 0 : unsigned(rng() & 0xFFFF)); }
    put16(f, v6 ? 0x86DD : 0x0800);
    size_t l3 = f.size();
    bool options = !v6 && chance(4), quoted_options = !v6 && chance(4);

    // What is quoted, and how much of it.
    std::vector<uint8_t> quote;
    size_t body = chance(60) ? 20 + below(20) : chance(60) ? 8 : 20 + below(200);
    auto src = random_address(v6), dst = chance(5) ? src : random_address(v6);
    if (v6) {
        put32(quote, 0x60000000u | uint32_t(rng() & 0x0FFFFFFF));
        put16(quote, unsigned(body));
        quote.push_back(6);
        quote.push_back(uint8_t(rng()));
    } else {
        quote.push_back(quoted_options ? 0x46 : 0x45);
        quote.push_back(uint8_t(rng()));
        put16(quote, unsigned(20 + body));
        put16(quote, unsigned(rng() & 0xFFFF));
        put16(quote, chance(50) ? 0x4000 : chance(50) ? 0 : 0x2000);
        quote.push_back(uint8_t(rng()));
        quote.push_back(6);
        put16(quote, unsigned(rng() & 0xFFFF));
    }
    quote.insert(quote.end(), src.begin(), src.end());
    quote.insert(quote.end(), dst.begin(), dst.end());
    if (quoted_options) put32(quote, 0x01010100);
    size_t quoted_header = quote.size();
    for (size_t i = 0; i < body; i++) quote.push_back(uint8_t(rng()));
    if (body > 12 && chance(90)) quote[quoted_header + 12] = uint8_t(rng() | 0x50);
    if (chance(10)) {  // where TCP has its data offset and first option, these are something else
        quote[4] = 0xF0;
        quote[12] = 2;
        quote[13] = 4;
    }
    if (chance(20)) switch (below(5)) {
        case 0: quote[v6 ? 6 : 9] = uint8_t(below(20)); break;
        case 1: quote[0] ^= uint8_t(1u << below(8)); break;
        case 2: if (!v6) quote[6 + below(2)] ^= uint8_t(1u << below(8)); break;
        default: quote.resize(chance(60) ? quoted_header + below(10) : below(quote.size()));
    }

    static const uint8_t errors_4[] = {3, 11, 12}, errors_6[] = {1, 2, 3, 4};
    size_t message = 8 + quote.size();
    if (v6) {
        put32(f, 0x60000000u | uint32_t(rng() & 0x0FFFFFFF));
        put16(f, unsigned(message));
        f.push_back(58);
        f.push_back(uint8_t(rng()));
    } else {
        f.push_back(options ? 0x46 : 0x45);
        f.push_back(uint8_t(rng()));
        put16(f, unsigned((options ? 24 : 20) + message));
        put16(f, unsigned(rng() & 0xFFFF));
        put16(f, chance(50) ? 0x4000 : 0);
        f.push_back(uint8_t(rng()));
        f.push_back(1);
        put16(f, 0);
    }
    auto from = random_address(v6), to = random_address(v6);
    f.insert(f.end(), from.begin(), from.end());
    f.insert(f.end(), to.begin(), to.end());
    if (options) put32(f, 0x01010100);
    size_t l4 = f.size();
    f.push_back(chance(12) ? uint8_t(chance(80) ? below(20) : rng()) : v6 ? errors_6[below(4)] : errors_4[below(3)]);
    f.push_back(chance(80) ? uint8_t(below(16)) : uint8_t(rng()));
    put16(f, 0);
    put32(f, uint32_t(rng()));
    f.insert(f.end(), quote.begin(), quote.end());

    if (chance(15)) switch (below(5)) {
        case 0: f[v6 ? l3 + 6 : l3 + 9] = chance(30) ? 6 : chance(50) ? (v6 ? 1 : 58) : uint8_t(rng()); break;
        case 1: if (!v6) store16(f, l3 + 6, chance(40) ? 0x2000 : 1u << below(16)); break;
        case 2: store16(f, v6 ? l3 + 4 : l3 + 2, chance(50) ? 55u : unsigned(50 + below(10))); break;  // 56 cover what is quoted
        case 3: store16(f, v6 ? l3 + 4 : l3 + 2, unsigned(below(200))); break;
        default: f[l3] ^= uint8_t(1u << below(8));
    }
    if (!v6) store_sum(f, l3 + 10, l3, l4, 0);
    store_sum(f, l4 + 2, v6 ? l3 + 8 : l4, f.size(), v6 ? 58 + uint32_t(message) : 0);
    if (chance(30)) f.resize(f.size() + below(40), uint8_t(rng()));
    size_t whole = l4 + 8 + quoted_header + 8;  // the frame may end in front of that, whatever its IP length says
    if (chance(20) && f.size() > whole) f.resize(whole - below(8));
    damage(f, small);
    return f;
}

}  // namespace
