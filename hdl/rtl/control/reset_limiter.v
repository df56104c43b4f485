// Limits the resets that no entry answers for: a token bucket a listener, refilled at random times, so that counting
// them tells a stranger nothing (rule S5, CVE-2016-5696). The randomness is stirred with the SipHash of every
// segment, whose key nobody knows.
//
// A bucket holds the number of the refill that will make it full, so that a refill of all buckets is one count. Such
// numbers would come round again: a look at one bucket a clock marks those that are full.

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
    localparam SLOT_BITS  = LISTENERS > 1 ? $clog2(LISTENERS) : 1;
    localparam COUNT_BITS = 10;                                 // 255 tokens taken, and a refill a clock for 256 clocks
    localparam [SLOT_BITS-1:0] LAST = LISTENERS[SLOT_BITS-1:0] - 1'b1;

    reg  [31:0] random;
    reg  [63:0] next_refill;
    wire [63:0] late = timebase_us - next_refill;
    wire        refill = !late[63];
    // A wait is 0 to 2^(n+1)-1 microseconds. Where time has leapt by more than 2^9 of them, every bucket is full.
    wire [31:0] wait_mask = ~(32'hFFFF_FFFE << refill_shift);
    wire [24:0] leap      = 25'd513 << refill_shift;
    wire        leapt     = refill && (late[62:25] != 38'd0 || late[24:0] >= leap);

    // ---------------------------------------------------------------- buckets
    reg  [COUNT_BITS-1:0] refills;
    reg  [COUNT_BITS-1:0] full_at [0:(1<<SLOT_BITS)-1];         // of buckets that are not marked
    reg  [LISTENERS-1:0]  full;
    reg  [SLOT_BITS-1:0]  look;

    wire                  exists   = {1'b0, slot} < LISTENERS;
    wire [SLOT_BITS-1:0]  number   = slot[SLOT_BITS-1:0];
    wire [COUNT_BITS-1:0] missing  = full_at[number] - refills; // tokens, if it is positive
    wire                  is_full  = full[number] || missing[COUNT_BITS-1] || missing == {COUNT_BITS{1'b0}};
    wire [COUNT_BITS-1:0] used     = is_full ? {COUNT_BITS{1'b0}} : missing;
    wire [COUNT_BITS-1:0] looked   = full_at[look] - refills;

    assign has_token = exists && used < {{(COUNT_BITS-8){1'b0}}, depth};

    always @(posedge clk) begin
        random <= {random[30:0], random[31] ^ random[21] ^ random[1] ^ random[0]} ^ (stir ? stir_with : 32'd0);
        if (refill) refills <= refills + 1'b1;
        look <= look == LAST ? {SLOT_BITS{1'b0}} : look + 1'b1;
        if (looked[COUNT_BITS-1] || looked == {COUNT_BITS{1'b0}}) full[look] <= 1'b1;
        if (take && exists) begin
            full_at[number] <= (is_full ? refills : full_at[number]) + 1'b1;
            full[number]    <= 1'b0;
        end
        if (rst || leapt) full <= {LISTENERS{1'b1}};
        if (rst) begin
            random      <= 32'h6B43_A9B5;
            next_refill <= timebase_us;
            refills     <= {COUNT_BITS{1'b0}};
            look        <= {SLOT_BITS{1'b0}};
        end else if (refill)
            next_refill <= (leapt ? timebase_us : next_refill) + {32'd0, random & wait_mask} + 64'd1;
    end
endmodule

`default_nettype wire
