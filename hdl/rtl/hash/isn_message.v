// The message that SipHash turns into an initial sequence number's F and a timestamp offset (RFC 6528 3).
//
// 36 bytes: local address (16, network order; IPv4 as IPv4-mapped IPv6), remote address (16), local port (2, big
// endian), remote port (2); then SipHash's padding: three zeros and the length, 36. A cookie's message has a block of
// 8 bytes before (cookie_block) and goes on with the same, but for the length, which is 44. VLAN and tag are not in
// it: the host's own stack, which may take a connection over, does not know them either. Wires only.

`default_nettype none

`include "offload_map.vh"

module isn_message (
    // What names the connection; its VLAN is not used.
    input  wire [`KEY_BITS-1:0]  key,

    // These are the blocks 1 to 5 of a cookie's message.
    input  wire                  is_cookie,

    // For siphash_2_4 with five blocks: byte i is message[8*i +: 8].
    output wire [319:0]          message
);

    localparam [7:0] LENGTH = 8'd36, COOKIE_LENGTH = 8'd44;

    // The message as it is read, its first byte in the most significant bits.
    wire [319:0] text = {
        key[`KEY_LOCAL_ADDRESS], key[`KEY_REMOTE_ADDRESS], key[`KEY_LOCAL_PORT], key[`KEY_REMOTE_PORT],
        24'd0, is_cookie ? COOKIE_LENGTH : LENGTH
    };

    genvar i;
    generate
        for (i = 0; i < 40; i = i + 1) begin : each_byte
            assign message[8*i +: 8] = text[8*(39-i) +: 8];
        end
    endgenerate

    wire unused = &{1'b0, key[`KEY_VLAN], key[`KEY_TAGGED], 1'b0};

endmodule

`default_nettype wire
