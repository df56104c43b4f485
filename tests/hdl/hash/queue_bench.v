// A port's queue with the hash unit and the cookie keys behind it, and a cookie control of its own whose inputs are
// free, under one top. The bench plays the ingress, the other askers of the hash, and the pipeline.

`default_nettype none

`include "offload_map.vh"

module queue_bench #(
    parameter FOLDED = 0                                        // the hash unit that takes one key at a time
) (
    input  wire                        clk,
    input  wire                        rst,
    input  wire [63:0]                 timebase_us,

    // cookie_keys
    input  wire                        commit,
    input  wire [127:0]                staging,
    output wire                        key_set,
    output wire                        key_waits,
    output wire [23:0]                 period,
    output wire [127:0]                current_key,
    output wire [127:0]                previous_key,

    // port_queue; the segment's fields that matter
    input  wire [127:0]                isn_key,
    input  wire [`KEY_BITS+31:0]       placement_key,
    input  wire                        armed,
    input  wire                        armed_syn,
    output wire                        room,
    input  wire                        key_valid,
    input  wire [`KEY_BITS-1:0]        key,
    input  wire                        segment_valid,
    input  wire                        segment_is_tcp,
    input  wire                        segment_void,
    input  wire                        segment_is_ipv6,
    input  wire [7:0]                  segment_flags,
    input  wire [31:0]                 segment_seq,
    input  wire [31:0]                 segment_ack,
    input  wire                        segment_mss_present,
    input  wire [15:0]                 segment_mss,
    output wire                        queue_busy,
    output wire                        isn_hashed,
    output wire                        isn_voided,
    output wire                        hash_valid,
    output wire                        head_valid,
    input  wire                        head_ready,
    output wire                        head_hashed,
    output wire [32:0]                 head_placement,
    output wire [5:0]                  head_hash_slot,
    input  wire                        issue,
    input  wire [5:0]                  siphash_slot,
    output wire [63:0]                 siphash_data,
    output wire [`HASH_RESULT_BITS-1:0] result_data,

    // another asker, which comes first
    input  wire                        other_valid,
    input  wire [`KEY_BITS-1:0]        other_key,
    output wire                        key_ready,
    output wire                        siphash_valid,
    output wire [1:0]                  siphash_source,
    output wire [63:0]                 siphash,
    output wire                        placement_valid,

    // cookie_control
    input  wire [23:0]                 control_period,
    input  wire                        control_key_set,
    input  wire [1:0]                  isn_mode,
    input  wire [16:0]                 threshold,
    input  wire [7:0]                  bucket_depth,
    input  wire [16:0]                 half_open,
    input  wire [16:0]                 in_use,
    input  wire                        control_hashed,
    input  wire                        control_decided,
    input  wire                        control_voided,
    output wire                        control_armed_syn,
    output wire                        control_armed,
    output wire                        reserve_wanted,
    input  wire [7:0]                  decide_slot,
    output wire                        decide_recent,
    output wire                        decide_token,
    input  wire                        decide_sent
);
    wire [1:0]                   placement_source;
    wire [32:0]                  placement;
    wire                         placement_is_cookie, hash_previous;
    wire [`KEY_BITS-1:0]         hash_key;
    wire [`HASH_RESULT_BITS-1:0] hash_result, siphash_result;
    wire [31:0]                  hash_sequence;
    wire [23:0]                  hash_period;
    wire [`SEGMENT_BITS-1:0]     record;
    reg  [`SEGMENT_BITS-1:0]     segment;

    always @* begin
        segment                       = {`SEGMENT_BITS{1'b0}};
        segment[`SEGMENT_IS_TCP]      = segment_is_tcp;
        segment[`SEGMENT_VOID]        = segment_void;
        segment[`SEGMENT_IS_IPV6]     = segment_is_ipv6;
        segment[`SEGMENT_FLAGS]       = segment_flags;
        segment[`SEGMENT_SEQ]         = segment_seq;
        segment[`SEGMENT_ACK]         = segment_ack;
        segment[`SEGMENT_MSS_PRESENT] = segment_mss_present;
        segment[`SEGMENT_MSS]         = segment_mss;
    end

    cookie_keys keys (
        .clk(clk), .rst(rst), .timebase_us(timebase_us), .commit(commit), .staging(staging), .key_set(key_set),
        .key_waits(key_waits), .period(period), .current_key(current_key), .previous_key(previous_key)
    );

    port_queue #(.DEPTH_BITS(6)) queue (
        .clk(clk), .rst(rst), .busy(queue_busy), .may_arm(1'b1), .armed(armed), .armed_syn(armed_syn), .period(period),
        .isn_hashed(isn_hashed), .isn_voided(isn_voided), .room(room), .key_valid(key_valid), .key(key),
        .segment_valid(segment_valid), .segment(segment), .hash_valid(hash_valid), .hash_ready(!other_valid && key_ready),
        .hash_key(hash_key), .hash_result(hash_result), .hash_previous(hash_previous), .hash_sequence(hash_sequence),
        .hash_period(hash_period), .placement_valid(placement_valid && placement_source == 2'd0),
        .placement(placement), .placement_is_cookie(placement_is_cookie),
        .siphash_valid(siphash_valid && siphash_source == 2'd0), .siphash(siphash), .siphash_result(siphash_result),
        .head_valid(head_valid), .head_ready(head_ready), .head_hashed(head_hashed), .head_placement(head_placement),
        .head_hash_slot(head_hash_slot), .issue(issue), .record(record), .siphash_slot(siphash_slot),
        .siphash_data(siphash_data), .result_data(result_data)
    );

    generate
        if (FOLDED != 0) begin : folded
            hash_unit_folded hashes (
                .clk(clk), .rst(rst), .isn_key(isn_key), .placement_key(placement_key),
                .cookie_key_current(current_key), .cookie_key_previous(previous_key),
                .key_valid(other_valid || hash_valid), .key_ready(key_ready),
                .key_source(other_valid ? 2'd1 : 2'd0),
                .key(other_valid ? other_key : hash_key), .key_result(other_valid ? {`HASH_RESULT_BITS{1'b0}} : hash_result),
                .cookie_previous(hash_previous), .cookie_sequence(hash_sequence), .cookie_period(hash_period),
                .placement_valid(placement_valid), .placement_source(placement_source), .placement(placement),
                .placement_is_cookie(placement_is_cookie), .siphash_valid(siphash_valid), .siphash_source(siphash_source),
                .siphash(siphash), .siphash_result(siphash_result)
            );
        end else begin : pipelined
            hash_unit hashes (
                .clk(clk), .rst(rst), .isn_key(isn_key), .placement_key(placement_key),
                .cookie_key_current(current_key), .cookie_key_previous(previous_key),
                .key_valid(other_valid || hash_valid), .key_ready(key_ready),
                .key_source(other_valid ? 2'd1 : 2'd0),
                .key(other_valid ? other_key : hash_key), .key_result(other_valid ? {`HASH_RESULT_BITS{1'b0}} : hash_result),
                .cookie_previous(hash_previous), .cookie_sequence(hash_sequence), .cookie_period(hash_period),
                .placement_valid(placement_valid), .placement_source(placement_source), .placement(placement),
                .placement_is_cookie(placement_is_cookie), .siphash_valid(siphash_valid), .siphash_source(siphash_source),
                .siphash(siphash), .siphash_result(siphash_result)
            );
        end
    endgenerate

    cookie_control #(.CONNECTIONS(64), .LISTENERS(5)) control (
        .clk(clk), .rst(rst), .timebase_us(timebase_us), .period(control_period), .key_set(control_key_set),
        .isn_mode(isn_mode), .threshold(threshold), .bucket_depth(bucket_depth), .bucket_refill_shift(4'd15),
        .half_open(half_open), .in_use(in_use), .isn_hashed(control_hashed), .isn_decided(control_decided),
        .isn_voided(control_voided), .armed_syn(control_armed_syn), .armed(control_armed),
        .reserve_wanted(reserve_wanted), .decide_slot(decide_slot), .decide_recent(decide_recent),
        .decide_token(decide_token), .decide_sent(decide_sent), .stir(siphash_valid), .stir_with(siphash[63:32])
    );

    wire unused = &{1'b0, record, 1'b0};
endmodule

`default_nettype wire
