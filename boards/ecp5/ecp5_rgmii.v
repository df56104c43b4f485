// The pins of an RGMII port of an ECP5: a bit on each edge of the clock, and the delay of what comes in.
//
// Towards the PHY, data change with the clock; it is the PHY that delays the clock into their middle. From the PHY the
// clock comes in their middle, and takes longer to the cells than data do, by what the clock tree takes: data are delayed
// by as much. This is the interface that FPGA-TN-02035 calls GDDRX1_RX.SCLK.Centered; 39 steps of 25 ps are what nextpnr
// makes of its DEL_MODE "SCLK_CENTERED" (ecp5/pack.cc).

`default_nettype none

module ecp5_rgmii #(
    parameter RX_DELAY = 39                                     // of data behind the clock, in steps of 25 ps; 0 to 127
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
    input  wire [3:0] tx_rise,
    input  wire [3:0] tx_fall,
    input  wire       tx_ctl_rise,
    input  wire       tx_ctl_fall,
    input  wire       txc_rise,
    input  wire       txc_fall
);
    wire [4:0] late, rise, fall;
    wire [5:0] out_rise = {txc_rise, tx_ctl_rise, tx_rise};
    wire [5:0] out_fall = {txc_fall, tx_ctl_fall, tx_fall};
    wire [5:0] out;

    IB clock_pin (.I(rxc), .O(rx_clk));

    genvar i;
    generate
        for (i = 0; i < 5; i = i + 1) begin : from_phy
            DELAYG #(.DEL_MODE("USER_DEFINED"), .DEL_VALUE(RX_DELAY)) delay (.A(i < 4 ? rxd[i % 4] : rx_ctl), .Z(late[i]));
            IDDRX1F take (.D(late[i]), .SCLK(rx_clk), .RST(1'b0), .Q0(rise[i]), .Q1(fall[i]));
        end
        for (i = 0; i < 6; i = i + 1) begin : to_phy
            ODDRX1F give (.D0(out_rise[i]), .D1(out_fall[i]), .SCLK(tx_clk), .RST(1'b0), .Q(out[i]));
        end
    endgenerate

    assign {rx_ctl_rise, rx_rise} = rise;
    assign {rx_ctl_fall, rx_fall} = fall;
    assign {txc, tx_ctl, txd}     = out;
endmodule

`default_nettype wire
