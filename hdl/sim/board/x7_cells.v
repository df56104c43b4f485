// Models of the 7-series cells that boards use: what they do, without their times. For the linter; the clocks' cells hand on
// what comes in.

`default_nettype none

// One file for all of them; a model has every pin and parameter of its cell, and uses those that matter here.
/* verilator lint_off DECLFILENAME */
/* verilator lint_off UNUSEDPARAM */
/* verilator lint_off UNUSEDSIGNAL */

module IBUFDS (
    input  wire I, IB,
    output wire O
);
    assign O = I;
endmodule

module IBUFDS_GTE2 (
    input  wire I, IB, CEB,
    output wire O, ODIV2
);
    assign O     = I;
    assign ODIV2 = 1'b0;
endmodule

module IBUF (
    input  wire I,
    output wire O
);
    assign O = I;
endmodule

module OBUF (
    input  wire I,
    output wire O
);
    assign O = I;
endmodule

module IOBUF (
    inout  wire IO,
    input  wire I, T,
    output wire O
);
    assign IO = T ? 1'bz : I;
    assign O  = IO;
endmodule

module BUFG (
    input  wire I,
    output wire O
);
    assign O = I;
endmodule

module MMCME2_BASE #(
    parameter CLKIN1_PERIOD = 0.0, DIVCLK_DIVIDE = 1, CLKFBOUT_MULT_F = 5.0, CLKOUT0_DIVIDE_F = 1.0,
    parameter CLKOUT1_DIVIDE = 1, CLKOUT1_PHASE = 0.0, CLKOUT2_DIVIDE = 1, CLKOUT3_DIVIDE = 1
) (
    input  wire CLKIN1, CLKFBIN, PWRDWN, RST,
    output wire CLKFBOUT, CLKFBOUTB, CLKOUT0, CLKOUT0B, CLKOUT1, CLKOUT1B, CLKOUT2, CLKOUT2B, CLKOUT3, CLKOUT3B,
    output wire CLKOUT4, CLKOUT5, CLKOUT6, LOCKED
);
    assign {CLKFBOUT, CLKOUT0, CLKOUT1, CLKOUT2, CLKOUT3} = {5{CLKIN1}};
    assign {CLKFBOUTB, CLKOUT0B, CLKOUT1B, CLKOUT2B, CLKOUT3B, CLKOUT4, CLKOUT5, CLKOUT6} = 8'd0;
    assign LOCKED = !RST;
endmodule

module IDELAYCTRL (
    input  wire REFCLK, RST,
    output wire RDY
);
    assign RDY = !RST;
endmodule

module IDELAYE2 #(
    parameter DELAY_SRC = "IDATAIN", IDELAY_TYPE = "FIXED", IDELAY_VALUE = 0, REFCLK_FREQUENCY = 200.0,
    parameter HIGH_PERFORMANCE_MODE = "FALSE", SIGNAL_PATTERN = "DATA"
) (
    input  wire       IDATAIN, DATAIN, C, CE, INC, LD, LDPIPEEN, REGRST, CINVCTRL,
    input  wire [4:0] CNTVALUEIN,
    output wire [4:0] CNTVALUEOUT,
    output wire       DATAOUT
);
    assign DATAOUT     = IDATAIN;
    assign CNTVALUEOUT = 5'd0;
endmodule

// SAME_EDGE_PIPELINED: both edges' bits are there from the rising edge behind them on.
module IDDR #(
    parameter DDR_CLK_EDGE = "OPPOSITE_EDGE"
) (
    input  wire D, C, CE, R, S,
    output reg  Q1, Q2
);
    reg rise, fall;

    always @(negedge C) fall <= D;
    always @(posedge C) begin
        rise <= D;
        Q1   <= rise;
        Q2   <= fall;
    end
endmodule

// SAME_EDGE: both are taken at the rising edge.
module ODDR #(
    parameter DDR_CLK_EDGE = "OPPOSITE_EDGE"
) (
    input  wire D1, D2, C, CE, R, S,
    output wire Q
);
    reg first, second;

    assign Q = C ? first : second;

    always @(posedge C) begin
        first  <= D1;
        second <= D2;
    end
endmodule

`default_nettype wire
