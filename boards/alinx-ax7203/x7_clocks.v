// Clocks of a board with a 7-series FPGA and a differential clock of 200 MHz: 125 MHz for the line, the same a quarter of a
// clock later for the clocks at the pins, CORE_HZ for the core, and what the delays at the pins are measured with, from one
// MMCM at 1,000 MHz (data sheet DS181: 600 to 1,440 MHz at speed grade 2); and the core's reset.

`default_nettype none

module x7_clocks #(
    parameter CORE_HZ = 100000000                               // a whole part of 1,000 MHz
) (
    input  wire clk_p,
    input  wire clk_n,
    input  wire reset_n,                                        // a button

    output wire clk_line,
    output wire clk_late,                                       // 2 ns behind clk_line
    output wire clk_core,
    output reg  rst                                             // at clk_core
);
    localparam OSCILLATOR_HZ = 1000000000;

    generate
        if (OSCILLATOR_HZ % CORE_HZ != 0) begin : check_clocks
            x7_clocks_cannot_make_this_clock invalid ();
        end
    endgenerate

    wire clk_in, feedback, line, late, core, delay, clk_delay, locked;

    IBUFDS clock_pins (.I(clk_p), .IB(clk_n), .O(clk_in));

    MMCME2_BASE #(
        .CLKIN1_PERIOD(5.0), .DIVCLK_DIVIDE(1), .CLKFBOUT_MULT_F(5.0),
        .CLKOUT0_DIVIDE_F(8.0), .CLKOUT1_DIVIDE(8), .CLKOUT1_PHASE(90.0), .CLKOUT2_DIVIDE(OSCILLATOR_HZ / CORE_HZ), .CLKOUT3_DIVIDE(5)
    ) mmcm (
        .CLKIN1(clk_in), .CLKFBIN(feedback), .CLKFBOUT(feedback), .PWRDWN(1'b0), .RST(1'b0), .LOCKED(locked),
        .CLKOUT0(line), .CLKOUT1(late), .CLKOUT2(core), .CLKOUT3(delay),
        .CLKOUT0B(), .CLKOUT1B(), .CLKOUT2B(), .CLKOUT3B(), .CLKOUT4(), .CLKOUT5(), .CLKOUT6(), .CLKFBOUTB()
    );

    BUFG line_tree  (.I(line), .O(clk_line));
    BUFG late_tree  (.I(late), .O(clk_late));
    BUFG core_tree  (.I(core), .O(clk_core));
    BUFG delay_tree (.I(delay), .O(clk_delay));

    // Of the delays of both ports; the vendor's tool makes one of it for each bank that has some.
    (* IODELAY_GROUP = "rgmii" *) IDELAYCTRL delays (.REFCLK(clk_delay), .RST(rst), .RDY());

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
