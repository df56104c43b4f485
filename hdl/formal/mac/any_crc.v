// Stands in for crc32_8.v, which has a proof of its own: the receiver is right whatever the CRC is.
`default_nettype none

module crc32_8 (
    input  wire [31:0] crc,
    input  wire [7:0]  data,
    output wire [31:0] next
);
    (* anyseq *) wire [31:0] any;
    assign next = any;
endmodule

`default_nettype wire
