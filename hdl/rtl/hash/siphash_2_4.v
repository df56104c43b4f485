// SipHash-2-4 (Aumasson, Bernstein 2012) of one message a clock.
//
// Fully pipelined, half a SipRound a stage: between two registers lie one level of 64-bit additions and one of
// XORs, the rotations being wires. A message and the state that it starts from enter together, and may be others in
// every clock: the state is the key's (siphash_start), or what a block before the first one has made of it. Each
// message block waits in a delay that ends where the block is last used, so that the delays together form a triangle.
//
// LATENCY = 4 * BLOCKS + 9: what is sampled at one clock edge comes out behind the LATENCY-th edge, that one
// counted (1 stage to take the state and block 0, 4 half rounds a block, 8 half rounds to finalize, the last of which makes the
// hash as well). A user that needs the figure passes it as the parameter; a wrong one ends elaboration.
// There is no reset and no valid: a user delays its own valid by LATENCY.
//
// Bytes are in SipHash's order: byte i of the message is message[8*i +: 8].
// The user lays out the last block, whose most significant byte is the message's length modulo 256.

`default_nettype none

module siphash_2_4 #(
    // 64-bit blocks a message, its last one included; 1 to 8.
    parameter BLOCKS = 5,
    // Clocks from message to hash. Not to be chosen: it has to be 4 * BLOCKS + 9.
    parameter LATENCY = 4 * BLOCKS + 9
) (
    input  wire                   clk,

    // Message, block 0 in the least significant bits; and the state {v3, v2, v1, v0} that it starts from.
    input  wire [255:0]           start,
    input  wire [64*BLOCKS-1:0]   message,

    // Hash of the message of LATENCY clocks ago.
    output reg  [63:0]            hash
);

    // Half rounds before the last one, which is laid out apart: it makes the hash instead of a state.
    localparam STAGES = 4 * BLOCKS + 7;

    generate
        if (BLOCKS < 1 || BLOCKS > 8) begin : bad_blocks
            siphash_2_4_needs_1_to_8_blocks check ();
        end
        if (LATENCY != 4 * BLOCKS + 9) begin : bad_latency
            siphash_2_4_latency_is_4_blocks_plus_9 check ();
        end
    endgenerate

    // State before half round s is in slice s.
    wire [64*(STAGES+1)-1:0] state_v0;
    wire [64*(STAGES+1)-1:0] state_v1;
    wire [64*(STAGES+1)-1:0] state_v2;
    wire [64*(STAGES+1)-1:0] state_v3;

    // Block b when half round 4b+3, the last of its own, has it as its input.
    wire [64*BLOCKS-1:0] last_use;
    // Block b at the half round before its own first.
    wire [64*BLOCKS-1:0] first_use;

    reg [63:0] init_v0;
    reg [63:0] init_v1;
    reg [63:0] init_v2;
    reg [63:0] init_v3;

    always @(posedge clk) begin
        init_v0 <= start[63:0];
        init_v1 <= start[127:64];
        init_v2 <= start[191:128];
        init_v3 <= start[255:192] ^ message[63:0];
    end

    assign state_v0[63:0] = init_v0;
    assign state_v1[63:0] = init_v1;
    assign state_v2[63:0] = init_v2;
    assign state_v3[63:0] = init_v3;

    genvar b;
    genvar s;
    generate
        for (b = 0; b < BLOCKS; b = b + 1) begin : wait_block
            // Registers until the input of half round 4b+3; slice 0 is the one beside the initialization.
            reg [64*(4*b+4)-1:0] waiting;

            always @(posedge clk)
                waiting <= {waiting[64*(4*b+3)-1:0], message[64*b +: 64]};

            assign last_use[64*b +: 64] = waiting[64*(4*b+3) +: 64];
            if (b == 0) begin : used_at_once
                assign first_use[63:0] = message[63:0];
            end else begin : used_late
                assign first_use[64*b +: 64] = waiting[64*(4*b-1) +: 64];
            end
        end

        for (s = 0; s < STAGES; s = s + 1) begin : half_round
            wire [63:0] v0 = state_v0[64*s +: 64];
            wire [63:0] v1 = state_v1[64*s +: 64];
            wire [63:0] v2 = state_v2[64*s +: 64];
            wire [63:0] v3 = state_v3[64*s +: 64];
            wire [63:0] next_v0;
            wire [63:0] next_v1;
            wire [63:0] next_v2;
            wire [63:0] next_v3;
            reg  [63:0] q0;
            reg  [63:0] q1;
            reg  [63:0] q2;
            reg  [63:0] q3;

            siphash_half_round #(.SECOND(s % 2)) half (
                .v({v3, v2, v1, v0}), .next({next_v3, next_v2, next_v1, next_v0})
            );

            // A block ends with its XOR into v0; the next one begins with its XOR into v3, finalization with 0xff.
            if (s % 4 == 3 && s / 4 < BLOCKS - 1) begin : next_block
                always @(posedge clk) begin
                    q0 <= next_v0 ^ last_use[64*(s/4) +: 64];
                    q1 <= next_v1;
                    q2 <= next_v2;
                    q3 <= next_v3 ^ first_use[64*(s/4+1) +: 64];
                end
            end else if (s % 4 == 3 && s / 4 == BLOCKS - 1) begin : last_block
                always @(posedge clk) begin
                    q0 <= next_v0 ^ last_use[64*(s/4) +: 64];
                    q1 <= next_v1;
                    q2 <= next_v2 ^ 64'h00000000000000ff;
                    q3 <= next_v3;
                end
            end else begin : inside_block
                always @(posedge clk) begin
                    q0 <= next_v0;
                    q1 <= next_v1;
                    q2 <= next_v2;
                    q3 <= next_v3;
                end
            end

            assign state_v0[64*(s+1) +: 64] = q0;
            assign state_v1[64*(s+1) +: 64] = q1;
            assign state_v2[64*(s+1) +: 64] = q2;
            assign state_v3[64*(s+1) +: 64] = q3;
        end
    endgenerate

    // The last half round and v0 ^ v1 ^ v2 ^ v3 in one: its sum v0 + v3 is in both v0 and v3, and cancels.
    wire [63:0] last_v1  = state_v1[64*STAGES +: 64];
    wire [63:0] last_v2  = state_v2[64*STAGES +: 64];
    wire [63:0] last_v3  = state_v3[64*STAGES +: 64];
    wire [63:0] last_sum = last_v2 + last_v1;

    always @(posedge clk)
        hash <= {last_v1[46:0], last_v1[63:47]} ^ {last_v3[42:0], last_v3[63:43]}
              ^ last_sum ^ {last_sum[31:0], last_sum[63:32]};

    // The cancelled sum's other input, and block 0's copy, are of no use here.
    wire unused = &{1'b0, state_v0[64*STAGES +: 64], first_use[63:0], 1'b0};

endmodule

`default_nettype wire
