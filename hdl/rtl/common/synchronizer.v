// Takes bits from another clock domain through two registers. Bits that change together may arrive apart: a bus
// changes one bit at a time (a Gray code), or its user waits until it stands.

`default_nettype none

module synchronizer #(
    parameter WIDTH = 1                                         // bits
) (
    input  wire             clk,                                // of the taker
    input  wire [WIDTH-1:0] from,                               // registers of the other domain
    output wire [WIDTH-1:0] to                                  // two clocks later
);
    (* keep, async_reg = "true" *) reg [WIDTH-1:0] first;
    (* keep, async_reg = "true" *) reg [WIDTH-1:0] second;

    assign to = second;

    always @(posedge clk) begin
        first  <= from;
        second <= first;
    end
endmodule

`default_nettype wire
