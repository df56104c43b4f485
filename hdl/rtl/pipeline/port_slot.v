// port_queue for ports of a gigabit (ingress_words.v): the segment of one frame at a time. It waits here for its hashes
// and its turn, and stands still until its event is written; the ingress reads the next frame meanwhile, and keeps that
// one's segment until there is place.
//
// A key goes to the hash as soon as it is in, with the ISN message. While the queue is armed, for cookies, it waits for
// its segment, which says what is hashed (cookie_request.v). `armed` may change at any time. One key is at the hash, or
// its hashes here, at a time; so there is one place for them.

`default_nettype none

`include "offload_map.vh"

module port_slot (
    input  wire                         clk,
    input  wire                         rst,
    output wire                         busy,

    // cookies; constant zeros: none
    input  wire                         armed,
    input  wire                         armed_syn,
    input  wire [23:0]                  period,
    output wire                         isn_hashed,             // a key goes to the hash with the ISN message
    output wire                         isn_voided,             // such a key's segment turns out void

    // ingress
    input  wire                         key_valid,
    input  wire                         segment_valid,
    input  wire [`SEGMENT_BITS-1:0]     segment,
    output wire                         take,

    // to the hash; the key is the segment's
    output wire                         hash_valid,
    input  wire                         hash_ready,
    output wire [`HASH_RESULT_BITS-1:0] hash_result,
    output wire                         hash_previous,          // a cookie of the period before
    output wire [31:0]                  hash_sequence,
    output wire [23:0]                  hash_period,

    // from the hash
    input  wire                         placement_valid,
    input  wire [32:0]                  placement,
    input  wire                         placement_is_cookie,
    input  wire                         siphash_valid,
    input  wire [63:0]                  siphash,
    input  wire [`HASH_RESULT_BITS-1:0] siphash_result,

    // the event
    output wire                         head_valid,
    input  wire                         head_ready,
    output wire                         head_hashed,
    output reg  [32:0]                  head_placement,
    input  wire                         written,                // it is over

    output reg  [`SEGMENT_BITS-1:0]     record,
    output reg  [63:0]                  siphash_data,
    output reg  [`HASH_RESULT_BITS-1:0] result_data
);
    reg  asked;                                                 // the frame in the ingress has its key at the hash, or through it
    reg  keyed;                                                 // there is such a key, of that frame or of the one here
    reg  full, issued, have_placement, have_siphash, is_cookie;

    // ---------------------------------------------------------------- to the hash
    wire       is_syn, wants_cookie;
    wire [4:0] named_period;
    wire [2:0] index;
    wire       is_void  = segment_valid && segment[`SEGMENT_VOID];
    wire       hash_now = hash_valid && hash_ready;

    cookie_details details (
        .segment(segment), .is_syn(is_syn), .sequence_number(hash_sequence), .named_period(named_period), .index(index)
    );
    cookie_request request (
        .armed(armed), .armed_syn(armed_syn), .period(period), .is_syn(is_syn), .named_period(named_period), .index(index),
        .is_cookie(wants_cookie), .hash_result(hash_result), .hash_previous(hash_previous), .hash_period(hash_period)
    );

    assign hash_valid = key_valid && !keyed && !is_void && (!armed || segment_valid);
    assign isn_hashed = hash_now && !wants_cookie;

    // ---------------------------------------------------------------- from the ingress
    // What is void and was not hashed leaves no trace.
    wire load       = take && (!is_void || asked);
    wire is_over    = full && (record[`SEGMENT_VOID] ? have_siphash : issued && written);
    assign take     = segment_valid && !full && (asked || is_void || !segment[`SEGMENT_IS_TCP]);
    assign isn_voided = is_over && record[`SEGMENT_VOID] && !is_cookie;

    always @(posedge clk) begin
        if (load) record <= segment;
        if (placement_valid) {is_cookie, head_placement} <= {placement_is_cookie, placement};
        if (siphash_valid) {result_data, siphash_data} <= {siphash_result, siphash};

        if (hash_now) asked <= 1'b1;
        if (take) asked <= 1'b0;
        if (hash_now) keyed <= 1'b1;
        if (placement_valid) have_placement <= 1'b1;
        if (siphash_valid) have_siphash <= 1'b1;
        if (head_ready) issued <= 1'b1;
        if (load) full <= 1'b1;
        if (is_over) begin
            full   <= 1'b0;
            issued <= 1'b0;
            if (record[`SEGMENT_IS_TCP]) begin
                keyed          <= 1'b0;
                have_placement <= 1'b0;
                have_siphash   <= 1'b0;
            end
        end
        if (rst) begin
            asked          <= 1'b0;
            keyed          <= 1'b0;
            full           <= 1'b0;
            issued         <= 1'b0;
            have_placement <= 1'b0;
            have_siphash   <= 1'b0;
        end
    end

    // ---------------------------------------------------------------- the event
    // SipHash comes eight clocks behind the placement, in time for the event's fetch.
    assign head_valid  = full && !issued && !record[`SEGMENT_VOID] && (!record[`SEGMENT_IS_TCP] || have_placement);
    assign head_hashed = record[`SEGMENT_IS_TCP];
    assign busy        = full || keyed;
endmodule

`default_nettype wire
