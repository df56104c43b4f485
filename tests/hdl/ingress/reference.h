// What a frame holds, from the standards, byte by byte, with no eye on the RTL: IEEE 802.3 and 802.1Q,
// RFC 791, RFC 8200, RFC 9293 (header, checksum, options), RFC 7323 and RFC 2018; for errors RFC 792 and RFC 4443.
#pragma once
#include <cstdint>
#include <cstring>
#include <vector>

namespace reference {

struct Segment {
    bool tcp = false;              // a whole tuple of a TCP segment that the engine looks at, or an error that quotes one
    bool icmp = false;             // ... the latter: source and destination are then those of an answer to the quote
    unsigned icmp_type = 0, icmp_code = 0;
    size_t ports_end = 0;          // bytes up to and with the ports, or the quoted sequence number
    bool tagged = false, ipv6 = false;
    unsigned tci = 0;
    uint64_t destination_mac = 0, source_mac = 0;
    uint8_t source[16] = {}, destination[16] = {};  // IPv4 as IPv4-mapped IPv6
    unsigned source_port = 0, destination_port = 0;
    bool bad_ip_checksum = false, bad_tcp_checksum = false, malformed = false, bad_address = false, land = false;
    bool header_complete = false;  // the 20 bytes of the TCP header are in the frame
    unsigned flags = 0, window = 0, data_length = 0;
    uint32_t seq = 0, ack = 0;
    bool mss_present = false, scale_present = false, sack_permitted = false, ts_present = false;
    unsigned mss = 0, scale = 0;
    uint32_t ts_val = 0, ts_ecr = 0;
};

// Ones' complement sum (RFC 1071), end-around carry after every addition.
class Sum {
  public:
    void word(unsigned w) {
        value += w & 0xFFFF;
        if (value > 0xFFFF) value -= 0xFFFF;
    }
    void bytes(const uint8_t* p, size_t n) {
        for (size_t i = 0; i + 1 < n; i += 2) word(unsigned(p[i]) * 256 + p[i + 1]);
        if (n % 2) word(unsigned(p[n - 1]) * 256);
    }
    bool right() const { return value == 0xFFFF; }

