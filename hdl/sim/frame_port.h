// The core's frame ports: the streams of Voffload_core at one side, the frames that wait at the other.
#ifndef OFFLOAD_FRAME_PORT_H
#define OFFLOAD_FRAME_PORT_H

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>

#include "Voffload_core.h"
#include "frame_ring.h"
#include "offload_sim.h"

namespace {

// Bytes of frames that wait. An output holds what both inputs can hold, with room to spare, so that a caller who first fills the
// inputs and then runs the core loses nothing to a full output.
constexpr size_t input_capacity = size_t{1} << 20;
constexpr size_t output_capacity = size_t{4} << 20;

using model = Voffload_core;
using data_signal = std::remove_reference_t<decltype(std::declval<model>().s_axis_net_tdata)>;
using keep_signal = std::remove_reference_t<decltype(std::declval<model>().s_axis_net_tkeep)>;
constexpr uint32_t beat_bytes = sizeof(data_signal);

// An input of the core, and the frames that wait for it.
class input_port {
public:
    input_port(data_signal& tdata, keep_signal& tkeep, CData& tvalid, CData& tlast, CData& tuser, const CData& tready)
        : tdata_(tdata), tkeep_(tkeep), tvalid_(tvalid), tlast_(tlast), tuser_(tuser), tready_(tready) {}

    bool queue(const uint8_t* frame, uint32_t length, uint32_t flags) {
        frame_record* const record = ring_.reserve(length);
        if (record == nullptr) {
            return false;
        }
        record->length = length;
        record->flags = flags;
        std::memcpy(record->bytes(), frame, length);
        const uint32_t odd = length % beat_bytes;
        if (odd != 0) {
            std::memset(record->bytes() + length, 0, beat_bytes - odd);
        }
        ring_.push();
        return true;
    }

    // Before the first evaluation: shows the next beat, unless the one that is shown has not been taken.
    void present() {
        if (shown_ || ring_.empty()) {
            return;
        }
        frame_record* const record = ring_.front();
        const uint32_t left = record->length - offset_;
        std::memcpy(&tdata_, record->bytes() + offset_, beat_bytes);
        const bool last = left <= beat_bytes;
        constexpr uint64_t all = beat_bytes == 64 ? ~uint64_t{0} : (uint64_t{1} << (beat_bytes % 64)) - 1;
        tkeep_ = static_cast<keep_signal>(last && left != 64 ? (uint64_t{1} << left) - 1 : all);
        tlast_ = last;
        tuser_ = last && (record->flags & OFFLOAD_SIM_BAD_FRAME) != 0;
        tvalid_ = 1;
        shown_ = true;
    }

    // Between the evaluations.
    void sample() { taken_ = shown_ && tready_; }

    // After the second evaluation: moves on where the beat was taken.
    void advance(uint64_t clock) {
        if (!taken_) {
            return;
        }
        if (offset_ == 0) {
            current_.first_clock = clock;
        }
        offset_ += beat_bytes;
        if (tlast_) {
            current_.last_clock = clock;
            last_ = current_;
            ring_.pop();
            offset_ = 0;
        }
        shown_ = false;
        taken_ = false;
        if (ring_.empty()) {
            tvalid_ = 0;
        }
    }

    bool idle() const { return ring_.empty(); }
    const offload_sim_times& last() const { return last_; }

private:
    data_signal& tdata_;
    keep_signal& tkeep_;
    CData& tvalid_;
    CData& tlast_;
    CData& tuser_;
    const CData& tready_;
    frame_ring ring_{input_capacity};
    uint32_t offset_ = 0;
    bool shown_ = false;
    bool taken_ = false;
    offload_sim_times current_{};
    offload_sim_times last_{};
};

// An output of the core, and the frames that left there.
class output_port {
public:
    output_port(const data_signal& tdata, const keep_signal& tkeep, const CData& tvalid, const CData& tlast, CData& tready)
        : tdata_(tdata), tkeep_(tkeep), tvalid_(tvalid), tlast_(tlast), tready_(tready) {}

    // Before the first evaluation.
    void present(uint64_t clock) {
        if (frame_ == nullptr) {
            frame_ = ring_.reserve(OFFLOAD_SIM_MAX_FRAME);
            length_ = 0;
        }
        tready_ = frame_ != nullptr && ((pattern_ >> (clock % 64)) & 1) != 0;
    }

    // Between the evaluations: what is transferred in this clock.
    void sample(uint64_t clock) {
        if (!tvalid_ || !tready_) {
            return;
        }
        if (length_ == 0) {
            frame_->first_clock = clock;
        }
        if (length_ + beat_bytes <= OFFLOAD_SIM_MAX_FRAME) {
            std::memcpy(frame_->bytes() + length_, &tdata_, beat_bytes);
            length_ += beat_count();
        }
        if (tlast_) {
            frame_->length = length_;
            frame_->flags = 0;
            frame_->last_clock = clock;
            ring_.push();
            frame_ = nullptr;
        }
    }

    bool idle() const { return !tvalid_; }
    void set_pattern(uint64_t pattern) { pattern_ = pattern; }
    frame_ring& frames() { return ring_; }

private:
    // Bytes of the beat: tkeep has no gaps, as AXI4-Stream has it for packed streams.
    uint32_t beat_count() const { return static_cast<uint32_t>(__builtin_popcountll(static_cast<uint64_t>(tkeep_))); }

    const data_signal& tdata_;
    const keep_signal& tkeep_;
    const CData& tvalid_;
    const CData& tlast_;
    CData& tready_;
    frame_ring ring_{output_capacity};
    frame_record* frame_ = nullptr;
    uint32_t length_ = 0;
    uint64_t pattern_ = ~uint64_t{0};
};

}  // namespace

#endif
