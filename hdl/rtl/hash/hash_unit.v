// Both hashes of a key, one key a clock: where its entry lies, and what its ISN and timestamp offset are made from.
//
// The placement hash is out `PLACEMENT_LATENCY` clocks after the key; SipHash takes longer, but is not needed before
// the transition stage decides. So the early result is given LEAD clocks before SipHash's, and an event that sets
// out with it meets SipHash's result on the way.

`default_nettype none

`include "offload_map.vh"

module hash_unit #(
    parameter SOURCE_BITS = 2,                                  // bits that name who asked
    parameter LEAD        = 8                                   // clocks by which the placement hash comes first
) (
    input  wire                   clk,
    input  wire                   rst,

    input  wire [127:0]           isn_key,
    input  wire [`KEY_BITS+31:0]  placement_key,

    input  wire                   key_valid,
    input  wire [SOURCE_BITS-1:0] key_source,
    input  wire [`KEY_BITS-1:0]   key,

    output wire                   placement_valid,
    output wire [SOURCE_BITS-1:0] placement_source,
    output wire [32:0]            placement,

    output wire                   siphash_valid,
    output wire [SOURCE_BITS-1:0] siphash_source,
    output wire [63:0]            siphash
);
    localparam BLOCKS            = 5;                           // 36 bytes and their length
    localparam LATENCY           = 4 * BLOCKS + 9;
    localparam PLACEMENT_LATENCY = 2;
    localparam WAIT              = LATENCY - LEAD - PLACEMENT_LATENCY;

    wire [64*BLOCKS-1:0] message;
    wire [32:0]          fresh_placement;

    isn_message layout (.key(key), .message(message));
    siphash_2_4 #(.BLOCKS(BLOCKS)) siphash_2_4 (.clk(clk), .key(isn_key), .message(message), .hash(siphash));
    placement_hash placement_hash (.clk(clk), .toeplitz_key(placement_key), .enable(key_valid), .key(key), .hash(fresh_placement));

    // The placement hash waits in a circular memory; nothing here ever stalls.
    reg [32:0] waiting [0:31];
    reg [4:0]  now;
    reg [32:0] waited;
    always @(posedge clk) begin
        now          <= rst ? 5'd0 : now + 5'd1;
        waiting[now] <= fresh_placement;
        waited       <= waiting[now - WAIT[4:0] + 5'd1];
    end
    assign placement = waited;

    reg [LATENCY:1]             valid;
    reg [LATENCY*SOURCE_BITS-1:0] source;
    always @(posedge clk) begin
        valid  <= rst ? {LATENCY{1'b0}} : {valid[LATENCY-1:1], key_valid};
        source <= {source[(LATENCY-1)*SOURCE_BITS-1:0], key_source};
    end
    assign placement_valid  = valid[LATENCY-LEAD];
    assign placement_source = source[(LATENCY-LEAD-1)*SOURCE_BITS +: SOURCE_BITS];
    assign siphash_valid    = valid[LATENCY];
    assign siphash_source   = source[(LATENCY-1)*SOURCE_BITS +: SOURCE_BITS];
endmodule

`default_nettype wire
