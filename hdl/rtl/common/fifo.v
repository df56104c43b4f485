// A first-in first-out queue whose oldest element is visible without asking: one clock from in to out, one element
// a clock. The memory is read without a clock, so it becomes distributed RAM; for small depths.
// A write into a full queue and a read of an empty one are ignored.

`default_nettype none

module fifo #(
    parameter WIDTH      = 8,                                   // bits of an element
    parameter DEPTH_BITS = 4                                    // it holds 2^DEPTH_BITS elements
) (
    input  wire                  clk,
    input  wire                  rst,

    input  wire                  write,
    input  wire [WIDTH-1:0]      write_data,

    input  wire                  read,                          // drops the oldest element
    output wire [WIDTH-1:0]      read_data,                     // the oldest element; valid while not empty
    output wire                  empty,
    output wire                  full,
    output reg  [DEPTH_BITS:0]   count
);
    reg [WIDTH-1:0]      memory [0:(1<<DEPTH_BITS)-1];
    reg [DEPTH_BITS-1:0] head, tail;

    assign empty     = count == {(DEPTH_BITS+1){1'b0}};
    assign full      = count[DEPTH_BITS];
    assign read_data = memory[head];

    wire do_write = write && !full;
    wire do_read  = read && !empty;

    always @(posedge clk) begin
        if (do_write) memory[tail] <= write_data;
        if (rst) begin
            head  <= {DEPTH_BITS{1'b0}};
            tail  <= {DEPTH_BITS{1'b0}};
            count <= {(DEPTH_BITS+1){1'b0}};
        end else begin
            if (do_write) tail <= tail + 1'b1;
            if (do_read)  head <= head + 1'b1;
            count <= count + {{DEPTH_BITS{1'b0}}, do_write} - {{DEPTH_BITS{1'b0}}, do_read};
        end
    end
endmodule

`default_nettype wire
