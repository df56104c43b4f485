// All counters, 64 bits each, and a snapshot of them at one instant.
//
// A counter's sum lies in a memory that is visited in turn; between two visits a few flip-flops hold what came. A
// snapshot takes those of every counter in one clock, and adds each to its sum at the next visit: the values belong
// together although they are copied one after the other.

`default_nettype none

`include "offload_map.vh"

module counters (
    input  wire                 clk,
    input  wire                 rst,

    input  wire [`COUNTERS-1:0] count,                          // one more, in this clock

    input  wire                 snapshot,
    output wire                 busy,
    input  wire [7:0]           value_address,                  // counter, and which half
    output reg  [31:0]          value_data                      // two clocks later
);
    localparam NUMBER_BITS = $clog2(`COUNTERS);
    localparam DELTA_BITS  = NUMBER_BITS + 1;
    localparam [NUMBER_BITS-1:0] LAST = `COUNTERS - 1;

    reg  [63:0]            sums   [0:(1<<NUMBER_BITS)-1];
    reg  [63:0]            values [0:(1<<NUMBER_BITS)-1];
    reg  [NUMBER_BITS-1:0] visit;
    reg                    clearing;                            // the first round after a reset
    wire [`COUNTERS*DELTA_BITS-1:0] deltas;                     // since the last visit
    wire [`COUNTERS*DELTA_BITS-1:0] takens;                     // what the snapshot has to add
    reg  [NUMBER_BITS:0]   to_copy;                             // visits until the snapshot is whole

    wire [63:0]            sum = clearing ? 64'd0 : sums[visit];
    wire [DELTA_BITS-1:0]  visit_delta = deltas[visit * DELTA_BITS +: DELTA_BITS];
    wire [DELTA_BITS-1:0]  visit_taken = takens[visit * DELTA_BITS +: DELTA_BITS];

    genvar n;
    generate
        for (n = 0; n < `COUNTERS; n = n + 1) begin : each_counter
            reg [DELTA_BITS-1:0] delta, taken;
            wire                 visited = visit == n;

            always @(posedge clk) begin
                delta <= rst ? {DELTA_BITS{1'b0}}
                             : (visited ? {DELTA_BITS{1'b0}} : delta) + {{(DELTA_BITS-1){1'b0}}, count[n]};
                // The counter that is visited right now has its flip-flops added to its sum already.
                if (snapshot && !busy) taken <= visited ? {DELTA_BITS{1'b0}} : delta;
            end

            assign deltas[n*DELTA_BITS +: DELTA_BITS] = delta;
            assign takens[n*DELTA_BITS +: DELTA_BITS] = taken;
        end
    endgenerate

    assign busy = to_copy != {(NUMBER_BITS+1){1'b0}};

    always @(posedge clk) begin
        sums[visit] <= sum + {{(64-DELTA_BITS){1'b0}}, visit_delta};
        if (busy) values[visit] <= sum + {{(64-DELTA_BITS){1'b0}}, visit_taken};
        if (rst) begin
            visit    <= {NUMBER_BITS{1'b0}};
            clearing <= 1'b1;
            to_copy  <= {(NUMBER_BITS+1){1'b0}};
        end else begin
            visit <= visit == LAST ? {NUMBER_BITS{1'b0}} : visit + 1'b1;
            if (visit == LAST) clearing <= 1'b0;
            if (snapshot && !busy) to_copy <= {1'b0, LAST} + 1'b1;
            else if (busy)         to_copy <= to_copy - 1'b1;
        end
    end

    reg [7:0] selected;
    wire [63:0] selected_value = selected[7:1] <= LAST ? values[selected[7:1]] : 64'd0;
    always @(posedge clk) begin
        selected   <= value_address;
        value_data <= selected[0] ? selected_value[63:32] : selected_value[31:0];
    end
endmodule

`default_nettype wire
