// A reply as the bench knows it, the frame that it has to become, and an inspection of a frame that came out. The
// composer goes byte by byte through the RFCs; the inspection goes by the frame alone and shares no sum with it.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

using Bytes = std::vector<uint8_t>;

struct Reply {
    Bytes destinationMac, sourceMac;        // 6 each
    bool tagged, ipv6;
    uint16_t tci;
    Bytes source, destination;              // 16 each; IPv4 in the last 4
    uint16_t sourcePort, destinationPort;
    uint32_t seq, ack;
    uint8_t flags;
    uint16_t window;
    bool mssPresent, scalePresent, sackPermitted, tsPresent;
    uint16_t mss;
    uint8_t scale;
    uint32_t tsVal, tsEcr;
    uint8_t hopLimit, dscp;
};

// Random fields of any value; now and then extreme ones, or a sum that carries at the very last fold.
Reply randomReply(std::mt19937_64& random);

// A reply whose frame is at most 64 bytes, for the throughput check at 512 bits.
Reply shortReply(std::mt19937_64& random);

// The frame without FCS, padded.
Bytes compose(const Reply& reply);

// What is wrong with a frame as a receiver sees it: checksums, lengths, padding, options; empty if nothing is.
std::string inspect(const Bytes& frame);
