// All counters, 64 bits each, and a snapshot of them at one instant.
//
// A counter's sum lies in a memory that is visited in turn. What comes between two visits is told by where a small
// shift register stands that takes a step a count, and goes through more states than there are clocks between visits;
// beside the sum lies where it stood at the last one. So counting is one function of four inputs a counter, and what a
// state means is looked up once for all. A snapshot copies every state in one clock, and adds each to its sum at the
// next visit: the values belong together although they are copied one after the other.

`default_nettype none

`include "offload_map.vh"

module counters (
    input  wire                 clk,
    input  wire                 rst,

    input  wire [`COUNTERS-1:0] count,                          // one more, in this clock

    input  wire                 snapshot,
    output wire                 busy,
    input  wire [7:0]           value_address,                  // counter, and which half
    output reg  [31:0]          value_data                      // two clocks later; anything while busy
);
    localparam NUMBER_BITS = $clog2(`COUNTERS);
    localparam STATE_BITS  = 7;
    localparam STATES      = 127;                               // all but 0: it stays where it is
    localparam [NUMBER_BITS-1:0] LAST = `COUNTERS - 1;
    localparam [STATE_BITS-1:0] FIRST = 7'd1;

    generate
        if (`COUNTERS >= STATES) begin : check_counters
            counters_must_be_fewer_than_127 invalid ();
        end
    endgenerate

    function [STATE_BITS-1:0] after(input [STATE_BITS-1:0] state);
        after = {state[STATE_BITS-2:0], state[STATE_BITS-1] ^ state[STATE_BITS-2]};
    endfunction

    // How many steps a state lies behind the first one.
    reg  [STATE_BITS-1:0] steps [0:(1<<STATE_BITS)-1];
    reg  [STATE_BITS-1:0] at;
    integer               s;
    initial begin
        steps[0] = {STATE_BITS{1'b0}};
        at       = FIRST;
        for (s = 0; s < STATES; s = s + 1) begin
            steps[at] = s[STATE_BITS-1:0];
            at        = after(at);
        end
    end

    // From one number of steps to another, round the circle.
    function [STATE_BITS-1:0] between(input [STATE_BITS-1:0] earlier, input [STATE_BITS-1:0] later);
        reg [STATE_BITS:0] difference;
        begin
            difference = {1'b0, later} - {1'b0, earlier};
            between    = difference[STATE_BITS-1:0] - {{(STATE_BITS-1){1'b0}}, difference[STATE_BITS]};
        end
    endfunction

    // ---------------------------------------------------------------- counting
    reg  [`COUNTERS-1:0]   visited;                             // the counter that is visited now, one-hot
    wire [`COUNTERS*STATE_BITS-1:0] states;
    wire [`COUNTERS*STATE_BITS-1:0] takens;                     // as they were when the snapshot was asked for
    wire                   take = snapshot && !busy;

    genvar n;
    generate
        for (n = 0; n < `COUNTERS; n = n + 1) begin : each_counter
            reg [STATE_BITS-1:0] state, taken;

            always @(posedge clk) begin
                if (rst)           state <= FIRST;
                else if (count[n]) state <= after(state);
                if (take)          taken <= state;
            end

            assign states[n*STATE_BITS +: STATE_BITS] = state;
            assign takens[n*STATE_BITS +: STATE_BITS] = taken;
        end
    endgenerate

    // ---------------------------------------------------------------- visits
    // In three clocks: what the counter's states mean; how many it is more than at the last visit; the sums.
    // The memories are not read where they are written, the values but by who does not wait for the snapshot.
    (* no_rw_check *)
    reg  [STATE_BITS+63:0] sums   [0:(1<<NUMBER_BITS)-1];       // where it stood, and the sum
    (* no_rw_check *)
    reg  [63:0]            values [0:(1<<NUMBER_BITS)-1];
    reg  [NUMBER_BITS-1:0] visit;
    reg                    clearing;                            // the first round after a reset
    reg  [NUMBER_BITS:0]   to_copy;                             // visits until the snapshot is whole
    reg  [STATE_BITS-1:0]  visit_state, visit_taken;
    integer                v;

    always @* begin
        visit_state = {STATE_BITS{1'b0}};
        visit_taken = {STATE_BITS{1'b0}};
        for (v = 0; v < `COUNTERS; v = v + 1) begin
            visit_state = visit_state | (states[v*STATE_BITS +: STATE_BITS] & {STATE_BITS{visited[v]}});
            visit_taken = visit_taken | (takens[v*STATE_BITS +: STATE_BITS] & {STATE_BITS{visited[v]}});
        end
    end

    wire copying = to_copy != {(NUMBER_BITS+1){1'b0}};

    always @(posedge clk) begin
        visit <= rst || visit == LAST ? {NUMBER_BITS{1'b0}} : visit + 1'b1;
        if (rst) begin
            visited  <= {{(`COUNTERS-1){1'b0}}, 1'b1};
            clearing <= 1'b1;
            to_copy  <= {(NUMBER_BITS+1){1'b0}};
        end else begin
            visited <= {visited[`COUNTERS-2:0], visited[`COUNTERS-1]};
            if (visit == LAST) clearing <= 1'b0;
            if (take)         to_copy <= {1'b0, LAST} + 1'b1;
            else if (copying) to_copy <= to_copy - 1'b1;
        end
    end

    reg  [STATE_BITS+63:0] kept;
    reg  [STATE_BITS-1:0]  stands, taken_at;
    reg  [NUMBER_BITS-1:0] number;
    reg                    first, copied;
    always @(posedge clk) begin
        kept     <= sums[visit];
        stands   <= steps[visit_state];
        taken_at <= steps[visit_taken];
        number   <= visit;
        first    <= clearing;
        copied   <= copying && !rst;
    end

    wire [STATE_BITS-1:0]  stood = first ? {STATE_BITS{1'b0}} : kept[STATE_BITS+63:64];
    reg  [63:0]            sum;
    reg  [STATE_BITS-1:0]  more, more_taken, now_stands;
    reg  [NUMBER_BITS-1:0] into;
    reg                    copies;
    always @(posedge clk) begin
        sum        <= first ? 64'd0 : kept[63:0];
        more       <= between(stood, stands);
        more_taken <= between(stood, taken_at);
        now_stands <= stands;
        into       <= number;
        copies     <= copied && !rst;
    end

    always @(posedge clk) begin
        sums[into] <= {now_stands, sum + {{(64-STATE_BITS){1'b0}}, more}};
        if (copies) values[into] <= sum + {{(64-STATE_BITS){1'b0}}, more_taken};
    end

    assign busy = copying || copied || copies;

    // ---------------------------------------------------------------- the host's look
    reg  [63:0] value;
    reg         upper, none;
    always @(posedge clk) value <= values[value_address[7:1]];
    always @(posedge clk) begin
        upper      <= value_address[0];
        none       <= value_address[7:1] > LAST;
        value_data <= none ? 32'd0 : upper ? value[63:32] : value[31:0];
    end
endmodule

`default_nettype wire
