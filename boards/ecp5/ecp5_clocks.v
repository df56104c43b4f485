// Clocks of a board with an ECP5: 125 MHz for the line and CORE_HZ for the core, from one PLL, whose oscillator runs at
// 500 or 750 MHz (data sheet FPGA-DS-02012: 400 to 800 MHz); and the core's reset.

`default_nettype none

module ecp5_clocks #(
    parameter INPUT_HZ = 100000000,                             // 25 or 100 MHz
    parameter CORE_HZ  = 100000000                              // a whole part of 500 or of 750 MHz
) (
    input  wire clk_in,
    input  wire reset_n,                                        // a button, or 1

    output wire clk_line,
    output wire clk_core,
    output reg  rst                                             // at clk_core
);
    localparam PHASE_HZ = 25000000, LINE_HZ = 125000000;
    localparam OSCILLATOR_HZ = 500000000 % CORE_HZ == 0 ? 500000000 : 750000000;

    generate
        if (INPUT_HZ % PHASE_HZ != 0 || OSCILLATOR_HZ % CORE_HZ != 0) begin : check_clocks
            ecp5_clocks_cannot_make_this_clock invalid ();
        end
    endgenerate

    wire locked;

    EHXPLLL #(
        .CLKI_DIV(INPUT_HZ / PHASE_HZ), .CLKFB_DIV(LINE_HZ / PHASE_HZ), .FEEDBK_PATH("CLKOP"),
        .CLKOP_ENABLE("ENABLED"), .CLKOP_DIV(OSCILLATOR_HZ / LINE_HZ), .CLKOP_CPHASE(OSCILLATOR_HZ / LINE_HZ - 1), .CLKOP_FPHASE(0),
        .CLKOS_ENABLE("ENABLED"), .CLKOS_DIV(OSCILLATOR_HZ / CORE_HZ), .CLKOS_CPHASE(OSCILLATOR_HZ / CORE_HZ - 1), .CLKOS_FPHASE(0),
        .PLLRST_ENA("DISABLED"), .INTFB_WAKE("DISABLED"), .STDBY_ENABLE("DISABLED"), .DPHASE_SOURCE("DISABLED"),
        .OUTDIVIDER_MUXA("DIVA"), .OUTDIVIDER_MUXB("DIVB"), .OUTDIVIDER_MUXC("DIVC"), .OUTDIVIDER_MUXD("DIVD")
    ) pll (
        .CLKI(clk_in), .CLKFB(clk_line), .CLKOP(clk_line), .CLKOS(clk_core), .LOCK(locked),
        .RST(1'b0), .STDBY(1'b0), .PLLWAKESYNC(1'b0), .ENCLKOP(1'b0), .ENCLKOS(1'b0), .ENCLKOS2(1'b0), .ENCLKOS3(1'b0),
        .PHASESEL0(1'b0), .PHASESEL1(1'b0), .PHASEDIR(1'b1), .PHASESTEP(1'b1), .PHASELOADREG(1'b1),
        .CLKOS2(), .CLKOS3(), .INTLOCK(), .REFCLK(), .CLKINTFB()
    );

    wire      ready;                                            // the clocks stand, and nobody holds the button
    reg [9:0] stood;                                            // clocks that it has been so

    synchronizer enter (.clk(clk_core), .from(locked && reset_n), .to(ready));

    initial begin
        stood = 10'd0;
        rst   = 1'b1;
    end

    always @(posedge clk_core) begin
        if (!ready) stood <= 10'd0;
        else if (!(&stood)) stood <= stood + 10'd1;
        rst <= !(&stood);
    end
endmodule

`default_nettype wire
