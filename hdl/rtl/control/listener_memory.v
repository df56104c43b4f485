// The listening end points. A segment's destination is compared with all of them at once; what else a slot says is
// read by number. A slot is written as a whole.

`default_nettype none

`include "offload_map.vh"

module listener_memory #(
    parameter LISTENERS = 16                                    // slots; 1 to 256
) (
    input  wire                      clk,
    input  wire                      rst,

    // registers
    input  wire                      commit,
    input  wire [7:0]                slot,
    input  wire [`LISTENER_BITS-1:0] staging,
    output wire [`LISTENER_BITS-1:0] committed,

    // match: a key's local end; the answer comes four clocks later
    input  wire [`KEY_BITS-1:0]      match_key,
    output reg                       matched,
    output reg  [7:0]                matched_slot,

    // configuration by slot, without a clock
    input  wire [7:0]                read_slot_a,
    output wire [`LISTENER_BITS-1:0] read_a,
    input  wire [7:0]                read_slot_b,
    output wire [`LISTENER_BITS-1:0] read_b,
    output wire                      read_b_written             // it was committed since reset
);
    localparam SLOT_BITS = LISTENERS > 1 ? $clog2(LISTENERS) : 1;

    generate
        if (LISTENERS < 1 || LISTENERS > 256)
            LISTENERS_must_be_1_to_256 invalid_parameter();
    endgenerate

    // There is no fourth action, and no fourth answer to a lost host.
    wire valid_commit = commit && {1'b0, slot} < LISTENERS && staging[`LISTENER_ACTION] <= `LISTENER_ACTION_DROP &&
                        staging[`LISTENER_HOST_LOST] <= `HOST_LOST_DROP;

    reg [`LISTENER_BITS-1:0] configuration [0:(1<<SLOT_BITS)-1];
    reg [LISTENERS-1:0]      written;                           // since reset
    always @(posedge clk) begin
        if (valid_commit) configuration[slot[SLOT_BITS-1:0]] <= staging;
        if (rst)               written <= {LISTENERS{1'b0}};
        else if (valid_commit) written[slot[SLOT_BITS-1:0]] <= 1'b1;
    end
    assign committed = {1'b0, slot} < LISTENERS && written[slot[SLOT_BITS-1:0]]
                     ? configuration[slot[SLOT_BITS-1:0]] : {`LISTENER_BITS{1'b0}};
    assign read_a    = configuration[read_slot_a[SLOT_BITS-1:0]];
    assign read_b    = configuration[read_slot_b[SLOT_BITS-1:0]];
    assign read_b_written = {1'b0, read_slot_b} < LISTENERS && written[read_slot_b[SLOT_BITS-1:0]];

    // ---------------------------------------------------------------- compare (1), exact or any port (2), choose (3, 4)
    reg [LISTENERS-1:0] enabled, any_port, tag_used;
    reg [127:0]         address [0:LISTENERS-1];
    reg [15:0]          port    [0:LISTENERS-1];
    reg [11:0]          vlan    [0:LISTENERS-1];

    reg [LISTENERS*4-1:0] address_parts;
    reg [LISTENERS-1:0]   same_port, same_vlan;
    reg [LISTENERS-1:0]   exact, any;
    reg                   chosen_exact, chosen_any;
    reg [7:0]             chosen_exact_slot, chosen_any_slot;
    wire [127:0]          key_address = match_key[`KEY_LOCAL_ADDRESS];
    integer               i, j;

    always @(posedge clk) begin
        for (i = 0; i < LISTENERS; i = i + 1) begin
            if (valid_commit && slot == i[7:0]) begin
                any_port[i] <= staging[`LISTENER_ANY_PORT];
                tag_used[i]   <= staging[`LISTENER_TAGGED];
                address[i]  <= staging[`LISTENER_ADDRESS];
                port[i]     <= staging[`LISTENER_PORT];
                vlan[i]     <= staging[`LISTENER_VLAN];
            end
            if (rst)                                      enabled[i] <= 1'b0;
            else if (valid_commit && slot == i[7:0])      enabled[i] <= staging[`LISTENER_ENABLED];

            for (j = 0; j < 4; j = j + 1)
                address_parts[4*i + j] <= address[i][32*j +: 32] == key_address[32*j +: 32];
            same_port[i] <= port[i] == match_key[`KEY_LOCAL_PORT];
            same_vlan[i] <= tag_used[i] == match_key[`KEY_TAGGED] && vlan[i] == match_key[`KEY_VLAN];

            exact[i] <= enabled[i] && &address_parts[4*i +: 4] && same_vlan[i] && same_port[i] && !any_port[i];
            any[i]   <= enabled[i] && &address_parts[4*i +: 4] && same_vlan[i] && any_port[i];
        end

        chosen_exact      <= exact != {LISTENERS{1'b0}};
        chosen_any        <= any != {LISTENERS{1'b0}};
        chosen_exact_slot <= 8'd0;
        chosen_any_slot   <= 8'd0;
        for (i = LISTENERS - 1; i >= 0; i = i - 1) begin
            if (exact[i]) chosen_exact_slot <= i[7:0];
            if (any[i])   chosen_any_slot   <= i[7:0];
        end

        matched      <= chosen_exact || chosen_any;
        matched_slot <= chosen_exact ? chosen_exact_slot : chosen_any_slot;
    end
endmodule

`default_nettype wire
