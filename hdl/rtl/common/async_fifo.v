// A first-in first-out queue between two clocks, whose oldest element is visible without asking. An element can be read
// two to three clocks of the reader after it was written; the memory is read without a clock, so it becomes distributed
// RAM: for small depths.
//
// Each side keeps its pointer in binary for itself and as a register in Gray code for the other one, where it arrives
// through two registers: of a pointer that moves while it is taken, either the old or the new value comes over. So each
// side knows less than is true of what the other one has done, never more.
// A write without space and a read of nothing are ignored. Both sides have to be in reset together for at least three
// clocks of each (reset_cross.v).

`default_nettype none

module async_fifo #(
    parameter WIDTH      = 8,                                   // bits of an element
    parameter DEPTH_BITS = 4                                    // it holds 2^DEPTH_BITS elements
) (
    // The writer
    input  wire                  write_clk,
    input  wire                  write_rst,
    input  wire                  write,
    input  wire [WIDTH-1:0]      write_data,
    output wire [DEPTH_BITS:0]   write_space,                   // at least so many elements can be written

    // The reader
    input  wire                  read_clk,
    input  wire                  read_rst,
    input  wire                  read,                          // drops the oldest element
    output wire [WIDTH-1:0]      read_data,                     // the oldest element, while there is one
    output wire                  read_valid,                    // there is one
    output wire [DEPTH_BITS:0]   read_count                     // at least so many elements can be read; later in the clock
);
    generate
        if (DEPTH_BITS < 2) begin : check_depth
            async_fifo_depth_bits_must_be_at_least_2 invalid ();
        end
    endgenerate

    // Bit i of a binary number is the parity of the Gray code's bits from i upward.
    function [DEPTH_BITS:0] binary;
        input [DEPTH_BITS:0] gray;
        integer i;
        for (i = 0; i <= DEPTH_BITS; i = i + 1) binary[i] = ^(gray >> i);
    endfunction

    // One bit more than an address: full and empty differ.
    reg  [DEPTH_BITS:0] write_pointer, write_gray;
    reg  [DEPTH_BITS:0] read_pointer, read_gray;
    wire [DEPTH_BITS:0] write_gray_seen, read_gray_seen;

    synchronizer #(.WIDTH(DEPTH_BITS + 1)) write_to_read (.clk(read_clk), .from(write_gray), .to(write_gray_seen));
    synchronizer #(.WIDTH(DEPTH_BITS + 1)) read_to_write (.clk(write_clk), .from(read_gray), .to(read_gray_seen));

    reg [WIDTH-1:0] memory [0:(1<<DEPTH_BITS)-1];

    // ---- the writer --------------------------------------------------------------------------------------------
    assign write_space = {1'b1, {DEPTH_BITS{1'b0}}} - (write_pointer - binary(read_gray_seen));

    // A full queue's pointers differ in the uppermost bit alone, their Gray codes in the upper two.
    wire                full       = write_gray == {~read_gray_seen[DEPTH_BITS -: 2], read_gray_seen[DEPTH_BITS-2:0]};
    wire                do_write   = write && !full;
    wire [DEPTH_BITS:0] write_next = write_pointer + 1'b1;

    always @(posedge write_clk) begin
        if (do_write) memory[write_pointer[DEPTH_BITS-1:0]] <= write_data;
        if (write_rst) begin
            write_pointer <= {(DEPTH_BITS+1){1'b0}};
            write_gray    <= {(DEPTH_BITS+1){1'b0}};
        end else if (do_write) begin
            write_pointer <= write_next;
            write_gray    <= write_next ^ (write_next >> 1);
        end
    end

    // ---- the reader --------------------------------------------------------------------------------------------
    assign read_count = binary(write_gray_seen) - read_pointer;
    assign read_valid = write_gray_seen != read_gray;
    assign read_data  = memory[read_pointer[DEPTH_BITS-1:0]];

    wire                do_read   = read && read_valid;
    wire [DEPTH_BITS:0] read_next = read_pointer + 1'b1;

    always @(posedge read_clk)
        if (read_rst) begin
            read_pointer <= {(DEPTH_BITS+1){1'b0}};
            read_gray    <= {(DEPTH_BITS+1){1'b0}};
        end else if (do_read) begin
            read_pointer <= read_next;
            read_gray    <= read_next ^ (read_next >> 1);
        end
endmodule

`default_nettype wire
