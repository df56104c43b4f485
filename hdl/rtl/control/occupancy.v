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

    reg [16:0] waiting [0:LISTENERS-1];
    integer    i;

    assign backlog_full = {1'b0, decide_slot} < LISTENERS && waiting[decide_slot[SLOT_BITS-1:0]] >= {1'b0, backlog};

    always @(posedge clk) begin
        half_open <= rst ? 17'd0 : half_open + {16'd0, half_open_more} - {16'd0, half_open_less};
        for (i = 0; i < LISTENERS; i = i + 1)
            if (rst)                           waiting[i] <= 17'd0;
            else if (decide_slot == i[7:0])    waiting[i] <= waiting[i] + {16'd0, waiting_more} - {16'd0, waiting_less};
    end
endmodule

`default_nettype wire
