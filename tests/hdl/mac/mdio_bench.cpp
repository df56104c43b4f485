// Checks mdio.v against a model of a PHY that follows IEEE 802.3, 22.2.4 and 22.3.4, and is as late as it may be.
//
// usage: mdio_bench TRANSACTIONS SEED. HALF_PERIOD, a macro, is that of the module; the clock is 125 MHz.
#include "Vmdio.h"
#include "bench.h"

namespace {

constexpr int kHalf = HALF_PERIOD;
constexpr uint64_t kSetup = 2, kHold = 2, kLatest = 37;  // clocks of 8 ns: 10 ns, 10 ns, and 300 ns rounded down

struct Phy {
    unsigned address = 0;
    uint16_t registers[32] = {};
    int bit = -1;                    // of the frame that is being heard, behind the preamble
    unsigned ones = 0, heard = 0;
    bool reading = false, ours = false;
    unsigned reg = 0;
    uint64_t frames = 0, broken = 0;
    bool drives = false, drives_next = false, value = false, value_next = false;
    uint64_t change_at = ~0ull;

    void rising(bool line, uint64_t now) {
        if (bit < 0) {
            if (line) { ones++; return; }
            if (ones < 32) broken++;
            bit = 0;
            heard = 0;
            ours = reading = false;
        }
        heard = heard << 1 | unsigned(line);
        bit++;
        uint64_t delay = now + below(kLatest + 1);
        if (bit == 2 && heard != 1) broken++;
        if (bit == 4) { if ((heard & 3) == 2) reading = true; else if ((heard & 3) != 1) broken++; }
        if (bit == 14) { reg = heard & 31; ours = (heard >> 5 & 31) == address; }
        // Behind the first bit of the turnaround comes a 0, then the data, then nothing.
        if (ours && reading && bit >= 15 && bit <= 32) {
            drives_next = bit < 32;
            value_next = bit == 15 ? false : registers[reg] >> (31 - bit) & 1;
            change_at = delay;
        }
        if (!reading && bit == 16 && (heard & 3) != 2) broken++;
        if (bit == 32) {
            if (ours && !reading) registers[reg] = uint16_t(heard);
            frames += ours;
            bit = -1;
            ones = 0;
        }
    }
};

}  // namespace

int main(int argc, char** argv) {
    uint64_t count = argc > 1 ? std::strtoull(argv[1], nullptr, 0) : 500;
    rng.seed(argc > 2 ? std::strtoull(argv[2], nullptr, 0) : 1);
    phase_name = "mdio";
    Vmdio top;
    Phy phy;
    phy.address = unsigned(below(32));
    uint16_t shadow[32];
    for (int i = 0; i < 32; i++) shadow[i] = phy.registers[i] = uint16_t(rng());
    uint64_t now = 0, last_rising = 0, last_falling = 0, last_change = 0, own_frames = 0, reads = 0, missing = 0;
    bool mdc = false, line = true, driven_before = false, out_before = true;

    auto clock = [&] {
        now++;
        if (now >= phy.change_at) { phy.drives = phy.drives_next; phy.value = phy.value_next; phy.change_at = ~0ull; }
        if (phy.drives && top.mdio_drive) fail("both drive the line", now);
        line = top.mdio_drive ? bool(top.mdio_out) : phy.drives ? phy.value : true;
        top.mdio_in = line;
        top.clk = 0;
        top.eval();
        top.clk = 1;
        top.eval();
        if (bool(top.mdio_drive) != driven_before || (top.mdio_drive && bool(top.mdio_out) != out_before)) {
            if (now - last_rising < kHold) fail("changes with the rising edge of mdc", now);
            last_change = now;
        }
        driven_before = top.mdio_drive;
        out_before = top.mdio_out;
        if (bool(top.mdc) == mdc) return;
        mdc = top.mdc;
        if (mdc) {
            if (last_rising && now - last_rising < uint64_t(2 * kHalf)) fail("period of mdc", now - last_rising, 2 * kHalf);
            if (now - last_change < kSetup) fail("changes just before the rising edge of mdc", now);
            if (now - last_falling < uint64_t(kHalf)) fail("mdc low", now - last_falling, kHalf);
            last_rising = now;
            phy.rising(top.mdio_drive ? bool(top.mdio_out) : phy.drives ? phy.value : true, now);
        } else {
            if (now - last_rising < uint64_t(kHalf)) fail("mdc high", now - last_rising, kHalf);
            last_falling = now;
        }
    };

    top.rst = 1;
    top.start = 0;
    for (int i = 0; i < 5; i++) clock();
    top.rst = 0;
    for (uint64_t i = 0; i < count; i++) {
        bool ours = chance(80), write = chance(50);
        unsigned reg = unsigned(below(32));
        uint16_t data = uint16_t(rng());
        for (uint64_t n = below(chance(50) ? 2 : 100); n > 0; n--) clock();
        if (top.busy) fail("busy with nothing to do");
        top.start = 1;
        top.write = write;
        top.phy = uint8_t(ours ? phy.address : (phy.address + 1 + below(31)) % 32);
        top.address = uint8_t(reg);
        top.write_data = data;
        clock();
        if (!top.busy) fail("not busy");
        uint64_t begun = now;
        while (top.busy) {
            top.start = now - begun < uint64_t(100 * kHalf) && chance(20);  // not taken while busy
            top.write = chance(50);
            top.phy = uint8_t(below(32));
            top.address = uint8_t(below(32));
            top.write_data = uint16_t(rng());
            clock();
            if (now - begun > uint64_t(140 * kHalf)) fail("never ends");
        }
        top.start = 0;
        own_frames += ours;
        if (ours && write) shadow[reg] = data;
        if (!write) {
            reads++;
            missing += !ours;
            if (bool(top.missing) != !ours) fail("missing", top.missing, !ours);
            if (ours && top.read_data != shadow[reg]) fail("read_data", top.read_data, shadow[reg]);
        }
        if (top.mdc || top.mdio_drive) fail("the line is not left alone");
    }
    for (int i = 0; i < 32; i++)
        if (phy.registers[i] != shadow[i]) fail("a register", phy.registers[i], shadow[i]);
    if (phy.frames != own_frames) fail("frames that the PHY took", phy.frames, own_frames);
    if (phy.broken) fail("frames that the PHY could not read", phy.broken);
    if (reads < count / 4 || missing < count / 40) fail("poor coverage", reads);
    std::printf("  MDIO: %llu transactions, %llu reads, %llu of a PHY that is not there\n", (unsigned long long)count, (unsigned long long)reads, (unsigned long long)missing);
}
