// First stage of the ingress (signals `gather_*`, one clock after the beat). Follows the frame's
// beats, decides at its first beat whether it is admitted, and lays the parts of the header that may
// matter side by side, whatever the bus width is:
//  - `gather_header`: the frame's first 78 bytes (Ethernet, one tag, IPv6, TCP without options),
//  - the 40 bytes of TCP options, already at their place, from wherever the headers before them put
//    them. They are offered one stage early, as `options_next`, for the option scan starts there.
//    What an ICMPv6 error quotes goes on in them without a gap: 78 + 40 = 14 + 4 + 40 + 8 + 40 + 12.
// What is compared with a constant is compared here, and kept as one bit each, so that the next
// stage selects with registers. Byte 0 of a vector is the first on the wire and the least
// significant.
//
// Bytes of the registers that the present frame did not reach are left over from an older one. Who
// uses them has checked the frame's length first.

`default_nettype none

module header_gather #(
    parameter DATA_WIDTH      = 64,  // bits of a beat
    parameter MAX_FRAME_BYTES = 1522 // longest frame, without FCS
) (
    input  wire                              clk,
    input  wire                              rst,

    // Beats as they come; tdata byte 0 is the first on the wire.
    input  wire [            DATA_WIDTH-1:0] beat_data,
    input  wire [        DATA_WIDTH/8 - 1:0] beat_keep,
    input  wire                              beat_valid,
    input  wire                              beat_last,
    input  wire                              beat_user,

    // Whether a frame that begins in this clock is admitted.
    input  wire                              admit,

    // The beat, one clock later.
    output reg  [            DATA_WIDTH-1:0] gather_data,
    output reg  [        DATA_WIDTH/8 - 1:0] gather_keep,
    output reg  [$clog2(DATA_WIDTH / 8)-1:0] gather_bytes,    // valid bytes less one
    output reg                               gather_valid,
    output reg                               gather_first,
    output reg                               gather_last,
    output reg                               gather_admitted, // of the frame
    output reg                               gather_over,     // the frame is too long already
    output reg                               gather_bad,      // with last: too long, too short or marked
    output reg  [                      10:0] gather_index,    // beat of the frame, from 0; sticks behind the longest
    output wire                              busy,            // a frame has begun and not ended

    // Header bytes and comparisons.
    output reg  [                78*8 - 1:0] gather_header,
    output wire                              gather_tagged,
    output wire                              gather_ipv4,     // IPv4 that we take: IHL 5, no fragment
    output wire                              gather_ipv6,     // IPv6
    output wire                              gather_tcp,      // protocol or next header is TCP
    output wire                              gather_icmp,     // ... is the ICMP of that IP version
    output wire                              gather_long,     // IPv6's layout by EtherType alone

    // Options, in the clock of the beat (combinational) and registered.
    output reg  [                40*8 - 1:0] options_next,
    output reg  [                40*8 - 1:0] gather_options
);

    localparam BYTES = DATA_WIDTH / 8;
    localparam BYTES_WIDTH = $clog2(BYTES);
    localparam LAST_INDEX = (MAX_FRAME_BYTES - 1) / BYTES;
    localparam LAST_LANE = (MAX_FRAME_BYTES - 1) % BYTES;

    generate
        if (LAST_INDEX > 2046) begin : check_longest
            max_frame_bytes_is_beyond_the_beat_counter invalid ();
        end
    endgenerate

    // Where the frame stands.
    reg  in_frame;
    reg  admitted;
    reg  [10:0] index;
    wire [31:0] beat = {21'd0, index};
    wire first = !in_frame;
    wire admitted_now = first ? admit : admitted;

    // Behind the end: in a beat too many, or in the last possible beat with too many bytes.
    wire over_keep;
    generate
        if (LAST_LANE == BYTES - 1) begin : full_last_beat
            assign over_keep = 1'b0;
        end else begin : partial_last_beat
            assign over_keep = beat_keep[LAST_LANE+1];
        end
    endgenerate
    wire over = index > LAST_INDEX[10:0] || (index == LAST_INDEX[10:0] && over_keep);

    // Shorter than an Ethernet header.
    wire short = (13 / BYTES != 0 && beat == 0) || (beat == 13 / BYTES && !beat_keep[13%BYTES]);

    // Number of the last valid byte: the one place where keep falls from 1 to 0.
    reg [BYTES_WIDTH-1:0] bytes;
    integer lane;
    always @* begin
        bytes = {BYTES_WIDTH{1'b0}};
        for (lane = 1; lane < BYTES; lane = lane + 1)
            bytes = bytes | ({BYTES_WIDTH{beat_keep[lane] && (lane == BYTES - 1 || !beat_keep[(lane+1)%BYTES])}} & lane[BYTES_WIDTH-1:0]);
    end

    assign busy = in_frame;

    always @(posedge clk) begin
        gather_first <= first;
        gather_last <= beat_last;
        gather_admitted <= admitted_now;
        gather_over <= over;
        gather_bad <= over || short || beat_user;
        gather_index <= index;
        gather_bytes <= bytes;
        gather_data <= beat_data;
        gather_keep <= beat_keep;
        if (beat_valid) begin
            admitted <= admitted_now;
            if (beat_last) index <= 11'd0;
            else if (index <= LAST_INDEX[10:0]) index <= index + 11'd1;
        end
        if (rst) begin
            gather_valid <= 1'b0;
            in_frame <= 1'b0;
            index <= 11'd0;
        end else begin
            gather_valid <= beat_valid;
            if (beat_valid) in_frame <= !beat_last;
        end
    end

    // Header bytes.
    genvar word;
    generate
        for (word = 0; word < (78 + BYTES - 1) / BYTES; word = word + 1) begin : header_word
            localparam TAKEN = 78 - word * BYTES < BYTES ? 78 - word * BYTES : BYTES;
            always @(posedge clk)
                if (beat_valid && beat == word) gather_header[DATA_WIDTH*word+:8*TAKEN] <= beat_data[8*TAKEN-1:0];
        end
    endgenerate

    // Comparisons with constants, taken with the beat that brings the bytes.
    wire [15:0] word_12 = {beat_data[8*(12%BYTES)+:8], beat_data[8*(13%BYTES)+:8]};
    wire [15:0] word_16 = {beat_data[8*(16%BYTES)+:8], beat_data[8*(17%BYTES)+:8]};
    wire [15:0] word_20 = {beat_data[8*(20%BYTES)+:8], beat_data[8*(21%BYTES)+:8]};
    wire [15:0] word_24 = {beat_data[8*(24%BYTES)+:8], beat_data[8*(25%BYTES)+:8]};
    wire [ 7:0] byte_14 = beat_data[8*(14%BYTES)+:8];
    wire [ 7:0] byte_18 = beat_data[8*(18%BYTES)+:8];
    wire [ 7:0] byte_23 = beat_data[8*(23%BYTES)+:8];
    wire [ 7:0] byte_27 = beat_data[8*(27%BYTES)+:8];

    wire word_12_tag = word_12 == 16'h8100;
    reg  type_12_tag, type_12_ipv4, type_12_ipv6, type_16_ipv4, type_16_ipv6;
    reg  version_14_ipv4, version_14_ipv6, version_18_ipv4, version_18_ipv6;
    reg  whole_20, whole_24;
    reg  tcp_20, tcp_23, tcp_24, tcp_27;
    reg  icmp_20, icmp_23, icmp_24, icmp_27;

    always @(posedge clk)
        if (beat_valid) begin
            if (beat == 12 / BYTES) begin
                type_12_tag <= word_12_tag;
                type_12_ipv4 <= word_12 == 16'h0800;
                type_12_ipv6 <= word_12 == 16'h86DD;
                version_14_ipv4 <= byte_14 == 8'h45;
                version_14_ipv6 <= byte_14[7:4] == 4'h6;
            end
            if (beat == 16 / BYTES) begin
                type_16_ipv4 <= word_16 == 16'h0800;
                type_16_ipv6 <= word_16 == 16'h86DD;
                version_18_ipv4 <= byte_18 == 8'h45;
                version_18_ipv6 <= byte_18[7:4] == 4'h6;
                whole_20 <= word_20[13:0] == 14'd0;
                tcp_20 <= word_20[15:8] == 8'd6;
                tcp_23 <= byte_23 == 8'd6;
                icmp_20 <= word_20[15:8] == 8'd58;
                icmp_23 <= byte_23 == 8'd1;
            end
            if (beat == 24 / BYTES) begin
                whole_24 <= word_24[13:0] == 14'd0;
                tcp_24 <= word_24[15:8] == 8'd6;
                tcp_27 <= byte_27 == 8'd6;
                icmp_24 <= word_24[15:8] == 8'd58;
                icmp_27 <= byte_27 == 8'd1;
            end
        end

    assign gather_tagged = type_12_tag;
    assign gather_long = gather_tagged ? type_16_ipv6 : type_12_ipv6;
    assign gather_ipv4 = gather_tagged ? type_16_ipv4 && version_18_ipv4 && whole_24
                                       : type_12_ipv4 && version_14_ipv4 && whole_20;
    assign gather_ipv6 = gather_tagged ? type_16_ipv6 && version_18_ipv6
                                       : type_12_ipv6 && version_14_ipv6;
    assign gather_tcp = gather_tagged ? (gather_long ? tcp_24 : tcp_27) : (gather_long ? tcp_20 : tcp_23);
    assign gather_icmp = gather_tagged ? (gather_long ? icmp_24 : icmp_27) : (gather_long ? icmp_20 : icmp_23);

    // Options begin at 54 (IPv4), 58 (tagged), 74 (IPv6) or 78 (tagged). Only with 512 bits do some of
    // them come in the beat that also brings the EtherType; they are then IPv4's, for IPv6's lie
    // behind byte 64.
    wire same_beat = BYTES == 64 && index == 11'd0;
    wire options_tagged = same_beat ? word_12_tag : gather_tagged;
    wire options_long = !same_beat && gather_long;
    wire [3:0] options_layout = {
        options_long && options_tagged,
        options_long && !options_tagged,
        !options_long && options_tagged,
        !options_long && !options_tagged
    };

    // What each layout takes of a beat: `pieces` has the beat's bytes at their place among the options, `places`
    // which bytes those are. The beats are those that bytes 54 to 117 come in.
    localparam FIRST_BEAT = 54 / BYTES;
    localparam BEATS      = 117 / BYTES - FIRST_BEAT + 1;
    wire [4*BEATS*320-1:0] pieces;
    wire [4*BEATS*320-1:0] places;
    wire [4*BEATS-1:0]     taken;
    genvar layout, part;
    generate
        for (layout = 0; layout < 4; layout = layout + 1) begin : from_layout
            localparam BASE = layout == 0 ? 54 : layout == 1 ? 58 : layout == 2 ? 74 : 78;
            for (part = 0; part < BEATS; part = part + 1) begin : from_beat
                // The beat's byte 0 is byte START of the frame.
                localparam START = (FIRST_BEAT + part) * BYTES;
                localparam SLOT  = layout * BEATS + part;
                localparam UP    = START > BASE ? START - BASE : 0;
                localparam DOWN  = START > BASE ? 0 : BASE - START;
                wire [DATA_WIDTH-1:0] ones = {DATA_WIDTH{1'b1}} >> (8 * DOWN);
                wire [DATA_WIDTH-1:0] data = beat_data >> (8 * DOWN);
                wire [DATA_WIDTH+319:0] wide_ones = {320'd0, ones} << (8 * UP);
                wire [DATA_WIDTH+319:0] wide_data = {320'd0, data} << (8 * UP);
                assign places[320*SLOT+:320] = DOWN >= BYTES || UP >= 40 ? 320'd0 : wide_ones[319:0];
                assign pieces[320*SLOT+:320] = wide_data[319:0];
                assign taken[SLOT] = options_layout[layout] && beat == FIRST_BEAT + part;
            end
        end
    endgenerate

    integer slot;
    always @* begin
        options_next = gather_options;
        if (beat_valid)
            for (slot = 0; slot < 4 * BEATS; slot = slot + 1)
                if (taken[slot])
                    options_next = (gather_options & ~places[320*slot+:320]) | (pieces[320*slot+:320] & places[320*slot+:320]);
    end

    always @(posedge clk) if (beat_valid) gather_options <= options_next;

endmodule

`default_nettype wire
