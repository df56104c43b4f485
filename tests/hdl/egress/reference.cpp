#include "reference.h"

namespace {

void put16(Bytes& out, uint32_t value) {
    out.push_back(static_cast<uint8_t>(value >> 8));
    out.push_back(static_cast<uint8_t>(value));
}

void put32(Bytes& out, uint32_t value) {
    put16(out, value >> 16);
    put16(out, value & 0xffff);
}

void append(Bytes& out, const Bytes& more) { out.insert(out.end(), more.begin(), more.end()); }

// Sum of big-endian 16-bit words without folding.
uint32_t rawSum(const Bytes& bytes) {
    uint32_t sum = 0;
    for (size_t i = 0; i < bytes.size(); i++) sum += i % 2 == 0 ? bytes[i] << 8 : bytes[i];
    return sum;
}

// RFC 1071.
uint16_t checksum(const Bytes& bytes) {
    uint32_t sum = rawSum(bytes);
    while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
    return static_cast<uint16_t>(~sum);
}

Bytes address(const Reply& r, const Bytes& whole) { return r.ipv6 ? whole : Bytes(whole.begin() + 12, whole.end()); }

// TCP header with options, its checksum 0. The options as Linux orders them.
Bytes tcpHeader(const Reply& r) {
    bool syn = r.flags & 2;
    Bytes options;
    if (syn && r.mssPresent) {
        append(options, {2, 4});
        put16(options, r.mss);
    }
    bool sack = syn && r.sackPermitted;
    if (r.tsPresent) {
        append(options, sack ? Bytes{4, 2} : Bytes{1, 1});
        append(options, {8, 10});
        put32(options, r.tsVal);
        put32(options, r.tsEcr);
    } else if (sack) {
        append(options, {1, 1, 4, 2});
    }
    if (syn && r.scalePresent) append(options, {1, 3, 3, r.scale});

    Bytes tcp;
    put16(tcp, r.sourcePort);
    put16(tcp, r.destinationPort);
    put32(tcp, r.seq);
    put32(tcp, r.ack);
    tcp.push_back(static_cast<uint8_t>((20 + options.size()) / 4 << 4));
    tcp.push_back(r.flags);
    put16(tcp, r.window);
    put32(tcp, 0);
    append(tcp, options);
    return tcp;
}

Bytes withPseudoHeader(const Reply& r, const Bytes& tcp) {
    Bytes sum = address(r, r.source);
    append(sum, address(r, r.destination));
    if (r.ipv6) {
        put32(sum, static_cast<uint32_t>(tcp.size()));
        append(sum, {0, 0, 0, 6});
    } else {
        append(sum, {0, 6});
        put16(sum, static_cast<uint32_t>(tcp.size()));
    }
    append(sum, tcp);
    return sum;
}

Bytes ipv4Header(const Reply& r, size_t segment) {
    Bytes ip{0x45, static_cast<uint8_t>(r.dscp << 2)};
    put16(ip, static_cast<uint32_t>(20 + segment));
    append(ip, {0, 0, 0x40, 0, r.hopLimit, 6, 0, 0});
    append(ip, address(r, r.source));
    append(ip, address(r, r.destination));
    return ip;
}

// Makes a 16-bit field, the last two bytes of `field`, such that the raw sum's low half is just below a carry.
void towardsCarry(uint8_t* field, uint32_t sum, uint32_t below) {
    uint32_t value = (field[0] << 8 | field[1]) + 0xffff - below - (sum & 0xffff);
    field[0] = static_cast<uint8_t>(value >> 8);
    field[1] = static_cast<uint8_t>(value);
}

} // namespace

Reply randomReply(std::mt19937_64& random) {
    auto any = [&] { return static_cast<uint32_t>(random()); };
    unsigned extreme = any() % 16;
    auto value = [&]() -> uint32_t { return extreme == 0 ? 0xffffffff : extreme == 1 ? 0 : any(); };
    auto bytes = [&](size_t n) {
        Bytes b(n);
        for (auto& x : b) x = static_cast<uint8_t>(value());
        return b;
    };
    Reply r;
    r.destinationMac = bytes(6);
    r.sourceMac = bytes(6);
    r.tagged = any() & 1;
    r.ipv6 = any() & 1;
    r.tci = static_cast<uint16_t>(value());
    r.source = bytes(16);
    r.destination = bytes(16);
    r.sourcePort = static_cast<uint16_t>(value());
    r.destinationPort = static_cast<uint16_t>(value());
    r.seq = value();
    r.ack = value();
    r.flags = static_cast<uint8_t>(value());
    if (any() & 1) r.flags |= 2;
    r.window = static_cast<uint16_t>(value());
    r.mssPresent = any() & 1;
    r.scalePresent = any() & 1;
    r.sackPermitted = any() & 1;
    r.tsPresent = any() & 1;
    r.mss = static_cast<uint16_t>(value());
    r.scale = value() & 15;
    r.tsVal = value();
    r.tsEcr = value();
    r.hopLimit = static_cast<uint8_t>(value());
    r.dscp = value() & 63;
    if (any() % 4 == 0) {
        Bytes tcp = tcpHeader(r);
        if (!r.ipv6) towardsCarry(&r.destination[14], rawSum(ipv4Header(r, tcp.size())), any() % 4);
        uint32_t sum = rawSum(withPseudoHeader(r, tcp));
        r.ack = (r.ack & 0xffff0000) | ((r.ack + 0xffff - any() % 16 - (sum & 0xffff)) & 0xffff);
    }
    return r;
}

