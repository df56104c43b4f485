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

    // A beat comes; its successor in the gather stage ends a frame. In between, nothing here moves.
    input  wire          beat_valid,
    input  wire          gather_end,

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
    // A kind 1 (no operation) is one byte; a kind 0 ends the list; a length below 2 is an error. Lengths
    // of 64 and more lead behind the end as well, and so stop too.
    function [5:0] next_position(input [5:0] position, input [7:0] kind, input [7:0] length);
        reg single;
        reg [6:0] sum;
        begin
            single = kind == 8'd1;
            sum = {1'b0, position} + {1'b0, single ? 6'd1 : length[5:0]};
            next_position = sum[5:0];
            if (sum[6] || (!single && (kind == 8'd0 || length < 8'd2 || length[7:6] != 2'd0))) next_position = STOP;
        end
    endfunction

    reg [40*6-1:0] gather_target;
    integer at;
    always @(posedge clk)
        if (beat_valid) for (at = 0; at < 40; at = at + 1)
            gather_target[6*at+:6] <= next_position(at[5:0], options_next[8*at+:8],
                                                    at == 39 ? 8'd0 : options_next[8*((at+1)%40)+:8]);

    // ---- align: words, then groups --------------------------------------------------------------
    function [5:0] pick_4(input [23:0] entries, input [1:0] which);
        case (which)
            2'd0: pick_4 = entries[5:0];
            2'd1: pick_4 = entries[11:6];
            2'd2: pick_4 = entries[17:12];
            default: pick_4 = entries[23:18];
        endcase
    endfunction

    // Exits of a word's four entries, from its last byte to its first: a target in the same word is
    // followed. In parallel, which bytes begin options: `starts`, 4 bits for each of the four entries.
    reg [10*24-1:0] word_exit;
    reg [10*16-1:0] word_starts;
    integer word, entry, landing;
    always @* begin
        word_exit = {(10*24){1'b0}};
        word_starts = {(10*16){1'b0}};
        if (gather_end) for (word = 0; word < 10; word = word + 1)
            for (entry = 3; entry >= 0; entry = entry - 1) begin
                word_exit[24*word+6*entry+:6] = gather_target[6*(4*word+entry)+:6];
                word_starts[16*word+4*entry+:4] = 4'd1 << entry[1:0];
                for (landing = entry + 1; landing < 4; landing = landing + 1)
                    if (gather_target[6*(4*word+entry)+:6] == {word[3:0], landing[1:0]}) begin
                        word_exit[24*word+6*entry+:6] = word_exit[24*word+6*landing+:6];
                        word_starts[16*word+4*entry+:4] = 4'd1 << entry[1:0] | word_starts[16*word+4*landing+:4];
                    end
            end
    end

    // The same for groups of two words. What enters the first word may leave it into the second.
    reg [5*48-1:0] group_exit;
    reg [5*64-1:0] group_starts;
    reg [5:0] leave;
    reg [5:0] second_starts;
    reg lands;
    integer group, first;
    always @* begin
        leave = 6'd0;
        lands = 1'b0;
        second_starts = 6'd0;
        group_exit = {(5*48){1'b0}};
        group_starts = {(5*64){1'b0}};
        if (gather_end) for (group = 0; group < 5; group = group + 1)
            for (first = 0; first < 4; first = first + 1) begin
                leave = word_exit[48*group+6*first+:6];
                lands = leave[5:2] == {group[2:0], 1'b1};
                second_starts = pick_4({2'd0, word_starts[32*group+28+:4], 2'd0, word_starts[32*group+24+:4],
                                        2'd0, word_starts[32*group+20+:4], 2'd0, word_starts[32*group+16+:4]}, leave[1:0]);
                group_exit[48*group+6*first+:6] = lands ? pick_4(word_exit[48*group+24+:24], leave[1:0]) : leave;
                group_exit[48*group+24+6*first+:6] = word_exit[48*group+24+6*first+:6];
                group_starts[64*group+8*first+:8] = {second_starts[3:0] & {4{lands}}, word_starts[32*group+4*first+:4]};
                group_starts[64*group+32+8*first+:8] = {word_starts[32*group+16+4*first+:4], 4'd0};
            end
    end

    // Group 0 is entered at its byte 0, and what leaves group 4 is behind the end.
    wire unused_bits = &{1'b0, group_exit[47:6], group_exit[239:192], group_starts[63:8], second_starts[5:4]};

    reg [5:0] align_entry_1;
    reg [47:0] align_exit_1, align_exit_2, align_exit_3;
    reg [7:0] align_starts_0;
    reg [5*64-1:64] align_starts;
    reg [319:0] align_options;
    reg align_end, check_end;
    always @(posedge clk) begin
        align_end <= gather_end;
        check_end <= align_end;
    end
    always @(posedge clk) if (gather_end) begin
        align_options <= gather_options;
        align_entry_1 <= group_exit[5:0];
        align_exit_1 <= group_exit[48*1+:48];
        align_exit_2 <= group_exit[48*2+:48];
        align_exit_3 <= group_exit[48*3+:48];
        align_starts_0 <= group_starts[7:0];
        align_starts <= group_starts[5*64-1:64];
    end

    // ---- check: entries, and what each byte would be --------------------------------------------
    function [5:0] follow(input [5:0] from, input [2:0] in_group, input [47:0] exits);
        if (from[5:3] != in_group) follow = from;
        else follow = from[2] ? pick_4(exits[47:24], from[1:0]) : pick_4(exits[23:0], from[1:0]);
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
    always @(posedge clk) if (align_end) begin
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
    function [7:0] begins(input [5:0] from, input [2:0] in_group, input [63:0] starts);
        integer place_in_group;
        begin
            begins = 8'd0;
            for (place_in_group = 0; place_in_group < 8; place_in_group = place_in_group + 1)
                if (from == {in_group, place_in_group[2:0]}) begins = begins | starts[8*place_in_group+:8];
        end
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
    always @(posedge clk) if (check_end) begin
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
    integer w;
    always @* begin
        mss_lane = 4'd0;
        scale_lane = 4'd0;
        ts_lane = 4'd0;
        mss_window = 40'd0;
        scale_window = 40'd0;
        ts_window = 88'd0;
        for (w = 0; w < 10; w = w + 1) begin
            mss_words[w] = |merge_mss[4*w+:4];
            scale_words[w] = |merge_scale[4*w+:4];
            ts_words[w] = |merge_ts[4*w+:4];
        end
        for (w = 0; w < 10; w = w + 1) begin
            mss_word[w] = mss_words[w] && (mss_words >> (w + 1)) == 10'd0;
            scale_word[w] = scale_words[w] && (scale_words >> (w + 1)) == 10'd0;
            ts_word[w] = ts_words[w] && (ts_words >> (w + 1)) == 10'd0;
        end
        for (w = 0; w < 10; w = w + 1) begin
            mss_lane = mss_lane | (merge_mss[4*w+:4] & {4{mss_word[w]}});
            scale_lane = scale_lane | (merge_scale[4*w+:4] & {4{scale_word[w]}});
            ts_lane = ts_lane | (merge_ts[4*w+:4] & {4{ts_word[w]}});
            mss_window = mss_window | (padded[32*w+16+:40] & {40{mss_word[w]}});
            scale_window = scale_window | (padded[32*w+16+:40] & {40{scale_word[w]}});
            ts_window = ts_window | (padded[32*w+16+:88] & {88{ts_word[w]}});
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
    assign scale = {4{keep}} & (scale_byte[7:4] != 4'd0 || scale_byte[3:0] == 4'd15 ? 4'd14 : scale_byte[3:0]);
    assign sack_permitted = keep && merge_sack;
    assign ts_present = keep && ts_words != 10'd0;
    assign ts_val = {32{keep}} & {ts_bytes[7:0], ts_bytes[15:8], ts_bytes[23:16], ts_bytes[31:24]};
    assign ts_ecr = {32{keep}} & {ts_bytes[39:32], ts_bytes[47:40], ts_bytes[55:48], ts_bytes[63:56]};

endmodule

`default_nettype wire
