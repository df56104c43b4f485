// What belongs to an event, CLOCKS stages further on. Where only one event is in the pipeline, STILL says so: then it
// stands still at its source until the event is over, and a wire does.

`default_nettype none

module delay #(
    parameter WIDTH  = 1,                                       // bits
    parameter CLOCKS = 1,                                       // stages, at least 1
    parameter STILL  = 0                                        // 1: `from` stands still for as long as `to` is looked at
) (
    input  wire             clk,
    input  wire [WIDTH-1:0] from,
    output wire [WIDTH-1:0] to
);
    generate
        if (STILL != 0) begin : wires
            wire unused = &{1'b0, clk};
            assign to = from;
        end else begin : stages
            reg [WIDTH-1:0] stage [1:CLOCKS];
            integer         k;
            always @(posedge clk) begin
                stage[1] <= from;
                for (k = 2; k <= CLOCKS; k = k + 1) stage[k] <= stage[k-1];
            end
            assign to = stage[CLOCKS];
        end
    endgenerate
endmodule

`default_nettype wire
