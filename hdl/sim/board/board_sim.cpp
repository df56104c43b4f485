#include "board_sim.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <new>

#include "Vboard_sim.h"
#include "verilated.h"

#include "chip.h"
#include "phy.h"

using board_sim_model::AsyncFifo;
using board_sim_model::Chip;
using board_sim_model::Phy;
using board_sim_model::SyncFifo;
using board_sim_model::Uart;

double sc_time_stamp() { return 0; }

// A fatal error inside the model stops it; it does not end the process.
void vl_finish(const char*, int, const char*) VL_MT_UNSAFE { Verilated::threadContextp()->gotFinish(true); }
void vl_stop(const char*, int, const char*) VL_MT_UNSAFE { Verilated::threadContextp()->gotFinish(true); }
void vl_fatal(const char*, int, const char*, const char*) VL_MT_UNSAFE { Verilated::threadContextp()->gotFinish(true); }

namespace {

constexpr uint64_t never = UINT64_MAX;

// A clock; picoseconds.
struct Clock {
    uint64_t half, next;
    bool level = false;

    // Whether it changes now.
    bool tick(uint64_t now) {
        if (next != now) return false;
        level = !level;
        next += half;
        return true;
    }
};

}  // namespace

struct offload_board_sim {
    VerilatedContext context;
    std::unique_ptr<Vboard_sim> top;
    uint64_t now = 0;

