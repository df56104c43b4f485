// Bench of pcie_bridge.v, and with LINK 1 of pcie_link.v, whose two clocks tick at random: random transactions in, with stalls on every stream; a register bus that is slow and sometimes
// answers with an error; each completion is compared, word for word, with what the PCI Express Base Specification 2.1
// (2.2.9, 2.3.1.1) makes of the request, and each register write with the request's data. Streams have to hold while stalled.
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

struct Access { bool write; uint16_t address; uint32_t data; uint8_t strobe; };
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
    uint64_t seen[4] = {};                                      // completions: with data, UR, CA; zero-length reads
    int stall = 8;                                              // of 16 clocks

    explicit Bench(uint64_t seed) : random(seed) {
        for (int i = 0; i < 16384; i++) { registers[i] = static_cast<uint32_t>(random()); error[i] = random() % 16 == 0; }
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

    Packet header(unsigned format, unsigned kind, unsigned length, unsigned firstBe, unsigned lastBe, uint16_t address, bool poisoned, const char* what) {
        Packet packet{{}, what};
        uint32_t spare = static_cast<uint32_t>(random());
        packet.words.push_back(format << 29 | kind << 24 | (spare & 0x00703000u) | (poisoned ? 1u << 14 : 0) | (length & 0x3FF));
        packet.words.push_back(static_cast<uint32_t>(random() & 0xFFFFFF00u) | lastBe << 4 | firstBe);
        if (format & 1) packet.words.push_back(static_cast<uint32_t>(random()));
        packet.words.push_back(static_cast<uint32_t>(random() & 0xFFFF0000u) | address);
        return packet;
    }

    void read() {
        unsigned length = random() % 3 ? 1 + random() % 2 : 1 + random() % MaxWords;
        uint16_t address = static_cast<uint16_t>(random() % (16384 - length) * 4);
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
            for (unsigned i = 0; i < length; i++) {
                accesses.push_back({false, static_cast<uint16_t>(address + 4 * i), 0, 0});
                data.push_back(error[address / 4 + i] ? 0xFFFFFFFFu : registers[address / 4 + i]);
            }
            completion(packet, 0, false, 4 * length - skip - behind, (address & 0x7C) | skip, data);
        }
        requests.push_back(packet);
    }

    void longRead() {
        unsigned choice = random() % 4, length = choice == 0 ? 0 : choice == 1 ? MaxWords + 1 : MaxWords + 1 + random() % (1023 - MaxWords);
        uint16_t address = static_cast<uint16_t>(random() % 1024 * 4);
        Packet packet = header(random() % 2, 0, length, 0xF, 0xF, address, false, "long read");
        completion(packet, 4, false, 4 * length, address & 0x7C, {});
        requests.push_back(packet);
    }

    void write() {
        unsigned length = random() % 3 ? 1 : 1 + random() % 40;
        uint16_t address = static_cast<uint16_t>(random() % (16384 - length) * 4);
        bool poisoned = random() % 8 == 0;
        unsigned firstBe = length == 1 && random() % 4 == 0 ? random() % 16 : 0xF, lastBe = length == 1 ? 0 : random() % 4 == 0 ? 0x3 : 0xF;
        Packet packet = header(2 + random() % 2, 0, length, firstBe, lastBe, address, poisoned, "write");
        for (unsigned i = 0; i < length; i++) {
            uint32_t value = static_cast<uint32_t>(random());
            packet.words.push_back(swap(value));
            uint8_t strobe = static_cast<uint8_t>(i == 0 ? firstBe : i == length - 1 ? lastBe : 0xF);
            if (!poisoned) accesses.push_back({true, static_cast<uint16_t>(address + 4 * i), value, strobe});
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
        Packet packet = header(kind.format, kind.kind, length, 0xF, length == 1 ? 0 : 0xF, static_cast<uint16_t>(random() % 16384 * 4), false, kind.what);
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
            if (top.m_axil_wdata != accesses.front().data || top.m_axil_wstrb != accesses.front().strobe) fail("the wrong data");
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

#if LINK
    // ---- MSI: at least one behind each rising edge of irq, none without; held until it is taken
    void interrupts(int count) {
        stall = 16;
        for (int i = 0; i < count; i++) {
            top.irq = 1;
            wait(true, "no MSI for an interrupt");
            for (int j = 0; j < 20; j++) { step(); if (!top.msi_request) fail("an MSI was withdrawn"); }
            taken();
            for (int j = 0; j < 40; j++) { step(); if (top.msi_request) fail("a second MSI for one interrupt"); }
            top.irq = 0;
            for (int j = 0; j < 40; j++) { step(); if (top.msi_request) fail("an MSI for an interrupt's end"); }
        }
        // An edge comes over with the third clock of the block. Where the MSI before is taken in that one, or earlier, there
        // has to be another; where later, that one was for both.
        for (int i = 0; i < count; i++) {
            int clocks = i % 6;
            top.irq = 1; wait(true, "no MSI for an interrupt");
            top.irq = 0; for (int j = 0; j < 40; j++) step();
            top.irq = 1; top.eval(); top.clk = 1; top.eval(); top.clk = 0; top.eval();
            for (int j = 0; j < clocks; j++) { top.pcie_clk = 1; top.eval(); top.pcie_clk = 0; top.eval(); }
            taken();
            if (clocks < 3) { wait(true, "an interrupt was lost while the one before was taken"); taken(); }
            top.irq = 0;
            for (int j = 0; j < 40; j++) { step(); if (top.msi_request) fail("an MSI without an interrupt"); }
        }
    }

    void wait(bool request, const char* why) {
        for (int i = 0; i < 60; i++) { if (top.msi_request == request) return; step(); }
        fail(why);
    }

    // One clock of the block in which it takes the MSI.
    void taken() {
        top.msi_taken = 1;
        top.eval();
        top.pcie_clk = 1; top.eval(); top.pcie_clk = 0; top.msi_taken = 0; top.eval();
    }
#endif
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
            if (i % 64 == 63) bench.settle("64 requests");
        }
        bench.settle("all requests");
    }
#if LINK
    bench.interrupts(60);
#endif
    for (uint64_t kind : bench.seen) if (count >= 1000 && kind == 0) bench.fail("a kind of completion did not come up");
    std::printf("passed: %d requests; completions: %llu with data (%llu without bytes), %llu UR, %llu CA; %llu clocks\n", count,
                static_cast<unsigned long long>(bench.seen[0]), static_cast<unsigned long long>(bench.seen[3]), static_cast<unsigned long long>(bench.seen[1]),
                static_cast<unsigned long long>(bench.seen[2]), static_cast<unsigned long long>(bench.clock));
}
