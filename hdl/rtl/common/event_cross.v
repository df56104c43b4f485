// Brings pulses into another clock domain, each as one pulse there. They are counted on both sides, in Gray code between
// them, so that none is lost while fewer than 2^BITS are on their way.

`default_nettype none

module event_cross #(
    parameter BITS = 4                                          // of the counters
) (
    input  wire from_clk,
    input  wire from_rst,
    input  wire from_pulse,
    input  wire to_clk,
    input  wire to_rst,
    output wire to_pulse
);
    reg  [BITS-1:0] sent, sent_gray, given;
    wire [BITS-1:0] seen_gray;
    wire [BITS-1:0] sent_next = sent + 1'b1;

    synchronizer #(.WIDTH(BITS)) synchronizer (.clk(to_clk), .from(sent_gray), .to(seen_gray));

    assign to_pulse = !to_rst && seen_gray != (given ^ (given >> 1));

    always @(posedge from_clk)
        if (from_rst) begin
            sent      <= {BITS{1'b0}};
            sent_gray <= {BITS{1'b0}};
        end else if (from_pulse) begin
            sent      <= sent_next;
            sent_gray <= sent_next ^ (sent_next >> 1);
        end

    always @(posedge to_clk)
        if (to_rst) given <= {BITS{1'b0}};
        else if (to_pulse) given <= given + 1'b1;
endmodule

`default_nettype wire
