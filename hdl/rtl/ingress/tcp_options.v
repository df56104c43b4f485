// TCP options of one segment (rule O3: unknown ones are skipped, a bad length ends parsing, any 40
// bytes are survived). Of an option that comes twice, the last counts, as in Linux.
//
// Where an option begins depends on the lengths of all before it, so the scan follows pointers. To
// take a segment every clock it is unrolled, and cut at these stages:
//  - gather: for each byte, where the next option would begin if one began here (`target`);
//  - align:  the same for words of 4 bytes and then for groups of 8, as a table from a group's entry
//            (where the first option in it begins) to the next entry behind it, and which bytes of
//            the group begin options, given its entry (`starts`);
//  - check:  entries of groups 2 and 3; in parallel, which option it would be at each byte;
//  - merge:  entry of group 4, and with it which options are there, and where;
//  - then, combinational for the segment register, their values.
// Positions 40 and above are behind the end; 63 also stands for a scan that has stopped. The end of
// the options is not watched by the scan itself: an option counts only if its last byte is in front of
// the end, and whatever begins behind it does not count either.

`default_nettype none

module tcp_options (
    input  wire          clk,

    // Gather stage, one clock early: 40 bytes from the end of the fixed header, byte 0 lowest.
    input  wire [319:0]  options_next,
    // The same, registered.
    input  wire [319:0]  gather_options,

    // Align stage: TCP data offset, 5 to 15 (below: whatever comes out is discarded).
    input  wire [3:0]    align_offset,
    // Merge stage: discard everything.
    input  wire          merge_discard,

    // Merge stage, combinational.
    output wire          mss_present,
    output wire [15:0]   mss,
    output wire          scale_present,
    output wire [ 3:0]   scale,
    output wire          sack_permitted,
    output wire          ts_present,
    output wire [31:0]   ts_val,
    output wire [31:0]   ts_ecr
);

    localparam [5:0] STOP = 6'd63;

    // ---- gather: targets ------------------------------------------------------------------------
    // A kind 1 (no operation) is one byte; a kind 0 ends the list; a length below 2 is an error, and
    // one that reaches the 40th byte ends the scan as well.
    function [5:0] next_position(input [5:0] position, input [7:0] kind, input [7:0] length);
        if (kind == 8'd1) next_position = position + 6'd1;
        else if (kind == 8'd0 || length < 8'd2 || length >= 8'd40 - {2'd0, position}) next_position = STOP;
        else next_position = position + length[5:0];
    endfunction

    reg [40*6-1:0] gather_target;
    integer at;
    always @(posedge clk)
        for (at = 0; at < 40; at = at + 1)
            gather_target[6*at+:6] <= next_position(at[5:0], options_next[8*at+:8],
                                                    at == 39 ? 8'd0 : options_next[8*((at+1)%40)+:8]);

    // ---- align: words, then groups --------------------------------------------------------------
    reg [5:0] target[0:39];
    reg [5:0] word_exit[0:39];   // index: 4 * word + entry
    reg [3:0] word_starts[0:39];
    reg [1:0] land;
    reg lands;
    integer byte_index, entry_index, group_index;

    reg [5:0] align_entry_1;
    reg [8*6-1:0] align_exit_1, align_exit_2, align_exit_3;
    reg [7:0] align_starts_0;
    reg [5*64-1:64] align_starts;
    reg [319:0] align_options;

    // From here on a table is addressed by the entry's place in its word or group.
    reg [4*48-1:0] group_exit;
    reg [5*64-1:0] group_starts;
    wire unused_bits = &{1'b0, group_exit[47:6], group_starts[63:8]}; // group 0 is entered at its byte 0
    always @* begin
        for (byte_index = 0; byte_index < 40; byte_index = byte_index + 1)
            target[byte_index] = gather_target[6*byte_index+:6];

        // Inside a word, from its last byte to its first: a target in the same word is followed.
        for (byte_index = 39; byte_index >= 0; byte_index = byte_index - 1) begin
            word_exit[byte_index] = target[byte_index];
            word_starts[byte_index] = 4'd1 << byte_index[1:0];
            for (entry_index = 1; entry_index < 4; entry_index = entry_index + 1)
                if (byte_index % 4 + entry_index < 4)
                    if (target[byte_index] == byte_index[5:0] + entry_index[5:0]) begin
                        word_exit[byte_index] = word_exit[byte_index+entry_index];
                        word_starts[byte_index] = word_starts[byte_index] | word_starts[byte_index+entry_index];
                    end
        end

        // Inside a group: an exit of the first word that lands in the second is followed.
        for (group_index = 0; group_index < 5; group_index = group_index + 1)
            for (entry_index = 0; entry_index < 4; entry_index = entry_index + 1) begin
                land = word_exit[8*group_index+entry_index][1:0];
                lands = word_exit[8*group_index+entry_index][5:2] == {group_index[2:0], 1'b1};
                group_starts[64*group_index+8*entry_index+:8] = {
                    lands ? word_starts[8*group_index+4+{30'd0, land}] : 4'd0, word_starts[8*group_index+entry_index]
                };
                group_starts[64*group_index+8*entry_index+32+:8] = {word_starts[8*group_index+4+entry_index], 4'd0};
                if (group_index < 4) begin
                    group_exit[48*(group_index%4)+6*entry_index+:6] =
                        lands ? word_exit[8*group_index+4+{30'd0, land}] : word_exit[8*group_index+entry_index];
                    group_exit[48*(group_index%4)+6*entry_index+24+:6] = word_exit[8*group_index+4+entry_index];
                end
            end
    end

    always @(posedge clk) begin
        align_options <= gather_options;
        align_entry_1 <= group_exit[5:0];
        align_exit_1 <= group_exit[48*1+:48];
        align_exit_2 <= group_exit[48*2+:48];
        align_exit_3 <= group_exit[48*3+:48];
        align_starts_0 <= group_starts[7:0];
        align_starts <= group_starts[5*64-1:64];
    end

    // ---- check: entries, and what each byte would be --------------------------------------------
    function [5:0] follow(input [5:0] entry, input [2:0] group, input [47:0] exits);
        follow = entry[5:3] == group ? exits[6*entry[2:0]+:6] : entry;
    endfunction

    wire [5:0] check_entry_2_next = follow(align_entry_1, 3'd1, align_exit_1);

    reg [5:0] check_entry_1, check_entry_2, check_entry_3;
    reg [47:0] check_exit_3;
    reg [7:0] check_starts_0;
    reg [5*64-1:64] check_starts;
    reg [319:0] check_options;
    reg [39:0] check_mss, check_scale, check_sack, check_ts;

    // Option words that belong to the segment: bit w is word w.
    wire [9:0] align_words = ~(10'h3FF << (align_offset - 4'd5));

    function is_option(input [15:0] bytes, input [7:0] kind, input [7:0] length);
        is_option = bytes == {length, kind};
    endfunction

    integer place;
    always @(posedge clk) begin
        check_options <= align_options;
        check_entry_1 <= align_entry_1;
        check_entry_2 <= check_entry_2_next;
        check_entry_3 <= follow(check_entry_2_next, 3'd2, align_exit_2);
        check_exit_3 <= align_exit_3;
        check_starts_0 <= align_starts_0;
        check_starts <= align_starts;
        check_mss <= 40'd0;
        check_scale <= 40'd0;
        check_sack <= 40'd0;
        check_ts <= 40'd0;
        for (place = 0; place <= 36; place = place + 1)
            check_mss[place] <= is_option(align_options[8*place+:16], 8'd2, 8'd4) && align_words[(place+3)/4];
        for (place = 0; place <= 37; place = place + 1)
            check_scale[place] <= is_option(align_options[8*place+:16], 8'd3, 8'd3) && align_words[(place+2)/4];
        for (place = 0; place <= 38; place = place + 1)
            check_sack[place] <= is_option(align_options[8*place+:16], 8'd4, 8'd2) && align_words[(place+1)/4];
        for (place = 0; place <= 30; place = place + 1)
            check_ts[place] <= is_option(align_options[8*place+:16], 8'd8, 8'd10) && align_words[(place+9)/4];
    end

    // ---- merge: where options begin -------------------------------------------------------------
    function [7:0] begins(input [5:0] entry, input [2:0] group, input [63:0] starts);
        begins = entry[5:3] == group ? starts[8*entry[2:0]+:8] : 8'd0;
    endfunction

    wire [39:0] check_begins = {
        begins(follow(check_entry_3, 3'd3, check_exit_3), 3'd4, check_starts[64*4+:64]),
        begins(check_entry_3, 3'd3, check_starts[64*3+:64]),
        begins(check_entry_2, 3'd2, check_starts[64*2+:64]),
        begins(check_entry_1, 3'd1, check_starts[64*1+:64]),
        check_starts_0
    };

    reg [39:0] merge_mss, merge_scale, merge_ts;
    reg merge_sack;
    reg [319:0] merge_options;
    always @(posedge clk) begin
        merge_options <= check_options;
        merge_mss <= check_mss & check_begins;
        merge_scale <= check_scale & check_begins;
        merge_sack <= |(check_sack & check_begins);
        merge_ts <= check_ts & check_begins;
    end

    // ---- values: select the word of the last one, then its bytes --------------------------------
    // A word holds one beginning of MSS or timestamps at most, and two of window scale, in its bytes 0
    // and 3.
    reg [9:0] mss_words, scale_words, ts_words;   // words that have one
    reg [9:0] mss_word, scale_word, ts_word;      // the last of them
    reg [3:0] mss_lane, scale_lane, ts_lane;      // where in it
    reg [39:0] mss_window, scale_window;          // bytes 2 to 6 of the word
    reg [87:0] ts_window;                         // bytes 2 to 12
    wire [8*56-1:0] padded = {{8*16{1'b0}}, merge_options};
    integer word;
    always @* begin
        mss_lane = 4'd0;
        scale_lane = 4'd0;
        ts_lane = 4'd0;
        mss_window = 40'd0;
        scale_window = 40'd0;
        ts_window = 88'd0;
        for (word = 0; word < 10; word = word + 1) begin
            mss_words[word] = |merge_mss[4*word+:4];
            scale_words[word] = |merge_scale[4*word+:4];
            ts_words[word] = |merge_ts[4*word+:4];
        end
        for (word = 0; word < 10; word = word + 1) begin
            mss_word[word] = mss_words[word] && (mss_words >> (word + 1)) == 10'd0;
            scale_word[word] = scale_words[word] && (scale_words >> (word + 1)) == 10'd0;
            ts_word[word] = ts_words[word] && (ts_words >> (word + 1)) == 10'd0;
        end
        for (word = 0; word < 10; word = word + 1) begin
            mss_lane = mss_lane | (merge_mss[4*word+:4] & {4{mss_word[word]}});
            scale_lane = scale_lane | (merge_scale[4*word+:4] & {4{scale_word[word]}});
            ts_lane = ts_lane | (merge_ts[4*word+:4] & {4{ts_word[word]}});
            mss_window = mss_window | (padded[32*word+16+:40] & {40{mss_word[word]}});
            scale_window = scale_window | (padded[32*word+16+:40] & {40{scale_word[word]}});
            ts_window = ts_window | (padded[32*word+16+:88] & {88{ts_word[word]}});
        end
    end

    wire [15:0] mss_bytes = ({16{mss_lane[0]}} & mss_window[0+:16]) | ({16{mss_lane[1]}} & mss_window[8+:16]) |
                            ({16{mss_lane[2]}} & mss_window[16+:16]) | ({16{mss_lane[3]}} & mss_window[24+:16]);
    wire [7:0] scale_byte = scale_lane[3] ? scale_window[24+:8] :
                            ({8{scale_lane[0]}} & scale_window[0+:8]) | ({8{scale_lane[1]}} & scale_window[8+:8]) |
                            ({8{scale_lane[2]}} & scale_window[16+:8]);
    wire [63:0] ts_bytes = ({64{ts_lane[0]}} & ts_window[0+:64]) | ({64{ts_lane[1]}} & ts_window[8+:64]) |
                           ({64{ts_lane[2]}} & ts_window[16+:64]) | ({64{ts_lane[3]}} & ts_window[24+:64]);

    wire keep = !merge_discard;
    assign mss_present = keep && mss_words != 10'd0;
    assign mss = {16{keep}} & {mss_bytes[7:0], mss_bytes[15:8]};
    assign scale_present = keep && scale_words != 10'd0;
    assign scale = {4{keep}} & (scale_byte > 8'd14 ? 4'd14 : scale_byte[3:0]);
    assign sack_permitted = keep && merge_sack;
    assign ts_present = keep && ts_words != 10'd0;
    assign ts_val = {32{keep}} & {ts_bytes[7:0], ts_bytes[15:8], ts_bytes[23:16], ts_bytes[31:24]};
    assign ts_ecr = {32{keep}} & {ts_bytes[39:32], ts_bytes[47:40], ts_bytes[55:48], ts_bytes[63:56]};

endmodule

`default_nettype wire
