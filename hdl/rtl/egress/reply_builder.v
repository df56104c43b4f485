// Turns replies into Ethernet frames: headers, options, checksums, padding to 60 bytes (the FCS is the MAC's).
//
// Five stages. The first four carry the reply while reply_checksum sums beside it; between the third and the fourth
// the options are laid out; the fifth holds the whole frame and shifts it out, a beat a clock. A stage that is empty
// or is being emptied loads, so bubbles close up while the output is stalled.
//
// Latency: a reply taken at one clock edge shows its first beat behind the fifth edge, that one counted, if nothing
// is before it. Throughput: a beat a clock without gaps; at 512 bits a frame of up to 64 bytes a clock.
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

    // A stage loads if it, or any behind it, is empty, or the output is free.
    assign advance = {!valid[4], !(&valid[4:3]), !(&valid[4:2]), !(&valid[4:1])} | {4{output_free}};
    assign reply_ready = advance[1];
    assign busy = |valid || m_axis_tvalid || count_sent;

    always @(posedge clk) begin
        if (advance[1]) valid[1] <= reply_valid;
        if (advance[2]) valid[2] <= valid[1];
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
    // Length before padding: 54 + 4 * stage3_quads.
    reg [4:0]             stage3_quads;

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
            stage3_quads       <= {1'b0, stage2_data_offset} - 5'd5 + {4'd0, stage2_reply[`REPLY_TAGGED]}
                                  + (stage2_reply[`REPLY_IS_IPV6] ? 5'd5 : 5'd0);
        end
    end

    // Stage 4: options laid out, beats counted.
    wire [159:0] stage3_options;
    // Length less one, so that its parts above and below a beat's size are the beats before the last one, and the
    // index of the last byte in the last one.
    wire [6:0]   stage3_length = {stage3_quads, 2'b00} + 7'd54;
    wire [6:0]   stage3_end = (stage3_length < PADDED_BYTES[6:0] ? PADDED_BYTES[6:0] : stage3_length) - 7'd1;

    // Whole beats before the one with the last byte.
    wire [3:0]   stage3_beats = stage3_end[6:3] >> $clog2(BEAT_BYTES / 8);

    reg  [`REPLY_BITS-1:0] stage4_reply;
    reg  [3:0]             stage4_data_offset;
    reg  [159:0]           stage4_options;
    reg  [3:0]             stage4_beats_left;
    reg  [BEAT_BYTES-1:0]  stage4_last_keep;
    wire [15:0]            stage4_ip_checksum;
    wire [15:0]            stage4_tcp_checksum;
    wire [783:0]           stage4_frame;

    reply_options layout_options (
        .mss_present(stage3_reply[`REPLY_MSS_PRESENT]),
        .mss(stage3_reply[`REPLY_MSS]),
        .sack_permitted(stage3_reply[`REPLY_SACK_PERMITTED]),
        .ts_present(stage3_reply[`REPLY_TS_PRESENT]),
        .ts_val(stage3_reply[`REPLY_TS_VAL]),
        .ts_ecr(stage3_reply[`REPLY_TS_ECR]),
        .scale_present(stage3_reply[`REPLY_SCALE_PRESENT]),
        .scale(stage3_reply[`REPLY_SCALE]),
        .options(stage3_options)
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
            stage4_options     <= stage3_options;
            stage4_beats_left  <= stage3_beats;
            stage4_last_keep   <= keep_to(stage3_end);
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

    reply_frame layout (
        .reply(stage4_reply),
        .data_offset(stage4_data_offset),
        .options(stage4_options),
        .ip_checksum(stage4_ip_checksum),
        .tcp_checksum(stage4_tcp_checksum),
        .frame(stage4_frame)
    );

    // Stage 5: the output, a shift register of beats.
    reg [BEATS*DATA_WIDTH-1:0] output_frame;
    reg [BEAT_BYTES-1:0]       output_last_keep;
    // Beats behind the one that stands at the output.
    reg [3:0]                  output_beats_left;

    assign m_axis_tdata = output_frame[DATA_WIDTH-1:0];

    always @(posedge clk) begin
        count_sent <= m_axis_tvalid && m_axis_tready && m_axis_tlast && !rst;
        if (output_free) begin
            m_axis_tvalid     <= valid[4];
            m_axis_tlast      <= stage4_beats_left == 4'd0;
            m_axis_tkeep      <= stage4_beats_left == 4'd0 ? stage4_last_keep : {BEAT_BYTES{1'b1}};
            m_axis_tdest      <= stage4_reply[`REPLY_TO_HOST];
            output_frame      <= {{(BEATS * DATA_WIDTH - 784){1'b0}}, stage4_frame};
            output_last_keep  <= stage4_last_keep;
            output_beats_left <= stage4_beats_left;
        end else if (m_axis_tready) begin
            m_axis_tlast      <= output_beats_left == 4'd1;
            m_axis_tkeep      <= output_beats_left == 4'd1 ? output_last_keep : {BEAT_BYTES{1'b1}};
            output_frame      <= output_frame >> DATA_WIDTH;
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
