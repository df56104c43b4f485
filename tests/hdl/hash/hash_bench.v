// Everything of hdl/rtl/hash under one top, so that one simulation checks it all: siphash_2_4 for each number of
// blocks, the ISN message with its hash, and the placement hash. The parameters below are what the modules state.

`default_nettype none

`include "offload_map.vh"

module hash_bench (
    input  wire                   clk,

    // SipHash: BLOCKS = b takes the least significant b blocks; its hash is word b-1.
    input  wire [127:0]           siphash_key,
    input  wire [511:0]           siphash_message,
    output wire [511:0]           siphash_hash,

    // Connection: the ISN message, its hash under siphash_key, and where it is placed.
    input  wire [127:0]           local_address,
    input  wire [127:0]           remote_address,
    input  wire [15:0]            local_port,
    input  wire [15:0]            remote_port,
    input  wire [11:0]            vlan,
    input  wire                   is_tagged,
    output wire [319:0]           isn_text,
    output wire [63:0]            isn_hash,

    // Placement: the key as packed, the secret, the hash.
    input  wire [`KEY_BITS+31:0]  toeplitz_key,
    output wire [`KEY_BITS-1:0]   packed_key,
    output wire [32:0]            placement
);

    reg [`KEY_BITS-1:0] connection;

    always @* begin
        connection = {`KEY_BITS{1'b0}};
        connection[`KEY_LOCAL_ADDRESS]  = local_address;
        connection[`KEY_REMOTE_ADDRESS] = remote_address;
        connection[`KEY_LOCAL_PORT]     = local_port;
        connection[`KEY_REMOTE_PORT]    = remote_port;
        connection[`KEY_VLAN]           = vlan;
        connection[`KEY_TAGGED]         = is_tagged;
    end

    assign packed_key = connection;

    wire [255:0] start;
    siphash_start siphash_start (.key(siphash_key), .start(start));

    genvar b;
    generate
        for (b = 1; b <= 8; b = b + 1) begin : each_length
            siphash_2_4 #(
                .BLOCKS(b),
                .LATENCY(4 * b + 9)
            ) siphash (
                .clk(clk),
                .start(start),
                .message(siphash_message[64*b-1:0]),
                .hash(siphash_hash[64*(b-1) +: 64])
            );
        end
    endgenerate

    isn_message isn (
        .key(connection),
        .is_cookie(1'b0),
        .message(isn_text)
    );

    siphash_2_4 #(
        .BLOCKS(5),
        .LATENCY(29)
    ) isn_siphash (
        .clk(clk),
        .start(start),
        .message(isn_text),
        .hash(isn_hash)
    );

    placement_hash #(
        .LATENCY(2)
    ) placement_hash (
        .clk(clk),
        .toeplitz_key(toeplitz_key),
        .enable(1'b1),
        .key(connection),
        .hash(placement)
    );

endmodule

`default_nettype wire
