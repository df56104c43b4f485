// One SipHash block ahead of siphash_2_4: what a message's block 0 makes of the key's state, one message a clock.
//
// LATENCY = 4: what is sampled at one clock edge is at the output between the fourth edge, that one counted, and the
// fifth. The last half round has no register of its own: siphash_2_4's first stage takes it in. No reset and no valid.

`default_nettype none

module siphash_prefix (
    input  wire         clk,

    // The key's state (siphash_start), and block 0; byte i of the message is block[8*i +: 8].
    input  wire [255:0] start,
    input  wire [63:0]  block,

    // The state {v3, v2, v1, v0} behind the block.
    output wire [255:0] state
);

    reg  [255:0] state_1, state_2, state_3, state_4;            // by clocks since the message
    reg  [63:0]  block_1, block_2, block_3, block_4;
    wire [255:0] next_1, next_2, next_3, next_4;

    siphash_half_round #(.SECOND(0)) half_1 (.v(state_1), .next(next_1));
    siphash_half_round #(.SECOND(1)) half_2 (.v(state_2), .next(next_2));
    siphash_half_round #(.SECOND(0)) half_3 (.v(state_3), .next(next_3));
    siphash_half_round #(.SECOND(1)) half_4 (.v(state_4), .next(next_4));

    always @(posedge clk) begin
        state_1 <= {start[255:192] ^ block, start[191:0]};
        state_2 <= next_1;
        state_3 <= next_2;
        state_4 <= next_3;
        block_1 <= block;
        block_2 <= block_1;
        block_3 <= block_2;
        block_4 <= block_3;
    end

    assign state = {next_4[255:64], next_4[63:0] ^ block_4};

endmodule

`default_nettype wire
