// C ABI around the Verilated pcie_link.v: what is at both of its ends. The root of a PCI Express bus, which reads and writes
// words of BAR 0 by transaction layer packets, and a register bus, which the caller serves. Both clocks tick at random, and
// every stream stalls at random. Time passes only inside these functions.
//
// Or around a whole board with that link, offload_board.v: then the registers are the core's, read and write of the caller
// are never called, and the interrupt line is what it is.
//
// One caller at a time: nothing here locks. Two simulators are independent of each other. No function throws, and none of
// the caller's may.
#ifndef OFFLOAD_PCIE_SIM_H
#define OFFLOAD_PCIE_SIM_H

#include <stdint.h>

#if defined(_WIN32)
#define OFFLOAD_PCIE_SIM_API
#else
#define OFFLOAD_PCIE_SIM_API __attribute__((visibility("default")))
#endif

#ifdef __cplusplus
extern "C" {
#endif

// Version of this interface; raised when a caller has to change.
#define OFFLOAD_PCIE_SIM_ABI 1u

// offload_pcie_sim_read: what a completion says (PCI Express Base Specification 2.1, table 2-24); or that there was none, or
// that it is not one for what was asked.
#define OFFLOAD_PCIE_SIM_SUCCESSFUL 0
#define OFFLOAD_PCIE_SIM_UNSUPPORTED 1
#define OFFLOAD_PCIE_SIM_ABORT 4
#define OFFLOAD_PCIE_SIM_NOTHING (-1)
#define OFFLOAD_PCIE_SIM_MALFORMED (-2)

typedef struct offload_pcie_sim offload_pcie_sim;

// The caller's side. Accesses to registers end with the answer of the bus: 0 OKAY, 2 SLVERR, 3 DECERR.
typedef struct {
    void* context;
    uint32_t (*read)(void* context, uint32_t address, uint32_t* value);
    uint32_t (*write)(void* context, uint32_t address, uint32_t value);
    void (*message)(void* context);                             // an MSI was sent
} offload_pcie_sim_caller;

// OFFLOAD_PCIE_SIM_ABI of the library.
OFFLOAD_PCIE_SIM_API uint32_t offload_pcie_sim_abi(void);

// A link out of reset, with its interrupt line low and MSI switched on. caller is copied. NULL where there is no memory for it.
OFFLOAD_PCIE_SIM_API offload_pcie_sim* offload_pcie_sim_create(uint64_t seed, const offload_pcie_sim_caller* caller);

// Ends it; NULL is ignored.
OFFLOAD_PCIE_SIM_API void offload_pcie_sim_destroy(offload_pcie_sim* sim);

// As after the bus has gone down and come up again.
OFFLOAD_PCIE_SIM_API void offload_pcie_sim_reset(offload_pcie_sim* sim);

// Reads a word of BAR 0. address: 0 to 0x1FFFC, divisible by 4; enables: its bytes, bit 0 the first. One of the values above.
OFFLOAD_PCIE_SIM_API int32_t offload_pcie_sim_read(offload_pcie_sim* sim, uint32_t address, uint32_t enables, uint32_t* value);

// Writes a word of BAR 0, which is posted: it is carried out some time later, before any read that comes behind it.
// 0, or OFFLOAD_PCIE_SIM_NOTHING where the link does not take it.
OFFLOAD_PCIE_SIM_API int32_t offload_pcie_sim_write(offload_pcie_sim* sim, uint32_t address, uint32_t enables, uint32_t value);

// Sets the core's interrupt line, and lets the link work until an MSI that is due was sent.
OFFLOAD_PCIE_SIM_API void offload_pcie_sim_line(offload_pcie_sim* sim, uint32_t high);

#ifdef __cplusplus
}
#endif

#endif
