// hash_unit for boards whose ports bring a frame in no less than 33 clocks: the same hashes, results and times from key
// to result, with one key inside at a time, in a tenth of the registers.
//
// Half a SipRound a clock. Behind each half v0 and v2 change places, so that both halves add the same registers. The
// placement hash takes 16 bits of the key a clock meanwhile, and is there LEAD clocks before SipHash.
//
//     step      0 ... 3         4 ... 23              24 ... 31      32
//               cookie's own    5 blocks of the       finalization   siphash_valid
//               block           connection            placement_valid (24)

`default_nettype none

`include "offload_map.vh"

module hash_unit_folded #(
    parameter SOURCE_BITS = 2                                   // bits that name who asked
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
    output wire                         key_ready,
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
    localparam [5:0] BLOCKS = 6'd4, FINAL = 6'd24, LAST = 6'd32;
    localparam       LEAD   = 8;                                // as hash_unit's

    // ---------------------------------------------------------------- steps
    reg       active;
    reg [5:0] step;                                             // half rounds that are done, or passed over
    wire      load = key_valid && key_ready;
    wire      key_is_cookie = key_result[`HASH_RESULT_IS_COOKIE];

    assign key_ready = !active || step == LAST;

    always @(posedge clk) begin
        step <= !load ? step + 6'd1 : key_is_cookie ? 6'd0 : BLOCKS;
        if (rst) active <= 1'b0;
        else     active <= load || (active && step != LAST);
    end

    // ---------------------------------------------------------------- the key inside
    reg  [`KEY_BITS-1:0]         held;
    reg  [SOURCE_BITS-1:0]       source;
    reg  [`HASH_RESULT_BITS-1:0] result;
    wire [319:0]                 entering, message;
    wire [63:0]                  cookie;
    wire [63:0]                  first = key_is_cookie ? cookie : entering[63:0];

    isn_message entering_layout (.key(key), .is_cookie(1'b0), .message(entering));
    isn_message layout (.key(held), .is_cookie(result[`HASH_RESULT_IS_COOKIE]), .message(message));
    cookie_block cookie_block (
        .sequence_number(cookie_sequence), .period(cookie_period), .index(key_result[`HASH_RESULT_INDEX]), .block(cookie)
    );

    always @(posedge clk) if (load) begin
        held   <= key;
        source <= key_source;
        result <= key_result;
    end

    // ---------------------------------------------------------------- SipHash
    reg  [63:0]  even, odd, v1, v3;                             // before a round's first half v0, v2; before its second v2, v0
    reg  [63:0]  block, next_block;
    wire [255:0] start_state;
    wire [63:0]  sum_1 = even + v1;
    wire [63:0]  sum_3 = odd + v3;
    wire         block_ends = step[1:0] == 2'd3 && step < FINAL;
    wire [63:0]  leave = block_ends ? block : 64'd0;
    wire [63:0]  enter = block_ends ? next_block : 64'd0;

    siphash_start start_of_key (
        .key(!key_is_cookie ? isn_key : cookie_previous ? cookie_key_previous : cookie_key_current), .start(start_state)
    );

    always @(posedge clk) begin
        case (step[4:2])
            3'd0:    next_block <= message[63:0];
            3'd1:    next_block <= message[127:64];
            3'd2:    next_block <= message[191:128];
            3'd3:    next_block <= message[255:192];
            3'd4:    next_block <= message[319:256];
            default: next_block <= 64'd0;
        endcase
        if (load)            block <= first;
        else if (block_ends) block <= next_block;

        if (load) begin
            {odd, v1, even} <= start_state[191:0];
            v3              <= start_state[255:192] ^ first;
        end else begin
            even <= sum_3 ^ leave;
            odd  <= {sum_1[31:0], sum_1[63:32]} ^ {56'd0, {8{step == FINAL - 6'd1}}};
            v1   <= (step[0] ? {v1[46:0], v1[63:47]} : {v1[50:0], v1[63:51]}) ^ sum_1;
            v3   <= (step[0] ? {v3[42:0], v3[63:43]} : {v3[47:0], v3[63:48]}) ^ sum_3 ^ enter;
        end
    end

    assign siphash        = even ^ odd ^ v1 ^ v3;
    assign siphash_valid  = active && step == LAST;
    assign siphash_source = source;
    assign siphash_result = result;

    // ---------------------------------------------------------------- placement, 16 products a bit and clock
    localparam GROUPS = (`KEY_BITS + 15) / 16;

    // Word g of a vector in the place step BLOCKS + g reads it from.
    wire [511:0] key_words      = {{(448 - `KEY_BITS){1'b0}}, held, 64'd0};
    wire [511:0] toeplitz_words = {{(448 - `KEY_BITS){1'b0}}, placement_key[`KEY_BITS+31:32], 64'd0};
    wire [255:0] key_16      = step[4] ? key_words[511:256]      : key_words[255:0];
    wire [255:0] toeplitz_16 = step[4] ? toeplitz_words[511:256] : toeplitz_words[255:0];
    wire [127:0] key_8       = step[3] ? key_16[255:128]         : key_16[127:0];
    wire [127:0] toeplitz_8  = step[3] ? toeplitz_16[255:128]    : toeplitz_16[127:0];
    wire [63:0]  key_4       = step[2] ? key_8[127:64]           : key_8[63:0];
    wire [63:0]  toeplitz_4  = step[2] ? toeplitz_8[127:64]      : toeplitz_8[63:0];
    wire [31:0]  key_2       = step[1] ? key_4[63:32]            : key_4[31:0];
    wire [31:0]  toeplitz_2  = step[1] ? toeplitz_4[63:32]       : toeplitz_4[31:0];

    reg  [15:0]  key_word, toeplitz_word;                       // chosen in the step before
    reg  [31:0]  toeplitz_low;                                  // the two words before that one
    reg  [32:0]  sum;
    wire         summing = step > BLOCKS && step <= BLOCKS + GROUPS[5:0];
    wire [47:0]  window  = {toeplitz_word, toeplitz_low};
    wire [32:0]  products;

    genvar j;
    generate
        for (j = 0; j < 33; j = j + 1) begin : hash_bit
            assign products[j] = ^(key_word & window[j +: 16]);
        end
    endgenerate

    always @(posedge clk) begin
        key_word      <= step[0] ? key_2[31:16]      : key_2[15:0];
        toeplitz_word <= step[0] ? toeplitz_2[31:16] : toeplitz_2[15:0];
        if (load) begin
            sum          <= 33'd0;
            toeplitz_low <= placement_key[31:0];
        end else if (summing) begin
            sum          <= sum ^ products;
            toeplitz_low <= window[47:16];
        end
    end

    assign placement           = sum;
    assign placement_valid     = active && step == LAST - LEAD[5:0];
    assign placement_source    = source;
    assign placement_is_cookie = result[`HASH_RESULT_IS_COOKIE];

    generate
        // The sum is complete one step before it is handed out.
        if (4 + GROUPS >= 32 - LEAD) begin : bad_lead
            hash_unit_folded_key_too_long check ();
        end
    endgenerate

    wire unused = &{1'b0, entering[319:64], 1'b0};
endmodule

`default_nettype wire
