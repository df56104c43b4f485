// One port's way in: takes frames from a MAC at bus rate, tells the engine what is in each, keeps the
// frame until the engine's verdict, and passes it on or discards it.
//
//   s_axis ─▶ header_gather ─▶ header_parse ──┬─▶ key, segment
//                   │     ├──▶ tcp_options ───┤
//                   │     └──▶ tcp_checksum ──┘
//                   └─▶ frame_fifo ◀─ verdict
//                            ├─▶ m_axis
//                            └─▶ park
//
// A clock each: beat, gather (S1), align (S2), check (S3), merge (S4), segment (S5). With the frame's
// last beat in clock T, segment_valid is high in clock T+5; key_valid is high in clock T+2 of the beat
// T that brings the ports. A verdict in clock V puts the frame's first beat on m_axis in V+1, or on
// park in V.
//
// A frame is admitted at its first beat, if `room` is high and the FIFO has place for the longest
// frame; else it is dropped whole (count_dropped_full). Frames longer than MAX_FRAME_BYTES, shorter
// than an Ethernet header, or marked bad are dropped whole at their last beat (count_dropped_length).
// If such a frame's key was given, a segment with `void` follows, else none.
//
// Fields of a segment mean something under these conditions: all but `is_tcp` and `void` only if
// is_tcp = 1 and void = 0; flags, seq, ack and window only if the frame holds the TCP header's 20
// bytes, which it does unless `malformed`. Of a malformed segment data_length is 0 and the options are
// absent. bad_tcp_checksum covers the bytes that are there.
//
// Rule A7: on the net port an ICMP or ICMPv6 error that quotes a TCP segment counts as TCP, with `is_icmp`,
// its type and code. Key and seq are the quote's, the key as if the quoted segment had just left us;
// key_valid comes with the beat that brings the quoted sequence number. bad_ip_checksum is the outer
// header's, bad_tcp_checksum the ICMP checksum's (which a frame shorter than its IP length fails too); all
// that would speak of TCP (flags, ack, window, data_length, options, malformed, bad_address, land) is 0.

`default_nettype none

`include "offload_map.vh"

