// Stands in for common/synchronizer.v in the proof. Where the bits change just before they are taken, each one comes as it
// was or as it is, at the prover's choice: what a register does whose input moves at its clock's edge.
`default_nettype none

module synchronizer #(
    parameter WIDTH = 1
) (
    input  wire             clk,
    input  wire [WIDTH-1:0] from,
    output wire [WIDTH-1:0] to,
    output reg  [WIDTH-1:0] before,                             // what was there a moment ago, and the first register:
    output reg  [WIDTH-1:0] first                               // for the invariant
);
    reg [WIDTH-1:0] second;
    (* anyseq *) wire [WIDTH-1:0] late;

    assign to = second;

    always @($global_clock) before <= from;

    always @(posedge clk) begin
        first  <= (before & late) | (from & ~late);
        second <= first;
    end
endmodule

`default_nettype wire
