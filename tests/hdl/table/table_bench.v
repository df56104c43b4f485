// connection_table as the bench drives it: 64 entries, so that full tables, full rows and a full stash are common.
// Entries carry a key and, in place of everything else, a number that the bench chose.

`default_nettype none

`include "offload_map.vh"

module table_bench #(
    parameter SINGLE = 0                                        // of the table
) (
    input  wire         clk,
    input  wire         rst,
    output wire         ready,

    input  wire         issue_hashed,
    input  wire         issue_by_index,
    input  wire         issue_sweep,
    input  wire [32:0]  issue_hash,
    input  wire [15:0]  issue_index,
    input  wire [31:0]  match_key,
    input  wire         match_may_insert,
    output wire         fetch_selected,
    output wire         fetch_same_index,
    output wire [31:0]  fetch_key,
    output wire [31:0]  fetch_value,
    output wire         decide_can_insert,
    input  wire         decide_insert,
    input  wire         write_hit,
    input  wire         write_entry,
    input  wire         write_insert,
    input  wire         write_free,
    input  wire [31:0]  write_key,
    input  wire [31:0]  write_value,
    output wire         write_drained,
    output wire [15:0]  write_index,
    output wire         stash_waits,
    output wire [15:0]  stash_waiting,
    output wire [16:0]  in_use
);
    // The bench's 32 bits stand at both ends of the key, so that the whole of it is compared.
    wire [`KEY_BITS-1:0]   key = {match_key, {(`KEY_BITS-64){1'b0}}, match_key};
    wire [`ENTRY_BITS-1:0] fetch_entry;
    reg  [`ENTRY_BITS-1:0] write_next_entry;
    wire [`KEY_BITS-1:0]   fetch_whole_key = fetch_entry[`ENTRY_KEY];

    assign fetch_key   = fetch_whole_key[31:0];
    assign fetch_value = fetch_entry[`ENTRY_ISS];

    always @* begin
        write_next_entry             = {`ENTRY_BITS{1'b0}};
        write_next_entry[`ENTRY_KEY] = {write_key, {(`KEY_BITS-64){1'b0}}, write_key};
        write_next_entry[`ENTRY_ISS] = write_value;
    end

    reg decide_inserted;                                        // a clock ago
    always @(posedge clk) decide_inserted <= decide_insert;

    connection_table #(.CONNECTIONS(64), .SINGLE(SINGLE)) table_of_connections (
        .clk(clk), .rst(rst), .ready(ready),
        .issue_hashed(issue_hashed), .issue_by_index(issue_by_index), .issue_sweep(issue_sweep),
        .issue_hash(issue_hash), .issue_index(issue_index),
        .match_key(key), .match_may_insert(match_may_insert),
        .fetch_selected(fetch_selected), .fetch_same_index(fetch_same_index), .fetch_entry(fetch_entry),
        .decide_can_insert(decide_can_insert), .decide_insert(SINGLE != 0 ? decide_inserted : decide_insert),
        .write_hit(write_hit), .write_entry(write_entry), .write_insert(write_insert), .write_free(write_free),
        .write_next_entry(write_next_entry),
        .write_drained(write_drained), .write_index(write_index), .write_hash(),
        .stash_waits(stash_waits), .stash_waiting(stash_waiting), .in_use(in_use), .peak()
    );
endmodule

`default_nettype wire
