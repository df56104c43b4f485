// How many connections are half open, and how many of each listener wait for their adoption. Both are counted where
// the decision is made, so that the next event in the pipeline already knows.

`default_nettype none

module occupancy #(
    parameter LISTENERS = 16                                    // listening end points
) (
    input  wire        clk,
    input  wire        rst,

    input  wire [7:0]  decide_slot,
    input  wire        half_open_more,
    input  wire        half_open_less,
    input  wire        waiting_more,
    input  wire        waiting_less,
    input  wire [15:0] backlog,                                 // as many of decide_slot may wait
    output wire        backlog_full,                            // without a clock
    output reg  [16:0] half_open
);
    localparam SLOT_BITS = LISTENERS > 1 ? $clog2(LISTENERS) : 1;

    reg  [16:0]          waiting [0:(1<<SLOT_BITS)-1];          // of listeners that are counted; of others none wait
    reg  [LISTENERS-1:0] counted;
    wire [SLOT_BITS-1:0] slot   = decide_slot[SLOT_BITS-1:0];
    wire                 exists = {1'b0, decide_slot} < LISTENERS;
    wire [16:0]          waits  = exists && counted[slot] ? waiting[slot] : 17'd0;

    // One more, one less, or neither: 1, -1 or 0.
    function [16:0] change(input more, input less);
        change = {{16{less && !more}}, less ^ more};
    endfunction

    assign backlog_full = exists && waits >= {1'b0, backlog};

    always @(posedge clk) begin
        half_open <= rst ? 17'd0 : half_open + change(half_open_more, half_open_less);
        if (exists && waiting_more != waiting_less) waiting[slot] <= waits + change(waiting_more, waiting_less);
        if (rst)
            counted <= {LISTENERS{1'b0}};
        else if (exists && waiting_more != waiting_less)
            counted[slot] <= 1'b1;
    end
endmodule

`default_nettype wire
