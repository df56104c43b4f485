// Bench of pcie_bridge.v, and with LINK 1 of pcie_link.v, whose two clocks tick at random: random transactions in, with stalls
// on every stream; a register bus that is slow and sometimes answers with an error; each completion is compared, word for
// word, with what the PCI Express Base Specification 2.1 (2.2.9, 2.3.1.1) and docs/pcie.md make of the request, and each
// register write with the request's data. Streams have to hold while stalled. Each MSI has to have its reason.
// Usage: pcie_bench COUNT SEED
#if LINK
#include "Vpcie_link.h"
using Top = Vpcie_link;
#else
#include "Vpcie_bridge.h"
using Top = Vpcie_bridge;
#endif
#include "verilated.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <random>
#include <string>
#include <vector>

namespace {

constexpr uint16_t Completer = 0x0318;
constexpr unsigned MaxWords = 32;
constexpr uint32_t Identity = 0x10000, Status = 0x10004;        // docs/pcie.md

struct Access { bool write; uint16_t address; uint32_t data; };
struct Packet { std::vector<uint32_t> words; std::string what; };

struct Bench {
    Top top;
    std::mt19937_64 random;
    uint64_t clock = 0;
    std::deque<Packet> requests;                                // to be sent
    std::deque<Packet> completions;                             // expected
    std::deque<Access> accesses;                                // expected on the bus
    std::vector<uint32_t> arriving;
    uint32_t registers[16384];
    bool error[16384];
    uint64_t seen[8] = {};                                      // completions: with data, UR, CA; zero-length reads; faults of reads, of writes; MSI; dropped
    uint32_t fault = 0, count = 0;                              // the status
    bool armed = true;
    int due = 0;                                                // MSI that have to come
    int stall = 8;                                              // of 16 clocks

    explicit Bench(uint64_t seed) : random(seed) {
        for (int i = 0; i < 16384; i++) { registers[i] = static_cast<uint32_t>(random()); error[i] = random() % 64 == 0; }
    }

    [[noreturn]] void fail(const std::string& why) {
        std::printf("FAIL clock %llu: %s\n", static_cast<unsigned long long>(clock), why.c_str());
        std::exit(1);
    }

    bool may() { return static_cast<int>(random() % 16) >= stall; }
    static uint32_t swap(uint32_t w) { return __builtin_bswap32(w); }

    // ---- requests, and what they have to lead to
    void completion(const Packet& request, unsigned status, bool locked, uint32_t byteCount, uint32_t low, const std::vector<uint32_t>& data) {
        uint32_t first = request.words[0];
        Packet answer{{}, request.what};
        bool with = status == 0;
        answer.words.push_back((with ? 0x4A000000u : 0x0A000000u) | (locked ? 0x01000000u : 0) | (first & 0x00703000u) | (with ? static_cast<uint32_t>(data.size()) : 0));
        answer.words.push_back(static_cast<uint32_t>(Completer) << 16 | status << 13 | (byteCount & 0xFFF));
        answer.words.push_back((request.words[1] & 0xFFFFFF00u) | low);
        for (uint32_t word : data) answer.words.push_back(swap(word));
        completions.push_back(answer);
        seen[status == 0 ? 0 : status == 1 ? 1 : 2]++;
    }

    Packet header(unsigned format, unsigned kind, unsigned length, unsigned firstBe, unsigned lastBe, uint32_t address, bool poisoned, const char* what) {
        Packet packet{{}, what};
        uint32_t spare = static_cast<uint32_t>(random());
        packet.words.push_back(format << 29 | kind << 24 | (spare & 0x00703000u) | (poisoned ? 1u << 14 : 0) | (length & 0x3FF));
        packet.words.push_back(static_cast<uint32_t>(random() & 0xFFFFFF00u) | lastBe << 4 | firstBe);
        if (format & 1) packet.words.push_back(static_cast<uint32_t>(random()));
        packet.words.push_back(static_cast<uint32_t>(random() & 0xFFFE0000u) | address);
        return packet;
    }

    // Where something is read or written: in the registers, at the status, or anywhere.
    uint32_t place(unsigned length) {
        if (fault && random() % 3 == 0) return Status;
        switch (random() % 8) {
            case 0: return Status;
            case 1: return Identity;
            case 2: return static_cast<uint32_t>(random() % (32768 - length) * 4);
            default: return static_cast<uint32_t>(random() % (16384 - length) * 4);
        }
    }