Reply shortReply(std::mt19937_64& random) {
    Reply r = randomReply(random);
    r.ipv6 = false;
    r.tagged = random() & 1;
    r.tsPresent = r.scalePresent = r.sackPermitted = false;
    r.mssPresent = !r.tagged && (random() & 1);
    return r;
}

Bytes compose(const Reply& r) {
    Bytes tcp = tcpHeader(r);
    uint16_t sum = checksum(withPseudoHeader(r, tcp));
    tcp[16] = static_cast<uint8_t>(sum >> 8);
    tcp[17] = static_cast<uint8_t>(sum);

    Bytes frame = r.destinationMac;
    append(frame, r.sourceMac);
    if (r.tagged) {
        put16(frame, 0x8100);
        put16(frame, r.tci);
    }
    if (r.ipv6) {
        put16(frame, 0x86dd);
        put32(frame, 6u << 28 | static_cast<uint32_t>(r.dscp) << 22);
        put16(frame, static_cast<uint32_t>(tcp.size()));
        append(frame, {6, r.hopLimit});
        append(frame, r.source);
        append(frame, r.destination);
    } else {
        put16(frame, 0x0800);
        Bytes ip = ipv4Header(r, tcp.size());
        uint16_t header = checksum(ip);
        ip[10] = static_cast<uint8_t>(header >> 8);
        ip[11] = static_cast<uint8_t>(header);
        append(frame, ip);
    }
    append(frame, tcp);
    if (frame.size() < 60) frame.resize(60, 0);
    return frame;
}

std::string inspect(const Bytes& frame) {
    // A one's complement sum is right if it is 0 modulo 65535: so is any big-endian number with these digits.
    auto remainder = [&](size_t from, size_t to, uint64_t start) {
        for (size_t i = from; i < to; i++) start = (start * 256 + frame[i]) % 65535;
        return start;
    };
    auto at16 = [&](size_t i) { return static_cast<size_t>(frame[i]) << 8 | frame[i + 1]; };
    if (frame.size() < 60 || frame.size() > 98) return "length of frame";
    size_t ip = at16(12) == 0x8100 ? 18 : 14;
    size_t tcp, end;
    uint64_t pseudo;
    if (at16(ip - 2) == 0x0800) {
        tcp = ip + 20;
        end = ip + at16(ip + 2);
        if (frame[ip] != 0x45) return "IPv4 version or header length";
        if (at16(ip + 4) != 0 || at16(ip + 6) != 0x4000) return "IPv4 identification or fragment";
        if (frame[ip + 9] != 6) return "IPv4 protocol";
        if (remainder(ip, tcp, 0) != 0) return "IPv4 checksum";
        pseudo = remainder(ip + 12, tcp, 0);
    } else if (at16(ip - 2) == 0x86dd) {
        tcp = ip + 40;
        end = tcp + at16(ip + 4);
        if (frame[ip] >> 4 != 6 || (frame[ip + 1] & 0x3f) != 0 || at16(ip + 2) != 0) return "IPv6 version, ECN or flow";
        if (frame[ip + 6] != 6) return "IPv6 next header";
        pseudo = remainder(ip + 8, tcp, 0);
    } else {
        return "type";
    }
    if (end > frame.size() || (end < frame.size() && frame.size() != 60)) return "length of packet";
    for (size_t i = end; i < frame.size(); i++)
        if (frame[i] != 0) return "padding";
    if (remainder(tcp, end, (pseudo + 6 + end - tcp) % 65535) != 0) return "TCP checksum";
    size_t data = tcp + (frame[tcp + 12] >> 4) * 4;
    if (data != end) return "data offset";
    for (size_t i = tcp + 20; i < end;) {
        if (frame[i] == 1) { i++; continue; }
        static const uint8_t lengths[9] = {0, 0, 4, 3, 2, 0, 0, 0, 10};
        if (frame[i] > 8 || frame[i + 1] == 0 || frame[i + 1] != lengths[frame[i]]) return "option";
        i += frame[i + 1];
    }
    return "";
}
