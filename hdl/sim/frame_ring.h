// A queue of whole frames in one preallocated block of memory: no allocation a frame, and each frame lies in one piece.
#ifndef OFFLOAD_FRAME_RING_H
#define OFFLOAD_FRAME_RING_H

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>

// What stands before each frame's bytes.
struct frame_record {
    uint32_t length;        // bytes, or skip where the rest of the block is unused
    uint32_t flags;
    uint64_t first_clock;
    uint64_t last_clock;

    uint8_t* bytes() { return reinterpret_cast<uint8_t*>(this) + room; }

    static constexpr uint32_t skip = UINT32_MAX;
    static constexpr size_t room = 64;      // so that frames start, and end, at whole beats of the widest bus
};
static_assert(sizeof(frame_record) <= frame_record::room, "a record has to fit into its room");

class frame_ring {
public:
    // capacity is in bytes, a multiple of frame_record::room; memory that no frame has needed yet is not touched.
    explicit frame_ring(size_t capacity) : capacity_(capacity), block_(new uint8_t[capacity]) {}

    // Room for a frame of up to length bytes behind the newest, or nullptr. It is in the queue only after push().
    frame_record* reserve(uint32_t length) {
        const size_t need = size_of(length);
        if (used_ == 0) {
            head_ = tail_ = 0;      // stay in the part of the block that the processor's cache knows
        }
        if (used_ != 0 && tail_ <= head_) {
            return head_ - tail_ >= need ? at(tail_) : nullptr;
        }
        if (capacity_ - tail_ >= need) {
            return at(tail_);
        }
        if (head_ < need) {
            return nullptr;
        }
        if (tail_ != capacity_) {
            at(tail_)->length = frame_record::skip;
        }
        used_ += capacity_ - tail_;
        tail_ = 0;
        return at(tail_);
    }

    // Puts the frame that was reserved last into the queue; its length must be set and not be over what was reserved.
    void push() {
        const size_t size = size_of(at(tail_)->length);
        tail_ += size;
        used_ += size;
        count_++;
    }

    // The oldest frame, or nullptr.
    frame_record* front() {
        if (count_ == 0) {
            return nullptr;
        }
        if (head_ == capacity_ || at(head_)->length == frame_record::skip) {
            used_ -= capacity_ - head_;
            head_ = 0;
        }
        return at(head_);
    }

    // Drops the oldest frame, which front() has given.
    void pop() {
        const size_t size = size_of(at(head_)->length);
        head_ += size;
        used_ -= size;
        count_--;
    }

    bool empty() const { return count_ == 0; }

private:
    static size_t size_of(uint32_t length) {
        return frame_record::room + ((length + frame_record::room - 1) & ~(frame_record::room - 1));
    }

    frame_record* at(size_t offset) { return reinterpret_cast<frame_record*>(block_.get() + offset); }

    const size_t capacity_;
    std::unique_ptr<uint8_t[]> block_;
    size_t head_ = 0;
    size_t tail_ = 0;
    size_t used_ = 0;
    size_t count_ = 0;
};

#endif
