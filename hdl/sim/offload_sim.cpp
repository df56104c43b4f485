// The C ABI of offload_sim.h around the Verilated offload_core.
//
// A clock is two evaluations of the model. The first, with clk low, lets this clock's inputs settle; all handshakes are sampled
// then, exactly as the flip-flops will see them. The second raises clk.
#include "offload_sim.h"

#include <array>
#if VM_COVERAGE
#include <atomic>
#include <cstdlib>
#include <string>
#endif
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <exception>
#include <memory>
#include <stdexcept>
#include <vector>

#include "Voffload_core.h"
#include "frame_port.h"
#include "peek.h"
#include "verilated.h"
#if VM_COVERAGE
#include "verilated_cov.h"
#endif

// Verilator's runtime would end the whole process; a board that breaks must not take its owner along (VL_USER_* in the build).
void vl_finish(const char* file, int line, const char*) VL_MT_UNSAFE {
    throw std::runtime_error(std::string("$finish at ") + file + ":" + std::to_string(line));
}
void vl_stop(const char* file, int line, const char*) VL_MT_UNSAFE {
    throw std::runtime_error(std::string("$stop at ") + file + ":" + std::to_string(line));
}
void vl_fatal(const char* file, int line, const char*, const char* message) VL_MT_UNSAFE {
    throw std::runtime_error(std::string(message) + " at " + file + ":" + std::to_string(line));
}

namespace {

constexpr uint32_t reset_clocks = 8;
constexpr uint32_t register_clocks = 10000;

// Quiet clocks that run() waits for: a signal that goes from one register to the next may leave no trace for a clock.
constexpr uint32_t quiet_clocks = 4;

}  // namespace

struct offload_sim {
public:
    offload_sim()
        : core_(&context_, "core"),
          inputs_{input_port(core_.s_axis_net_tdata, core_.s_axis_net_tkeep, core_.s_axis_net_tvalid, core_.s_axis_net_tlast,
                             core_.s_axis_net_tuser, core_.s_axis_net_tready),
                  input_port(core_.s_axis_host_tdata, core_.s_axis_host_tkeep, core_.s_axis_host_tvalid, core_.s_axis_host_tlast,
                             core_.s_axis_host_tuser, core_.s_axis_host_tready)},
          outputs_{output_port(core_.m_axis_net_tdata, core_.m_axis_net_tkeep, core_.m_axis_net_tvalid, core_.m_axis_net_tlast,
                               core_.m_axis_net_tready),
                   output_port(core_.m_axis_host_tdata, core_.m_axis_host_tkeep, core_.m_axis_host_tvalid, core_.m_axis_host_tlast,
                               core_.m_axis_host_tready)} {
        core_.rst = 1;
        for (uint32_t i = 0; i < reset_clocks; i++) {
            half_clocks();
        }
        core_.rst = 0;
        step();
    }

    ~offload_sim() {
        core_.final();
#if VM_COVERAGE
        // Every core leaves its counts in a file of its own; verilator_coverage adds them up.
        if (const char* folder = std::getenv("OFFLOAD_COVERAGE")) {
            static std::atomic<unsigned> number{0};
            context_.coveragep()->write((std::string(folder) + "/" + std::to_string(number++) + ".dat").c_str());
        }
#endif
    }

    offload_sim(const offload_sim&) = delete;
    offload_sim& operator=(const offload_sim&) = delete;

    void set_time(uint64_t microseconds) {
        if (microseconds > core_.timebase_us) {
            core_.timebase_us = microseconds;
        }
    }

    uint32_t run(uint32_t max_clocks) {
        uint32_t clocks = 0;
        for (uint32_t quiet = 0; clocks < max_clocks && quiet < quiet_clocks; clocks++) {
            step();
            quiet = idle() ? quiet + 1 : 0;
        }
        return clocks;
    }

    int32_t read(uint32_t address, uint32_t& word) {
        core_.s_axil_araddr = static_cast<std::remove_reference_t<decltype(core_.s_axil_araddr)>>(address);
        core_.s_axil_arvalid = 1;
        core_.s_axil_rready = 1;
        bool answered = false;
        for (uint32_t i = 0; i < register_clocks && !answered; i++) {
            step();
            if (sampled_.arready && core_.s_axil_arvalid) {
                core_.s_axil_arvalid = 0;
            }
            answered = sampled_.rvalid;
        }
        core_.s_axil_arvalid = 0;
        core_.s_axil_rready = 0;
        word = sampled_.rdata;
        return answered ? sampled_.rresp : OFFLOAD_SIM_NO_ANSWER;
    }

