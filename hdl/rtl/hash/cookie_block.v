// Block 0 of the message that SipHash turns into a SYN cookie (rule K1): 8 bytes, the SYN's sequence number (4, big
// endian), the period (3, big endian), the MSS index (1). The connection's 36 bytes follow it. Wires only.

`default_nettype none

module cookie_block (
    input  wire [31:0] sequence_number,                         // of the SYN
    input  wire [23:0] period,                                  // of 64 s, modulo 2^24, in which the cookie was made
    input  wire [2:0]  index,                                   // of the MSS that the peer offered

    // Byte i is block[8*i +: 8].
    output wire [63:0] block
);

    wire [63:0] text = {sequence_number, period, 5'd0, index};

    genvar i;
    generate
        for (i = 0; i < 8; i = i + 1) begin : each_byte
            assign block[8*i +: 8] = text[8*(7-i) +: 8];
        end
    endgenerate

endmodule

`default_nettype wire