module ingress #(
    parameter DATA_WIDTH       = 64,    // bits of a beat: 64, 128, 256 or 512
    parameter FRAME_FIFO_BYTES = 16384, // block RAM for waiting frames; a power of two
    parameter MAX_FRAME_BYTES  = 1522,  // longest frame, without FCS
    parameter FROM_HOST        = 0      // 0: net port, destination is local; 1: host port, source is local
) (
    input  wire                        clk,
    input  wire                        rst,

    // Frames in; tuser, with tlast: the MAC says that the frame is bad.
    input  wire [      DATA_WIDTH-1:0] s_axis_tdata,
    input  wire [  DATA_WIDTH/8 - 1:0] s_axis_tkeep,
    input  wire                        s_axis_tvalid,
    output reg                         s_axis_tready, // constant 1 out of reset
    input  wire                        s_axis_tlast,
    input  wire                        s_axis_tuser,

    // The engine can take 16 more segments.
    input  wire                        room,

    // The connection's key, as soon as it is in; TCP and, from the net, errors that quote TCP.
    output wire                        key_valid,
    output wire [       `KEY_BITS-1:0] key,

    // What was found, one an admitted frame.
    output reg                         segment_valid,
    output reg  [   `SEGMENT_BITS-1:0] segment,

    // Verdicts, one a segment that is not void, in order.
    input  wire                        verdict_valid,
    output wire                        verdict_ready,
    input  wire [   `VERDICT_BITS-1:0] verdict,

    // Passed frames out.
    output wire [      DATA_WIDTH-1:0] m_axis_tdata,
    output wire [  DATA_WIDTH/8 - 1:0] m_axis_tkeep,
    output wire                        m_axis_tvalid,
    input  wire                        m_axis_tready,
    output wire                        m_axis_tlast,

    // Frames to be parked; no back-pressure. `park_bytes` is the number of valid bytes less one.
    output wire                        park_valid,
    output wire [      DATA_WIDTH-1:0] park_data,
    output wire [$clog2(DATA_WIDTH/8)-1:0] park_bytes,
    output wire                        park_last,

    // Pulses of one clock, and whether a frame is inside.
    output reg                         count_received,
    output wire                        count_passed,
    output wire                        count_consumed,
    output reg                         count_dropped_full,
    output reg                         count_dropped_length,
    output wire                        busy
);

    localparam BYTES = DATA_WIDTH / 8;
    localparam BYTES_WIDTH = $clog2(BYTES);

    generate
        if (DATA_WIDTH != 64 && DATA_WIDTH != 128 && DATA_WIDTH != 256 && DATA_WIDTH != 512) begin : check_width
            ingress_data_width_must_be_64_128_256_or_512 invalid ();
        end
        if (MAX_FRAME_BYTES < 118 || MAX_FRAME_BYTES > 16000) begin : check_longest
            ingress_max_frame_bytes_must_be_118_to_16000 invalid ();
        end
    endgenerate

    always @(posedge clk) s_axis_tready <= !rst;

    // ---- gather ---------------------------------------------------------------------------------
    wire space;
    wire [DATA_WIDTH-1:0] gather_data;
    wire [BYTES-1:0] gather_keep;
    wire [BYTES_WIDTH-1:0] gather_bytes;
    wire gather_valid, gather_first, gather_last, gather_admitted, gather_over, gather_bad, gather_busy;
    wire [10:0] gather_index;
    wire [78*8-1:0] gather_header;
    wire gather_tagged, gather_ipv4, gather_ipv6, gather_tcp, gather_icmp, gather_long;
    wire [319:0] options_next, gather_options;
    wire [15:0] gather_length;

    header_gather #(
        .DATA_WIDTH     (DATA_WIDTH),
        .MAX_FRAME_BYTES(MAX_FRAME_BYTES)
    ) header_gather (
        .clk            (clk),
        .rst            (rst),
        .beat_data      (s_axis_tdata),
        .beat_keep      (s_axis_tkeep),
        .beat_valid     (s_axis_tvalid && s_axis_tready),
        .beat_last      (s_axis_tlast),
        .beat_user      (s_axis_tuser),
        .admit          (room && space),
        .gather_data    (gather_data),
        .gather_keep    (gather_keep),
        .gather_bytes   (gather_bytes),
        .gather_valid   (gather_valid),
        .gather_first   (gather_first),
        .gather_last    (gather_last),
        .gather_admitted(gather_admitted),
        .gather_over    (gather_over),
        .gather_bad     (gather_bad),
        .gather_index   (gather_index),
        .busy           (gather_busy),
        .gather_header  (gather_header),
        .gather_tagged  (gather_tagged),
        .gather_ipv4    (gather_ipv4),
        .gather_ipv6    (gather_ipv6),
        .gather_tcp     (gather_tcp),
        .gather_icmp    (gather_icmp),
        .gather_long    (gather_long),
        .options_next   (options_next),
        .gather_options (gather_options)
    );

    // Errors come from the net; what the host says in ICMP passes.
    wire gather_quoting = FROM_HOST == 0 && gather_icmp;

    // ---- align to merge -------------------------------------------------------------------------
    wire [3:0] align_offset;
    wire [15:0] align_tcp_length;
    wire align_negative, align_beyond;
    wire merge_valid, merge_no_options, merge_bad_ip_checksum, merge_bad_tcp_checksum, parse_busy;
    wire [`SEGMENT_BITS-1:0] merge_segment;
    wire merge_mss_present, merge_scale_present, merge_sack_permitted, merge_ts_present;
    wire [15:0] merge_mss;
    wire [3:0] merge_scale;
    wire [31:0] merge_ts_val, merge_ts_ecr;

    header_parse #(
        .DATA_WIDTH(DATA_WIDTH),
        .FROM_HOST (FROM_HOST)
    ) header_parse (
        .clk                  (clk),
        .rst                  (rst),
        .gather_valid         (gather_valid),
        .gather_first         (gather_first),
        .gather_last          (gather_last),
        .gather_admitted      (gather_admitted),
        .gather_bad           (gather_bad),
        .gather_bytes         (gather_bytes),
        .gather_index         (gather_index),
        .gather_header        (gather_header),
        .gather_tagged        (gather_tagged),
        .gather_ipv4          (gather_ipv4),
        .gather_ipv6          (gather_ipv6),
        .gather_tcp           (gather_tcp),
        .gather_icmp          (gather_quoting),
        .gather_long          (gather_long),
        .gather_options       (gather_options),
        .gather_length        (gather_length),
        .key_valid            (key_valid),
        .key                  (key),
        .align_offset         (align_offset),
        .align_tcp_length     (align_tcp_length),
        .align_negative       (align_negative),
        .align_beyond         (align_beyond),
        .merge_valid          (merge_valid),
        .merge_no_options     (merge_no_options),
        .merge_segment        (merge_segment),
        .merge_bad_ip_checksum(merge_bad_ip_checksum),
        .busy                 (parse_busy)
    );

    tcp_options tcp_options (
        .clk           (clk),
        .beat_valid    (s_axis_tvalid && s_axis_tready),
        .gather_end    (gather_valid && gather_last),
        .options_next  (options_next),
        .gather_options(gather_options),
        .align_offset  (align_offset),
        .merge_discard (merge_no_options),
        .mss_present   (merge_mss_present),
        .mss           (merge_mss),
        .scale_present (merge_scale_present),
        .scale         (merge_scale),
        .sack_permitted(merge_sack_permitted),
        .ts_present    (merge_ts_present),
        .ts_val        (merge_ts_val),
        .ts_ecr        (merge_ts_ecr)
    );

    tcp_checksum #(
        .DATA_WIDTH     (DATA_WIDTH),
        .MAX_FRAME_BYTES(MAX_FRAME_BYTES)
    ) tcp_checksum (
        .clk             (clk),
        .gather_data     (gather_data),
        .gather_keep     (gather_keep),
        .gather_bytes    (gather_bytes),
        .gather_valid    (gather_valid),
        .gather_first    (gather_first),
        .gather_index    (gather_index),
        .gather_tagged   (gather_tagged),
        .gather_long     (gather_long),
        .gather_icmp     (gather_quoting),
        .gather_length   (gather_length),
        .align_tcp_length(align_tcp_length),
        .align_negative  (align_negative),
        .align_beyond    (align_beyond),
        .bad_tcp_checksum(merge_bad_tcp_checksum)
    );

    // ---- segment --------------------------------------------------------------------------------
    always @(posedge clk) begin
        segment_valid <= merge_valid && !rst;
        segment <= merge_segment;
        segment[`SEGMENT_BAD_IP_CHECKSUM] <= merge_bad_ip_checksum;
        segment[`SEGMENT_BAD_TCP_CHECKSUM] <= merge_bad_tcp_checksum;
        segment[`SEGMENT_MSS_PRESENT] <= merge_mss_present;
        segment[`SEGMENT_MSS] <= merge_mss;
        segment[`SEGMENT_SCALE_PRESENT] <= merge_scale_present;
        segment[`SEGMENT_SCALE] <= merge_scale;
        segment[`SEGMENT_SACK_PERMITTED] <= merge_sack_permitted;
        segment[`SEGMENT_TS_PRESENT] <= merge_ts_present;
        segment[`SEGMENT_TS_VAL] <= merge_ts_val;
        segment[`SEGMENT_TS_ECR] <= merge_ts_ecr;
    end

    // ---- the frame itself -----------------------------------------------------------------------
    wire gather_end = gather_valid && gather_last;
    wire fifo_busy;

    frame_fifo #(
        .DATA_WIDTH(DATA_WIDTH),
        .DEPTH     (FRAME_FIFO_BYTES / BYTES),
        .MAX_BEATS ((MAX_FRAME_BYTES + BYTES - 1) / BYTES)
    ) frame_fifo (
        .clk           (clk),
        .rst           (rst),
        .write_valid   (gather_valid && gather_admitted && !gather_over),
        .write_data    (gather_data),
        .write_bytes   (gather_bytes),
        .write_last    (gather_last),
        .write_commit  (gather_end && gather_admitted && !gather_bad),
        .write_rewind  (gather_end && gather_admitted && gather_bad),
        .space         (space),
        .verdict_valid (verdict_valid),
        .verdict_ready (verdict_ready),
        .verdict       (verdict),
        .m_axis_tdata  (m_axis_tdata),
        .m_axis_tkeep  (m_axis_tkeep),
        .m_axis_tvalid (m_axis_tvalid),
        .m_axis_tready (m_axis_tready),
        .m_axis_tlast  (m_axis_tlast),
        .park_valid    (park_valid),
        .park_data     (park_data),
        .park_bytes    (park_bytes),
        .park_last     (park_last),
        .count_passed  (count_passed),
        .count_consumed(count_consumed),
        .busy          (fifo_busy)
    );

    always @(posedge clk) begin
        count_received <= gather_end && !rst;
        count_dropped_full <= gather_end && !gather_admitted && !rst;
        count_dropped_length <= gather_end && gather_admitted && gather_bad && !rst;
    end

    assign busy = gather_busy || gather_valid || count_received || parse_busy || segment_valid || fifo_busy;

endmodule

`default_nettype wire
