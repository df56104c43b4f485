// C ABI around the Verilated offload_core: whole frames and register bursts in and out, and a clock that runs only while there is work.
//
// One caller at a time: nothing here locks. Two simulators are independent of each other. No function throws. After the model has
// stopped by itself (a fatal error inside it), frames are no longer taken or given, and register accesses give OFFLOAD_SIM_NO_ANSWER.
#ifndef OFFLOAD_SIM_H
#define OFFLOAD_SIM_H

#include <stdint.h>

#if defined(_WIN32)
#define OFFLOAD_SIM_API
#else
#define OFFLOAD_SIM_API __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

// Version of this interface; raised when a caller has to change.
#define OFFLOAD_SIM_ABI 1u

// Ports.
#define OFFLOAD_SIM_NET 0u
#define OFFLOAD_SIM_HOST 1u

// Longest frame in bytes, without the FCS, that is queued at an input. A longer one that leaves is cut to this.
#define OFFLOAD_SIM_MAX_FRAME 16384u

// offload_sim_send: results and flags.
#define OFFLOAD_SIM_QUEUED 0
#define OFFLOAD_SIM_FULL (-1)
#define OFFLOAD_SIM_INVALID (-2)
#define OFFLOAD_SIM_BAD_FRAME 1u

// offload_sim_read and offload_sim_write: AXI4-Lite responses, and the one for a core that does not answer.
#define OFFLOAD_SIM_OKAY 0
#define OFFLOAD_SIM_SLVERR 2
#define OFFLOAD_SIM_DECERR 3
#define OFFLOAD_SIM_NO_ANSWER 4

typedef struct offload_sim offload_sim;

// Clocks, counted from creation, in which a frame's first and last beat were transferred.
typedef struct {
    uint64_t first_clock;
    uint64_t last_clock;
} offload_sim_times;

// OFFLOAD_SIM_ABI of the library.
OFFLOAD_SIM_API uint32_t offload_sim_abi(void);

// A core that was in reset and is out of it again; NULL where there is no memory for it or the model does not start.
OFFLOAD_SIM_API offload_sim* offload_sim_create(void);

// Ends it; NULL is ignored.
OFFLOAD_SIM_API void offload_sim_destroy(offload_sim* sim);

// Sets timebase_us. It never goes backwards: an earlier time is ignored.
OFFLOAD_SIM_API void offload_sim_set_time(offload_sim* sim, uint64_t microseconds);

// Clocks since creation.
OFFLOAD_SIM_API uint64_t offload_sim_clock(const offload_sim* sim);

// Queues a whole frame at an input: OFFLOAD_SIM_QUEUED, OFFLOAD_SIM_FULL, or OFFLOAD_SIM_INVALID for a bad port or a length of 0
// or over OFFLOAD_SIM_MAX_FRAME. With OFFLOAD_SIM_BAD_FRAME in flags, the MAC marks it bad with its last beat.
OFFLOAD_SIM_API int32_t offload_sim_send(offload_sim* sim, uint32_t port, const uint8_t* frame, uint32_t length, uint32_t flags);

// Takes the oldest whole frame that left at an output. Returns its length, 0 where there is none, -1 where the buffer is too small
// (the frame stays), -2 for a bad port. times may be NULL.
OFFLOAD_SIM_API int32_t offload_sim_receive(offload_sim* sim, uint32_t port, uint8_t* buffer, uint32_t capacity, offload_sim_times* times);

// Clocks of the frame that most recently entered completely; both 0 where none has.
OFFLOAD_SIM_API void offload_sim_last_received(const offload_sim* sim, uint32_t port, offload_sim_times* times);

// Runs until nothing is queued, in flight or leaving (busy low), or until max_clocks are over; returns the clocks run.
OFFLOAD_SIM_API uint32_t offload_sim_run(offload_sim* sim, uint32_t max_clocks);

// Bursts of 32-bit words at ascending addresses, four bytes each. Returns OFFLOAD_SIM_OKAY, or the response of the first access that
// failed, which ends the burst; OFFLOAD_SIM_NO_ANSWER where an access took more than 10,000 clocks. Frames move meanwhile.
OFFLOAD_SIM_API int32_t offload_sim_read(offload_sim* sim, uint32_t address, uint32_t* words, uint32_t count);
OFFLOAD_SIM_API int32_t offload_sim_write(offload_sim* sim, uint32_t address, const uint32_t* words, uint32_t count);

// The interrupt line, 0 or 1.
OFFLOAD_SIM_API uint32_t offload_sim_interrupt(const offload_sim* sim);

// tready of an output: high in the clocks where bit (clock % 64) of pattern is set and there is room for a frame. All ones at first.
OFFLOAD_SIM_API void offload_sim_set_ready(offload_sim* sim, uint32_t port, uint64_t pattern);

// Straight out of the core's memories, in no clock: for tests that look after every step. Means what the registers would say only
// while nothing is under way. All give the number of records that there are and copy the first ones, as many as fit into
// count words, each of record_words words (its layout's, rounded up); 0 where record_words is not the layout's.
// Entries in use by ascending index; events that wait, oldest first; the entry that is the last command's answer.
OFFLOAD_SIM_API uint32_t offload_sim_peek_entries(const offload_sim* sim, uint32_t* words, uint32_t count, uint32_t record_words);
OFFLOAD_SIM_API uint32_t offload_sim_peek_events(const offload_sim* sim, uint32_t* words, uint32_t count, uint32_t record_words);
OFFLOAD_SIM_API uint32_t offload_sim_peek_answer(const offload_sim* sim, uint32_t* words, uint32_t count, uint32_t record_words);

// The order in which the core works on what comes, for tests that let frames and commands meet: on != 0 begins to keep it, on = 0
// ends that and forgets it. Off at first. offload_sim_peek_order gives the number of events since it was last asked, copies them as
// above, oldest first, and forgets them; or 0 where record_words is not 1 + an entry's words, or count too small for all. A record:
// one word (bits 2:0 kind as in event_kind of hdl/registers/internal.yaml, 3 an entry was found, 4 a RELEASE drains again, 5 the frame
// was parked, 6 the entry was freed), then the entry as the event leaves it.
OFFLOAD_SIM_API void offload_sim_watch_order(offload_sim* sim, uint32_t on);
OFFLOAD_SIM_API uint32_t offload_sim_peek_order(offload_sim* sim, uint32_t* words, uint32_t count, uint32_t record_words);

#ifdef __cplusplus
}
#endif

#endif