    void fail(uint32_t address, uint32_t response, bool write) {
        if (fault) return;
        fault = (address & 0xFFFC) << 16 | response << 3 | (write ? 4 : 0) | 1;
        seen[write ? 5 : 4]++;
    }

    uint32_t readWord(uint32_t address, unsigned enables) {
        if (enables != 0xF) return 0xFFFFFFFFu;
        if (address == Identity) return 0x4F465042u;
        if (address == Status) {
            if (!top.irq) armed = true;
            return fault | (count & 0x7FF) << 5 | (top.irq ? 2 : 0);
        }
        if (address >= 0x10000) return 0;
        if (fault) { seen[7]++; return 0xFFFFFFFFu; }
        accesses.push_back({false, static_cast<uint16_t>(address), 0});
        if (error[address / 4]) { fail(address, 3, false); return 0xFFFFFFFFu; }
        count++;
        return registers[address / 4];
    }

    void writeWord(uint32_t address, unsigned enables, uint32_t value) {
        if (enables == 0) return;
        if (enables != 0xF) return fail(address, 2, true);
        if (address == Status) fault = 0;
        if (address >= 0x10000) return;
        if (fault) { seen[7]++; return; }
        accesses.push_back({true, static_cast<uint16_t>(address), value});
        if (error[address / 4]) fail(address, 2, true);
        else count++;
    }

    void read() {
        unsigned length = random() % 3 ? 1 + random() % 2 : 1 + random() % MaxWords;
        uint32_t address = place(length);
        unsigned firstBe = 0xF, lastBe = length == 1 ? 0 : 0xF;
        if (random() % 4 == 0) {
            static const unsigned heads[] = {0xF, 0xE, 0xC, 0x8}, tails[] = {0xF, 0x7, 0x3, 0x1};
            if (length == 1) firstBe = random() % 16;
            else { firstBe = heads[random() % 4]; lastBe = tails[random() % 4]; }
        }
        Packet packet = header(random() % 2, 0, length, firstBe, lastBe, address, false, "read");
        std::vector<uint32_t> data;
        if (length == 1 && firstBe == 0) {
            completion(packet, 0, false, 1, address & 0x7F, {0});
            seen[3]++;
        } else {
            unsigned skip = firstBe & 1 ? 0 : firstBe & 2 ? 1 : firstBe & 4 ? 2 : 3;
            unsigned end = length == 1 ? firstBe : lastBe;
            unsigned behind = end & 8 ? 0 : end & 4 ? 1 : end & 2 ? 2 : 3;
            for (unsigned i = 0; i < length; i++) data.push_back(readWord(address + 4 * i, i == 0 ? firstBe : i == length - 1 ? lastBe : 0xF));
            completion(packet, 0, false, 4 * length - skip - behind, (address & 0x7C) | skip, data);
        }
        requests.push_back(packet);
    }

    void longRead() {
        unsigned choice = random() % 4, length = choice == 0 ? 0 : choice == 1 ? MaxWords + 1 : MaxWords + 1 + random() % (1023 - MaxWords);
        uint32_t address = static_cast<uint32_t>(random() % 1024 * 4);
        Packet packet = header(random() % 2, 0, length, 0xF, 0xF, address, false, "long read");
        completion(packet, 4, false, 4 * length, address & 0x7C, {});
        requests.push_back(packet);
    }

    void write() {
        unsigned length = random() % 3 ? 1 : 1 + random() % 40;
        uint32_t address = place(length);
        bool poisoned = random() % 8 == 0;
        unsigned firstBe = length == 1 && random() % 8 == 0 ? random() % 16 : 0xF, lastBe = length == 1 ? 0 : random() % 8 == 0 ? 0x3 : 0xF;
        Packet packet = header(2 + random() % 2, 0, length, firstBe, lastBe, address, poisoned, "write");
        for (unsigned i = 0; i < length; i++) {
            uint32_t value = static_cast<uint32_t>(random());
            packet.words.push_back(swap(value));
            if (!poisoned) writeWord(address + 4 * i, i == 0 ? firstBe : i == length - 1 ? lastBe : 0xF, value);
        }
        requests.push_back(packet);
    }

