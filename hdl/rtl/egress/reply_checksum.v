// Checksums of a reply: of the IPv4 header (RFC 791 3.1) and of the TCP segment with its pseudo header (RFC 9293
// 3.1, RFC 8200 8.1), in four stages that advance each on its own enable.
//
// The words are taken from the reply's fields, not from the frame, so the sums do not wait for the frame to be laid
// out: options lie on 32-bit boundaries, and a one's complement sum does not care where a word is. What has a fixed
// value comes from a table. At most 31 words: stage 1 makes groups of four, stage 2 joins four groups, stage 3 joins
// the last two sums and folds the carries into 16 bits, stage 4 folds the last one and complements.

`default_nettype none

`include "offload_map.vh"

module reply_checksum (
    input  wire                     clk,

    // Each stage loads when its bit is set.
    input  wire [4:1]               advance,

    // Reply ahead of stage 1; its options are present only where they are to be sent.
    input  wire [`REPLY_BITS-1:0]   reply,
    // Length of its TCP header in 32-bit words.
    input  wire [3:0]               data_offset,

    // Behind stage 4.
    output reg  [15:0]              ip_checksum,
    output reg  [15:0]              tcp_checksum
);

    localparam [7:0] PROTOCOL_TCP = 8'd6;

    // What is constant in the segment and its pseudo header, for each choice {mss, ts, sack, scale} of options:
    // protocol, length, kinds and lengths of options, NOPs.
    function [255:0] constant_words;
        input unused;
        integer choice;
        integer words;
        integer sum;
        begin
            constant_words = {255'd0, unused & 1'b0};
            for (choice = 0; choice < 16; choice = choice + 1) begin
                words = 5;
                sum = 0;
                if (choice / 8 % 2 == 1) begin
                    words = words + 1;
                    sum = sum + 'h0204;
                end
                if (choice / 4 % 2 == 1) begin
                    words = words + 3;
                    sum = sum + 'h080a + (choice / 2 % 2 == 1 ? 'h0402 : 'h0101);
                end else if (choice / 2 % 2 == 1) begin
                    words = words + 1;
                    sum = sum + 'h0101 + 'h0402;
                end
                if (choice % 2 == 1) begin
                    words = words + 1;
                    sum = sum + 'h0103 + 'h0300;
                end
                sum = sum + {24'd0, PROTOCOL_TCP} + 4 * words;
                constant_words = constant_words | ({240'd0, sum[15:0]} << 16 * choice);
            end
        end
    endfunction

    localparam [255:0] CONSTANT_WORDS = constant_words(1'b0);

    wire [127:0] source      = reply[`REPLY_SOURCE_ADDRESS];
    wire [127:0] destination = reply[`REPLY_DESTINATION_ADDRESS];
    wire [31:0]  seq         = reply[`REPLY_SEQ];
    wire [31:0]  ack         = reply[`REPLY_ACK];
    wire [3:0]   choice_of_options = {
        reply[`REPLY_MSS_PRESENT], reply[`REPLY_TS_PRESENT], reply[`REPLY_SACK_PERMITTED], reply[`REPLY_SCALE_PRESENT]
    };

    // What counts only where it is sent.
    wire [95:0]  source_high      = source[127:32]      & {96{reply[`REPLY_IS_IPV6]}};
    wire [95:0]  destination_high = destination[127:32] & {96{reply[`REPLY_IS_IPV6]}};
    wire [63:0]  timestamps       = {reply[`REPLY_TS_VAL], reply[`REPLY_TS_ECR]} & {64{reply[`REPLY_TS_PRESENT]}};
    wire [15:0]  mss              = reply[`REPLY_MSS] & {16{reply[`REPLY_MSS_PRESENT]}};
    wire [3:0]   scale            = reply[`REPLY_SCALE] & {4{reply[`REPLY_SCALE_PRESENT]}};

    // Version 4, IHL 5, DF and protocol TCP, and the length of the IPv4 header in the total length.
    wire [15:0]  ip_constant = {8'h45, 8'd0} + 16'h4000 + {8'd0, PROTOCOL_TCP} + 16'd20 + {10'd0, data_offset, 2'b00};

    // Four words of 16 bits.
    function [17:0] sum_of_four;
        input [63:0] words;
        sum_of_four = {2'd0, words[63:48]} + {2'd0, words[47:32]} + {2'd0, words[31:16]} + {2'd0, words[15:0]};
    endfunction

    // Four sums of four.
    function [19:0] sum_of_sums;
        input [71:0] sums;
        sum_of_sums = {2'd0, sums[71:54]} + {2'd0, sums[53:36]} + {2'd0, sums[35:18]} + {2'd0, sums[17:0]};
    endfunction

    // Stage 1.
    reg [17:0] group_source;
    reg [17:0] group_destination;
    reg [17:0] group_middle;
    reg [17:0] group_low;
    reg [17:0] group_ports_seq;
    reg [17:0] group_ack_window;
    reg [17:0] group_timestamps;
    reg [17:0] group_rest;
    reg [16:0] group_ip;

    always @(posedge clk) begin
        if (advance[1]) begin
            group_source      <= sum_of_four(source_high[95:32]);
            group_destination <= sum_of_four(destination_high[95:32]);
            group_middle      <= sum_of_four({source_high[31:0], destination_high[31:0]});
            group_low         <= sum_of_four({source[31:0], destination[31:0]});
            group_ports_seq   <= sum_of_four({reply[`REPLY_SOURCE_PORT], reply[`REPLY_DESTINATION_PORT], seq});
            group_ack_window  <= sum_of_four({ack, data_offset, 4'd0, reply[`REPLY_FLAGS], reply[`REPLY_WINDOW]});
            group_timestamps  <= sum_of_four(timestamps);
            group_rest        <= sum_of_four({mss, 12'd0, scale, CONSTANT_WORDS[16*choice_of_options +: 16], 16'd0});
            // Time to live and DSCP lie in different halves of their words.
            group_ip          <= {1'b0, reply[`REPLY_HOP_LIMIT], reply[`REPLY_DSCP], 2'b00} + {1'b0, ip_constant};
        end
    end

    // Stage 2.
    reg [19:0] sum_addresses;
    reg [19:0] sum_segment;
    reg [18:0] sum_ip;

    always @(posedge clk) begin
        if (advance[2]) begin
            sum_addresses <= sum_of_sums({group_source, group_destination, group_middle, group_low});
            sum_segment   <= sum_of_sums({group_ports_seq, group_ack_window, group_timestamps, group_rest});
            sum_ip        <= {1'b0, group_low} + {2'b0, group_ip};
        end
    end

    // Stage 3.
    wire [20:0] total_tcp = {1'b0, sum_addresses} + {1'b0, sum_segment};
    reg  [16:0] folded_tcp;
    reg  [16:0] folded_ip;

    always @(posedge clk) begin
        if (advance[3]) begin
            folded_tcp <= {1'b0, total_tcp[15:0]} + {12'd0, total_tcp[20:16]};
            folded_ip  <= {1'b0, sum_ip[15:0]} + {14'd0, sum_ip[18:16]};
        end
    end

    // Stage 4. A carry here leaves the low half small, so that it cannot carry again.
    always @(posedge clk) begin
        if (advance[4]) begin
            tcp_checksum <= ~(folded_tcp[15:0] + {15'd0, folded_tcp[16]});
            ip_checksum  <= ~(folded_ip[15:0] + {15'd0, folded_ip[16]});
        end
    end

    wire unused = &{1'b0, reply[`REPLY_DESTINATION_MAC], reply[`REPLY_SOURCE_MAC], reply[`REPLY_TAGGED],
                    reply[`REPLY_TCI], reply[`REPLY_TO_HOST], 1'b0};

endmodule

`default_nettype wire