    int32_t write(uint32_t address, uint32_t word) {
        core_.s_axil_awaddr = static_cast<std::remove_reference_t<decltype(core_.s_axil_awaddr)>>(address);
        core_.s_axil_wdata = word;
        core_.s_axil_wstrb = 0xF;
        core_.s_axil_awvalid = 1;
        core_.s_axil_wvalid = 1;
        core_.s_axil_bready = 1;
        bool answered = false;
        for (uint32_t i = 0; i < register_clocks && !answered; i++) {
            step();
            if (sampled_.awready && core_.s_axil_awvalid) {
                core_.s_axil_awvalid = 0;
            }
            if (sampled_.wready && core_.s_axil_wvalid) {
                core_.s_axil_wvalid = 0;
            }
            answered = sampled_.bvalid;
        }
        core_.s_axil_awvalid = 0;
        core_.s_axil_wvalid = 0;
        core_.s_axil_bready = 0;
        return answered ? sampled_.bresp : OFFLOAD_SIM_NO_ANSWER;
    }

    uint64_t clock() const { return clock_; }
    uint32_t interrupt() const { return core_.irq; }
    input_port& input(uint32_t port) { return inputs_[port]; }
    const input_port& input(uint32_t port) const { return inputs_[port]; }
    output_port& output(uint32_t port) { return outputs_[port]; }

    uint32_t peek_entries(uint32_t* words, uint32_t count, uint32_t record_words) const {
        return ::peek_entries(*core_.rootp, words, count, record_words);
    }
    uint32_t peek_events(uint32_t* words, uint32_t count, uint32_t record_words) const {
        return ::peek_events(*core_.rootp, words, count, record_words);
    }
    uint32_t peek_answer(uint32_t* words, uint32_t count, uint32_t record_words) const {
        return ::peek_answer(*core_.rootp, words, count, record_words);
    }
    void watch_order(bool on) {
        watched_ = on;
        order_.clear();
    }
    uint32_t peek_order(uint32_t* words, uint32_t count, uint32_t record_words) {
        if (record_words != happening_words || order_.size() > count) {
            return 0;
        }
        std::memcpy(words, order_.data(), order_.size() * sizeof(uint32_t));
        const uint32_t found = static_cast<uint32_t>(order_.size() / happening_words);
        order_.clear();
        return found;
    }

    // Set once the model has thrown: its state means nothing any more.
    bool broken = false;

private:
    // The register bus as it stood just before the clock's edge.
    struct axil_sample {
        bool arready, rvalid, awready, wready, bvalid;
        uint8_t rresp, bresp;
        uint32_t rdata;
    };

    void half_clocks() {
        core_.clk = 0;
        core_.eval();
        core_.clk = 1;
        core_.eval();
        clock_++;
    }

    void step() {
        for (input_port& port : inputs_) {
            port.present();
        }
        for (output_port& port : outputs_) {
            port.present(clock_);
        }
        core_.clk = 0;
        core_.eval();
        for (input_port& port : inputs_) {
            port.sample();
        }
        for (output_port& port : outputs_) {
            port.sample(clock_);
        }
        sampled_ = {core_.s_axil_arready != 0, core_.s_axil_rvalid != 0, core_.s_axil_awready != 0, core_.s_axil_wready != 0,
                    core_.s_axil_bvalid != 0, core_.s_axil_rresp, core_.s_axil_bresp, core_.s_axil_rdata};
        core_.clk = 1;
        core_.eval();
        for (input_port& port : inputs_) {
            port.advance(clock_);
        }
        if (watched_) {
            uint32_t words[happening_words];
            if (peek_happening(*core_.rootp, words)) {
                order_.insert(order_.end(), words, words + happening_words);
            }
        }
        clock_++;
    }

    bool idle() const {
        return !core_.busy && inputs_[0].idle() && inputs_[1].idle() && outputs_[0].idle() && outputs_[1].idle();
    }

    VerilatedContext context_;
    model core_;
    std::array<input_port, 2> inputs_;
    std::array<output_port, 2> outputs_;
    axil_sample sampled_{};
    uint64_t clock_ = 0;
    bool watched_ = false;
    std::vector<uint32_t> order_;
};

namespace {

// Nothing may leave through the C ABI but a value.
template <typename Result, typename Body>
Result guarded(offload_sim* sim, Result otherwise, Body body) {
    if (sim == nullptr || sim->broken) {
        return otherwise;
    }
    try {
        return body();
    } catch (const std::exception& exception) {
        std::fprintf(stderr, "offload_sim: %s\n", exception.what());
    } catch (...) {
        std::fprintf(stderr, "offload_sim: the model threw something unknown\n");
    }
    sim->broken = true;
    return otherwise;
}

}  // namespace

uint32_t offload_sim_abi(void) { return OFFLOAD_SIM_ABI; }

offload_sim* offload_sim_create(void) {
    try {
        return new offload_sim();
    } catch (const std::exception& exception) {
        std::fprintf(stderr, "offload_sim: %s\n", exception.what());
    } catch (...) {
        std::fprintf(stderr, "offload_sim: the model threw something unknown\n");
    }
    return nullptr;
}

