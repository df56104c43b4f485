// From gathered header bytes to the fields of a segment. One instance a port; `FROM_HOST` says which
// end of the frame is the connection's local one. On the net port, an ICMP error that quotes a TCP
// segment (rule A7) is a segment of that connection too: the key is the quote's, whose source we are.
// Stages:
//  - align: the tag and the IP version are taken out, so that every field has one place; here the key
//    is ready, and its pulse is given with the beat that brings the ports;
//  - check: lengths, addresses; merge: what follows from them.
// A frame is TCP, or speaks of TCP, from the moment its key was given, and only then. For an ICMP error
// that is when the first 8 bytes of the quoted TCP header are in, which is what every sender gives
// (RFC 792), and the IP length covers them.

`default_nettype none

`include "offload_map.vh"

module header_parse #(
    parameter DATA_WIDTH = 64, // bits of a beat
    parameter FROM_HOST  = 0   // 0: destination is local; 1: source is local
) (
    input  wire                              clk,
    input  wire                              rst,

    // Gather stage.
    input  wire                              gather_valid,
    input  wire                              gather_first,
    input  wire                              gather_last,
    input  wire                              gather_admitted,
    input  wire                              gather_bad,
    input  wire [$clog2(DATA_WIDTH / 8)-1:0] gather_bytes,
    input  wire [                      10:0] gather_index,
    input  wire [                78*8 - 1:0] gather_header,
    input  wire                              gather_tagged,
    input  wire                              gather_ipv4,
    input  wire                              gather_ipv6,
    input  wire                              gather_tcp,
    input  wire                              gather_icmp,   // never on the host port
    input  wire                              gather_long,
    input  wire [                40*8 - 1:0] gather_options,
    output wire [                      15:0] gather_length, // IPv4 total length or IPv6 payload length

    // Align stage: the key's pulse, and what the other parts need.
    output reg                               key_valid,
    output reg  [             `KEY_BITS-1:0] key,
    output reg  [                       3:0] align_offset,
    input  wire [                      15:0] align_tcp_length,
    input  wire                              align_negative,
    input  wire                              align_beyond,

    // Merge stage: all fields but the options and the TCP checksum, which are 0.
    output reg                               merge_valid,
    output reg                               merge_no_options, // there are none, or they do not count
    output reg  [         `SEGMENT_BITS-1:0] merge_segment,
    output wire                              merge_bad_ip_checksum, // combinational
    output wire                              busy
);

    localparam BYTES = DATA_WIDTH / 8;

    // Bytes in the order of the network: the first one most significant.
    function [15:0] network_16(input [15:0] bytes);
        network_16 = {bytes[7:0], bytes[15:8]};
    endfunction
    function [31:0] network_32(input [31:0] bytes);
        network_32 = {network_16(bytes[15:0]), network_16(bytes[31:16])};
    endfunction
    function [47:0] network_48(input [47:0] bytes);
        network_48 = {network_32(bytes[31:0]), network_16(bytes[47:32])};
    endfunction
    function [127:0] network_128(input [127:0] bytes);
        network_128 = {network_32(bytes[31:0]), network_32(bytes[63:32]), network_32(bytes[95:64]), network_32(bytes[127:96])};
    endfunction

    // ---- gather ---------------------------------------------------------------------------------
    // IP and TCP headers without the tag, then TCP without the IP header.
    wire [60*8-1:0] ip = gather_tagged ? gather_header[18*8+:60*8] : gather_header[14*8+:60*8];
    wire [16*8-1:0] tcp = gather_long ? ip[40*8+:16*8] : ip[20*8+:16*8];

    // The EtherType was looked at while it came in; of the offset's byte, four bits are reserved; what ICMPv6
    // quotes ends before the options' place does.
    wire unused_bits = &{1'b0, gather_header[12*8+:16], tcp[12*8+:4], gather_options[36*8+:32]};

    assign gather_length = network_16(gather_long ? ip[4*8+:16] : ip[2*8+:16]);

    wire [127:0] source = gather_long ? network_128(ip[8*8+:128]) : {80'd0, 16'hFFFF, network_32(ip[12*8+:32])};
    wire [127:0] destination = gather_long ? network_128(ip[24*8+:128]) : {80'd0, 16'hFFFF, network_32(ip[16*8+:32])};
    wire [15:0] source_port = network_16(tcp[0+:16]);
    wire [15:0] destination_port = network_16(tcp[16+:16]);
    wire [15:0] tci = gather_tagged ? network_16(gather_header[14*8+:16]) : 16'd0;

    // An ICMP error: `tcp` begins with type, code, checksum and 4 bytes of the type's own, then the quoted packet does.
    wire [127:0] quoted_source = gather_long ? network_128({gather_options[0*8+:96], ip[56*8+:32]})
                                             : {80'd0, 16'hFFFF, network_32(ip[40*8+:32])};
    wire [127:0] quoted_destination = gather_long ? network_128(gather_options[12*8+:128])
                                                  : {80'd0, 16'hFFFF, network_32(ip[44*8+:32])};
    wire [63:0] quoted_tcp = gather_long ? gather_options[28*8+:64] : ip[48*8+:64];

    // Errors are: destination unreachable, time exceeded, parameter problem; ICMPv6: these and packet too big.
    wire [7:0] icmp_type = tcp[0+:8];
    wire [7:0] icmp_code = tcp[8+:8];
    wire error_ipv4 = icmp_type == 8'd3 || icmp_type == 8'd11 || icmp_type == 8'd12;
    wire error_ipv6 = icmp_type >= 8'd1 && icmp_type <= 8'd4;
    // The quote: IPv4, IHL 5, the first or only fragment, of TCP; or IPv6 with TCP.
    wire quote_ipv4 = tcp[8*8+:8] == 8'h45 && tcp[14*8+:5] == 5'd0 && tcp[15*8+:8] == 8'd0 && ip[37*8+:8] == 8'd6;
    wire quote_ipv6 = tcp[8*8+4+:4] == 4'd6 && tcp[14*8+:8] == 8'd6;
    // IP header (IPv4), ICMP, quoted IP header and 8 bytes: 20 + 8 + 20 + 8; IPv6's length is without its header: 8 + 40 + 8.
    wire quote_covered = gather_length >= 16'd56;
    wire quote = quote_covered && (gather_long ? error_ipv6 && quote_ipv6 : error_ipv4 && quote_ipv4);

    wire [127:0] local_address = gather_icmp ? quoted_source : FROM_HOST != 0 ? source : destination;
    wire [127:0] remote_address = gather_icmp ? quoted_destination : FROM_HOST != 0 ? destination : source;

    // The last byte of TCP's ports is 37, 41 (tagged), 57 (IPv6) or 61 (both); of the quote 69, 73, 109 or 113.
    wire [31:0] beat = {21'd0, gather_index};
    wire [31:0] last_byte = {{(32 - $clog2(BYTES)) {1'b0}}, gather_bytes};
    wire ports_in = (gather_ipv4 && !gather_tagged && beat == 37 / BYTES && last_byte >= 37 % BYTES) ||
                    (gather_ipv4 &&  gather_tagged && beat == 41 / BYTES && last_byte >= 41 % BYTES) ||
                    (gather_ipv6 && !gather_tagged && beat == 57 / BYTES && last_byte >= 57 % BYTES) ||
                    (gather_ipv6 &&  gather_tagged && beat == 61 / BYTES && last_byte >= 61 % BYTES);
    wire quote_in = (gather_ipv4 && !gather_tagged && beat == 69 / BYTES && last_byte >= 69 % BYTES) ||
                    (gather_ipv4 &&  gather_tagged && beat == 73 / BYTES && last_byte >= 73 % BYTES) ||
                    (gather_ipv6 && !gather_tagged && beat == 109 / BYTES && last_byte >= 109 % BYTES) ||
                    (gather_ipv6 &&  gather_tagged && beat == 113 / BYTES && last_byte >= 113 % BYTES);
    // IPv4-mapped addresses are never on a wire (RFC 4291 2.5.5.2); as keys they would stand for IPv4 connections.
    wire mapped = gather_ipv6 && (local_address[127:32] == 96'hFFFF || remote_address[127:32] == 96'hFFFF);
    wire key_now = gather_valid && gather_admitted && !mapped &&
                   ((gather_tcp && ports_in) || (gather_icmp && quote_in && quote));

    reg key_given;
    wire keyed = key_now || (key_given && !gather_first);
    always @(posedge clk) if (gather_valid) key_given <= keyed;

    // ---- align ----------------------------------------------------------------------------------
    reg align_valid, align_void, align_tcp, align_icmp, align_ipv6;
    reg [7:0] align_icmp_type, align_icmp_code;
    reg [15:0] align_tci;
    reg [47:0] align_destination_mac, align_source_mac;
    reg [20*8-1:0] align_ip;
    reg [31:0] align_seq, align_ack;
    reg [15:0] align_window;
    reg [7:0] align_flags;

    always @(posedge clk) begin
        if (rst) begin
            key_valid <= 1'b0;
            align_valid <= 1'b0;
        end else begin
            key_valid <= key_now;
            align_valid <= gather_valid && gather_last && gather_admitted && (!gather_bad || keyed);
        end
        key[`KEY_TAGGED] <= gather_tagged;
        key[`KEY_VLAN] <= tci[11:0];
        key[`KEY_LOCAL_ADDRESS] <= local_address;
        key[`KEY_REMOTE_ADDRESS] <= remote_address;
        key[`KEY_LOCAL_PORT] <= gather_icmp ? network_16(quoted_tcp[0+:16]) : FROM_HOST != 0 ? source_port : destination_port;
        key[`KEY_REMOTE_PORT] <= gather_icmp ? network_16(quoted_tcp[16+:16]) : FROM_HOST != 0 ? destination_port : source_port;
        align_void <= gather_bad;
        align_tcp <= keyed;
        align_icmp <= gather_icmp;
        align_icmp_type <= icmp_type;
        align_icmp_code <= icmp_code;
        align_ipv6 <= gather_long;
        align_tci <= tci;
        align_destination_mac <= network_48(gather_header[0+:48]);
        align_source_mac <= network_48(gather_header[48+:48]);
        align_ip <= ip[0+:20*8];
        align_seq <= network_32(gather_icmp ? quoted_tcp[32+:32] : tcp[4*8+:32]);
        align_ack <= network_32(tcp[8*8+:32]);
        align_offset <= tcp[12*8+4+:4];
        align_flags <= tcp[13*8+:8];
        align_window <= network_16(tcp[14*8+:16]);
    end

    // ---- check ----------------------------------------------------------------------------------
    wire [127:0] align_from = FROM_HOST != 0 ? key[`KEY_LOCAL_ADDRESS] : key[`KEY_REMOTE_ADDRESS];
    wire [127:0] align_to = FROM_HOST != 0 ? key[`KEY_REMOTE_ADDRESS] : key[`KEY_LOCAL_ADDRESS];
    wire bad_ipv4 = align_from[31:0] == 32'd0 || align_from[31:24] == 8'd127 ||
                    align_from[31:28] == 4'd14 || align_from[31:0] == 32'hFFFF_FFFF;
    wire bad_ipv6 = align_from[127:1] == 127'd0 || align_from[127:120] == 8'hFF;

    wire [16:0] data_length = {1'b0, align_tcp_length} - {11'd0, align_offset, 2'd0};

    reg check_valid, check_void, check_tcp, check_icmp, check_ipv6;
    reg [7:0] check_icmp_type, check_icmp_code;
    reg check_short, check_beyond, check_offset_low;
    reg check_bad_address, check_land;
    reg [`KEY_BITS-1:0] check_key;
    reg [15:0] check_tci;
    reg [47:0] check_destination_mac, check_source_mac;
    reg [31:0] check_seq, check_ack;
    reg [15:0] check_window, check_data_length;
    reg [7:0] check_flags;
    reg [17:0] check_ip_sum_0, check_ip_sum_1, check_ip_sum_2;

    function [17:0] sum_4(input [63:0] words);
        sum_4 = ({2'd0, words[15:0]} + {2'd0, words[31:16]}) + ({2'd0, words[47:32]} + {2'd0, words[63:48]});
    endfunction

    always @(posedge clk) begin
        check_valid <= align_valid && !rst;
        check_void <= align_void;
        check_tcp <= align_tcp;
        check_icmp <= align_icmp;
        check_icmp_type <= align_icmp_type;
        check_icmp_code <= align_icmp_code;
        check_ipv6 <= align_ipv6;
        check_key <= key;
        check_tci <= align_tci;
        check_destination_mac <= align_destination_mac;
        check_source_mac <= align_source_mac;
        check_seq <= align_seq;
        check_ack <= align_ack;
        check_window <= align_window;
        check_flags <= align_flags;
        check_offset_low <= align_offset < 4'd5;
        check_short <= data_length[16] || align_negative;
        check_beyond <= align_beyond;
        check_data_length <= data_length[15:0];
        check_land <= align_from == align_to;
        check_bad_address <= align_source_mac[40] || (align_ipv6 ? bad_ipv6 : bad_ipv4);
        check_ip_sum_0 <= sum_4({network_16(align_ip[0+:16]), network_16(align_ip[16+:16]),
                                 network_16(align_ip[32+:16]), network_16(align_ip[48+:16])});
        check_ip_sum_1 <= sum_4({network_16(align_ip[64+:16]), network_16(align_ip[80+:16]),
                                 network_16(align_ip[96+:16]), network_16(align_ip[112+:16])});
        check_ip_sum_2 <= {2'd0, network_16(align_ip[128+:16])} + {2'd0, network_16(align_ip[144+:16])};

        // Of what an ICMP error quotes only the key and SEG.SEQ are looked at; what stands elsewhere is none of TCP's.
        if (align_icmp) begin
            check_ack <= 32'd0;
            check_window <= 16'd0;
            check_flags <= 8'd0;
            check_offset_low <= 1'b0;
            check_short <= 1'b0;
            check_beyond <= 1'b0;
            check_data_length <= 16'd0;
            check_land <= 1'b0;
            check_bad_address <= 1'b0;
        end else begin
            check_icmp_type <= 8'd0;
            check_icmp_code <= 8'd0;
        end
    end

    // ---- merge ----------------------------------------------------------------------------------
    wire check_malformed = check_offset_low || check_short || check_beyond;
    reg [19:0] merge_ip_sum;
    always @(posedge clk) begin
        merge_valid <= check_valid && !rst;
        merge_no_options <= check_malformed || check_icmp;
        merge_ip_sum <= {2'd0, check_ip_sum_0} + {2'd0, check_ip_sum_1} + {2'd0, check_ip_sum_2};
        merge_segment <= {`SEGMENT_BITS{1'b0}};
        merge_segment[`SEGMENT_KEY] <= check_key;
        merge_segment[`SEGMENT_IS_TCP] <= check_tcp;
        merge_segment[`SEGMENT_VOID] <= check_void;
        merge_segment[`SEGMENT_IS_ICMP] <= check_icmp;
        merge_segment[`SEGMENT_ICMP_TYPE] <= check_icmp_type;
        merge_segment[`SEGMENT_ICMP_CODE] <= check_icmp_code;
        merge_segment[`SEGMENT_IS_IPV6] <= check_ipv6;
        merge_segment[`SEGMENT_TCI] <= check_tci;
        merge_segment[`SEGMENT_DESTINATION_MAC] <= check_destination_mac;
        merge_segment[`SEGMENT_SOURCE_MAC] <= check_source_mac;
        merge_segment[`SEGMENT_MALFORMED] <= check_malformed;
        merge_segment[`SEGMENT_BAD_ADDRESS] <= check_bad_address;
        merge_segment[`SEGMENT_LAND] <= check_land;
        merge_segment[`SEGMENT_FLAGS] <= check_flags;
        merge_segment[`SEGMENT_SEQ] <= check_seq;
        merge_segment[`SEGMENT_ACK] <= check_ack;
        merge_segment[`SEGMENT_WINDOW] <= check_window;
        merge_segment[`SEGMENT_DATA_LENGTH] <= check_malformed ? 16'd0 : check_data_length;
    end

    // Ten words: their sum is right if its two halves add up to 0xFFFF.
    assign merge_bad_ip_checksum = !merge_segment[`SEGMENT_IS_IPV6] && merge_ip_sum[15:0] != ~{12'd0, merge_ip_sum[19:16]};

    assign busy = align_valid || check_valid || merge_valid;

endmodule

`default_nettype wire