    // Each at its own phase; the receivers' clocks are 50 ppm off to either side.
    Clock core{500'000'000'000 / CORE_HZ, 1300};
    Clock line{4000, 700};
    Clock net{4000, 2900}, host{4000, 3300};
    uint64_t net_drift = 0, host_drift = 0;
    Clock slow{50000, 11000};
    Clock ft{8333, LINK == 2 ? uint64_t(5100) : never};

    Phy phys[2] = {Phy(0), Phy(1)};         // on the Versa, which has two buses, the second one has to be looked for
    Chip chip;
    Uart<Vboard_sim> uart;
    SyncFifo<Vboard_sim> sync;
    AsyncFifo<Vboard_sim> async;
    uint8_t mdc_before = 0;
    bool txc_before[2] = {false, false};

    offload_board_sim() {
        const char* arguments[] = {"offload_board_sim"};
        context.commandArgs(1, arguments);
        top = std::make_unique<Vboard_sim>(&context, "board");
        top->mdio_pull = 3;
        top->uart_rxd = 1;
        top->uart_cts_n = 0;
        top->ft_rxf_n = top->ft_txe_n = 1;
        top->button_n = 1;
        top->locked = 0;
    }

    void step() {
        now = std::min({core.next, line.next, net.next, host.next, slow.next, ft.next});

        const bool net_tick = net.tick(now), host_tick = host.tick(now);
        if (net_tick) {
            if (net.level) phys[0].rise(top->net_rxd, top->net_rx_ctl);
            else phys[0].fall(top->net_rxd, top->net_rx_ctl);
            if (++net_drift == 5) net.next += 1, net_drift = 0;
            top->net_rxc = net.level;
        }
        if (host_tick) {
            if (host.level) phys[1].rise(top->host_rxd, top->host_rx_ctl);
            else phys[1].fall(top->host_rxd, top->host_rx_ctl);
            if (++host_drift == 5) host.next -= 1, host_drift = 0;
            top->host_rxc = host.level;
        }
        const bool core_tick = core.tick(now);
        if (core_tick) top->clk_core = core.level;
        if (line.tick(now)) top->clk_line = line.level;
        if (slow.tick(now)) top->clk_slow = slow.level;
        const bool ft_tick = ft.tick(now);
        if (ft_tick) {
            if (ft.level) sync.edge(*top, chip, now);
            top->ft_clkout = ft.level;
        }

        top->eval();

        if (ft_tick && ft.level) sync.drive(*top, chip);
        if (core_tick && core.level) mdio();
        if (LINK == 0) uart.step(*top, chip, now);
        if (LINK == 1 && core_tick) async.step(*top, chip, now);
        transmit(phys[0], txc_before[0], top->net_txc, top->net_txd, top->net_tx_ctl);
        transmit(phys[1], txc_before[1], top->host_txc, top->host_txd, top->host_tx_ctl);
    }

    void transmit(Phy& phy, bool& before, bool clock, uint8_t data, bool control) {
        if (clock == before) return;
        before = clock;
        if (clock) phy.take_rise(data, control);
        else phy.take_fall(data, control, now);
    }

    void mdio() {
        if (!top->phy_reset_n) {
            for (Phy& phy : phys) phy.reset();
            top->mdio_pull = 3;
            return;
        }
        const uint8_t rose = top->mdc & ~mdc_before;
        mdc_before = top->mdc;
        for (unsigned i = 0; i < 2; i++)
            if (rose >> i & 1) phys[i].mdio(top->mdio >> i & 1);
        top->mdio_pull = uint8_t((phys[0].pulls() ? 0 : 1) | (phys[1].pulls() ? 0 : 2));
    }

    bool reached(uint32_t until) const {
        return ((until & OFFLOAD_BOARD_SIM_UNTIL_NET) && !phys[0].from_board.empty()) ||
               ((until & OFFLOAD_BOARD_SIM_UNTIL_HOST) && !phys[1].from_board.empty()) ||
               ((until & OFFLOAD_BOARD_SIM_UNTIL_LINK) && !chip.from_board.empty());
    }

    void run_to(uint64_t end, uint32_t until) {
        while (now < end && !context.gotFinish() && !reached(until)) step();
    }
};

extern "C" {

uint32_t offload_board_sim_abi(void) { return OFFLOAD_BOARD_SIM_ABI; }

offload_board_sim* offload_board_sim_create(void) {
    offload_board_sim* sim = nullptr;
    try {
        sim = new offload_board_sim();
        sim->run_to(1000000, 0);
        sim->top->locked = 1;
        sim->run_to(20000000, 0);
    } catch (...) {
        delete sim;
        return nullptr;
    }
    return sim;
}

void offload_board_sim_destroy(offload_board_sim* sim) { delete sim; }

uint64_t offload_board_sim_time(const offload_board_sim* sim) { return sim->now / 1000; }

uint64_t offload_board_sim_run(offload_board_sim* sim, uint64_t nanoseconds, uint32_t until) {
    const uint64_t start = sim->now;
    sim->run_to(start + nanoseconds * 1000, until);
    return (sim->now - start) / 1000;
}

int32_t offload_board_sim_send(offload_board_sim* sim, uint32_t port, const uint8_t* frame, uint32_t length, uint32_t flags) {
    if (port > 1 || length == 0 || length > OFFLOAD_BOARD_SIM_MAX_FRAME) return -1;
    try {
        sim->phys[port].send(frame, length, flags & OFFLOAD_BOARD_SIM_BAD_CHECK, flags & OFFLOAD_BOARD_SIM_BAD_SYMBOL, flags & OFFLOAD_BOARD_SIM_SHORT_GAP);
    } catch (...) {
        return -1;
    }
    return 0;
}

int32_t offload_board_sim_receive(offload_board_sim* sim, uint32_t port, uint8_t* buffer, uint32_t capacity, uint64_t* started) {
    if (port > 1) return -2;
    auto& frames = sim->phys[port].from_board;
    if (frames.empty()) return 0;
    const auto& frame = frames.front();
    if (frame.data.size() > capacity) return -1;
    const int32_t length = int32_t(frame.data.size());
    std::memcpy(buffer, frame.data.data(), frame.data.size());
    if (started != nullptr) *started = frame.started / 1000;
    frames.pop_front();
    return length;
}

uint64_t offload_board_sim_bad_frames(const offload_board_sim* sim, uint32_t port) { return port > 1 ? 0 : sim->phys[port].bad_frames; }

void offload_board_sim_plug(offload_board_sim* sim, uint32_t port, uint32_t in) {
    if (port < 2) sim->phys[port].plugged = in != 0;
}

uint32_t offload_board_sim_phy_register(const offload_board_sim* sim, uint32_t port, uint32_t number) {
    return port > 1 || number > 31 ? 0xFFFF : sim->phys[port].read(number);
}

void offload_board_sim_press(offload_board_sim* sim, uint32_t down) { sim->top->button_n = down == 0; }

void offload_board_sim_link_write(offload_board_sim* sim, const uint8_t* bytes, uint32_t length) {
    sim->chip.to_board.insert(sim->chip.to_board.end(), bytes, bytes + length);
}

uint32_t offload_board_sim_link_read(offload_board_sim* sim, uint8_t* buffer, uint32_t capacity) {
    auto& bytes = sim->chip.from_board;
    const uint32_t length = uint32_t(std::min<size_t>(capacity, bytes.size()));
    std::copy(bytes.begin(), bytes.begin() + length, buffer);
    bytes.erase(bytes.begin(), bytes.begin() + length);
    return length;
}

uint64_t offload_board_sim_link_breaches(const offload_board_sim* sim) { return sim->chip.breaches; }

}  // extern "C"
