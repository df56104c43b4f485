// Turns replies into Ethernet frames: headers, options, checksums, padding to 60 bytes (the FCS is the MAC's).
//
// Five stages. The first four carry the reply while reply_checksum sums beside it; between the third and the fourth
// the options are laid out; the fifth holds the whole frame and shifts it out, a beat a clock. A stage that is empty
// or is being emptied loads, so bubbles close up while the output is stalled.
//
// At 64 bits the checksums stand so far behind in the frame, in its fourth beat at the earliest, that the output does
// not wait for them: it loads the frame without them from the first stage, and each is put into its beat as that one
// comes to the output. The sums are done three clocks behind the first stage and stay until the next frame loads.
//
// Latency: a reply taken at one clock edge shows its first beat behind the fifth edge, that one counted, if nothing
// is before it; at 64 bits behind the second. Throughput: a beat a clock without gaps; at 512 bits a frame of up to 64
// bytes a clock.
// reply_ready follows m_axis_tready within the clock, through about three LUTs. MSS, window scale and SACK-permitted are sent
// with SYN only, whatever the reply asks for: elsewhere they have no meaning (RFC 9293 3.7.1, RFC 7323 2.2).

`default_nettype none

`include "offload_map.vh"

module reply_builder #(
    // Bits a beat: 64, 128, 256 or 512.
    parameter DATA_WIDTH = 512
) (
    input  wire                       clk,
    input  wire                       rst,

    // Replies.
    input  wire                       reply_valid,
    output wire                       reply_ready,
    input  wire [`REPLY_BITS-1:0]     reply,

    // Frames; byte i of a beat in m_axis_tdata[8*i +: 8]. Held while stalled.
    output wire [DATA_WIDTH-1:0]      m_axis_tdata,
    output reg  [DATA_WIDTH/8-1:0]    m_axis_tkeep,
    output reg                        m_axis_tvalid,
    input  wire                       m_axis_tready,
    output reg                        m_axis_tlast,
    // The frame leaves at the host port.
    output reg                        m_axis_tdest,

    // High for one clock behind the acceptance of a frame's last beat.
    output reg                        count_sent,
    // A reply or a frame is inside, or is about to be counted.
    output wire                       busy
);

    // Longest frame: 14 Ethernet, 4 tag, 40 IPv6, 20 TCP, 20 options.
    localparam FRAME_BYTES  = 98;
    // Shortest frame without FCS.
    localparam PADDED_BYTES = 60;
    localparam BEAT_BYTES   = DATA_WIDTH / 8;
    localparam BEATS        = (FRAME_BYTES + BEAT_BYTES - 1) / BEAT_BYTES;

    generate
        if (DATA_WIDTH != 64 && DATA_WIDTH != 128 && DATA_WIDTH != 256 && DATA_WIDTH != 512) begin : bad_width
            reply_builder_needs_64_128_256_or_512_bits check ();
        end
    endgenerate

    // The output loads from the first stage, ahead of the checksums.
    localparam EARLY = DATA_WIDTH == 64;

    // What is sent: options that belong to SYN go with SYN.
    localparam SYN = 1;

    reg  [`REPLY_BITS-1:0] input_reply;
    wire [7:0]             input_flags = reply[`REPLY_FLAGS];

    always @* begin
        input_reply = reply;
        input_reply[`REPLY_MSS_PRESENT]    = reply[`REPLY_MSS_PRESENT]    && input_flags[SYN];
        input_reply[`REPLY_SCALE_PRESENT]  = reply[`REPLY_SCALE_PRESENT]  && input_flags[SYN];
        input_reply[`REPLY_SACK_PERMITTED] = reply[`REPLY_SACK_PERMITTED] && input_flags[SYN];
    end

    wire [3:0] input_data_offset =
        4'd5 + {3'd0, input_reply[`REPLY_MSS_PRESENT]} + {3'd0, input_reply[`REPLY_SCALE_PRESENT]}
        + (input_reply[`REPLY_TS_PRESENT] ? 4'd3 : {3'd0, input_reply[`REPLY_SACK_PERMITTED]});

    // Flow: stage 5 is the output.
    reg  [4:1] valid;
    wire [4:1] advance;
    wire       output_free = !m_axis_tvalid || (m_axis_tready && m_axis_tlast);

    // A stage loads if it, or any behind it, is empty, or the output is free. Early, the second one holds what the sums
    // of the frame at the output are made of, and those behind it follow.
    assign advance = EARLY ? {2'b11, output_free, !valid[1] || output_free}
                           : {!valid[4], !(&valid[4:3]), !(&valid[4:2]), !(&valid[4:1])} | {4{output_free}};
    assign reply_ready = advance[1];
    assign busy = |valid || m_axis_tvalid || count_sent;

    always @(posedge clk) begin
        if (advance[1]) valid[1] <= reply_valid;
        if (advance[2]) valid[2] <= valid[1] && !EARLY;
        if (advance[3]) valid[3] <= valid[2];
        if (advance[4]) valid[4] <= valid[3];
        if (rst) valid <= 4'd0;
    end

    // Stages 1 to 3.
    reg [`REPLY_BITS-1:0] stage1_reply;
    reg [`REPLY_BITS-1:0] stage2_reply;
    reg [`REPLY_BITS-1:0] stage3_reply;
    reg [3:0]             stage1_data_offset;
    reg [3:0]             stage2_data_offset;
    reg [3:0]             stage3_data_offset;
    reg [4:0]             stage3_quads;

    // Length before padding is 54 + 4 * quads.
    function [4:0] quads;
        input [3:0] data_offset;
        input       with_tag;
        input       ipv6;
        quads = {1'b0, data_offset} - 5'd5 + {4'd0, with_tag} + (ipv6 ? 5'd5 : 5'd0);
    endfunction

    always @(posedge clk) begin
        if (advance[1]) begin
            stage1_reply       <= input_reply;
            stage1_data_offset <= input_data_offset;
        end
        if (advance[2]) begin
            stage2_reply       <= stage1_reply;
            stage2_data_offset <= stage1_data_offset;
        end
        if (advance[3]) begin
            stage3_reply       <= stage2_reply;
            stage3_data_offset <= stage2_data_offset;
            stage3_quads       <= quads(stage2_data_offset, stage2_reply[`REPLY_TAGGED], stage2_reply[`REPLY_IS_IPV6]);
        end
    end

    // What options and length are made of: the third stage, or early the first.
    wire [`REPLY_BITS-1:0] measured_reply = EARLY ? stage1_reply : stage3_reply;
    wire [4:0]             measured_quads = EARLY ? quads(stage1_data_offset, stage1_reply[`REPLY_TAGGED], stage1_reply[`REPLY_IS_IPV6])
                                                  : stage3_quads;
    wire [159:0]           measured_options;
    // Length less one, so that its parts above and below a beat's size are the beats before the last one, and the
    // index of the last byte in the last one.
    wire [6:0]             measured_length = {measured_quads, 2'b00} + 7'd54;
    wire [6:0]             measured_end = (measured_length < PADDED_BYTES[6:0] ? PADDED_BYTES[6:0] : measured_length) - 7'd1;

    // Whole beats before the one with the last byte.
    wire [3:0]             measured_beats = measured_end[6:3] >> $clog2(BEAT_BYTES / 8);

    wire                   unused = &{1'b0, measured_reply};   // of a reply, what is not measured

    // Stage 4: options laid out, beats counted.
    reg  [`REPLY_BITS-1:0] stage4_reply;
    reg  [3:0]             stage4_data_offset;
    reg  [159:0]           stage4_options;
    reg  [3:0]             stage4_beats_left;
    reg  [BEAT_BYTES-1:0]  stage4_last_keep;
    wire [15:0]            stage4_ip_checksum;
    wire [15:0]            stage4_tcp_checksum;

    reply_options layout_options (
        .mss_present(measured_reply[`REPLY_MSS_PRESENT]),
        .mss(measured_reply[`REPLY_MSS]),
        .sack_permitted(measured_reply[`REPLY_SACK_PERMITTED]),
        .ts_present(measured_reply[`REPLY_TS_PRESENT]),
        .ts_val(measured_reply[`REPLY_TS_VAL]),
        .ts_ecr(measured_reply[`REPLY_TS_ECR]),
        .scale_present(measured_reply[`REPLY_SCALE_PRESENT]),
        .scale(measured_reply[`REPLY_SCALE]),
        .options(measured_options)
    );

    // All bytes of a beat up to and including the last.
    function [BEAT_BYTES-1:0] keep_to;
        input [6:0] last;
        integer i;
        for (i = 0; i < BEAT_BYTES; i = i + 1)
            keep_to[i] = i[6:0] <= (last & (BEAT_BYTES[6:0] - 7'd1));
    endfunction

    always @(posedge clk) begin
        if (advance[4]) begin
            stage4_reply       <= stage3_reply;
            stage4_data_offset <= stage3_data_offset;
            stage4_options     <= measured_options;
            stage4_beats_left  <= measured_beats;
            stage4_last_keep   <= keep_to(measured_end);
        end
    end

    reply_checksum checksums (
        .clk(clk),
        .advance(advance),
        .reply(input_reply),
        .data_offset(input_data_offset),
        .ip_checksum(stage4_ip_checksum),
        .tcp_checksum(stage4_tcp_checksum)
    );

    // What the output loads: the fourth stage, or early the first, without checksums.
    wire                   drawn_valid      = EARLY ? valid[1] : valid[4];
    wire [`REPLY_BITS-1:0] drawn_reply      = EARLY ? stage1_reply : stage4_reply;
    wire [3:0]             drawn_beats_left = EARLY ? measured_beats : stage4_beats_left;
    wire [BEAT_BYTES-1:0]  drawn_last_keep  = EARLY ? keep_to(measured_end) : stage4_last_keep;
    wire [783:0]           drawn_frame;

    reply_frame layout (
        .reply(drawn_reply),
        .data_offset(EARLY ? stage1_data_offset : stage4_data_offset),
        .options(EARLY ? measured_options : stage4_options),
        .ip_checksum(EARLY ? 16'd0 : stage4_ip_checksum),
        .tcp_checksum(EARLY ? 16'd0 : stage4_tcp_checksum),
        .frame(drawn_frame)
    );

    // Stage 5: the output, a shift register of beats.
    reg [BEATS*DATA_WIDTH-1:0] output_frame;
    reg [BEAT_BYTES-1:0]       output_last_keep;
    // Beats behind the one that stands at the output.
    reg [3:0]                  output_beats_left;

    assign m_axis_tdata = output_frame[DATA_WIDTH-1:0];

    // The checksum that belongs into the beat behind the one at the output. Behind the Ethernet header and the tag, the
    // one of IPv4 is at 10, that of TCP at 16 behind the IP header.
    wire [DATA_WIDTH-1:0] late_checksum;
    generate
        if (EARLY) begin : late
            reg  [3:0]  beat;                                   // of the one behind
            reg         with_tag, ipv6;
            wire [15:0] ip  = {stage4_ip_checksum[7:0], stage4_ip_checksum[15:8]};
            wire [15:0] tcp = {stage4_tcp_checksum[7:0], stage4_tcp_checksum[15:8]};
            wire        with_ip  = beat == 4'd3 && !ipv6;
            wire        with_tcp = beat == (ipv6 ? (with_tag ? 4'd9 : 4'd8) : 4'd6);
            assign late_checksum = with_ip  ? (with_tag ? {16'd0, ip, 32'd0} : {48'd0, ip})
                                 : with_tcp ? (with_tag == ipv6 ? {32'd0, tcp, 16'd0} : {tcp, 48'd0}) : 64'd0;

            always @(posedge clk)
                if (output_free) begin
                    beat   <= 4'd1;
                    with_tag <= drawn_reply[`REPLY_TAGGED];
                    ipv6   <= drawn_reply[`REPLY_IS_IPV6];
                end else if (m_axis_tready)
                    beat <= beat + 4'd1;
        end else begin : in_time
            assign late_checksum = {DATA_WIDTH{1'b0}};
        end
    endgenerate

    always @(posedge clk) begin
        count_sent <= m_axis_tvalid && m_axis_tready && m_axis_tlast && !rst;
        if (output_free) begin
            m_axis_tvalid     <= drawn_valid;
            m_axis_tlast      <= drawn_beats_left == 4'd0;
            m_axis_tkeep      <= drawn_beats_left == 4'd0 ? drawn_last_keep : {BEAT_BYTES{1'b1}};
            m_axis_tdest      <= drawn_reply[`REPLY_TO_HOST];
            output_frame      <= {{(BEATS * DATA_WIDTH - 784){1'b0}}, drawn_frame};
            output_last_keep  <= drawn_last_keep;
            output_beats_left <= drawn_beats_left;
        end else if (m_axis_tready) begin
            m_axis_tlast      <= output_beats_left == 4'd1;
            m_axis_tkeep      <= output_beats_left == 4'd1 ? output_last_keep : {BEAT_BYTES{1'b1}};
            output_frame      <= (output_frame >> DATA_WIDTH) | {{((BEATS - 1) * DATA_WIDTH){1'b0}}, late_checksum};
            output_beats_left <= output_beats_left - 4'd1;
        end
        if (rst) m_axis_tvalid <= 1'b0;
    end

`ifdef FORMAL
    // Whatever comes in: beats are held while stalled, and as many frames leave as replies were taken. What is in
    // the frames is the bench's.
    reg f_started = 1'b0;
    reg f_stalled;
    reg [DATA_WIDTH+BEAT_BYTES:0] f_held;
    // Replies taken whose frame has not left.
    reg [2:0] f_inside;
    // Beats of the frame at the output that have left.
    reg [3:0] f_left;

    wire f_take  = reply_valid && reply_ready;
    wire f_leave = m_axis_tvalid && m_axis_tready && m_axis_tlast;
    wire [DATA_WIDTH+BEAT_BYTES:0] f_out = {m_axis_tlast, m_axis_tkeep, m_axis_tdata};

    always @(posedge clk) begin
        f_started <= 1'b1;
        f_stalled <= m_axis_tvalid && !m_axis_tready && !rst;
        f_held    <= f_out;
        f_inside  <= f_inside + {2'd0, f_take} - {2'd0, f_leave};
        if (m_axis_tvalid && m_axis_tready) f_left <= m_axis_tlast ? 4'd0 : f_left + 4'd1;
        if (rst) begin
            f_inside <= 3'd0;
            f_left   <= 4'd0;
        end
    end

    always @* if (!f_started) assume (rst);

    always @* if (f_started && !rst) begin
        // Hold while stalled.
        if (f_stalled) assert (m_axis_tvalid && f_out == f_held);
        if (EARLY) assert (valid[4:2] == 3'd0);
        // A frame for each reply; five at most are inside.
        assert (f_inside == {2'd0, valid[1]} + {2'd0, valid[2]} + {2'd0, valid[3]} + {2'd0, valid[4]} + {2'd0, m_axis_tvalid});
        assert (busy == (f_inside != 3'd0 || count_sent));
        if (f_inside == 3'd5 && !f_leave) assert (!reply_ready);
        if (m_axis_tvalid) begin
            // Whole beats up to the last, which has bytes without gaps.
            assert (m_axis_tlast || &m_axis_tkeep);
            assert (m_axis_tkeep[0] && (m_axis_tkeep & (m_axis_tkeep + 1'b1)) == 0);
            // As many beats as the longest frame has, at most.
            assert (f_left < BEATS);
            // For the induction.
            assert (m_axis_tlast == (output_beats_left == 4'd0));
            assert ({1'b0, f_left} + {1'b0, output_beats_left} < BEATS);
            assert (output_last_keep[0] && (output_last_keep & (output_last_keep + 1'b1)) == 0);
        end else begin
            assert (f_left == 4'd0);
        end
        // For the induction.
        if (valid[1]) assert (stage1_data_offset >= 4'd5 && stage1_data_offset <= 4'd10);
        if (valid[2]) assert (stage2_data_offset >= 4'd5 && stage2_data_offset <= 4'd10);
        if (valid[3]) assert (stage3_quads <= 5'd11);
        if (valid[4]) assert (stage4_beats_left < BEATS);
        if (valid[4]) assert (stage4_last_keep[0] && (stage4_last_keep & (stage4_last_keep + 1'b1)) == 0);
    end

    always @(posedge clk) if (f_started && !rst) begin
        cover (count_sent && f_inside == 3'd2);
        cover (f_leave && f_stalled);
    end
`endif

endmodule

`default_nettype wire
