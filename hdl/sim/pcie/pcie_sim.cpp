#include "pcie_sim.h"

// With BOARD 1 it is offload_board.v with its PCI Express link: the registers are the core's, and so is the interrupt line.
#if BOARD
#include "Voffload_board.h"
using Top = Voffload_board;
#define RX(name) s_axis_pcie_##name
#define TX(name) m_axis_pcie_##name
#define COMPLETER_ID pcie_completer_id
#else
#include "Vpcie_link.h"
using Top = Vpcie_link;
#define RX(name) s_axis_rx_##name
#define TX(name) m_axis_tx_##name
#define COMPLETER_ID completer_id
#endif
#include "verilated.h"

#include <deque>
#include <memory>
#include <new>
#include <random>
#include <vector>

// The library ends no process: what the model would stop for is a fault that the caller sees as no answer.
void vl_finish(const char*, int, const char*) {}
void vl_stop(const char*, int, const char*) {}
void vl_fatal(const char*, int, const char*, const char*) {}

namespace {

constexpr uint16_t Completer = 0x0300;                          // bus 3, device 0, function 0
constexpr uint16_t Requester = 0x0008;
constexpr uint32_t Base = 0xFE000000;                           // where BAR 0 lies
constexpr int Patience = 20000;                                 // clocks, many times what anything takes

uint32_t swapped(uint32_t word) { return __builtin_bswap32(word); }

} // namespace

struct offload_pcie_sim {
    VerilatedContext context;
    Top top{&context};
    offload_pcie_sim_caller caller;
    std::mt19937_64 random;

    std::deque<uint32_t> sending;                               // doublewords of the request under way
    std::vector<uint32_t> arriving;
    bool offered = false, complete = false;
    bool answering = false, writing = false;                    // on the register bus
    uint8_t tag = 0;

    bool may() { return random() % 4 != 0; }

    void offer() {
        if (!offered && !sending.empty() && may()) {
            bool two = sending.size() > 1;
            top.RX(tdata) = sending[0] | static_cast<uint64_t>(two ? sending[1] : static_cast<uint32_t>(random())) << 32;
            top.RX(tkeep) = two ? 0xFF : 0x0F;
            top.RX(tlast) = sending.size() <= 2;
            offered = true;
        }
        top.RX(tvalid) = offered;
        top.TX(tready) = may();
        top.msi_taken = top.msi_request && may();
    }

    void exchange() {
        if (top.msi_taken) caller.message(caller.context);
        if (offered && top.RX(tready)) {
            offered = false;
            for (int i = 0; i < 2 && !sending.empty(); i++) sending.pop_front();
        }
        if (top.TX(tvalid) && top.TX(tready)) {
            arriving.push_back(static_cast<uint32_t>(top.TX(tdata)));
            if (top.TX(tkeep) == 0xFF) arriving.push_back(static_cast<uint32_t>(top.TX(tdata) >> 32));
            complete = top.TX(tlast);
        }
    }

#if BOARD
    void serve() {}
    void answer() {}
    void served() {}
    void silence() {}
#else
    // The register bus, before an edge of the core's clock; and which handshakes the edge will carry out.
    bool taken = false, asked = false, told = false;
    void serve() {
        bool idle = !answering && may();
        top.m_axil_awready = top.m_axil_wready = idle && top.m_axil_awvalid && top.m_axil_wvalid;
        top.m_axil_arready = idle && top.m_axil_arvalid;
        taken = top.m_axil_awready;
        asked = top.m_axil_arready && !taken;
        if (taken) top.m_axil_arready = 0;
        if (answering && may()) (writing ? top.m_axil_bvalid : top.m_axil_rvalid) = 1;
    }

    void answer() {
        told = (top.m_axil_bvalid && top.m_axil_bready) || (top.m_axil_rvalid && top.m_axil_rready);
        if (taken) top.m_axil_bresp = caller.write(caller.context, top.m_axil_awaddr, top.m_axil_wdata);
        if (asked) {
            uint32_t value = 0;
            top.m_axil_rresp = caller.read(caller.context, top.m_axil_araddr, &value);
            top.m_axil_rdata = value;
        }
    }

    void silence() { top.m_axil_bvalid = top.m_axil_rvalid = 0; answering = false; }

