// Makes the two ports of a board fail together, as the two ends of a cable do: while one port has lost its link, the other
// one's PHY is asked to power down, so that whoever is behind it sees a link that is lost.
//
// A port that is powered down has no link of its own, and needs seconds to get one after that: so it is not looked at
// until the other one has its link back, and has UP_TICKS then. Two ports without a link are left alone; when one of them
// comes, the other one has UP_TICKS to follow. A link counts as lost after DOWN_TICKS without it.

`default_nettype none

module link_forward #(
    parameter DOWN_TICKS = 10,                                  // 1 to UP_TICKS
    parameter UP_TICKS   = 6000                                 // negotiation and training take up to some 5 s at 1000 Mbit/s
) (
    input  wire clk,
    input  wire rst,
    input  wire tick,                                           // a pulse a millisecond

    input  wire link_a,                                         // at clk
    input  wire link_b,
    output reg  power_down_a,                                   // to be brought to bit 11 of the PHY's register 0
    output reg  power_down_b
);
    generate
        if (DOWN_TICKS < 1 || DOWN_TICKS > UP_TICKS) begin : check_ticks
            link_forward_down_ticks_must_be_1_to_up_ticks invalid ();
        end
    endgenerate

    localparam [31:0] DOWN = DOWN_TICKS, UP = UP_TICKS;
    localparam BITS = $clog2(UP_TICKS + 1);

    reg  [BITS-1:0] left;                                       // ticks until a missing link counts as lost
    wire            watching = !power_down_a && !power_down_b;

    always @(posedge clk)
        if (rst) begin
            power_down_a <= 1'b0;
            power_down_b <= 1'b0;
            left         <= UP[BITS-1:0];
        end else if (watching) begin
            if (link_a == link_b) begin
                left <= link_a ? DOWN[BITS-1:0] : UP[BITS-1:0];
            end else if (tick) begin
                left <= left - 1'b1;
                if (left == {{(BITS-1){1'b0}}, 1'b1}) begin
                    power_down_a <= link_a;
                    power_down_b <= link_b;
                end
            end
        end else if (power_down_a ? link_b : link_a) begin
            power_down_a <= 1'b0;
            power_down_b <= 1'b0;
            left         <= UP[BITS-1:0];
        end
endmodule

`default_nettype wire
