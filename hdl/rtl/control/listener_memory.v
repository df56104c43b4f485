// The listening end points. A segment's destination is compared with all of them at once, or, with SERIAL, with one a
// clock while its key is being hashed; what else a slot says is read by number. A slot is written as a whole.

`default_nettype none

`include "offload_map.vh"

module listener_memory #(
    parameter LISTENERS = 16,                                   // slots; 1 to 256
    parameter SERIAL    = 0                                     // 1: keys are searched one by one, and found by port
) (
    input  wire                      clk,
    input  wire                      rst,

    // registers
    input  wire                      commit,
    input  wire [7:0]                slot,
    input  wire [`LISTENER_BITS-1:0] staging,
    output wire [`LISTENER_BITS-1:0] committed,

    // match: a key's local end; the answer comes four clocks later. With SERIAL it is that of the last key of match_port
    // that was searched, and comes LISTENERS + 3 clocks after the search began; one is under way at a time.
    input  wire [`KEY_BITS-1:0]      match_key,
    input  wire                      match_port,
    input  wire                      search,
    input  wire                      search_port,
    input  wire [`KEY_BITS-1:0]      search_key,
    output wire                      matched,
    output wire [7:0]                matched_slot,

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

    generate
    if (SERIAL == 0) begin : parallel
        // ------------------------------------------------------------ compare (1), exact or any port (2), choose (3, 4)
        reg                 found;
        reg [7:0]           found_slot;
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
                    tag_used[i] <= staging[`LISTENER_TAGGED];
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

            found      <= chosen_exact || chosen_any;
            found_slot <= chosen_exact ? chosen_exact_slot : chosen_any_slot;
        end
        assign matched      = found;
        assign matched_slot = found_slot;
        wire unused = &{1'b0, match_key, match_port, search, search_port, search_key, 1'b0};
    end else begin : serial
        // ------------------------------------------------------------ one a clock: read (1), compare (2), note (3)
        reg                 looking;
        reg                 compare_valid, compare_last, port_of_search;
        reg [SLOT_BITS-1:0] look, compare_slot;
        reg [127:0]         key_address;
        reg [15:0]          key_port;
        reg [12:0]          key_vlan;                           // and whether there is one
        reg [3:0]           same_address;
        reg                 same_port, same_vlan, any_port;
        reg                 noted_exact, noted_any;
        reg [SLOT_BITS-1:0] exact_slot, any_slot;
        reg [1:0]           found;                              // by port
        reg [SLOT_BITS-1:0] found_slot [0:1];
        integer             j;

        wire [`LISTENER_BITS-1:0] looked = configuration[look];
        wire [127:0]        looked_address = looked[`LISTENER_ADDRESS];
        wire                is_exact = compare_valid && &same_address && same_vlan && same_port && !any_port;
        wire                is_any   = compare_valid && &same_address && same_vlan && any_port;
        wire                have_exact = noted_exact || is_exact;

        always @(posedge clk) begin
            if (search) begin
                key_address    <= search_key[`KEY_LOCAL_ADDRESS];
                key_port       <= search_key[`KEY_LOCAL_PORT];
                key_vlan       <= {search_key[`KEY_TAGGED], search_key[`KEY_VLAN]};
                port_of_search <= search_port;
            end
            if (search)       look <= {SLOT_BITS{1'b0}};
            else if (looking) look <= look + 1'b1;
            looking <= !rst && (search || (looking && {1'b0, look} != LISTENERS[SLOT_BITS:0] - 1'b1));

            for (j = 0; j < 4; j = j + 1)
                same_address[j] <= looked_address[32*j +: 32] == key_address[32*j +: 32];
            same_port     <= looked[`LISTENER_PORT] == key_port;
            same_vlan     <= {looked[`LISTENER_TAGGED], looked[`LISTENER_VLAN]} == key_vlan;
            any_port      <= looked[`LISTENER_ANY_PORT];
            compare_valid <= looking && written[look] && looked[`LISTENER_ENABLED];
            compare_last  <= !rst && looking && {1'b0, look} == LISTENERS[SLOT_BITS:0] - 1'b1;
            compare_slot  <= look;

            // The first exact one, else the first for any port.
            if (search) {noted_exact, noted_any} <= 2'b00;
            else begin
                if (is_exact) noted_exact <= 1'b1;
                if (is_any)   noted_any   <= 1'b1;
            end
            if (is_exact && !noted_exact) exact_slot <= compare_slot;
            if (is_any && !noted_any)     any_slot   <= compare_slot;
            if (compare_last) begin
                found[port_of_search]      <= have_exact || noted_any || is_any;
                found_slot[port_of_search] <= noted_exact ? exact_slot : is_exact ? compare_slot
                                            : noted_any   ? any_slot   : compare_slot;
            end
            if (rst) found <= 2'b00;
        end

        assign matched      = found[match_port];
        assign matched_slot = {{(8-SLOT_BITS){1'b0}}, found_slot[match_port]};
        wire unused = &{1'b0, match_key, search_key, looked, 1'b0};
    end
    endgenerate
endmodule

`default_nettype wire
