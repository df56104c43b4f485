// Where an entry lies in the connection table: a Toeplitz hash of the connection's key, one a clock.
//
// hash[j] = XOR over i of (key[i] AND toeplitz_key[i + j]), j = 0 to 32. The family is XOR-universal: with a
// secret random toeplitz_key nobody can choose connections that collide more often than by chance. The
// toeplitz_key is written before the engine is enabled, and stands still from then on.
//
// LATENCY = 2: what is sampled at one clock edge comes out behind the second edge, that one counted. The first
// stage sums groups of 32 products, which is three levels of 4-input LUTs, the second sums the groups, in two.
// A user that needs the figure passes it as the parameter; a wrong one ends elaboration. No reset and no valid.

`default_nettype none

`include "offload_map.vh"

module placement_hash #(
    // Clocks from key to hash. Not to be chosen: it has to be 2.
    parameter LATENCY = 2
) (
    input  wire                      clk,

    // Secret of the hash; constant while keys are in flight.
    input  wire [`KEY_BITS+31:0]     toeplitz_key,

    // What names the connection; looked at where `enable` is high, so that nothing moves in between.
    input  wire                      enable,
    input  wire [`KEY_BITS-1:0]      key,

    // Hash of the key of LATENCY clocks ago.
    output wire [32:0]               hash
);

    // Products a group: three levels of LUT4, the first of which multiplies too.
    localparam GROUP  = 32;
    localparam GROUPS = (`KEY_BITS + GROUP - 1) / GROUP;

    generate
        if (LATENCY != 2) begin : bad_latency
            placement_hash_latency_is_2 check ();
        end
    endgenerate

    wire [GROUP*GROUPS-1:0]    padded_key      = {{(GROUP * GROUPS - `KEY_BITS){1'b0}}, key};
    wire [GROUP*GROUPS+31:0]   padded_toeplitz = {{(GROUP * GROUPS - `KEY_BITS){1'b0}}, toeplitz_key};

    genvar j;
    genvar g;
    generate
        for (j = 0; j < 33; j = j + 1) begin : hash_bit
            reg  [GROUPS-1:0]        group_sum;
            reg                      sum;

            for (g = 0; g < GROUPS; g = g + 1) begin : sum_group
                always @(posedge clk)
                    if (enable) group_sum[g] <= ^(padded_key[GROUP*g +: GROUP] & padded_toeplitz[GROUP*g + j +: GROUP]);
            end

            always @(posedge clk)
                sum <= ^group_sum;

            assign hash[j] = sum;
        end
    endgenerate

endmodule

`default_nettype wire
