// reply_builder for ports of a gigabit: the same frames in an eighth of the area, made from one word of two bytes a clock.
//
// The checksums stand in the frame in front of words that they sum. Those words are looked at first: the walk through
// the frame goes on to them, without sending, comes back to the checksum, and passes them once more. 30 to 61 clocks a
// reply; its first beat stands at the output 7 clocks after it was taken, and the later ones follow four clocks each, or
// fifteen where options are summed, which a gigabit, taking eight bytes in 6.4 clocks of 100 MHz, does not overtake.
//
// Beats wait in a block RAM. A reply that would not fit is taken and dropped. MSS, window scale and SACK-permitted are
// sent with SYN only, whatever the reply asks for.

`default_nettype none

`include "offload_map.vh"

module reply_words #(
    parameter BEATS_BITS = 9                                    // 2^BEATS_BITS beats wait for the output
) (
    input  wire                       clk,
    input  wire                       rst,

    // Replies
    input  wire                       reply_valid,
    output wire                       reply_ready,
    input  wire [`REPLY_BITS-1:0]     reply,

    // Frames; byte i of a beat in m_axis_tdata[8*i +: 8]. Held while stalled.
    output wire [63:0]                m_axis_tdata,
    output wire [7:0]                 m_axis_tkeep,
    output reg                        m_axis_tvalid,
    input  wire                       m_axis_tready,
    output wire                       m_axis_tlast,
    output wire                       m_axis_tdest,             // the frame leaves at the host port

    // High for one clock: behind the acceptance of a frame's last beat; behind that of a reply that did not fit.
    output reg                        count_sent,
    output reg                        count_dropped,
    // A reply or a frame is inside, or is about to be counted.
    output wire                       busy
);
    localparam SHORTEST = 30;                                   // words of a frame without FCS
    localparam LONGEST  = 13;                                   // beats

    localparam SYN = 1;

    // ---- the reply ------------------------------------------------------------------------------
    reg  [`REPLY_BITS-1:0] held;
    reg                    active;                              // its frame is being made
    wire                   room;
    wire                   load      = reply_valid && reply_ready;
    wire [7:0]             flags     = held[`REPLY_FLAGS];
    wire                   with_mss  = held[`REPLY_MSS_PRESENT] && flags[SYN];
    wire                   with_scale = held[`REPLY_SCALE_PRESENT] && flags[SYN];
    wire                   with_sack = held[`REPLY_SACK_PERMITTED] && flags[SYN];
    wire                   with_ts   = held[`REPLY_TS_PRESENT];
    wire [3:0]             data_offset = 4'd5 + {3'd0, with_mss} + {3'd0, with_scale} + (with_ts ? 4'd3 : {3'd0, with_sack});
    wire [15:0]            tcp_length  = {10'd0, data_offset, 2'd0};
    wire [127:0]           source      = held[`REPLY_SOURCE_ADDRESS];
    wire [127:0]           destination = held[`REPLY_DESTINATION_ADDRESS];
    wire [47:0]            to_mac      = held[`REPLY_DESTINATION_MAC];
    wire [47:0]            from_mac    = held[`REPLY_SOURCE_MAC];
    wire [31:0]            seq         = held[`REPLY_SEQ];
    wire [31:0]            ack         = held[`REPLY_ACK];
    wire [31:0]            ts_val      = held[`REPLY_TS_VAL];
    wire [31:0]            ts_ecr      = held[`REPLY_TS_ECR];
    wire                   ipv6        = held[`REPLY_IS_IPV6];

    assign reply_ready = !active && !rst;

    always @(posedge clk) begin
        if (load) held <= reply;
        count_dropped <= load && !room && !rst;
    end

    // ---- the walk -------------------------------------------------------------------------------
    localparam [5:0] TAG = 6'd6, TYPE = 6'd8, IPV4 = 6'd9, IPV6 = 6'd19, TCP = 6'd39, MSS = 6'd49, TIMESTAMPS = 6'd51,
                     SCALE = 6'd57, SACK = 6'd59, PADDING = 6'd61;
    localparam [5:0] IP_CHECKSUM = IPV4 + 6'd5, TCP_CHECKSUM = TCP + 6'd8;

    reg        walking;
    reg  [5:0] at;
    reg        summing;                                         // looked at, not sent
    reg  [5:0] sent;                                            // words

    reg  [15:0] word;
    always @* case (at)
        6'd0:    word = to_mac[47:32];
        6'd1:    word = to_mac[31:16];
        6'd2:    word = to_mac[15:0];
        6'd3:    word = from_mac[47:32];
        6'd4:    word = from_mac[31:16];
        6'd5:    word = from_mac[15:0];
        TAG:     word = 16'h8100;
        6'd7:    word = held[`REPLY_TCI];
        TYPE:    word = ipv6 ? 16'h86DD : 16'h0800;
        // IPv4: no options, DF, identification 0 (RFC 6864 4.1); IPv6: flow label 0. ECN is never set.
        IPV4:    word = {8'h45, held[`REPLY_DSCP], 2'd0};
        6'd10:   word = tcp_length + 16'd20;
        6'd12:   word = 16'h4000;
        6'd13:   word = {held[`REPLY_HOP_LIMIT], 8'd6};
        6'd15:   word = source[31:16];
        6'd16:   word = source[15:0];
        6'd17:   word = destination[31:16];
        6'd18:   word = destination[15:0];
        IPV6:    word = {4'd6, held[`REPLY_DSCP], 6'd0};
        6'd21:   word = tcp_length;
        6'd22:   word = {8'd6, held[`REPLY_HOP_LIMIT]};
        6'd23:   word = source[127:112];
        6'd24:   word = source[111:96];
        6'd25:   word = source[95:80];
        6'd26:   word = source[79:64];
        6'd27:   word = source[63:48];
        6'd28:   word = source[47:32];
        6'd29:   word = source[31:16];
        6'd30:   word = source[15:0];
        6'd31:   word = destination[127:112];
        6'd32:   word = destination[111:96];
        6'd33:   word = destination[95:80];
        6'd34:   word = destination[79:64];
        6'd35:   word = destination[63:48];
        6'd36:   word = destination[47:32];
        6'd37:   word = destination[31:16];
        6'd38:   word = destination[15:0];
        TCP:     word = held[`REPLY_SOURCE_PORT];
        6'd40:   word = held[`REPLY_DESTINATION_PORT];
        6'd41:   word = seq[31:16];
        6'd42:   word = seq[15:0];
        6'd43:   word = ack[31:16];
        6'd44:   word = ack[15:0];
        6'd45:   word = {data_offset, 4'd0, flags};
        6'd46:   word = held[`REPLY_WINDOW];
        // Options in the order in which Linux sends them (RFC 9293 3.2, RFC 2018 2, RFC 7323 2.2 and 3.2).
        MSS:     word = {8'd2, 8'd4};
        6'd50:   word = held[`REPLY_MSS];
        TIMESTAMPS: word = with_sack ? {8'd4, 8'd2} : {8'd1, 8'd1};
        6'd52:   word = {8'd8, 8'd10};
        6'd53:   word = ts_val[31:16];
        6'd54:   word = ts_val[15:0];
        6'd55:   word = ts_ecr[31:16];
        6'd56:   word = ts_ecr[15:0];
        SCALE:   word = {8'd1, 8'd3};
        6'd58:   word = {8'd3, 4'd0, held[`REPLY_SCALE]};
        SACK:    word = {8'd1, 8'd1};
        6'd60:   word = {8'd4, 8'd2};
        default: word = 16'd0;
    endcase

    wire       with_options = with_mss || with_ts || with_sack || with_scale;
    wire [5:0] behind_ts    = with_scale ? SCALE : PADDING;
    wire [5:0] behind_mss   = with_ts ? TIMESTAMPS : with_sack ? SACK : behind_ts;
    reg  [5:0] next;                                            // PADDING: the frame ends, but for padding
    always @* case (at)
        6'd5:         next = held[`REPLY_TAGGED] ? TAG : TYPE;
        TYPE:         next = ipv6 ? IPV6 : IPV4;
        6'd18, 6'd38: next = TCP;
        6'd48:        next = with_mss ? MSS : behind_mss;
        6'd50:        next = behind_mss;
        6'd56, 6'd60: next = behind_ts;
        6'd58:        next = PADDING;
        PADDING:      next = PADDING;
        default:      next = at + 6'd1;
    endcase

    wire finished = !summing && next == PADDING && sent >= SHORTEST[5:0] - 6'd1;

    always @(posedge clk) begin
        at      <= next;
        summing <= summing;
        if (!summing) sent <= sent + 6'd1;
        if (at == IP_CHECKSUM - 6'd1) begin
            at      <= IP_CHECKSUM + 6'd1;
            summing <= 1'b1;
        end
        if (summing && at == 6'd18) begin
            at      <= IP_CHECKSUM;
            summing <= 1'b0;
        end
        if (at == TCP_CHECKSUM - 6'd1 && with_options) begin
            at      <= with_mss ? MSS : behind_mss;
            summing <= 1'b1;
        end
        if (summing && next == PADDING) begin
            at      <= TCP_CHECKSUM;
            summing <= 1'b0;
        end
        if (finished) walking <= 1'b0;
        if (load) begin
            at      <= 6'd0;
            sent    <= 6'd0;
            summing <= 1'b0;
        end
        if (rst) walking <= 1'b0;
        else if (load && room) walking <= 1'b1;
    end

    // ---- sums: one clock behind the walk --------------------------------------------------------
    reg        put, put_last, put_ip_checksum, put_tcp_checksum, in_ip_sum, in_tcp_sum;
    reg [15:0] put_word, ip_sum, tcp_sum;
    reg        ip_carry, tcp_carry;

    wire in_ipv4    = at >= IPV4 && at < IPV6;
    wire in_address = (at >= 6'd15 && at < IPV6) || (at >= 6'd23 && at < TCP);
    always @(posedge clk) begin
        put              <= walking && !summing && !rst;
        put_last         <= finished;
        put_word         <= word;
        put_ip_checksum  <= at == IP_CHECKSUM;
        put_tcp_checksum <= at == TCP_CHECKSUM;
        // Each word once: what stands behind a checksum while it is looked at.
        in_ip_sum        <= walking && in_ipv4 && (summing || at < IP_CHECKSUM);
        in_tcp_sum       <= walking && (summing ? at >= MSS : in_address || (at >= TCP && at < TCP_CHECKSUM));

        if (in_ip_sum)  {ip_carry, ip_sum}   <= {1'b0, ip_sum} + {1'b0, put_word} + {16'd0, ip_carry};
        if (in_tcp_sum) {tcp_carry, tcp_sum} <= {1'b0, tcp_sum} + {1'b0, put_word} + {16'd0, tcp_carry};
        // The pseudo-header's length and protocol (RFC 9293 3.1) come with the first word, whose own flags are of none.
        if (walking && at == 6'd0) begin
            {ip_carry, ip_sum}   <= 17'd0;
            {tcp_carry, tcp_sum} <= {1'b0, tcp_length + 16'd6};
        end
    end

    // ---- beats ----------------------------------------------------------------------------------
    wire [15:0] ip_checksum  = ~(ip_sum + {15'd0, ip_carry});
    wire [15:0] tcp_checksum = ~(tcp_sum + {15'd0, tcp_carry});
    wire [15:0] out_word     = put_ip_checksum ? ip_checksum : put_tcp_checksum ? tcp_checksum : put_word;

    reg  [47:0] gathered;
    reg  [1:0]  part;
    reg         filling;                                        // the last beat is being filled up
    reg  [1:0]  last_part;
    wire [63:0] beat       = {filling ? 16'd0 : {out_word[7:0], out_word[15:8]}, gathered};
    wire        beat_write = (put || filling) && part == 2'd3;
    wire        beat_last  = filling || put_last;

    always @(posedge clk) begin
        if (put || filling) begin
            gathered <= beat[63:16];
            part     <= part + 2'd1;
        end
        if (put && put_last) last_part <= part;
        if (load || rst) filling <= 1'b0;
        else if (beat_write) filling <= 1'b0;
        else if (put && put_last) filling <= 1'b1;
        if (load || rst) part <= 2'd0;
        if (rst) active <= 1'b0;
        else if (load) active <= room;
        else if (beat_write && beat_last) active <= 1'b0;
    end

    // ---- what waits -----------------------------------------------------------------------------
    reg  [BEATS_BITS:0]   waiting;                              // without the one that stands at the output
    reg  [BEATS_BITS-1:0] head, tail;
    wire                  fetch = waiting != {(BEATS_BITS+1){1'b0}} && (!m_axis_tvalid || m_axis_tready);
    wire [1:0]            out_part;

    assign room = waiting <= (1 << BEATS_BITS) - LONGEST[BEATS_BITS:0];

    simple_dual_port_ram #(.WIDTH(68), .DEPTH(1 << BEATS_BITS)) beats (
        .clk(clk), .write_enable(beat_write), .write_address(tail),
        .write_data({held[`REPLY_TO_HOST], beat_last, filling ? last_part : part, beat}),
        .read_enable(fetch), .read_address(head), .read_data({m_axis_tdest, m_axis_tlast, out_part, m_axis_tdata})
    );

    assign m_axis_tkeep = {{2{out_part == 2'd3}}, {2{out_part >= 2'd2}}, {2{out_part >= 2'd1}}, 2'b11};
    assign busy         = active || waiting != {(BEATS_BITS+1){1'b0}} || m_axis_tvalid || count_sent || count_dropped;

    always @(posedge clk) begin
        count_sent <= m_axis_tvalid && m_axis_tready && m_axis_tlast && !rst;
        if (rst) begin
            m_axis_tvalid <= 1'b0;
            waiting       <= {(BEATS_BITS+1){1'b0}};
            head          <= {BEATS_BITS{1'b0}};
            tail          <= {BEATS_BITS{1'b0}};
        end else begin
            if (fetch || m_axis_tready) m_axis_tvalid <= fetch;
            waiting <= waiting + {{BEATS_BITS{1'b0}}, beat_write} - {{BEATS_BITS{1'b0}}, fetch};
            if (beat_write) tail <= tail + 1'b1;
            if (fetch) head <= head + 1'b1;
        end
    end
endmodule

`default_nettype wire
