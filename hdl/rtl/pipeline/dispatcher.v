// Chooses the next event of the five sources and holds it back while one with the same hash is between issue and
// write, so that no two events ever work on one entry. An event cannot overtake: each port's frames keep their order.
//
// The comparison is made one stage ahead of issue; while the event waits, its findings move on with the pipeline.

`default_nettype none

`include "offload_map.vh"

module dispatcher #(
    parameter SLOT_BITS = 6,                                    // bits of a SipHash slot
    parameter WINDOW    = 10,                                   // clocks from issue to write
    parameter SINGLE    = 0                                     // 1: one event in the pipeline at a time
) (
    input  wire                         clk,
    input  wire                         rst,
    output wire                         busy,
    input  wire                         hold,                   // with SINGLE: no event is issued

    // sources
    input  wire                         net_valid,
    output wire                         net_ready,
    input  wire                         net_hashed,
    input  wire [32:0]                  net_hash,
    input  wire [SLOT_BITS-1:0]         net_slot,

    input  wire                         host_valid,
    output wire                         host_ready,
    input  wire                         host_hashed,
    input  wire [32:0]                  host_hash,
    input  wire [SLOT_BITS-1:0]         host_slot,

    input  wire                         command_valid,
    output wire                         command_ready,
    input  wire [32:0]                  command_hash,

    input  wire                         walker_valid,
    output wire                         walker_ready,
    input  wire [`EVENT_KIND_BITS-1:0] walker_kind,
    input  wire [32:0]                  walker_hash,
    input  wire [15:0]                  walker_index,

    // the pipeline
    output wire                         issue,
    output reg  [`EVENT_KIND_BITS-1:0] issue_kind,
    output reg                          issue_hashed,
    output reg  [32:0]                  issue_hash,
    output reg  [15:0]                  issue_index,
    output reg  [SLOT_BITS-1:0]         issue_slot
);
    reg  [WINDOW:1] flight_hashed;                              // events in flight that have a hash; with SINGLE, all

    // ---------------------------------------------------------------- choose
    reg  choice_valid;
    reg  walker_was_last, host_was_last;
    reg  issue_waits;                                           // an event stands at issue
    // With SINGLE, what stands at issue stands until its event is written.
    wire place        = SINGLE != 0 ? !issue_waits && flight_hashed == {WINDOW{1'b0}} && !hold : !issue_waits || issue;
    wire choice_moves = choice_valid && place;
    wire choose       = !choice_valid || choice_moves;

    // The walker gets every other place while it asks; so a sweep ends in time under any load.
    wire choose_walker  = walker_valid && (!walker_was_last || !(command_valid || net_valid || host_valid));
    wire choose_command = !choose_walker && command_valid;
    wire choose_host    = !choose_walker && !choose_command && host_valid && (!net_valid || !host_was_last);
    wire choose_net     = !choose_walker && !choose_command && !choose_host && net_valid;

    assign walker_ready  = choose && choose_walker;
    assign command_ready = choose && choose_command;
    assign host_ready    = choose && choose_host;
    assign net_ready     = choose && choose_net;

    reg  [`EVENT_KIND_BITS-1:0] choice_kind;
    reg                          choice_hashed;
    reg  [32:0]                  choice_hash;
    reg  [15:0]                  choice_index;
    reg  [SLOT_BITS-1:0]         choice_slot;

    always @(posedge clk) begin
        if (choose) begin
            choice_kind   <= choose_walker ? walker_kind : choose_command ? `EVENT_KIND_COMMAND
                           : choose_host ? `EVENT_KIND_HOST : `EVENT_KIND_NET;
            choice_hashed <= choose_walker || choose_command || (choose_host ? host_hashed : net_hashed);
            choice_hash   <= choose_walker ? walker_hash : choose_command ? command_hash
                           : choose_host ? host_hash : net_hash;
            choice_index  <= walker_index;
            choice_slot   <= choose_host ? host_slot : net_slot;
        end
        if (rst) begin
            choice_valid    <= 1'b0;
            walker_was_last <= 1'b0;
            host_was_last   <= 1'b0;
        end else if (choose) begin
            choice_valid    <= choose_walker || choose_command || choose_host || choose_net;
            walker_was_last <= choose_walker;
            if (choose_host) host_was_last <= 1'b1;
            if (choose_net)  host_was_last <= 1'b0;
        end
    end

    // ---------------------------------------------------------------- interlock
    // flight_*[k] belongs to the event that was issued k clocks ago.
    reg  [32:0]     flight_hash [1:WINDOW];
    reg  [WINDOW:1] issue_conflicts;                            // the waiting event against those in flight
    integer         k;

    assign issue = issue_waits && issue_conflicts == {WINDOW{1'b0}};

    always @(posedge clk) begin
        flight_hashed  <= {flight_hashed[WINDOW-1:1], issue && (issue_hashed || SINGLE != 0)};
        flight_hash[1] <= issue_hash;
        for (k = 2; k <= WINDOW; k = k + 1) flight_hash[k] <= flight_hash[k-1];

        if (choice_moves) begin
            issue_kind   <= choice_kind;
            issue_hashed <= choice_hashed;
            issue_hash   <= choice_hash;
            issue_index  <= choice_index;
            issue_slot   <= choice_slot;
            issue_conflicts[1] <= SINGLE == 0 && issue && issue_hashed && choice_hashed && issue_hash == choice_hash;
            for (k = 2; k <= WINDOW; k = k + 1)
                issue_conflicts[k] <= SINGLE == 0 && flight_hashed[k-1] && choice_hashed && flight_hash[k-1] == choice_hash;
        end else
            issue_conflicts <= {issue_conflicts[WINDOW-1:1], 1'b0};

        if (rst) begin
            issue_waits     <= 1'b0;
            flight_hashed   <= {WINDOW{1'b0}};
            issue_conflicts <= {WINDOW{1'b0}};
        end else if (choice_moves)
            issue_waits <= 1'b1;
        else if (issue)
            issue_waits <= 1'b0;
    end

    assign busy = choice_valid || issue_waits;
    wire   unused = &{1'b0, hold, 1'b0};                      // without SINGLE
endmodule

`default_nettype wire
