// What came with a frame, and what is to be seen of it; and the check of a key and of a segment against that.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "fields.h"
#include "ports.h"
#include "reference.h"

struct Frame {
    std::vector<uint8_t> bytes;
    bool marked = false;  // tuser
    uint64_t number = 0;
    reference::Segment expected;
    bool bad = false;          // too long, too short or marked
    bool room_at_first = false;
    bool must_admit = false;
    uint64_t first_clock = 0, ports_clock = 0, last_clock = 0;
    bool ports_sent = false;
    bool key_seen = false;
    bool admitted = false;
    bool pass = false, park = false;   // neither: drop
    uint64_t verdict_clock = 0;
};

[[noreturn]] inline void fail(const Frame* frame, const char* what, unsigned long long got = 0, unsigned long long want = 0) {
    printf("FAIL width %d from_host %d: %s (got %llx, expected %llx)\n", DATA_WIDTH, FROM_HOST, what, got, want);
    if (frame) {
        printf("  frame %llu, %zu bytes%s:", (unsigned long long)frame->number, frame->bytes.size(), frame->marked ? ", marked bad" : "");
        for (size_t i = 0; i < frame->bytes.size() && i < 160; i++) printf("%s%02x", i % 32 == 0 ? "\n    " : "", frame->bytes[i]);
        printf("\n");
    }
    exit(1);
}

class SegmentCheck {
  public:
    template <typename P> void check_key(const Frame& f, const P& port, int base, const char* what) {
        const auto& e = f.expected;
        const uint8_t* local = FROM_HOST ? e.source : e.destination;
        const uint8_t* remote = FROM_HOST ? e.destination : e.source;
        for (int i = 0; i < 16; i++) {
            check_bits(f, port, base + KEY_LOCAL_ADDRESS_LSB + 8 * (15 - i), 8, local[i], what);
            check_bits(f, port, base + KEY_REMOTE_ADDRESS_LSB + 8 * (15 - i), 8, remote[i], what);
        }
        check_bits(f, port, base + KEY_LOCAL_PORT_LSB, 16, FROM_HOST ? e.source_port : e.destination_port, what);
        check_bits(f, port, base + KEY_REMOTE_PORT_LSB, 16, FROM_HOST ? e.destination_port : e.source_port, what);
        check_bits(f, port, base + KEY_TAGGED_LSB, 1, e.tagged, what);
        check_bits(f, port, base + KEY_VLAN_LSB, 12, e.tci & 0xFFF, what);
    }

    template <typename P> void check(const Frame& f, const P& s) {
        const auto& e = f.expected;
        seen_segments++;
#define FIELD(name, want) check_bits(f, s, SEGMENT_##name##_LSB, SEGMENT_##name##_WIDTH, (want), #name)
        FIELD(IS_TCP, e.tcp);
        FIELD(VOID, f.bad);
        if (f.bad) seen_void++;
        if (!e.tcp) return;
        seen_tcp++;
        check_key(f, s, SEGMENT_KEY_LSB, "key in segment");
        if (f.bad) return;
        FIELD(IS_ICMP, e.icmp);
        FIELD(ICMP_TYPE, e.icmp_type);
        FIELD(ICMP_CODE, e.icmp_code);
        FIELD(IS_IPV6, e.ipv6);
        FIELD(TCI, e.tci);
        FIELD(DESTINATION_MAC, e.destination_mac);
        FIELD(SOURCE_MAC, e.source_mac);
        FIELD(BAD_IP_CHECKSUM, e.bad_ip_checksum);
        FIELD(BAD_TCP_CHECKSUM, e.bad_tcp_checksum);
        FIELD(MALFORMED, e.malformed);
        FIELD(BAD_ADDRESS, e.bad_address);
        FIELD(LAND, e.land);
        if (e.header_complete) {
            FIELD(FLAGS, e.flags);
            FIELD(SEQ, e.seq);
            FIELD(ACK, e.ack);
            FIELD(WINDOW, e.window);
        } else if (!e.malformed) {
            fail(&f, "the reference contradicts itself");
        }
        FIELD(DATA_LENGTH, e.data_length);
        FIELD(MSS_PRESENT, e.mss_present);
        FIELD(MSS, e.mss);
        FIELD(SCALE_PRESENT, e.scale_present);
        FIELD(SCALE, e.scale);
        FIELD(SACK_PERMITTED, e.sack_permitted);
        FIELD(TS_PRESENT, e.ts_present);
        FIELD(TS_VAL, e.ts_val);
        FIELD(TS_ECR, e.ts_ecr);
#undef FIELD
        if (e.malformed) seen_malformed++;
        if (e.icmp && !e.bad_tcp_checksum) seen_errors[e.ipv6][e.tagged][e.icmp_type % 16]++;
        if (!e.malformed && !e.bad_tcp_checksum && (e.mss_present || e.ts_present)) seen_good++;
    }

    // A bench whose frames do not reach the interesting places is no bench.
    void summary(uint64_t total) const {
        printf("    %llu TCP, %llu segments (%llu void, %llu malformed, %llu good and with options)\n", (unsigned long long)seen_tcp,
               (unsigned long long)seen_segments, (unsigned long long)seen_void, (unsigned long long)seen_malformed, (unsigned long long)seen_good);
        if (seen_void < total / 500 || seen_malformed < total / 100 || seen_good < total / 20) fail(nullptr, "poor coverage of segments");
        // Errors with a right checksum: each type, each IP version, with a tag and without, on the net port alone.
        uint64_t errors = 0;
        for (auto& version : seen_errors)
            for (auto& tagging : version) {
                bool v6 = &version != seen_errors;
                for (int type = 0; type < 16; type++) {
                    errors += tagging[type];
                    bool possible = v6 ? type >= 1 && type <= 4 : type == 3 || type == 11 || type == 12;
                    if (!FROM_HOST && total >= 2000 && possible && !tagging[type]) fail(nullptr, "no error of a type", unsigned(type));
                }
            }
        printf("    ICMP errors that quote TCP: %llu\n", (unsigned long long)errors);
        if (FROM_HOST ? errors != 0 : errors < total / 50) fail(nullptr, "poor coverage of ICMP errors", errors, total / 50);
    }

  private:
    template <typename P> void check_bits(const Frame& f, const P& port, int lsb, int width, uint64_t want, const char* what) {
        uint64_t got = get(port, lsb, width);
        if (got != want) fail(&f, what, got, want);
    }

    uint64_t seen_tcp = 0, seen_segments = 0, seen_void = 0, seen_malformed = 0, seen_good = 0;
    uint64_t seen_errors[2][2][16] = {};  // IPv6, tagged, type
};
