// Reads of the table by index: asks the walker, and keeps the entry for the host.

`default_nettype none

`include "offload_map.vh"

module table_reader (
    input  wire                   clk,
    input  wire                   rst,

    // registers
    input  wire                   go,
    output reg                    busy,
    output reg                    valid,
    output reg  [15:0]            index,
    input  wire [5:0]             entry_address,
    output wire [31:0]            entry_data,

    // walker
    output wire                   read_start,
    input  wire                   read_done,
    input  wire                   read_valid,
    input  wire [15:0]            read_index,

    // write stage
    input  wire                   write_valid,                  // of a table read that found its entry
    input  wire [`ENTRY_BITS-1:0] write_next_entry
);
    reg [`ENTRY_BITS-1:0] entry;
    reg                   found;                                // it is what the last read found

    assign read_start = go && !busy;

    always @(posedge clk) begin
        if (read_start) begin
            busy  <= 1'b1;
            found <= 1'b0;
        end
        if (write_valid) begin
            entry <= write_next_entry;
            found <= 1'b1;
        end
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

    word_window #(.BITS(`ENTRY_BITS)) window (
        .clk(clk), .record(entry), .shown(found), .address(entry_address), .word(entry_data)
    );
endmodule

`default_nettype wire