  private:
    uint32_t value = 0;
};

inline unsigned u16(const uint8_t* p) { return unsigned(p[0]) * 256 + p[1]; }
inline uint32_t u32(const uint8_t* p) { return uint32_t(u16(p)) * 65536 + u16(p + 2); }

inline void parse_options(Segment& s, const uint8_t* o, size_t n) {
    size_t i = 0;
    while (i < n) {
        uint8_t kind = o[i];
        if (kind == 0) return;
        if (kind == 1) { i++; continue; }
        if (i + 1 >= n) return;
        size_t length = o[i + 1];
        if (length < 2 || length > n - i) return;
        const uint8_t* v = o + i + 2;
        if (kind == 2 && length == 4) { s.mss_present = true; s.mss = u16(v); }
        if (kind == 3 && length == 3) { s.scale_present = true; s.scale = v[0] < 14 ? v[0] : 14; }
        if (kind == 4 && length == 2) s.sack_permitted = true;
        if (kind == 8 && length == 10) { s.ts_present = true; s.ts_val = u32(v); s.ts_ecr = u32(v + 4); }
        i += length;
    }
}

// IPv4 as IPv4-mapped IPv6.
inline void map_address(uint8_t* to, const uint8_t* ipv4) {
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
    memcpy(to, mapped, 12);
    memcpy(to + 12, ipv4, 4);
}
inline bool is_mapped(const uint8_t* ipv6) {
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
    return memcmp(ipv6, mapped, 12) == 0;
}

// An ICMP error: the message begins at byte l4 and is, by the IP length, `length` bytes long. What it quotes we have
// sent: its destination is who we talk with.
inline void parse_error(Segment& s, const uint8_t* p, size_t n, size_t l3, size_t l4, long length) {
    size_t quoted_header = s.ipv6 ? 40 : 20;
    if (length < long(8 + quoted_header + 8) || n < l4 + 8 + quoted_header + 8) return;
    const uint8_t* message = p + l4;
    const uint8_t* quote = message + 8;
    const uint8_t* tcp = quote + quoted_header;
    switch (message[0]) {
        case 1: case 2: case 4: if (!s.ipv6) return; break;
        case 3: break;  // destination unreachable; ICMPv6: time exceeded
        case 11: case 12: if (s.ipv6) return; break;
        default: return;
    }
    if (s.ipv6) {
        if (quote[0] >> 4 != 6 || quote[6] != 6 || is_mapped(quote + 8) || is_mapped(quote + 24)) return;
        memcpy(s.destination, quote + 8, 16);
        memcpy(s.source, quote + 24, 16);
    } else {
        if (quote[0] != 0x45 || quote[9] != 6 || u16(quote + 6) % 0x2000 != 0) return;
        map_address(s.destination, quote + 12);
        map_address(s.source, quote + 16);
    }
    s.destination_port = u16(tcp);
    s.source_port = u16(tcp + 2);
    s.seq = u32(tcp + 4);
    s.tcp = s.icmp = s.header_complete = true;
    s.icmp_type = message[0];
    s.icmp_code = message[1];
    s.ports_end = size_t(tcp + 8 - p);
    s.bad_address = false;

    Sum sum;
    if (s.ipv6) {
        sum.bytes(p + l3 + 8, 32);
        sum.word(unsigned(length));
        sum.word(58);
    }
    size_t there = n - l4;
    sum.bytes(message, size_t(length) < there ? size_t(length) : there);
    s.bad_tcp_checksum = !sum.right();
}

inline Segment parse(const std::vector<uint8_t>& f, bool from_host) {
    Segment s;
    size_t n = f.size();
    if (n < 14) return s;
    const uint8_t* p = f.data();
    for (int i = 0; i < 6; i++) {
        s.destination_mac = s.destination_mac * 256 + p[i];
        s.source_mac = s.source_mac * 256 + p[6 + i];
    }
    size_t l3 = 14;
    unsigned type = u16(p + 12);
    if (type == 0x8100) {
        if (n < 18) return s;
        s.tagged = true;
        s.tci = u16(p + 14);
        type = u16(p + 16);
        l3 = 18;
    }
    size_t l4;
    long segment_length;
    if (type == 0x0800) {
        if (n < l3 + 20 + 4) return s;
        if (p[l3] != 0x45 || (u16(p + l3 + 6) & 0x3FFF) != 0) return s;
        map_address(s.source, p + l3 + 12);
        map_address(s.destination, p + l3 + 16);
        uint32_t a = u32(p + l3 + 12);
        s.bad_address = a == 0 || a / 0x1000000 == 127 || a / 0x10000000 == 14 || a == 0xFFFFFFFFu;
        Sum header;
        header.bytes(p + l3, 20);
        s.bad_ip_checksum = !header.right();
        l4 = l3 + 20;
        segment_length = long(u16(p + l3 + 2)) - 20;
        if (p[l3 + 9] == 1 && !from_host) parse_error(s, p, n, l3, l4, segment_length);
        if (p[l3 + 9] != 6) return s;
        if (segment_length < 20) s.malformed = true;
    } else if (type == 0x86DD) {
        if (n < l3 + 40 + 4) return s;
        if (p[l3] / 16 != 6) return s;
        s.ipv6 = true;
        l4 = l3 + 40;
        segment_length = long(u16(p + l3 + 4));
        if (p[l3 + 6] == 58 && !from_host) parse_error(s, p, n, l3, l4, segment_length);
        if (p[l3 + 6] != 6) return s;
        memcpy(s.source, p + l3 + 8, 16);
        memcpy(s.destination, p + l3 + 24, 16);
        // As keys, IPv4-mapped addresses would stand for IPv4 connections; such frames pass.
        if (is_mapped(s.source) || is_mapped(s.destination)) return s;
        static const uint8_t unspecified[16] = {}, loopback[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
        s.bad_address = memcmp(s.source, unspecified, 16) == 0 || memcmp(s.source, loopback, 16) == 0 || s.source[0] == 0xFF;
    } else {
        return s;
    }
    s.tcp = true;
    s.ports_end = l4 + 4;
    s.source_port = u16(p + l4);
    s.destination_port = u16(p + l4 + 2);
    if (p[6] & 1) s.bad_address = true;
    s.land = memcmp(s.source, s.destination, 16) == 0;

    long available = long(n - l4);
    if (segment_length > available) s.malformed = true;
    s.header_complete = available >= 20;
    long offset = 0;
    if (s.header_complete) {
        s.seq = u32(p + l4 + 4);
        s.ack = u32(p + l4 + 8);
        offset = p[l4 + 12] / 16 * 4;
        s.flags = p[l4 + 13];
        s.window = u16(p + l4 + 14);
        if (offset < 20 || offset > segment_length) s.malformed = true;
    } else {
        s.malformed = true;
    }

    // The pseudo-header, then the segment as far as it is there. A packet whose length ends inside its own IP header
    // has no segment; what is summed then reaches from the addresses to that end.
    Sum sum;
    sum.word(6);
    sum.word(unsigned(segment_length) & 0xFFFF);
    size_t addresses = s.ipv6 ? l3 + 8 : l3 + 12;
    long end = long(l4) + segment_length;
    if (end > long(n)) end = long(n);
    if (end > long(addresses)) sum.bytes(p + addresses, size_t(end) - addresses);
    s.bad_tcp_checksum = !sum.right();

    if (!s.malformed) {
        s.data_length = unsigned(segment_length - offset);
        parse_options(s, p + l4 + 20, size_t(offset - 20));
    }
    return s;
}

}  // namespace reference
