// C ABI around a Verilated board: what is at the other ends of its pins. Two PHYs with whole frames, and the FT2232H (its
// UART, or its FIFO of either kind) with bytes. Time passes only in offload_board_sim_run.
//
// One caller at a time: nothing here locks. Two simulators are independent of each other. No function throws.
#ifndef OFFLOAD_BOARD_SIM_H
#define OFFLOAD_BOARD_SIM_H

#include <stdint.h>

#if defined(_WIN32)
#define OFFLOAD_BOARD_SIM_API
#else
#define OFFLOAD_BOARD_SIM_API __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

// Version of this interface; raised when a caller has to change.
#define OFFLOAD_BOARD_SIM_ABI 1u

// Ports.
#define OFFLOAD_BOARD_SIM_NET 0u
#define OFFLOAD_BOARD_SIM_HOST 1u

// Longest frame in bytes, without preamble and frame check sequence.
#define OFFLOAD_BOARD_SIM_MAX_FRAME 16384u

// offload_board_sim_send, flags: a wrong frame check sequence; a symbol error in the middle; no gap before it but 8 bytes.
#define OFFLOAD_BOARD_SIM_BAD_CHECK 1u
#define OFFLOAD_BOARD_SIM_BAD_SYMBOL 2u
#define OFFLOAD_BOARD_SIM_SHORT_GAP 4u

// offload_board_sim_run, until: a frame left, or bytes came over the link.
#define OFFLOAD_BOARD_SIM_UNTIL_NET 1u
#define OFFLOAD_BOARD_SIM_UNTIL_HOST 2u
#define OFFLOAD_BOARD_SIM_UNTIL_LINK 4u

typedef struct offload_board_sim offload_board_sim;

// OFFLOAD_BOARD_SIM_ABI of the library.
OFFLOAD_BOARD_SIM_API uint32_t offload_board_sim_abi(void);

// A board that is powered and out of reset, with links on both ports; NULL where there is no memory for it.
OFFLOAD_BOARD_SIM_API offload_board_sim* offload_board_sim_create(void);

// Ends it; NULL is ignored.
OFFLOAD_BOARD_SIM_API void offload_board_sim_destroy(offload_board_sim* sim);

// Nanoseconds since power came.
OFFLOAD_BOARD_SIM_API uint64_t offload_board_sim_time(const offload_board_sim* sim);

// Lets time pass: so many nanoseconds, or until one of the things named in `until` is there. Returns the nanoseconds.
OFFLOAD_BOARD_SIM_API uint64_t offload_board_sim_run(offload_board_sim* sim, uint64_t nanoseconds, uint32_t until);

// Queues a frame at a port's PHY, which sends it to the board behind the ones before it: 0, or -1 for a bad port or length
// (0 or over OFFLOAD_BOARD_SIM_MAX_FRAME). What is sent while the PHY has no link is lost.
OFFLOAD_BOARD_SIM_API int32_t offload_board_sim_send(offload_board_sim* sim, uint32_t port, const uint8_t* frame, uint32_t length, uint32_t flags);

// Takes the oldest frame that the PHY had from the board, without preamble and check sequence: its length, 0 where there
// is none, -1 where the buffer is too small (the frame stays), -2 for a bad port. started: nanoseconds at which its
// preamble began; may be NULL.
OFFLOAD_BOARD_SIM_API int32_t offload_board_sim_receive(offload_board_sim* sim, uint32_t port, uint8_t* buffer, uint32_t capacity, uint64_t* started);

// Frames from the board so far that were none: a wrong check sequence, tx_er, a bad preamble, fewer than 64 bytes.
OFFLOAD_BOARD_SIM_API uint64_t offload_board_sim_bad_frames(const offload_board_sim* sim, uint32_t port);

// The cable at a port's PHY: plugged in (1) or not (0). Plugged in at first.
OFFLOAD_BOARD_SIM_API void offload_board_sim_plug(offload_board_sim* sim, uint32_t port, uint32_t in);

// A register of a port's PHY (IEEE 802.3, 22.2.4); 0xFFFF for a bad port or register.
OFFLOAD_BOARD_SIM_API uint32_t offload_board_sim_phy_register(const offload_board_sim* sim, uint32_t port, uint32_t number);

// The board's reset button; boards without one ignore it.
OFFLOAD_BOARD_SIM_API void offload_board_sim_press(offload_board_sim* sim, uint32_t down);

// Bytes to the board over its link; they wait in the chip without limit.
OFFLOAD_BOARD_SIM_API void offload_board_sim_link_write(offload_board_sim* sim, const uint8_t* bytes, uint32_t length);

// Takes bytes that came from the board: how many.
OFFLOAD_BOARD_SIM_API uint32_t offload_board_sim_link_read(offload_board_sim* sim, uint8_t* buffer, uint32_t capacity);

// What the chip complained of so far: breaches of its rules at the pins.
OFFLOAD_BOARD_SIM_API uint64_t offload_board_sim_link_breaches(const offload_board_sim* sim);

#ifdef __cplusplus
}
#endif

#endif