    void other() {
        static const struct { unsigned format, kind; bool answered, locked; const char* what; } kinds[] = {
            {0, 0x01, true, true, "locked read"}, {1, 0x01, true, true, "locked read"}, {0, 0x02, true, false, "I/O read"}, {2, 0x02, true, false, "I/O write"},
            {0, 0x04, true, false, "configuration read"}, {2, 0x05, true, false, "configuration write"}, {2, 0x0C, true, false, "fetch and add"},
            {3, 0x0E, true, false, "compare and swap"}, {1, 0x10, false, false, "message"}, {3, 0x14, false, false, "message with data"},
            {2, 0x0A, false, false, "a completion that nobody wants"},
        };
        auto& kind = kinds[random() % (sizeof kinds / sizeof *kinds)];
        unsigned length = kind.format & 2 ? 1 + random() % 3 : 1;
        Packet packet = header(kind.format, kind.kind, length, 0xF, length == 1 ? 0 : 0xF, static_cast<uint32_t>(random() % 32768 * 4), false, kind.what);
        if (kind.format & 2) for (unsigned i = 0; i < length; i++) packet.words.push_back(static_cast<uint32_t>(random()));
        if (kind.answered) completion(packet, 1, kind.locked, 4, 0, {});
        requests.push_back(packet);
    }

    // Ends in the middle of its header: the block never gives such, and nothing of it may remain.
    void cutShort() {
        Packet packet = header(1, 0, 1, 0xF, 0, 0, false, "cut short");
        packet.words.resize(1 + random() % 3);
        requests.push_back(packet);
    }

    // ---- one clock
    size_t at = 0;                                              // words of the request that have gone
    bool offered = false;
    bool wasStalled = false;
    uint64_t heldData = 0; uint8_t heldKeep = 0, heldLast = 0;
    bool awDone = false, wDone = false, bPending = false, rPending = false;
    bool awHeld = false, wHeld = false, arHeld = false;
    Access now{};

    // The block's side: requests in, completions out. Called before the edges of its clock.
    bool rx = false, tx = false;
    void offer() {
        if (!offered && !requests.empty() && may()) {
            offered = true;
            const auto& words = requests.front().words;
            bool two = at + 1 < words.size();
            top.s_axis_rx_tdata = words[at] | static_cast<uint64_t>(two ? words[at + 1] : static_cast<uint32_t>(random())) << 32;
            top.s_axis_rx_tkeep = two ? 0xFF : 0x0F;
            top.s_axis_rx_tlast = at + 2 >= words.size();
        }
        top.s_axis_rx_tvalid = offered;
        top.completer_id = offered && at == 0 ? Completer : static_cast<uint16_t>(random());
        top.m_axis_tx_tready = may();
    }

    void exchange() {
        if (wasStalled && (!top.m_axis_tx_tvalid || top.m_axis_tx_tdata != heldData || top.m_axis_tx_tkeep != heldKeep || top.m_axis_tx_tlast != heldLast))
            fail("a stalled completion changed");
        if (!LINK && !arriving.empty() && !top.m_axis_tx_tvalid) fail("a completion has a gap");
        rx = top.s_axis_rx_tvalid && top.s_axis_rx_tready;
        tx = top.m_axis_tx_tvalid && top.m_axis_tx_tready;
        wasStalled = top.m_axis_tx_tvalid && !top.m_axis_tx_tready;
        heldData = top.m_axis_tx_tdata; heldKeep = top.m_axis_tx_tkeep; heldLast = top.m_axis_tx_tlast;
        if (tx) receive();
        if (rx) {
            offered = false;
            at += 2;
            if (at >= requests.front().words.size()) { requests.pop_front(); at = 0; }
        }
    }

    void receive() {
        arriving.push_back(static_cast<uint32_t>(top.m_axis_tx_tdata));
        if (top.m_axis_tx_tkeep == 0xFF) arriving.push_back(static_cast<uint32_t>(top.m_axis_tx_tdata >> 32));
        else if (top.m_axis_tx_tkeep != 0x0F || !top.m_axis_tx_tlast) fail("tkeep of a completion");
        if (arriving.size() > 3 + MaxWords) fail("a completion without end");
        if (!top.m_axis_tx_tlast) return;
        if (completions.empty()) fail("a completion that nobody waits for");
        const auto& expected = completions.front().words;
        if (arriving != expected) {
            std::string text = "answer to: " + completions.front().what + "; word:";
            for (size_t i = 0; i < std::max(arriving.size(), expected.size()); i++) {
                char line[64];
                uint32_t is = i < arriving.size() ? arriving[i] : 0, be = i < expected.size() ? expected[i] : 0;
                if (is != be || i >= arriving.size() || i >= expected.size()) { std::snprintf(line, sizeof line, " %zu is %08x, not %08x", i, is, be); text += line; }
            }
            fail(text);
        }
        completions.pop_front();
        arriving.clear();
    }

