// Reads of the table by index: asks the walker, and keeps the entry for the host.

`default_nettype none

`include "offload_map.vh"

module table_reader #(
    parameter STILL = 0                                         // 1: the entry is kept and shown by entry_windows.v
) (
    input  wire                   clk,
    input  wire                   rst,

    // registers
    input  wire                   go,
    output reg                    busy,
    output reg                    valid,
    output reg  [15:0]            index,
    input  wire [5:0]             entry_address,
    output wire [31:0]            entry_data,
    output wire                   entry_shown,                  // there is an entry
    input  wire [31:0]            entry_kept,                   // its word, with STILL

    // walker
    output wire                   read_start,
    input  wire                   read_done,
    input  wire                   read_valid,
    input  wire [15:0]            read_index,

    // write stage
    input  wire                   write_valid,                  // of a table read that found its entry
    input  wire [`ENTRY_BITS-1:0] write_next_entry
);
    reg found;                                                  // the last read found its entry

    assign read_start  = go && !busy;
    assign entry_shown = found;

    always @(posedge clk) begin
        if (read_start) begin
            busy  <= 1'b1;
            found <= 1'b0;
        end
        if (write_valid) found <= 1'b1;
        if (read_done) begin
            busy  <= 1'b0;
            valid <= read_valid;
            index <= read_index;
        end
        if (rst) begin
            busy  <= 1'b0;
            valid <= 1'b0;
            index <= 16'd0;
            found <= 1'b0;
        end
    end

    generate
        if (STILL != 0) begin : elsewhere
            assign entry_data = entry_kept;
            wire unused = &{1'b0, write_next_entry, entry_address, 1'b0};
        end else begin : here
            reg [`ENTRY_BITS-1:0] entry;
            always @(posedge clk) if (write_valid) entry <= write_next_entry;
            word_window #(.BITS(`ENTRY_BITS)) window (
                .clk(clk), .record(entry), .shown(found), .address(entry_address), .word(entry_data)
            );
            wire unused = &{1'b0, entry_kept, 1'b0};
        end
    endgenerate
endmodule

`default_nettype wire
