// Both hashes of a key, one key a clock: where its entry lies, and what its ISN and timestamp offset are made from.
//
// The placement hash is made of every key; SipHash takes longer, but is not needed before the transition stage
// decides. So the early result is given LEAD clocks before SipHash's, and an event that sets out with it meets
// SipHash's result on the way.
//
// One SipHash pipeline serves two messages. The ISN's, of five blocks, enters it at once: its hash is out 29 clocks
// after the key. A cookie's, of six, goes through PREFIX clocks for its block 0 first. Results keep the order of the
// keys, so an ISN message that comes while the prefix's stages are not empty goes through them as well, untouched.
// Nothing ever stalls, and both results of such a key come later by the same PREFIX clocks.

`default_nettype none

`include "offload_map.vh"

module hash_unit #(
    parameter SOURCE_BITS = 2,                                  // bits that name who asked
    parameter LEAD        = 8                                   // clocks by which the placement hash comes first
) (
    input  wire                         clk,
    input  wire                         rst,

    // secrets
    input  wire [127:0]                 isn_key,
    input  wire [`KEY_BITS+31:0]        placement_key,
    input  wire [127:0]                 cookie_key_current,     // of this period
    input  wire [127:0]                 cookie_key_previous,    // of the period before

    // what is to be hashed
    input  wire                         key_valid,
    output wire                         key_ready,              // always
    input  wire [SOURCE_BITS-1:0]       key_source,
    input  wire [`KEY_BITS-1:0]         key,
    input  wire [`HASH_RESULT_BITS-1:0] key_result,             // goes with it; says whether it is a cookie's message
    input  wire                         cookie_previous,        // a cookie's message: the previous key is its key
    input  wire [31:0]                  cookie_sequence,        // the SYN's sequence number
    input  wire [23:0]                  cookie_period,

    output wire                         placement_valid,
    output wire [SOURCE_BITS-1:0]       placement_source,
    output wire [32:0]                  placement,
    output wire                         placement_is_cookie,

    output wire                         siphash_valid,
    output wire [SOURCE_BITS-1:0]       siphash_source,
    output wire [63:0]                  siphash,
    output wire [`HASH_RESULT_BITS-1:0] siphash_result
);
    localparam BLOCKS            = 5;                           // 36 bytes and their length
    localparam LATENCY           = 4 * BLOCKS + 9;              // of the pipeline behind the prefix
    localparam PREFIX            = 4;
    localparam PLACEMENT_LATENCY = 2;
    localparam TICKET            = SOURCE_BITS + `HASH_RESULT_BITS; // what goes beside a key

    generate
        // The memory of waiting placement hashes holds 32.
        if (LEAD < 1 || LATENCY + PREFIX - LEAD - PLACEMENT_LATENCY > 31 ||
            LATENCY - LEAD - PLACEMENT_LATENCY < 2) begin : bad_lead
            hash_unit_lead_out_of_range check ();
        end
    endgenerate

    assign key_ready = 1'b1;

    // ---------------------------------------------------------------- prefix
    wire [255:0] isn_start, cookie_start, prefix_state;
    wire [63:0]  block;
    wire         key_is_cookie = key_result[`HASH_RESULT_IS_COOKIE];

    siphash_start start_of_isn (.key(isn_key), .start(isn_start));
    siphash_start start_of_cookie (.key(cookie_previous ? cookie_key_previous : cookie_key_current), .start(cookie_start));
    cookie_block cookie_block (
        .sequence_number(cookie_sequence), .period(cookie_period), .index(key_result[`HASH_RESULT_INDEX]), .block(block)
    );
    siphash_prefix prefix (.clk(clk), .start(cookie_start), .block(block), .state(prefix_state));

    reg  [PREFIX:1]           prefix_valid;                     // by clocks since the key
    reg  [PREFIX*TICKET-1:0]  prefix_ticket;
    reg  [`KEY_BITS-1:0]      prefix_key [1:PREFIX];
    wire                      through_prefix = key_is_cookie || prefix_valid != {PREFIX{1'b0}};
    integer                   k;
    always @(posedge clk) begin
        prefix_valid  <= rst ? {PREFIX{1'b0}} : {prefix_valid[PREFIX-1:1], key_valid && through_prefix};
        prefix_ticket <= {prefix_ticket[(PREFIX-1)*TICKET-1:0], key_source, key_result};
        prefix_key[1] <= key;
        for (k = 2; k <= PREFIX; k = k + 1) prefix_key[k] <= prefix_key[k-1];
    end

    // ---------------------------------------------------------------- SipHash
    wire                      from_prefix = prefix_valid[PREFIX];
    wire                      enter_valid = from_prefix || (key_valid && !through_prefix);
    wire [TICKET-1:0]         enter_ticket = from_prefix ? prefix_ticket[(PREFIX-1)*TICKET +: TICKET]
                                                         : {key_source, key_result};
    wire                      enter_is_cookie = from_prefix && enter_ticket[`HASH_RESULT_IS_COOKIE];
    wire [64*BLOCKS-1:0]      message;

    isn_message layout (.key(from_prefix ? prefix_key[PREFIX] : key), .is_cookie(enter_is_cookie), .message(message));
    siphash_2_4 #(.BLOCKS(BLOCKS)) siphash_2_4 (
        .clk(clk), .start(enter_is_cookie ? prefix_state : isn_start), .message(message), .hash(siphash)
    );

    reg [LATENCY:1]           valid;
    reg [LATENCY*TICKET-1:0]  ticket;
    always @(posedge clk) begin
        valid  <= rst ? {LATENCY{1'b0}} : {valid[LATENCY-1:1], enter_valid};
        ticket <= {ticket[(LATENCY-1)*TICKET-1:0], enter_ticket};
    end
    assign siphash_valid                    = valid[LATENCY];
    assign {siphash_source, siphash_result} = ticket[(LATENCY-1)*TICKET +: TICKET];

    // ---------------------------------------------------------------- placement
    // It waits in a circular memory, and leaves in order.
    wire [32:0] fresh_placement;
    placement_hash placement_hash (
        .clk(clk), .toeplitz_key(placement_key), .enable(key_valid), .key(key), .hash(fresh_placement)
    );

    reg  [PLACEMENT_LATENCY:1] fresh;
    reg  [32:0]                waiting [0:31];
    reg  [4:0]                 tail, head;
    reg  [32:0]                waited;
    always @(posedge clk) begin
        fresh <= rst ? {PLACEMENT_LATENCY{1'b0}} : {fresh[PLACEMENT_LATENCY-1:1], key_valid};
        if (fresh[PLACEMENT_LATENCY]) waiting[tail] <= fresh_placement;
        waited <= waiting[head];
        if (rst) begin
            tail <= 5'd0;
            head <= 5'd0;
        end else begin
            if (fresh[PLACEMENT_LATENCY]) tail <= tail + 5'd1;
            if (valid[LATENCY-LEAD-1])    head <= head + 5'd1;
        end
    end
    wire [TICKET-1:0] placement_ticket = ticket[(LATENCY-LEAD-1)*TICKET +: TICKET];
    assign placement           = waited;
    assign placement_valid     = valid[LATENCY-LEAD];
    assign placement_source    = placement_ticket[`HASH_RESULT_BITS +: SOURCE_BITS];
    assign placement_is_cookie = placement_ticket[`HASH_RESULT_IS_COOKIE];

    wire unused = &{1'b0, placement_ticket[`HASH_RESULT_BITS-1:1], 1'b0};
endmodule

`default_nettype wire
