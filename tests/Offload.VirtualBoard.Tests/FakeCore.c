// A library with the simulator's C ABI and no Verilog behind it, so that the board around a core is tested by itself: frames cross from
// port to port, registers are memory. Compiled by the tests; -D changes what it does:
//   MAP_HASH="{0x…, …}"  the eight words at identity.map_hash
//   ABI=n                what offload_sim_abi gives
//   NO_CORE              offload_sim_create gives NULL
//   MARKER="path"        loading the library makes this file
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef ABI
#define ABI 1
#endif

#define SLOTS 1024
#define REGISTERS 4096
#define FRAME 16384

typedef struct { uint64_t first_clock, last_clock; } times;
typedef struct { uint32_t length; uint8_t bytes[FRAME]; } slot;
typedef struct { slot* slots; uint32_t head, count; } queue;
typedef struct {
    queue in[2], out[2];
    uint32_t registers[REGISTERS];
    uint64_t time, clock;
} sim;

static const uint32_t map_hash[8] = MAP_HASH;

#ifdef MARKER
__attribute__((constructor)) static void mark(void) {
    FILE* file = fopen(MARKER, "w");
    if (file != NULL) fclose(file);
}
#endif

static int push(queue* q, const uint8_t* frame, uint32_t length) {
    if (q->count == SLOTS) return 0;
    slot* s = &q->slots[(q->head + q->count++) % SLOTS];
    s->length = length;
    memcpy(s->bytes, frame, length);
    return 1;
}

uint32_t offload_sim_abi(void) { return ABI; }

void offload_sim_destroy(sim* s) {
    if (s == NULL) return;
    for (int port = 0; port < 2; port++) {
        free(s->in[port].slots);
        free(s->out[port].slots);
    }
    free(s);
}

sim* offload_sim_create(void) {
#ifdef NO_CORE
    return NULL;
#else
    sim* s = calloc(1, sizeof *s);
    for (int port = 0; port < 2; port++) {
        s->in[port].slots = malloc(SLOTS * sizeof(slot));
        s->out[port].slots = malloc(SLOTS * sizeof(slot));
    }
    s->registers[0] = 0x4F46464C;
    memcpy(s->registers + 2, map_hash, sizeof map_hash);
    return s;
#endif
}

void offload_sim_set_time(sim* s, uint64_t microseconds) { if (microseconds > s->time) s->time = microseconds; }
uint64_t offload_sim_clock(const sim* s) { return s->clock; }

int32_t offload_sim_send(sim* s, uint32_t port, const uint8_t* frame, uint32_t length, uint32_t flags) {
    (void)flags;
    if (port > 1 || length == 0 || length > FRAME) return -2;
    return push(&s->in[port], frame, length) ? 0 : -1;
}

int32_t offload_sim_receive(sim* s, uint32_t port, uint8_t* buffer, uint32_t capacity, times* t) {
    queue* q = &s->out[port];
    if (q->count == 0) return 0;
    slot* oldest = &q->slots[q->head];
    if (oldest->length > capacity) return -1;
    memcpy(buffer, oldest->bytes, oldest->length);
    if (t != NULL) t->first_clock = t->last_clock = s->clock;
    q->head = (q->head + 1) % SLOTS;
    q->count--;
    return (int32_t)oldest->length;
}

void offload_sim_last_received(const sim* s, uint32_t port, times* t) { (void)port; t->first_clock = t->last_clock = s->clock; }

uint32_t offload_sim_run(sim* s, uint32_t max_clocks) {
    uint32_t clocks = 0;
    for (int port = 0; port < 2; port++) {
        queue* in = &s->in[port];
        while (in->count != 0 && clocks < max_clocks) {
            if (!push(&s->out[1 - port], in->slots[in->head].bytes, in->slots[in->head].length)) break;
            in->head = (in->head + 1) % SLOTS;
            in->count--;
            clocks++;
        }
    }
    s->clock += clocks + 1;
    return clocks + 1 < max_clocks ? clocks + 1 : max_clocks;
}

// 0x1000 is the interrupt line; what is at 0x2000 and above is not there.
int32_t offload_sim_read(sim* s, uint32_t address, uint32_t* words, uint32_t count) {
    for (uint32_t i = 0; i < count; i++, address += 4) {
        if (address >= 0x2000) return 3;
        words[i] = address == 0x10C ? (uint32_t)s->time : address == 0x110 ? (uint32_t)(s->time >> 32) : s->registers[address / 4];
    }
    return 0;
}

int32_t offload_sim_write(sim* s, uint32_t address, const uint32_t* words, uint32_t count) {
    for (uint32_t i = 0; i < count; i++, address += 4) {
        if (address >= 0x2000) return 3;
        if (address == 0) return 2;
        s->registers[address / 4] = words[i];
    }
    return 0;
}

uint32_t offload_sim_interrupt(const sim* s) { return s->registers[0x400] & 1; }
void offload_sim_set_ready(sim* s, uint32_t port, uint64_t pattern) { (void)s; (void)port; (void)pattern; }
