// Lays a reply out as an Ethernet frame: optional 802.1Q tag, IPv4 or IPv6, TCP. Combinational; two levels of
// multiplexers, for the tag and for the IP version.
//
// IPv4: no options, DF, identification 0 (RFC 6864 4.1); IPv6: flow label 0. ECN is never set.

`default_nettype none

`include "offload_map.vh"

module reply_frame (
    // What is sent; its options come laid out.
    input  wire [`REPLY_BITS-1:0]  reply,
    // Length of the TCP header in 32-bit words, and its options, zero behind their end.
    input  wire [3:0]              data_offset,
    input  wire [159:0]            options,
    input  wire [15:0]             ip_checksum,
    input  wire [15:0]             tcp_checksum,

    // 98 bytes, byte i on the wire in frame[8*i +: 8], zero behind the frame's end.
    output wire [783:0]            frame
);

    localparam [15:0] TYPE_TAG     = 16'h8100;
    localparam [15:0] TYPE_IPV4    = 16'h0800;
    localparam [15:0] TYPE_IPV6    = 16'h86dd;
    localparam [7:0]  PROTOCOL_TCP = 8'd6;

    wire [127:0] source      = reply[`REPLY_SOURCE_ADDRESS];
    wire [127:0] destination = reply[`REPLY_DESTINATION_ADDRESS];
    wire [15:0]  tcp_length  = {10'd0, data_offset, 2'b00};
    wire [15:0]  ether_type  = reply[`REPLY_IS_IPV6] ? TYPE_IPV6 : TYPE_IPV4;

    wire [319:0] tcp = {
        reply[`REPLY_SOURCE_PORT], reply[`REPLY_DESTINATION_PORT],
        reply[`REPLY_SEQ],
        reply[`REPLY_ACK],
        data_offset, 4'd0, reply[`REPLY_FLAGS], reply[`REPLY_WINDOW],
        tcp_checksum, 16'd0,
        options
    };

    wire [159:0] ipv4 = {
        8'h45, reply[`REPLY_DSCP], 2'b00, tcp_length + 16'd20,
        16'd0, 16'h4000,
        reply[`REPLY_HOP_LIMIT], PROTOCOL_TCP, ip_checksum,
        source[31:0], destination[31:0]
    };

    wire [319:0] ipv6 = {
        4'd6, reply[`REPLY_DSCP], 2'b00, 20'd0,
        tcp_length, PROTOCOL_TCP, reply[`REPLY_HOP_LIMIT],
        source,
        destination
    };

    wire [639:0] packet = reply[`REPLY_IS_IPV6] ? {ipv6, tcp} : {ipv4, tcp, 160'd0};

    // The first byte on the wire in the most significant bits.
    wire [783:0] text = {
        reply[`REPLY_DESTINATION_MAC], reply[`REPLY_SOURCE_MAC],
        reply[`REPLY_TAGGED] ? {TYPE_TAG, reply[`REPLY_TCI], ether_type, packet} : {ether_type, packet, 32'd0}
    };

    genvar i;
    generate
        for (i = 0; i < 98; i = i + 1) begin : each_byte
            assign frame[8*i +: 8] = text[8*(97-i) +: 8];
        end
    endgenerate

    wire unused = &{1'b0, reply[`REPLY_TO_HOST], reply[`REPLY_MSS_PRESENT], reply[`REPLY_MSS], reply[`REPLY_SCALE_PRESENT],
                    reply[`REPLY_SCALE], reply[`REPLY_SACK_PERMITTED], reply[`REPLY_TS_PRESENT],
                    reply[`REPLY_TS_VAL], reply[`REPLY_TS_ECR], 1'b0};

endmodule

`default_nettype wire
