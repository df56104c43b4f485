// What crc32_8.v has to be: IEEE 802.3, 3.2.9, bit by bit: a division by the polynomial, whose remainder's highest term is
// crc's lowest bit.
`default_nettype none

module crc_reference (
    input  wire [31:0] crc,
    input  wire [7:0]  data,
    output wire [31:0] next
);
    function [31:0] mirror;
        input [31:0] bits;
        integer i;
        for (i = 0; i < 32; i = i + 1) mirror[i] = bits[31-i];
    endfunction

    function [31:0] divided;
        input [31:0] remainder;
        input [7:0]  bits;
        integer i;
        begin
            divided = remainder;
            for (i = 0; i < 8; i = i + 1)
                divided = {divided[30:0], 1'b0} ^ (divided[31] != bits[i] ? 32'h04C11DB7 : 32'd0);
        end
    endfunction

    assign next = mirror(divided(mirror(crc), data));
endmodule

`default_nettype wire
