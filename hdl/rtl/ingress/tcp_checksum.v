// Sum of a TCP segment and its pseudo-header (RFC 9293 3.1), on the fly. The two addresses lie right in
// front of the TCP header, so one run of bytes from the source address to the end of the IP packet,
// or of the frame if that comes first, is summed, and the pseudo-header's length and protocol are
// added to it. What stands behind the IP packet (Ethernet padding) is left out. The run begins at an
// even byte (26; 30 tagged; 22 IPv6; 26 both) and its end never shows before the beat with the IP
// length, which is the beat with the bytes 16 to 23, so nothing has to be taken back.
//
// ICMPv6 is summed in the same way (RFC 4443 2.3). ICMP has no pseudo-header (RFC 792): its run begins
// behind the addresses, and nothing is added. Which protocol it is shows with byte 23, or 27 if tagged,
// at the latest, so the pseudo-header is added in the beat with the bytes 24 to 31.
//
// The sums are kept in full, not folded: one adder a level, and at the end
// low half + high part = 0xFFFF is a comparison without carry.

`default_nettype none

module tcp_checksum #(
    parameter DATA_WIDTH      = 64,  // bits of a beat
    parameter MAX_FRAME_BYTES = 1522 // longest frame
) (
    input  wire                              clk,

    // Gather stage: the beat, and what the header says.
    input  wire [            DATA_WIDTH-1:0] gather_data,
    input  wire [        DATA_WIDTH/8 - 1:0] gather_keep,
    input  wire [$clog2(DATA_WIDTH / 8)-1:0] gather_bytes,  // valid bytes less one
    input  wire                              gather_valid,
    input  wire                              gather_first,
    input  wire [                      10:0] gather_index,
    input  wire                              gather_tagged,
    input  wire                              gather_long,   // IPv6
    input  wire                              gather_icmp,   // ICMP or ICMPv6, not TCP
    input  wire [                      15:0] gather_length, // IPv4 total length or IPv6 payload length

    // Align stage.
    output reg  [                      15:0] align_tcp_length, // modulo 2^16
    output reg                               align_negative,   // it is below 0
    output wire                              align_beyond,     // in the last beat: IP ends behind the frame

    // Merge stage, combinational, in the last beat.
    output wire                              bad_tcp_checksum
);

    localparam BYTES = DATA_WIDTH / 8;
    localparam BYTES_WIDTH = $clog2(BYTES);
    localparam LANES = BYTES / 2;
    localparam LENGTH_BEAT = 16 / BYTES;
    localparam LENGTH_BASE = LENGTH_BEAT * BYTES; // 16 or 0
    localparam PSEUDO_BEAT = 24 / BYTES;
    localparam GROUPS = LANES < 4 ? LANES : 4;
    localparam PER_GROUP = LANES / GROUPS;
    localparam BEAT_SUM_WIDTH = 16 + $clog2(LANES + 2) + 1;
    localparam TOTAL_WIDTH = 17 + $clog2(MAX_FRAME_BYTES);

    // ---- gather: bytes of this beat that count --------------------------------------------------
    // `left` is the end of the IP packet, counted from the beginning of this beat.
    wire [31:0] beat = {21'd0, gather_index};
    wire length_beat = beat == LENGTH_BEAT;
    wire [16:0] ip_end = {1'b0, gather_length} + (gather_long ? (gather_tagged ? 17'd58 : 17'd54)
                                                              : (gather_tagged ? 17'd18 : 17'd14));
    wire [16:0] end_in_length_beat = LENGTH_BASE != 0 && ip_end[16:4] == 13'd0 ? 17'd0 : ip_end - LENGTH_BASE[16:0];
    reg  [16:0] left_behind;
    wire [16:0] left = length_beat ? end_in_length_beat : left_behind;
    wire        left_all = left >= BYTES[16:0];

    reg [BYTES-1:0] counted;
    integer lane;
    integer place;
    always @* begin
        for (lane = 0; lane < BYTES; lane = lane + 1)
            counted[lane] = gather_keep[lane] && beat + 1 > LENGTH_BEAT &&
                            (left_all || left[BYTES_WIDTH-1:0] > lane[BYTES_WIDTH-1:0]);
        for (place = LENGTH_BASE; place < 38; place = place + 1)
            if (beat == place / BYTES)
                if (place < 22 || (place < 26 && (gather_tagged || !gather_long)) ||
                    (place >= 26 && place < 30 && gather_tagged && !gather_long) ||
                    (place >= 26 && gather_icmp && !gather_long && (place < 34 || gather_tagged)))
                    counted[place%BYTES] = 1'b0;
    end

    // ---- align ----------------------------------------------------------------------------------
    reg [DATA_WIDTH-1:0] align_data;
    reg [16:0] align_left;
    reg [BYTES_WIDTH-1:0] align_bytes;
    reg align_valid, align_first, align_pseudo_beat, align_long, align_icmp;
    integer align_lane;
    always @(posedge clk) begin
        if (gather_valid) left_behind <= left_all ? left - BYTES[16:0] : 17'd0;
        for (align_lane = 0; align_lane < BYTES; align_lane = align_lane + 1)
            align_data[8*align_lane+:8] <= gather_data[8*align_lane+:8] & {8{counted[align_lane]}};
        align_valid <= gather_valid;
        align_first <= gather_first;
        align_pseudo_beat <= beat == PSEUDO_BEAT;
        align_long <= gather_long;
        align_icmp <= gather_icmp;
        align_left <= left;
        align_bytes <= gather_bytes;
        align_tcp_length <= gather_length - (gather_long ? 16'd0 : 16'd20);
        align_negative <= !gather_long && gather_length < 16'd20;
    end

    assign align_beyond = align_left > {{(17 - BYTES_WIDTH) {1'b0}}, align_bytes} + 17'd1;

    // ---- check: up to four partial sums, and the rest of the pseudo-header -----------------------
    reg [BEAT_SUM_WIDTH-1:0] partial[0:3];
    reg [BEAT_SUM_WIDTH-1:0] check_partial_0, check_partial_1, check_partial_2, check_partial_3;
    reg [16:0] check_pseudo;
    reg check_valid, check_first;
    integer group, member;
    always @* begin
        for (group = 0; group < 4; group = group + 1) begin
            partial[group] = {BEAT_SUM_WIDTH{1'b0}};
            if (group < GROUPS)
                for (member = 0; member < PER_GROUP; member = member + 1)
                    partial[group] = partial[group] + {{(BEAT_SUM_WIDTH - 16) {1'b0}},
                        align_data[16*((group%GROUPS)*PER_GROUP+member)+:8],
                        align_data[16*((group%GROUPS)*PER_GROUP+member)+8+:8]};
        end
    end
    always @(posedge clk) begin
        check_partial_0 <= partial[0];
        check_partial_1 <= partial[1];
        check_partial_2 <= partial[2];
        check_partial_3 <= partial[3];
        check_pseudo <= align_pseudo_beat && (align_long || !align_icmp)
                        ? {1'b0, align_tcp_length} + (align_icmp ? 17'd58 : 17'd6) : 17'd0;
        check_valid <= align_valid;
        check_first <= align_first;
    end

    // ---- merge: the beat's sum, then the frame's ------------------------------------------------
    reg [BEAT_SUM_WIDTH-1:0] merge_sum;
    reg merge_valid, merge_first;
    always @(posedge clk) begin
        merge_sum <= (check_partial_0 + check_partial_1) + (check_partial_2 + check_partial_3) +
                     {{(BEAT_SUM_WIDTH - 17) {1'b0}}, check_pseudo};
        merge_valid <= check_valid;
        merge_first <= check_first;
    end

    reg [TOTAL_WIDTH-1:0] sum_before;
    wire [TOTAL_WIDTH-1:0] total = (merge_first ? {TOTAL_WIDTH{1'b0}} : sum_before) +
                                   {{(TOTAL_WIDTH - BEAT_SUM_WIDTH) {1'b0}}, merge_sum};
    always @(posedge clk) if (merge_valid) sum_before <= total;

    assign bad_tcp_checksum = total[15:0] != ~{{(32 - TOTAL_WIDTH) {1'b0}}, total[TOTAL_WIDTH-1:16]};

endmodule

`default_nettype wire
