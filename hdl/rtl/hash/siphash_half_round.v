// Half a SipRound of SipHash-2-4 (Aumasson, Bernstein 2012, figure 2.1), without a clock: one level of 64-bit
// additions and one of XORs.

`default_nettype none

module siphash_half_round #(
    // 0: the round's first half; 1: its second.
    parameter SECOND = 0
) (
    // State {v3, v2, v1, v0}, before and after.
    input  wire [255:0] v,
    output wire [255:0] next
);

    wire [63:0] v0 = v[63:0];
    wire [63:0] v1 = v[127:64];
    wire [63:0] v2 = v[191:128];
    wire [63:0] v3 = v[255:192];

    generate
        if (SECOND == 0) begin : first_half
            wire [63:0] sum01 = v0 + v1;
            wire [63:0] sum23 = v2 + v3;

            assign next[63:0]    = {sum01[31:0], sum01[63:32]};
            assign next[127:64]  = {v1[50:0], v1[63:51]} ^ sum01;
            assign next[191:128] = sum23;
            assign next[255:192] = {v3[47:0], v3[63:48]} ^ sum23;
        end else begin : second_half
            wire [63:0] sum21 = v2 + v1;
            wire [63:0] sum03 = v0 + v3;

            assign next[63:0]    = sum03;
            assign next[127:64]  = {v1[46:0], v1[63:47]} ^ sum21;
            assign next[191:128] = {sum21[31:0], sum21[63:32]};
            assign next[255:192] = {v3[42:0], v3[63:43]} ^ sum03;
        end
    endgenerate

endmodule

`default_nettype wire
