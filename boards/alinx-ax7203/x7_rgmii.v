// The pins of an RGMII port of a 7-series FPGA: a bit on each edge of the clock, and the delays between clocks and data.
//
// The PHY of this board (KSZ9031) delays the clock that it gives by 1.2 ns and the one that it takes by nothing (Linux,
// drivers/net/phy/micrel.c). So the clock that goes out is made a quarter of a clock behind the data; and data that come in
// are delayed by what the clock tree takes more than they do: 26 steps are the 2 ns that LiteEth takes (liteeth/phy/s7rgmii.py),
// whose defaults a project on this board builds with (docs/boards/alinx-ax7203.md). It was not measured.

`default_nettype none

module x7_rgmii #(
    parameter RX_DELAY = 26                                     // of data behind the clock, in steps of 78 ps; 0 to 31
) (
    // Pins
    input  wire       rxc,
    input  wire [3:0] rxd,
    input  wire       rx_ctl,
    output wire       txc,
    output wire [3:0] txd,
    output wire       tx_ctl,

    // Halves of a clock; see rgmii.v
    output wire       rx_clk,
    output wire [3:0] rx_rise,
    output wire [3:0] rx_fall,
    output wire       rx_ctl_rise,
    output wire       rx_ctl_fall,
    input  wire       tx_clk,
    input  wire       tx_clk_late,                              // 2 ns behind tx_clk
    input  wire [3:0] tx_rise,
    input  wire [3:0] tx_fall,
    input  wire       tx_ctl_rise,
    input  wire       tx_ctl_fall,
    input  wire       txc_rise,
    input  wire       txc_fall
);
    wire [4:0] pin, late, rise, fall, out, to_pin;
    wire [4:0] out_rise = {tx_ctl_rise, tx_rise};
    wire [4:0] out_fall = {tx_ctl_fall, tx_fall};
    wire       rx_clk_pin, out_clk;

    IBUF clock_pin  (.I(rxc), .O(rx_clk_pin));
    BUFG clock_tree (.I(rx_clk_pin), .O(rx_clk));

    genvar i;
    generate
        for (i = 0; i < 5; i = i + 1) begin : from_phy
            IBUF data_pin (.I(i < 4 ? rxd[i % 4] : rx_ctl), .O(pin[i]));
            (* IODELAY_GROUP = "rgmii" *)
            IDELAYE2 #(
                .DELAY_SRC("IDATAIN"), .IDELAY_TYPE("FIXED"), .IDELAY_VALUE(RX_DELAY), .REFCLK_FREQUENCY(200.0),
                .HIGH_PERFORMANCE_MODE("TRUE"), .SIGNAL_PATTERN("DATA")
            ) delay (
                .IDATAIN(pin[i]), .DATAOUT(late[i]), .DATAIN(1'b0), .C(1'b0), .CE(1'b0), .INC(1'b0), .LD(1'b0), .LDPIPEEN(1'b0),
                .REGRST(1'b0), .CINVCTRL(1'b0), .CNTVALUEIN(5'd0), .CNTVALUEOUT()
            );
            IDDR #(.DDR_CLK_EDGE("SAME_EDGE_PIPELINED")) take (
                .D(late[i]), .C(rx_clk), .CE(1'b1), .R(1'b0), .S(1'b0), .Q1(rise[i]), .Q2(fall[i])
            );
        end
        for (i = 0; i < 5; i = i + 1) begin : to_phy
            ODDR #(.DDR_CLK_EDGE("SAME_EDGE")) give (
                .D1(out_rise[i]), .D2(out_fall[i]), .C(tx_clk), .CE(1'b1), .R(1'b0), .S(1'b0), .Q(out[i])
            );
            OBUF data_pin (.I(out[i]), .O(to_pin[i]));
        end
    endgenerate

    ODDR #(.DDR_CLK_EDGE("SAME_EDGE")) give_clock (
        .D1(txc_rise), .D2(txc_fall), .C(tx_clk_late), .CE(1'b1), .R(1'b0), .S(1'b0), .Q(out_clk)
    );
    OBUF txc_pin (.I(out_clk), .O(txc));

    assign {rx_ctl_rise, rx_rise} = rise;
    assign {rx_ctl_fall, rx_fall} = fall;
    assign {tx_ctl, txd}          = to_pin;
endmodule

`default_nettype wire