    // The register bus. Called before the edges of the core's clock.
    bool start = false, ar = false, b = false, r = false;
    void serve() {
        top.m_axil_awready = may();
        top.m_axil_wready = may();
        top.m_axil_arready = may();
        if (bPending && !top.m_axil_bvalid && may()) { top.m_axil_bvalid = 1; top.m_axil_bresp = error[now.address / 4] ? 2 : 0; }
        if (rPending && !top.m_axil_rvalid && may()) {
            top.m_axil_rvalid = 1;
            top.m_axil_rdata = registers[now.address / 4];
            top.m_axil_rresp = error[now.address / 4] ? 3 : 0;
        }
    }

    void access() {
        if ((awHeld && !top.m_axil_awvalid) || (wHeld && !top.m_axil_wvalid) || (arHeld && !top.m_axil_arvalid)) fail("an access was withdrawn");
        bool aw = top.m_axil_awvalid && top.m_axil_awready, w = top.m_axil_wvalid && top.m_axil_wready;
        ar = top.m_axil_arvalid && top.m_axil_arready;
        b = top.m_axil_bvalid && top.m_axil_bready;
        r = top.m_axil_rvalid && top.m_axil_rready;
        awHeld = top.m_axil_awvalid && !aw; wHeld = top.m_axil_wvalid && !w; arHeld = top.m_axil_arvalid && !ar;
        if (aw || ar) {
            if (accesses.empty()) fail("an access that nobody asked for");
            Access expected = accesses.front();
            uint16_t address = aw ? top.m_axil_awaddr : top.m_axil_araddr;
            if (expected.write != aw || (aw && ar)) fail(aw ? "a write where a read was due" : "a read where a write was due");
            if (address != expected.address) fail("the wrong register");
            now = expected;
        }
        if (w) {
            if (accesses.empty() || !accesses.front().write) fail("data of a write that nobody asked for");
            if (top.m_axil_wdata != accesses.front().data || top.m_axil_wstrb != 0xF) fail("the wrong data");
        }
        awDone |= aw; wDone |= w;
        start = awDone && wDone;
        if (start) { awDone = wDone = false; accesses.pop_front(); }
        if (ar) accesses.pop_front();
    }

    void accessed() {
        if (start) bPending = true;
        if (ar) rPending = true;
        if (b) { top.m_axil_bvalid = 0; bPending = false; }
        if (r) { top.m_axil_rvalid = 0; rPending = false; }
    }

    void step() {
        bool core = true, block = true;
#if LINK
        core = random() % 4 < 3;
        block = !core || random() % 4 < 3;
#endif
        if (block) offer();
        if (core) serve();
        top.eval();
        if (block) exchange();
        if (LINK ? block : core) interrupted();
        if (core) access();
        if (core) top.clk = 1;
#if LINK
        if (block) top.pcie_clk = 1;
#endif
        top.eval();
        if (core) accessed();
        top.clk = 0;
#if LINK
        top.pcie_clk = 0;
#endif
        top.eval();
        clock++;
    }

    void settle(const char* what) {
        for (int i = 0; i < 200000 && (!requests.empty() || !completions.empty() || !accesses.empty() || bPending || rPending); i++) step();
        if (!requests.empty() || !completions.empty() || !accesses.empty()) fail(std::string("nothing moves any more after ") + what);
        for (int i = 0; i < 50; i++) step();
    }

    // ---- MSI: one when the line rises after it was seen low, and no other
    void line(bool high) {
        for (int i = 0; i < 40; i++) step();
        if (due != 0) fail("no MSI for an interrupt that the host waits for");
        if (high && !top.irq && armed) { armed = false; due = 1; seen[6]++; }
        top.irq = high;
    }

