// The state {v3, v2, v1, v0} that a key gives SipHash to start from. Wires and inverters only.

`default_nettype none

module siphash_start (
    // Byte i of the key is key[8*i +: 8].
    input  wire [127:0] key,

    output wire [255:0] start
);

    assign start = {
        key[127:64] ^ 64'h7465646279746573, key[63:0] ^ 64'h6c7967656e657261,
        key[127:64] ^ 64'h646f72616e646f6d, key[63:0] ^ 64'h736f6d6570736575
    };

endmodule

`default_nettype wire
