// Self-checking bench of hdl/rtl/link/register_link.v, from the pins to the register bus: random requests, faults in
// every way that bytes on a line can go wrong, resets, and an answering side that stalls and gives errors. Every access
// to the bus and every word of every response is compared with a reference that is written from docs/link.md.
//
// usage: bench REQUESTS SEED. Built once a link: KIND (0 UART, 1 asynchronous FIFO, 2 synchronous FIFO) and FLOW_CONTROL
// come as macros.
#include "harness.h"

double sc_time_stamp() { return 0; }

namespace {

// Right requests on a right line, answered as they are, one each.
void clean(uint64_t count) {
    auto b = begin("clean");
#if KIND == 0
    b->pins.glitches = true;
#endif
    // Nothing is done before the host has identified itself.
    b->send(cobs(body_of({uint32_t(b->next_sequence) | 0x100u | 2u << 16, Bench::item(2, 1, 0x100), 1})));
    b->drain();
    if (b->statuses[kOutOfOrder] != 1) fail(b->now, "a request before the first identify was carried out");
    b->identify();
    for (uint64_t i = 0; i < count; i++) {
        b->send(b->request(false));
        b->pace(chance(70) ? 6000 : 0);
        b->irq_permyriad = chance(50) ? 5 : 0;
        if (chance(4) && !(KIND == 0 && FLOW_CONTROL == 0)) b->host.deaf_until = b->now + below(6000) * kByte;
    }
    b->irq_permyriad = 0;
    b->drain();
#if KIND == 0
    b->pins.glitches = false;
#endif
    if (b->answered != count + 2 || b->bad_total != 0) fail(b->now, "not every request was answered");
    b->top.irq = 1;
    uint64_t before = b->notices;
    b->run(10 * (kTick / kClock));
    if (b->notices < before + 9 || b->notices > before + 12) fail(b->now, "the interrupt was not repeated once a tick");
    b->check_recovered();
    report(*b, count);
}

#if KIND != 0 || FLOW_CONTROL
// A host that sends and does not listen: the bytes wait, and nothing is lost.
void backpressure(uint64_t count) {
    auto b = begin("waiting");
    b->identify();
    for (uint64_t i = 0; i < count; i++) {
        size_t before = b->host.to_board.size() + 5000;
        b->host.stall_percent = chance(50) ? 0 : 10;
        b->host.deaf_until = b->now + (8000 + below(4000)) * kByte;
        while (b->host.to_board.size() < before) {
            if (chance(70)) { b->send(b->request(false)); continue; }
            // Long, and repeated while others wait for its place.
            Words words = {0, Bench::item(4, uint32_t(2 + below(20)), 0), Bench::item(2, uint32_t(60 + below(50)), 0x200), 0};
            words.resize(3 + (words[2] >> 16 & 0xFFF));
            for (size_t n = 3; n < words.size(); n++) words[n] = uint32_t(rng());
            words.push_back(Bench::item(1, uint32_t(20 + below(100)), 0x200));
            words[0] = uint32_t(b->next_sequence++) | 0x100u | uint32_t(words.size() - 1) << 16;
            b->send(cobs(body_of(words)));
        }
        b->drain();
    }
    b->check_recovered();
    report(*b, 0);
}
#endif

// Faults of every kind; the host identifies itself again now and then.
void faults(uint64_t count) {
    auto b = begin("faults");
    for (uint64_t i = 0; i < count; i++) {
        if (chance(25)) b->identify();
        Bytes bytes = b->request(true);
        if (chance(20)) b->send_damaged(bytes);
        else b->send(bytes);
        if (chance(1)) b->silence(kTick / 2 * below(9));
        b->pace(1000);
        b->irq_permyriad = chance(50) ? 5 : 0;
        if (chance(1) && !(KIND == 0 && FLOW_CONTROL == 0)) b->host.deaf_until = b->now + below(2000) * kByte;
    }
    b->irq_permyriad = 0;
    b->drain();
    b->check_recovered();
    if (b->bad_notices == 0 || b->bad_total < count / 10) fail(b->now, "too few faults for a test");
    report(*b, count);
}

// Resets in the middle of anything.
void resets(uint64_t count) {
    auto b = begin("resets");
    b->check_pins = KIND == 2;
    for (uint64_t i = 0; i < count; i++) {
        if (chance(30)) b->identify();
        b->send(b->request(true));
        b->pace(600);
        if (chance(25)) {
            b->run(below(400));
            b->reset_until = b->now + (1 + below(30)) * kClock;
            b->run(100);
        }
    }
    b->drain();
    b->check_recovered();
    report(*b, count);
}

#if KIND == 0
// Bits bent on the line; the reference begins behind the UART.
void noise(uint64_t count) {
    auto b = begin("noise");
    b->check_pins = false;
    b->host.noise_free = false;
    b->busy_allowed = true;
    for (uint64_t i = 0; i < count; i++) {
        if (chance(30)) b->identify();
        b->pins.noise_permyriad = chance(50) ? 0 : int(below(60));
        b->send(b->request(false));
        b->pace(600);
        if (chance(3)) b->silence(3 * kTick);
    }
    b->pins.noise_permyriad = 0;
    b->silence(3 * kTick);
    b->drain();
    b->host.noise_free = true;
    b->check_recovered();
    // A byte without a stop bit, in a frame that is right in everything else.
    b->host.deaf_until = b->now;
    for (int i = 0; i < 8; i++) {
        b->identify();
        b->drain();
        uint64_t bad = b->bad_total;
        Bytes bytes = cobs(body_of({uint32_t(b->next_sequence++) | 0x100u | 2u << 16, Bench::item(2, 1, 0x100), 0x12345678}));
        b->send(bytes);
        size_t at = below(bytes.size() - 1);
        (b->host.to_board.end() - long(bytes.size()) + long(at))->byte |= 0x200;
        b->drain();
        if (b->bad_total != bad + 1) fail(b->now, "a byte without a stop bit was taken for a good one");
    }
    // A break: the line low for longer than a byte.
    uint64_t breaks = b->breaks;
    b->send({0x11, 0x22});
    b->drain();
    b->top.uart_rxd = 0;
    b->pins.sending = -1;
    b->pins.shift = 0;
    b->pins.at = 40;
    b->run(8 * kByte / kClock);
    if (b->breaks != breaks + 1) fail(b->now, "a break is one break");
    b->check_recovered();
    report(*b, count);
}
#endif

#if KIND == 0 && !FLOW_CONTROL
// More requests than there is room for: the ones too many are turned down, in order, and not carried out.
void flood() {
    auto b = begin("flood");
    b->busy_allowed = true;
    b->identify();
    b->drain();
    for (int i = 0; i < 250; i++)
        b->send(cobs(body_of({uint32_t(b->next_sequence++) | 0x100u | 1u << 16, Bench::item(1, 200, 0x1000)})));
    // Long ones: no room for one word of them.
    for (int i = 0; i < 40; i++) {
        Words words = {uint32_t(b->next_sequence++) | 0x100u | 121u << 16, Bench::item(2, 120, 0x2000)};
        while (words.size() < 122) words.push_back(uint32_t(rng()));
        b->send(cobs(body_of(words)));
    }
    b->drain();
    if (b->answered != 291 || b->busy < 50 || b->statuses[kOk] < 150 || b->bad_total != 0) fail(b->now, "the flood was not answered");
    b->check_recovered();
    report(*b, 290);
}
#endif

// How much of the line's time is payload: a table of 25 words an entry, and bursts of 256 words; the bus answers as
// offload_registers.v does.
void speed() {
    for (int what = 0; what < 3; what++) {
        auto b = begin(what == 0 ? "table" : what == 1 ? "bursts" : "words");
        b->slave.stall_percent = 0;
        b->slave.latency = 3;
        b->host.stall_percent = 0;
        for (uint32_t& word : b->slave.registers.words) word = uint32_t(rng());
        b->slave.registers.words[0x604 / 4] = 0x40000000;
        b->board.registers = b->slave.registers;
        b->identify();
        b->drain();
        uint64_t bytes = b->response_bytes, data = b->data_words;
        const uint64_t total = KIND == 2 ? 100 : 10;
        uint64_t payload = 0, sent = 0;
        auto one = [&] {
            Words words;
            if (what == 0) {
                words = {Bench::item(4, 64, 0), Bench::item(2, 1, 0x600), uint32_t(64 * sent), Bench::item(3, 1000, 0x604), 0x80000000u, 0, Bench::item(1, 25, 0x700)};
                payload += 64 * 25;
            }
            if (what == 1) { words = {Bench::item(1, 256, 0x1000)}; payload += 256; }
            if (what == 2) { words = {Bench::item(1, 1, 0x1000)}; payload += 1; }
            words.insert(words.begin(), uint32_t(b->next_sequence++) | 0x100u | uint32_t(words.size()) << 16);
            b->send(cobs(body_of(words)));
        };
        // Four requests are kept outstanding.
        uint64_t answered = b->answered, begin = b->now;
        while (b->answered < answered + total) {
            while (sent < total && sent < b->answered - answered + 4) { one(); sent++; }
            b->step();
            if (b->now > begin + total * 9000 * kByte) fail(b->now, "no end");
        }
        double taken = double(b->now - begin) / double(kByte);
        bytes = b->response_bytes - bytes;
        data = b->data_words - data;
        std::printf("  %-10s payload %.1f%% of the bytes to the host, %.1f%% of the line's time (%.2f MB/s)\n", scenario,
            400.0 * double(payload) / double(bytes), 400.0 * double(payload) / taken, 4e6 * double(payload) / (double(b->now - begin)));
        std::fflush(stdout);
        if (what < 2 && 4.0 * double(payload) < 0.9 * double(bytes)) fail(b->now, "less than 90% payload");
        if (what < 2 && KIND == 2 && 4.0 * double(payload) < 0.9 * taken) fail(b->now, "less than 90% of the FIFO's time");
    }
}

}  // namespace

int main(int argc, char** argv) {
    uint64_t count = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1000;
    uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1;
    rng.seed(seed * 1000003 + KIND * 2 + FLOW_CONTROL);
    std::printf("link %s\n", KIND == 0 ? FLOW_CONTROL ? "UART with CTS and RTS" : "UART" : KIND == 1 ? "asynchronous FIFO" : "synchronous FIFO");
    clean(count / 4);
#if KIND != 0 || FLOW_CONTROL
    backpressure(KIND == 0 ? 4 : count / 20);
#endif
    faults(count);
    resets(count / 2);
#if KIND == 0
    noise(count / 4);
#if !FLOW_CONTROL
    flood();
#endif
#endif
    speed();
    std::printf("passed: link\n");
    return 0;
}
