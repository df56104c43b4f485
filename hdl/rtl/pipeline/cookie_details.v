// What a cookie's message takes of a segment (rules K1 and K3): of a SYN its own numbers, of anything else what its ACK
// number would name, were it the answer to a cookie.

`default_nettype none

`include "offload_map.vh"

module cookie_details (
    input  wire [`SEGMENT_BITS-1:0] segment,
    output wire                     is_syn,                     // without ACK
    output wire [31:0]              sequence_number,            // of the SYN
    output wire [4:0]               named_period,               // by an ACK
    output wire [2:0]               index                       // of the MSS
);
    wire [7:0]  flags  = segment[`SEGMENT_FLAGS];
    wire [31:0] cookie = segment[`SEGMENT_ACK] - 32'd1;         // {period, index, hash}
    wire [15:0] mss    = segment[`SEGMENT_MSS];
    wire        unused = &{1'b0, flags[7:5], flags[3:2], flags[0], cookie[23:0], segment, 1'b0};
    reg  [2:0]  mss_index;

    always @* begin
        if (!segment[`SEGMENT_MSS_PRESENT]) mss_index = segment[`SEGMENT_IS_IPV6] ? 3'd2 : 3'd1;
        else if (mss >= 16'd8940)           mss_index = 3'd7;
        else if (mss >= 16'd1460)           mss_index = 3'd6;
        else if (mss >= 16'd1440)           mss_index = 3'd5;
        else if (mss >= 16'd1400)           mss_index = 3'd4;
        else if (mss >= 16'd1360)           mss_index = 3'd3;
        else if (mss >= 16'd1220)           mss_index = 3'd2;
        else if (mss >= 16'd536)            mss_index = 3'd1;
        else                                mss_index = 3'd0;
    end

    assign is_syn          = flags[1] && !flags[4];
    assign sequence_number = segment[`SEGMENT_SEQ] - (is_syn ? 32'd0 : 32'd1);
    assign named_period    = cookie[31:27];
    assign index           = is_syn ? mss_index : cookie[26:24];
endmodule

`default_nettype wire
