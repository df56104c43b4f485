// The way in of ingress.v for ports of a gigabit: the same fields, keys and verdicts, found in a tenth of the area,
// from one word of two bytes a clock, and two words where nothing but the checksum is of interest. A gigabit brings eight
// bytes in 2.4 clocks of 37.5 MHz; this takes them in two, and eight bytes of headers in four.
//
//   s_axis ─▶ beat ─┬─▶ words ─▶ fields, checksums, tcp_options_bytes ─▶ key, segment
//                   └─▶ frame_fifo ◀─ verdict
//
// A beat is taken when the words of the one before it are done; a word of TCP options takes two clocks. So with a
// frame's last beat in clock T, segment_valid rises in T+2 to T+9, and key_valid at most five clocks behind the beat that
// brings the ports. Both stay until `take`, in whose clock the segment is given away; no beat of the next frame is
// looked at before. A frame that is dropped whole, and whose key was not given, shows nothing and waits for nothing.
//
// Everything that ingress.v says of frames, counters, segments and rule A7 holds here as well.

`default_nettype none

`include "offload_map.vh"

module ingress_words #(
    parameter FRAME_FIFO_BYTES = 8192,  // block RAM for waiting frames; a power of two
    parameter MAX_FRAME_BYTES  = 1522,  // longest frame, without FCS
    parameter FROM_HOST        = 0      // 0: net port, destination is local; 1: host port, source is local
) (
    input  wire                      clk,
    input  wire                      rst,

    // Frames in; tuser, with tlast: the MAC says that the frame is bad.
    input  wire [63:0]               s_axis_tdata,
    input  wire [ 7:0]               s_axis_tkeep,
    input  wire                      s_axis_tvalid,
    output wire                      s_axis_tready,
    input  wire                      s_axis_tlast,
    input  wire                      s_axis_tuser,

    // A frame that begins now may be admitted.
    input  wire                      room,

    // What was found of the frame that is being read. `key_valid`: addresses and ports are in.
    output wire                      key_valid,
    output wire                      segment_valid,
    output reg  [`SEGMENT_BITS-1:0]  segment,                       // its key from key_valid on, all of it from segment_valid on
    input  wire                      take,                          // with segment_valid

    // Verdicts, one a segment that is not void, in order.
    input  wire                      verdict_valid,
    output wire                      verdict_ready,
    input  wire [`VERDICT_BITS-1:0]  verdict,

    // Passed frames out.
    output wire [63:0]               m_axis_tdata,
    output wire [ 7:0]               m_axis_tkeep,
    output wire                      m_axis_tvalid,
    input  wire                      m_axis_tready,
    output wire                      m_axis_tlast,

    // Frames to be parked; no back-pressure. `park_bytes` is the number of valid bytes less one.
    output wire                      park_valid,
    output wire [63:0]               park_data,
    output wire [ 2:0]               park_bytes,
    output wire                      park_last,

    // Pulses of one clock, and whether a frame is inside.
    output reg                       count_received,
    output wire                      count_passed,
    output wire                      count_consumed,
    output reg                       count_dropped_full,
    output reg                       count_dropped_length,
    output wire                      busy
);
    localparam LAST_BEAT = (MAX_FRAME_BYTES - 1) / 8;
    localparam LAST_LANE = (MAX_FRAME_BYTES - 1) % 8;

    generate
        if (MAX_FRAME_BYTES < 118 || MAX_FRAME_BYTES > 2000) begin : check_longest
            ingress_words_max_frame_bytes_must_be_118_to_2000 invalid ();
        end
    endgenerate

    // ---- the beat -------------------------------------------------------------------------------
    reg         beat_valid, beat_new, beat_last, beat_bad, beat_over;
    reg  [63:0] beat_data;
    reg  [ 2:0] beat_bytes;                                         // valid bytes less one
    reg  [16:0] first_pair, second_pair;                            // sums of the beat's words
    reg         in_frame, admitted;
    reg  [ 7:0] beat_number;                                        // sticks behind the longest frame's last
    reg  [ 1:0] part;                                               // word of the beat
    wire        space, last_word, word_done;
    wire        two;                                                // words are taken at once
    reg         complete;                                           // the segment stands there

    wire over_keep = LAST_LANE == 7 ? 1'b0 : s_axis_tkeep[(LAST_LANE + 1) % 8];
    wire over      = beat_number > LAST_BEAT[7:0] || (beat_number == LAST_BEAT[7:0] && over_keep);
    wire short     = beat_number == 8'd0 || (beat_number == 8'd1 && !s_axis_tkeep[5]);   // than an Ethernet header
    wire beat_done = word_done && (part == beat_bytes[2:1] || (two && part[1]));
    wire taken     = s_axis_tvalid && s_axis_tready;

    assign s_axis_tready = !rst && (!complete || take) && (!beat_valid || (beat_done && !beat_last));

    integer lane;
    always @(posedge clk) begin
        beat_new <= taken && !rst;
        if (taken) begin
            beat_data <= s_axis_tdata;
            beat_last <= s_axis_tlast;
            beat_bad  <= s_axis_tlast && (over || short || s_axis_tuser);
            beat_over <= over;
            first_pair  <= {1'b0, s_axis_tdata[ 7: 0], s_axis_tdata[15: 8]} + {1'b0, s_axis_tdata[23:16], s_axis_tdata[31:24]};
            second_pair <= {1'b0, s_axis_tdata[39:32], s_axis_tdata[47:40]} + {1'b0, s_axis_tdata[55:48], s_axis_tdata[63:56]};
            beat_bytes <= 3'd0;
            for (lane = 1; lane < 8; lane = lane + 1)
                if (s_axis_tkeep[lane]) beat_bytes <= lane[2:0];
            if (!in_frame) admitted <= room && space;
            part <= 2'd0;
        end else if (word_done) begin
            beat_data <= two ? beat_data >> 32 : beat_data >> 16;
            part      <= part + (two ? 2'd2 : 2'd1);
        end
        if (rst) begin
            beat_valid  <= 1'b0;
            in_frame    <= 1'b0;
            beat_number <= 8'd0;
        end else if (taken) begin
            beat_valid <= 1'b1;
            in_frame   <= !s_axis_tlast;
            if (s_axis_tlast) beat_number <= 8'd0;
            else if (beat_number <= LAST_BEAT[7:0]) beat_number <= beat_number + 8'd1;
        end else if (beat_done) beat_valid <= 1'b0;
    end

    // ---- words ----------------------------------------------------------------------------------
    localparam [3:0] ETHERNET = 4'd0, TAG = 4'd1, IPV4 = 4'd2, IPV6 = 4'd3, TCP = 4'd4, OPTIONS = 4'd5, ICMP = 4'd6,
                     QUOTED_IPV4 = 4'd7, QUOTED_IPV6 = 4'd8, QUOTED_TCP = 4'd9, REST = 4'd10;

    reg  [ 3:0] where;                                              // part of the frame
    reg  [ 4:0] at;                                                 // word of that part
    reg         second;                                             // of an option word's two bytes
    wire [15:0] word = {beat_data[7:0], beat_data[15:8]};
    assign      last_word = beat_last && part == beat_bytes[2:1];
    wire        half      = last_word && !beat_bytes[0];            // only the first byte of the word is there
    assign      word_done = beat_valid && (where != OPTIONS || second);
    wire        ended     = word_done && last_word;

    // ---- what the header says -------------------------------------------------------------------
    reg         is_tagged, is_ipv6, is_icmp, is_tcp, is_void;
    reg         sure;                                               // the IP header and the quote are as we take them
    reg  [15:0] tci;
    reg  [47:0] destination_mac, source_mac;
    reg  [127:0] local_address, remote_address;
    reg  [15:0] local_port, remote_port;
    reg  [31:0] seq, ack;
    reg  [15:0] window;
    reg  [ 7:0] flags, icmp_type, icmp_code;
    reg  [ 5:0] options_left;                                       // bytes of options, this one included
    reg         low_offset, beyond;
    reg  [17:0] data_length;                                        // below 0: the TCP header is not all there
    reg         covered;                                            // IP's length holds all that we read of a quote

    wire in_ipv4   = where == IPV4 || where == QUOTED_IPV4;
    wire in_ipv6   = where == IPV6 || where == QUOTED_IPV6;
    wire of_source = (in_ipv4 && (at == 5'd6 || at == 5'd7)) || (in_ipv6 && at >= 5'd4 && at <= 5'd11);
    wire of_destination = (in_ipv4 && at >= 5'd8) || (in_ipv6 && at >= 5'd12);
    wire in_ports  = where == TCP || where == QUOTED_TCP;
    // What we have sent, and what is quoted of it, comes from the local side.
    wire from_us   = FROM_HOST != 0 || where == QUOTED_IPV4 || where == QUOTED_IPV6 || where == QUOTED_TCP;
    wire protocol_tcp  = in_ipv4 ? word[7:0] == 8'd6 : word[15:8] == 8'd6;
    wire protocol_icmp = FROM_HOST == 0 && (where == IPV4 ? word[7:0] == 8'd1 : word[15:8] == 8'd58);

    // Errors are: destination unreachable, time exceeded, parameter problem; ICMPv6: these and packet too big.
    wire error = is_ipv6 ? word[15:8] >= 8'd1 && word[15:8] <= 8'd4
                      : word[15:8] == 8'd3 || word[15:8] == 8'd11 || word[15:8] == 8'd12;

    // Addresses: all zero as far as they are in; IPv4-mapped ones (RFC 4291 2.5.5.2), which are never on a wire; and the
    // source unspecified, loopback, multicast or broadcast.
    reg  zero, ones, mapped, bad_address;
    wire first_word = in_ipv6 ? at == 5'd4 || at == 5'd12 : at == 5'd6 || at == 5'd8;
    wire sixth_word = in_ipv6 && (at == 5'd9 || at == 5'd17);
    wire all_zero   = (zero || first_word) && word == 16'd0;

    always @(posedge clk)
        if (word_done) begin
            if (of_source || of_destination) begin
                zero <= all_zero;
                ones <= word == 16'hFFFF;
            end
            if (where == IPV4 && at == 5'd6 && (word[15:8] == 8'd127 || word[15:12] == 4'd14)) bad_address <= 1'b1;
            if (where == IPV4 && at == 5'd7 && (all_zero || (ones && word == 16'hFFFF)))       bad_address <= 1'b1;
            if (where == IPV6 && at == 5'd4 && word[15:8] == 8'hFF)                            bad_address <= 1'b1;
            if (where == IPV6 && at == 5'd11 && zero && word[15:1] == 15'd0)                   bad_address <= 1'b1;
            if (where == ETHERNET && at == 5'd3 && word[8])                                    bad_address <= 1'b1;
            if (beginning) bad_address <= 1'b0;
            if (sixth_word && zero && word == 16'hFFFF) mapped <= 1'b1;
            if (beginning || where == ICMP) mapped <= 1'b0;
        end

    // ---- fields ---------------------------------------------------------------------------------
    // Key and segment are complete in the clock after the word that completes them.
    wire beginning = word_done && where == ETHERNET && at == 5'd0;
    wire key_now   = word_done && !half && sure && !mapped && admitted &&
                     ((where == TCP && at == 5'd1) || (where == QUOTED_TCP && at == 5'd3));

    always @(posedge clk) begin
        if (word_done) begin
            if (where == ETHERNET && at <= 5'd2) destination_mac <= {destination_mac[31:0], word};
            if (where == ETHERNET && at >= 5'd3 && at <= 5'd5) source_mac <= {source_mac[31:0], word};
            if (where == TAG && at == 5'd0) tci <= word;
            if (from_us ? of_source : of_destination) local_address <= {local_address[111:0], word};
            if (from_us ? of_destination : of_source) remote_address <= {remote_address[111:0], word};
            if (in_ports && at == (from_us ? 5'd0 : 5'd1)) local_port <= word;
            if (in_ports && at == (from_us ? 5'd1 : 5'd0)) remote_port <= word;
            if (in_ports && (at == 5'd2 || at == 5'd3)) seq <= {seq[15:0], word};
            if (where == TCP && (at == 5'd4 || at == 5'd5)) ack <= {ack[15:0], word};
            if (where == TCP && at == 5'd6) flags <= word[7:0];
            if (where == TCP && at == 5'd7) window <= word;
            if (where == ICMP && at == 5'd0) {icmp_type, icmp_code} <= word;
            if (where == TCP && at == 5'd6) low_offset <= word[15:12] < 4'd5;
        end
        // What is not found is 0. An address of IPv4 becomes an IPv4-mapped one of IPv6.
        if (beginning) begin
            is_tagged     <= 1'b0;
            is_ipv6       <= 1'b0;
            is_icmp    <= 1'b0;
            tci        <= 16'd0;
            ack        <= 32'd0;
            flags      <= 8'd0;
            window     <= 16'd0;
            low_offset <= 1'b0;
            icmp_type  <= 8'd0;
            icmp_code  <= 8'd0;
        end
        if (beginning || where == ICMP) begin
            local_address  <= {112'd0, 16'hFFFF};
            remote_address <= {112'd0, 16'hFFFF};
        end
        if (word_done && where == TAG && at == 5'd0) is_tagged <= 1'b1;
        if (word_done && where == IPV6) is_ipv6 <= 1'b1;
        if (word_done && where == ICMP) is_icmp <= 1'b1;
    end

    // ---- where the next word belongs ------------------------------------------------------------
    always @(posedge clk) begin
        if (word_done) begin
            at <= at + 5'd1;
            case (where)
                ETHERNET: if (at == 5'd6) begin
                    at <= 5'd0;
                    where <= word == 16'h8100 ? TAG : word == 16'h0800 ? IPV4 : word == 16'h86DD ? IPV6 : REST;
                end
                TAG: if (at == 5'd1) begin
                    at <= 5'd0;
                    where <= word == 16'h0800 ? IPV4 : word == 16'h86DD ? IPV6 : REST;
                end
                IPV4: begin
                    if (at == 5'd0 && word[15:8] != 8'h45) where <= REST;           // IHL 5
                    if (at == 5'd3 && word[13:0] != 14'd0) where <= REST;           // a fragment
                    if (at == 5'd4) begin
                        sure <= protocol_tcp;
                        if (!protocol_tcp && !protocol_icmp) where <= REST;
                    end
                    if (at == 5'd9) begin
                        at <= 5'd0;
                        where <= sure ? TCP : ICMP;
                    end
                end
                IPV6: begin
                    if (at == 5'd0 && word[15:12] != 4'd6) where <= REST;
                    if (at == 5'd3) begin
                        sure <= protocol_tcp;
                        if (!protocol_tcp && !protocol_icmp) where <= REST;
                    end
                    if (at == 5'd19) begin
                        at <= 5'd0;
                        where <= sure ? TCP : ICMP;
                    end
                end
                ICMP: begin
                    if (at == 5'd0) sure <= error && covered;
                    if (at == 5'd3) begin
                        at <= 5'd0;
                        where <= !sure ? REST : is_ipv6 ? QUOTED_IPV6 : QUOTED_IPV4;
                    end
                end
                QUOTED_IPV4: begin
                    if (at == 5'd0 && word[15:8] != 8'h45) where <= REST;
                    if (at == 5'd3 && word[12:0] != 13'd0) where <= REST;           // not the first fragment
                    if (at == 5'd4 && !protocol_tcp) where <= REST;
                    if (at == 5'd9) begin
                        at <= 5'd0;
                        where <= QUOTED_TCP;
                    end
                end
                QUOTED_IPV6: begin
                    if (at == 5'd0 && word[15:12] != 4'd6) where <= REST;
                    if (at == 5'd3 && !protocol_tcp) where <= REST;
                    if (at == 5'd19) begin
                        at <= 5'd0;
                        where <= QUOTED_TCP;
                    end
                end
                TCP: if (at == 5'd9) where <= options_left == 6'd0 ? REST : OPTIONS;
                OPTIONS: if (options_left == 6'd1) where <= REST;
                QUOTED_TCP: if (at == 5'd3) where <= REST;
                default: at <= 5'd0;
            endcase
            if (last_word) begin
                where <= ETHERNET;
                at    <= 5'd0;
            end
        end
        second <= beat_valid && where == OPTIONS && !second;
        if (word_done && where == TCP && at == 5'd6) options_left <= {word[15:12] - 4'd5, 2'd0};
        else if (beat_valid && where == OPTIONS) options_left <= options_left - 6'd1;
        if (rst) begin
            where  <= ETHERNET;
            at     <= 5'd0;
            second <= 1'b0;
        end
    end

    // ---- lengths and checksums ------------------------------------------------------------------
    // `left`: bytes of the IP packet that are still to come, this word included. Two words are taken at once where all of
    // them or none of them counts; a frame's last beat is taken word by word.
    reg  [16:0] left;
    assign two = where == REST && !part[0] && !beat_last && (left[16:2] != 15'd0 || left[1:0] == 2'd0);
    wire length_word = (where == IPV4 && at == 5'd1) || (where == IPV6 && at == 5'd2);
    wire [17:0] left_behind = (length_word ? {2'd0, word} : {1'b0, left}) +
                              (two ? -18'd4 : !length_word ? -18'd2 : where == IPV4 ? -18'd4 : 18'd34);
    wire [15:0] counted = {word[15:8] & {8{left != 17'd0}}, word[7:0] & {8{left[16:1] != 16'd0 && !half}}};
    wire [17:0] data_left = {1'b0, left} - {12'd0, word[15:12] - 4'd3, 2'd0};

    always @(posedge clk)
        if (word_done) begin
            left    <= left_behind[17] ? 17'd0 : left_behind[16:0];
            beyond  <= left > (half ? 17'd1 : 17'd2);
            if (length_word) covered <= word >= 16'd56;
            // The offset's own word stands 12 bytes behind the segment's beginning.
            if (beginning) data_length <= 18'h20000;
            else if (where == TCP && at == 5'd6) data_length <= data_left;
        end

    // Ones' complement sums (RFC 1071); the carry is added with the next word.
    reg  [15:0] ip_sum, tcp_sum;
    reg         ip_carry;
    reg  [ 1:0] tcp_carry;                                          // two words at once carry up to 2
    wire        of_icmp = where == ICMP || where == QUOTED_IPV4 || where == QUOTED_IPV6 || where == QUOTED_TCP;
    wire        pseudo  = (where == IPV4 && at >= 5'd6 && sure) || (where == IPV6 && at >= 5'd4);
    wire        payload = where == TCP || where == OPTIONS || of_icmp || where == REST;
    wire        less_header = where == IPV4 && at == 5'd2;
    wire        of_protocol = (where == IPV4 && at == 5'd4) || (where == IPV6 && at == 5'd3);
    reg  [16:0] addend;
    always @* begin
        addend = pseudo || payload ? {1'b0, counted} : 17'd0;
        if (length_word) addend = {1'b0, word};
        if (less_header) addend = {1'b0, -16'd20};
        if (of_protocol) addend = {9'd0, where == IPV4 ? word[7:0] : word[15:8]};
        if (two) addend = (part[1] ? second_pair : first_pair) & {17{left != 17'd0}};
    end

    always @(posedge clk)
        if (word_done) begin
            {ip_carry, ip_sum} <= beginning ? 17'd0
                                : where == IPV4 ? {1'b0, ip_sum} + {1'b0, word} + {16'd0, ip_carry} : {ip_carry, ip_sum};
            {tcp_carry, tcp_sum} <= (length_word ? 18'd0 : {2'd0, tcp_sum}) + {1'b0, addend} +
                                    {16'd0, tcp_carry & {2{!length_word}}};
            if (less_header) tcp_carry <= 2'd0;
            // ICMP has no pseudo-header.
            if (where == IPV4 && at == 5'd5 && !sure) {tcp_carry, tcp_sum} <= 18'd0;
        end
    wire ip_right  = ip_carry ? ip_sum == 16'hFFFE : ip_sum == 16'hFFFF;
    wire tcp_right = tcp_sum == 16'hFFFF - {14'd0, tcp_carry};

    // ---- options --------------------------------------------------------------------------------
    wire        mss_present, scale_present, sack_permitted, ts_present;
    wire [15:0] mss;
    wire [ 3:0] scale;
    wire [31:0] ts_val, ts_ecr;

    tcp_options_bytes options (
        .clk(clk), .start(beginning), .valid(beat_valid && where == OPTIONS),
        .data(second ? word[7:0] : word[15:8]), .left(options_left),
        .mss_present(mss_present), .mss(mss), .scale_present(scale_present), .scale(scale),
        .sack_permitted(sack_permitted), .ts_present(ts_present), .ts_val(ts_val), .ts_ecr(ts_ecr)
    );

    // ---- the segment ----------------------------------------------------------------------------
    wire segment_follows = ended && admitted && (!beat_bad || is_tcp || key_now);
    assign segment_valid = complete;
    assign key_valid     = is_tcp;

    always @(posedge clk) begin
        if (key_now) is_tcp <= 1'b1;
        if (ended) is_void <= beat_bad;
        if (rst || beginning || (complete && take)) is_tcp <= 1'b0;
        if (rst || take) complete <= 1'b0;
        else if (segment_follows) complete <= 1'b1;
    end

    // Of the fields of a malformed segment, and of a quote, only some mean something.
    wire malformed = !is_icmp && (low_offset || beyond || data_length[17]);
    wire plain     = !is_icmp && !malformed;
    wire unused    = &{1'b0, data_length[16], 1'b0};

    always @* begin
        segment = {`SEGMENT_BITS{1'b0}};
        segment[`SEGMENT_KEY_TAGGED]         = is_tagged;
        segment[`SEGMENT_KEY_VLAN]           = tci[11:0];
        segment[`SEGMENT_KEY_LOCAL_ADDRESS]  = local_address;
        segment[`SEGMENT_KEY_REMOTE_ADDRESS] = remote_address;
        segment[`SEGMENT_KEY_LOCAL_PORT]     = local_port;
        segment[`SEGMENT_KEY_REMOTE_PORT]    = remote_port;
        segment[`SEGMENT_IS_TCP]             = is_tcp;
        segment[`SEGMENT_VOID]               = is_void;
        segment[`SEGMENT_IS_ICMP]            = is_icmp;
        segment[`SEGMENT_ICMP_TYPE]          = icmp_type;
        segment[`SEGMENT_ICMP_CODE]          = icmp_code;
        segment[`SEGMENT_IS_IPV6]            = is_ipv6;
        segment[`SEGMENT_TCI]                = tci;
        segment[`SEGMENT_DESTINATION_MAC]    = destination_mac;
        segment[`SEGMENT_SOURCE_MAC]         = source_mac;
        segment[`SEGMENT_BAD_IP_CHECKSUM]    = !is_ipv6 && !ip_right;
        segment[`SEGMENT_BAD_TCP_CHECKSUM]   = !tcp_right;
        segment[`SEGMENT_MALFORMED]          = malformed;
        segment[`SEGMENT_BAD_ADDRESS]        = !is_icmp && bad_address;
        segment[`SEGMENT_LAND]               = !is_icmp && local_address == remote_address;
        segment[`SEGMENT_FLAGS]              = flags;
        segment[`SEGMENT_SEQ]                = seq;
        segment[`SEGMENT_ACK]                = ack;
        segment[`SEGMENT_WINDOW]             = window;
        segment[`SEGMENT_DATA_LENGTH]        = data_length[15:0] & {16{plain}};
        segment[`SEGMENT_MSS_PRESENT]        = mss_present && plain;
        segment[`SEGMENT_MSS]                = mss & {16{plain}};
        segment[`SEGMENT_SCALE_PRESENT]      = scale_present && plain;
        segment[`SEGMENT_SCALE]              = scale & {4{plain}};
        segment[`SEGMENT_SACK_PERMITTED]     = sack_permitted && plain;
        segment[`SEGMENT_TS_PRESENT]         = ts_present && plain;
        segment[`SEGMENT_TS_VAL]             = ts_val & {32{plain}};
        segment[`SEGMENT_TS_ECR]             = ts_ecr & {32{plain}};
    end

    // ---- the frame itself -----------------------------------------------------------------------
    wire fifo_busy;

    frame_fifo #(
        .DATA_WIDTH(64), .DEPTH(FRAME_FIFO_BYTES / 8), .MAX_BEATS((MAX_FRAME_BYTES + 7) / 8)
    ) frame_fifo (
        .clk(clk), .rst(rst),
        .write_valid(beat_new && admitted && !beat_over), .write_data(beat_data), .write_bytes(beat_bytes),
        .write_last(beat_last), .write_commit(beat_new && beat_last && admitted && !beat_bad),
        .write_rewind(beat_new && beat_last && admitted && beat_bad), .space(space),
        .verdict_valid(verdict_valid), .verdict_ready(verdict_ready), .verdict(verdict),
        .m_axis_tdata(m_axis_tdata), .m_axis_tkeep(m_axis_tkeep), .m_axis_tvalid(m_axis_tvalid),
        .m_axis_tready(m_axis_tready), .m_axis_tlast(m_axis_tlast),
        .park_valid(park_valid), .park_data(park_data), .park_bytes(park_bytes), .park_last(park_last),
        .count_passed(count_passed), .count_consumed(count_consumed), .busy(fifo_busy)
    );

    always @(posedge clk) begin
        count_received       <= beat_new && beat_last && !rst;
        count_dropped_full   <= beat_new && beat_last && !admitted && !rst;
        count_dropped_length <= beat_new && beat_last && admitted && beat_bad && !rst;
    end

    assign busy = in_frame || beat_valid || count_received || complete || fifo_busy;

endmodule

`default_nettype wire