void offload_sim_destroy(offload_sim* sim) {
    try {
        delete sim;
    } catch (...) {
        std::fprintf(stderr, "offload_sim: the model threw while it ended\n");
    }
}

void offload_sim_set_time(offload_sim* sim, uint64_t microseconds) {
    guarded(sim, 0, [&] {
        sim->set_time(microseconds);
        return 0;
    });
}

uint64_t offload_sim_clock(const offload_sim* sim) { return sim == nullptr ? 0 : sim->clock(); }

int32_t offload_sim_send(offload_sim* sim, uint32_t port, const uint8_t* frame, uint32_t length, uint32_t flags) {
    if (port > OFFLOAD_SIM_HOST || frame == nullptr || length == 0 || length > OFFLOAD_SIM_MAX_FRAME) {
        return OFFLOAD_SIM_INVALID;
    }
    return guarded(sim, int32_t{OFFLOAD_SIM_FULL}, [&] {
        return sim->input(port).queue(frame, length, flags) ? OFFLOAD_SIM_QUEUED : OFFLOAD_SIM_FULL;
    });
}

int32_t offload_sim_receive(offload_sim* sim, uint32_t port, uint8_t* buffer, uint32_t capacity, offload_sim_times* times) {
    if (port > OFFLOAD_SIM_HOST || buffer == nullptr) {
        return OFFLOAD_SIM_INVALID;
    }
    return guarded(sim, int32_t{0}, [&] {
        frame_ring& ring = sim->output(port).frames();
        frame_record* const record = ring.front();
        if (record == nullptr) {
            return int32_t{0};
        }
        if (record->length > capacity) {
            return int32_t{-1};
        }
        const int32_t length = static_cast<int32_t>(record->length);
        std::memcpy(buffer, record->bytes(), record->length);
        if (times != nullptr) {
            *times = {record->first_clock, record->last_clock};
        }
        ring.pop();
        return length;
    });
}

void offload_sim_last_received(const offload_sim* sim, uint32_t port, offload_sim_times* times) {
    if (times != nullptr) {
        *times = sim != nullptr && port <= OFFLOAD_SIM_HOST ? sim->input(port).last() : offload_sim_times{};
    }
}

uint32_t offload_sim_run(offload_sim* sim, uint32_t max_clocks) {
    return guarded(sim, uint32_t{0}, [&] { return sim->run(max_clocks); });
}

int32_t offload_sim_read(offload_sim* sim, uint32_t address, uint32_t* words, uint32_t count) {
    return guarded(sim, int32_t{OFFLOAD_SIM_NO_ANSWER}, [&] {
        int32_t response = OFFLOAD_SIM_OKAY;
        for (uint32_t i = 0; i < count && response == OFFLOAD_SIM_OKAY; i++) {
            response = sim->read(address + 4 * i, words[i]);
        }
        return response;
    });
}

int32_t offload_sim_write(offload_sim* sim, uint32_t address, const uint32_t* words, uint32_t count) {
    return guarded(sim, int32_t{OFFLOAD_SIM_NO_ANSWER}, [&] {
        int32_t response = OFFLOAD_SIM_OKAY;
        for (uint32_t i = 0; i < count && response == OFFLOAD_SIM_OKAY; i++) {
            response = sim->write(address + 4 * i, words[i]);
        }
        return response;
    });
}

uint32_t offload_sim_interrupt(const offload_sim* sim) { return sim == nullptr ? 0 : sim->interrupt(); }

void offload_sim_set_ready(offload_sim* sim, uint32_t port, uint64_t pattern) {
    if (sim != nullptr && port <= OFFLOAD_SIM_HOST) {
        sim->output(port).set_pattern(pattern);
    }
}

uint32_t offload_sim_peek_entries(const offload_sim* sim, uint32_t* words, uint32_t count, uint32_t record_words) {
    return sim == nullptr || words == nullptr ? 0 : sim->peek_entries(words, count, record_words);
}

uint32_t offload_sim_peek_events(const offload_sim* sim, uint32_t* words, uint32_t count, uint32_t record_words) {
    return sim == nullptr || words == nullptr ? 0 : sim->peek_events(words, count, record_words);
}

uint32_t offload_sim_peek_answer(const offload_sim* sim, uint32_t* words, uint32_t count, uint32_t record_words) {
    return sim == nullptr || words == nullptr ? 0 : sim->peek_answer(words, count, record_words);
}

void offload_sim_watch_order(offload_sim* sim, uint32_t on) {
    guarded(sim, 0, [&] {
        sim->watch_order(on != 0);
        return 0;
    });
}

uint32_t offload_sim_peek_order(offload_sim* sim, uint32_t* words, uint32_t count, uint32_t record_words) {
    return words == nullptr ? 0 : guarded(sim, uint32_t{0}, [&] { return sim->peek_order(words, count, record_words); });
}
