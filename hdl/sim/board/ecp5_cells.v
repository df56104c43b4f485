// Models of the ECP5's cells that the boards use, for Verilator: what they do, without their times. Clocks are made by
// the program around the simulation, which knows no other way to have several of them in order: the PLL and the
// oscillator hand on what board_sim.v has for them.

`default_nettype none

// One file for all of them; a model has every pin and parameter of its cell, and uses those that matter here.
/* verilator lint_off DECLFILENAME */
/* verilator lint_off UNUSEDPARAM */
/* verilator lint_off UNUSEDSIGNAL */
/* verilator lint_off UNDRIVEN */

module EHXPLLL #(
    parameter CLKI_DIV = 1, CLKFB_DIV = 1, CLKOP_DIV = 8, CLKOS_DIV = 8,
    parameter FEEDBK_PATH = "CLKOP", CLKOP_ENABLE = "ENABLED", CLKOS_ENABLE = "DISABLED",
    parameter CLKOP_CPHASE = 0, CLKOP_FPHASE = 0, CLKOS_CPHASE = 0, CLKOS_FPHASE = 0,
    parameter PLLRST_ENA = "DISABLED", INTFB_WAKE = "DISABLED", STDBY_ENABLE = "DISABLED", DPHASE_SOURCE = "DISABLED",
    parameter OUTDIVIDER_MUXA = "DIVA", OUTDIVIDER_MUXB = "DIVB", OUTDIVIDER_MUXC = "DIVC", OUTDIVIDER_MUXD = "DIVD"
) (
    input  wire CLKI, CLKFB, RST, STDBY, PLLWAKESYNC, ENCLKOP, ENCLKOS, ENCLKOS2, ENCLKOS3,
    input  wire PHASESEL0, PHASESEL1, PHASEDIR, PHASESTEP, PHASELOADREG,
    output wire CLKOP, CLKOS, CLKOS2, CLKOS3, LOCK, INTLOCK, REFCLK, CLKINTFB
);
    assign CLKOP = board_sim.clk_line;
    assign CLKOS = board_sim.clk_core;
    assign LOCK  = board_sim.locked;
endmodule

module OSCG #(
    parameter DIV = 128
) (
    output wire OSC
);
    assign OSC = board_sim.clk_slow;
endmodule

module DELAYG #(
    parameter DEL_MODE = "USER_DEFINED", DEL_VALUE = 0
) (
    input  wire A,
    output wire Z
);
    assign Z = A;
endmodule

// Both edges' bits are there from the rising edge behind them on.
module IDDRX1F (
    input  wire D, SCLK, RST,
    output reg  Q0, Q1
);
    reg rise, fall;

    always @(negedge SCLK) fall <= D;
    always @(posedge SCLK) begin
        rise <= D;
        Q0   <= rise;
        Q1   <= fall;
    end
endmodule

module ODDRX1F (
    input  wire D0, D1, SCLK, RST,
    output wire Q
);
    reg first, second;

    assign Q = SCLK ? first : second;

    always @(posedge SCLK) begin
        first  <= D0;
        second <= D1;
    end
endmodule

module IB (
    input  wire I,
    output wire O
);
    assign O = I;
endmodule

module OBZ (
    input  wire I, T,
    output wire O
);
    assign O = T ? 1'bz : I;
endmodule

module BB (
    inout  wire B,
    input  wire I, T,
    output wire O
);
    assign B = T ? 1'bz : I;
    assign O = B;
endmodule

`default_nettype wire