    void served() {
        if (told) { top.m_axil_bvalid = top.m_axil_rvalid = 0; answering = false; }
        if (taken) { answering = writing = true; }
        if (asked) { answering = true; writing = false; }
    }
#endif

    void clocks(int level) {
        top.clk = level;
#if BOARD
        top.clk_line = level;
#endif
    }

    void step() {
        bool core = random() % 4 < 3, block = !core || random() % 4 < 3;
        if (block) offer();
        if (core) serve();
        top.eval();
        if (block) exchange();
        if (core) answer();
        if (core) clocks(1);
        if (block) top.pcie_clk = 1;
        top.eval();
        if (core) served();
        if (core) clocks(0);
        if (block) top.pcie_clk = 0;
        top.eval();
    }

    // Of a board, only the link is reset once it runs.
    void reset(bool first) {
        sending.clear();
        arriving.clear();
        offered = complete = false;
        silence();
        top.rst = first || !BOARD;
        top.pcie_rst = 1;
        for (int i = 0; i < 40; i++) step();
        top.rst = 0;
        for (int i = 0; i < 40; i++) step();
        top.pcie_rst = 0;
        top.COMPLETER_ID = Completer;
        top.msi_enable = 0;                                     // as a reset leaves it; the host switches it on some time later
        for (int i = 0; i < 60; i++) step();
        top.msi_enable = 1;
    }

    bool send(uint32_t first, uint32_t address, uint32_t enables, const uint32_t* data) {
        sending = {first, static_cast<uint32_t>(Requester) << 16 | static_cast<uint32_t>(++tag) << 8 | (enables & 0xF), Base + (address & 0x1FFFC)};
        if (data) sending.push_back(swapped(*data));
        for (int i = 0; i < Patience && (offered || !sending.empty()); i++) step();
        return sending.empty();
    }
};

uint32_t offload_pcie_sim_abi(void) { return OFFLOAD_PCIE_SIM_ABI; }

offload_pcie_sim* offload_pcie_sim_create(uint64_t seed, const offload_pcie_sim_caller* caller) {
    try {
        auto sim = std::make_unique<offload_pcie_sim>();
        sim->caller = *caller;
        sim->random.seed(seed);
        sim->reset(true);
        return sim.release();
    } catch (const std::bad_alloc&) {
        return nullptr;
    }
}

void offload_pcie_sim_destroy(offload_pcie_sim* sim) { delete sim; }

void offload_pcie_sim_reset(offload_pcie_sim* sim) { sim->reset(false); }

int32_t offload_pcie_sim_read(offload_pcie_sim* sim, uint32_t address, uint32_t enables, uint32_t* value) {
    sim->arriving.clear();
    sim->complete = false;
    if (!sim->send(0x00000001, address, enables, nullptr)) return OFFLOAD_PCIE_SIM_NOTHING;
    for (int i = 0; i < Patience && !sim->complete; i++) sim->step();
    if (!sim->complete) return OFFLOAD_PCIE_SIM_NOTHING;
    const auto& words = sim->arriving;
    if (words.size() < 3) return OFFLOAD_PCIE_SIM_MALFORMED;
    int32_t status = words[1] >> 13 & 7;
    uint32_t first = enables & 1 ? 0 : enables & 2 ? 1 : enables & 4 ? 2 : enables & 8 ? 3 : 0;
    uint32_t low = (address & 0x7C) | first;
    bool with = status == OFFLOAD_PCIE_SIM_SUCCESSFUL;
    if (words[0] != (with ? 0x4A000001u : 0x0A000000u) || words[1] >> 16 != Completer || words.size() != (with ? 4u : 3u) ||
        words[2] != (static_cast<uint32_t>(Requester) << 16 | static_cast<uint32_t>(sim->tag) << 8 | low))
        return OFFLOAD_PCIE_SIM_MALFORMED;
    if (with) *value = swapped(words[3]);
    return status;
}

int32_t offload_pcie_sim_write(offload_pcie_sim* sim, uint32_t address, uint32_t enables, uint32_t value) {
    return sim->send(0x40000001, address, enables, &value) ? 0 : OFFLOAD_PCIE_SIM_NOTHING;
}

void offload_pcie_sim_line(offload_pcie_sim* sim, uint32_t high) {
#if BOARD
    (void)high;
#else
    sim->top.irq = high != 0;
#endif
    for (int i = 0; i < 60; i++) sim->step();
}
