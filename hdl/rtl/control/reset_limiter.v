// Limits the resets that no entry answers for: a token bucket a listener, refilled at random times, so that counting
// them tells a stranger nothing (rule S5, CVE-2016-5696). The randomness is stirred with the SipHash of every
// segment, whose key nobody knows.

`default_nettype none

module reset_limiter #(
    parameter LISTENERS = 16                                    // buckets
) (
    input  wire        clk,
    input  wire        rst,

    input  wire [63:0] timebase_us,
    input  wire [7:0]  depth,                                   // tokens of a full bucket
    input  wire [3:0]  refill_shift,                            // 2^n microseconds a token, on average
    input  wire        stir,
    input  wire [31:0] stir_with,

    input  wire [7:0]  slot,
    output wire        has_token,                               // without a clock
    input  wire        take
);
    localparam SLOT_BITS = LISTENERS > 1 ? $clog2(LISTENERS) : 1;

    reg  [7:0]  used [0:LISTENERS-1];                           // tokens taken out of a bucket
    reg  [31:0] random;
    reg  [63:0] next_refill;
    wire [63:0] late = timebase_us - next_refill;
    wire        refill = !late[63];
    // A wait is 0 to 2^(n+1)-1 microseconds. Where time has leapt by more than 2^9 of them, every bucket is full.
    wire [31:0] wait_mask = ~(32'hFFFF_FFFE << refill_shift);
    wire        leapt     = refill && (late >> refill_shift) > 64'd512;
    integer     i;

    assign has_token = {1'b0, slot} < LISTENERS && used[slot[SLOT_BITS-1:0]] < depth;

    always @(posedge clk) begin
        random <= {random[30:0], random[31] ^ random[21] ^ random[1] ^ random[0]} ^ (stir ? stir_with : 32'd0);
        for (i = 0; i < LISTENERS; i = i + 1)
            if (rst || leapt)
                used[i] <= 8'd0;
            else if (take && slot == i[7:0] && !refill)
                used[i] <= used[i] + 8'd1;
            else if (refill && !(take && slot == i[7:0]) && used[i] != 8'd0)
                used[i] <= used[i] - 8'd1;
        if (rst) begin
            random      <= 32'h6B43_A9B5;
            next_refill <= timebase_us;
        end else if (refill)
            next_refill <= (leapt ? timebase_us : next_refill) + {32'd0, random & wait_mask} + 64'd1;
    end
endmodule

`default_nettype wire
