// One byte of CRC-32 (IEEE 802.3, 3.2.9) in no clock, least significant bit first. The register starts with all ones,
// is sent inverted and lowest byte first, and stands at 32'hDEBB20E3 after a frame with its right check sequence.

`default_nettype none

module crc32_8 (
    input  wire [31:0] crc,
    input  wire [7:0]  data,
    output wire [31:0] next
);
    // What is left of a register that holds one bit alone, after a byte.
    function [31:0] column;
        input integer bit_number;
        integer i;
        begin
            column = 32'd1 << bit_number;
            for (i = 0; i < 8; i = i + 1) column = (column >> 1) ^ (column[0] ? 32'hEDB88320 : 32'd0);
        end
    endfunction

    localparam [31:0] COLUMN_0 = column(0);
    localparam [31:0] COLUMN_1 = column(1);
    localparam [31:0] COLUMN_2 = column(2);
    localparam [31:0] COLUMN_3 = column(3);
    localparam [31:0] COLUMN_4 = column(4);
    localparam [31:0] COLUMN_5 = column(5);
    localparam [31:0] COLUMN_6 = column(6);
    localparam [31:0] COLUMN_7 = column(7);

    wire [7:0] out = crc[7:0] ^ data;

    assign next = {8'd0, crc[31:8]} ^
                  ({32{out[0]}} & COLUMN_0) ^ ({32{out[1]}} & COLUMN_1) ^ ({32{out[2]}} & COLUMN_2) ^ ({32{out[3]}} & COLUMN_3) ^
                  ({32{out[4]}} & COLUMN_4) ^ ({32{out[5]}} & COLUMN_5) ^ ({32{out[6]}} & COLUMN_6) ^ ({32{out[7]}} & COLUMN_7);
endmodule

`default_nettype wire