    // Before the edges: is there an MSI?
    void interrupted() {
#if LINK
        if (held && !top.msi_request) fail("an MSI was withdrawn");
        if (top.msi_request && !held) { held = true; if (--due < 0) fail("an MSI without a reason"); }
        top.msi_taken = top.msi_request && !keep && may();
        if (top.msi_taken) held = false;
#else
        if (top.msi_due && --due < 0) fail("an MSI without a reason");
#endif
    }

#if LINK
    bool held = false;                                          // an MSI that was not taken yet
    bool keep = false;                                          // do not take it

    // By hand: the line rises and falls n clocks of the block before the host switches MSI off, and on again.
    void switchedOff() {
        stall = 0;
        for (int clocks = 0; clocks < 12; clocks++) {
            line(false);
            readStatus();
            line(true);
            due = 0; armed = false; top.msi_taken = 0; held = false;
            top.eval(); top.clk = 1; top.eval(); top.clk = 0; top.eval();
            for (int i = 0; i < clocks; i++) tick();
            top.msi_enable = 0;
            tick();
            if (top.msi_request) fail("an MSI while they are switched off");
            for (int i = 0; i < 40; i++) { top.clk = 1; top.eval(); top.clk = 0; tick(); }
            if (top.msi_request) fail("an MSI while they are switched off");
            top.msi_enable = 1;
            tick();
            if (top.msi_request) fail("an MSI of the time when they were switched off");
            line(false);
            readStatus();
            line(true);
        }
    }

    // By hand: an MSI is taken n clocks of the block after the next one was due, which comes over with the third. Where it is
    // taken in that one, or earlier, there has to be another; where later, that one was for both.
    void overlapping() {
        stall = 0;
        for (int clocks = 0; clocks < 6; clocks++) {
            line(false);
            readStatus();
            keep = true;
            line(true);
            for (int i = 0; i < 40; i++) step();
            if (!held) fail("no MSI for an interrupt that the host waits for");
            top.irq = 0;
            readStatus();
            top.irq = 1; armed = false;
            top.eval(); top.clk = 1; top.eval(); top.clk = 0; top.eval();
            for (int i = 0; i < clocks; i++) tick();
            top.msi_taken = 1; tick(); top.msi_taken = 0;
            keep = held = false;
            due = clocks < 3 ? 1 : 0;
            line(false);
        }
    }

    void tick() { top.pcie_clk = 1; top.eval(); top.pcie_clk = 0; top.eval(); }
#endif

    void readStatus() {
        Packet packet = header(0, 0, 1, 0xF, 0, Status, false, "status");
        completion(packet, 0, false, 4, Status & 0x7F, {readWord(Status, 0xF)});
        requests.push_back(packet);
        settle("the status");
    }
};

} // namespace

int main(int argc, char** argv) {
    if (argc < 3) return 2;
    int count = std::atoi(argv[1]);
    Bench bench(std::strtoull(argv[2], nullptr, 10));
    auto& top = bench.top;
    top.rst = 1;
#if LINK
    top.pcie_rst = 1;
#endif
    bench.stall = 16;
    for (int i = 0; i < 40; i++) bench.step();
    top.rst = 0;
#if LINK
    top.pcie_rst = 0;
    top.msi_enable = 1;
#endif
    for (int round : {0, 8, 14}) {
        bench.stall = round;
        for (int i = 0; i < count / 3; i++) {
            switch (bench.random() % 16) {
                case 0: bench.longRead(); break;
                case 1: case 2: bench.other(); break;
                case 3: bench.cutShort(); break;
                case 4: case 5: case 6: case 7: case 8: case 9: bench.write(); break;
                default: bench.read(); break;
            }
            if (i % 16 == 15) {
                bench.settle("16 requests");
                bench.line(bench.random() % 2);
            }
        }
        bench.settle("all requests");
    }
    bench.line(false);
#if LINK
    bench.switchedOff();
    bench.overlapping();
#endif
    for (uint64_t kind : bench.seen) if (count >= 3000 && kind == 0) bench.fail("something did not come up");
    auto seen = [&](int i) { return static_cast<unsigned long long>(bench.seen[i]); };
    std::printf("passed: %d requests; completions: %llu with data (%llu without bytes), %llu UR, %llu CA; faults of %llu reads and %llu writes, %llu words behind them; "
                "%llu MSI; %llu clocks\n", count, seen(0), seen(3), seen(1), seen(2), seen(4), seen(5), seen(7), seen(6), static_cast<unsigned long long>(bench.clock));
}
