// One byte further in a CRC-32 (IEEE 802.3): bits reflected, so that the least significant bit of a byte comes first.
// It begins with all ones; the inverted register is sent, least significant byte first. Over a message and its CRC the
// register ends at 32'hDEBB20E3.

`default_nettype none

module link_crc32 (
    input  wire [31:0] crc,
    input  wire [7:0]  data,
    output wire [31:0] next
);
    function [31:0] step;
        input [31:0] from;
        input [7:0]  octet;
        integer i;
        begin
            step = from ^ {24'd0, octet};
            for (i = 0; i < 8; i = i + 1) step = {1'b0, step[31:1]} ^ (step[0] ? 32'hEDB88320 : 32'd0);
        end
    endfunction

    assign next = step(crc, data);
endmodule

`default_nettype wire
