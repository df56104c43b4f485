// Stands in for async_fifo.v, which has a proof of its own: space that the reader gives back when it likes.
`default_nettype none

module async_fifo #(
    parameter WIDTH      = 8,
    parameter DEPTH_BITS = 4
) (
    input  wire                  write_clk,
    input  wire                  write_rst,
    input  wire                  write,
    input  wire [WIDTH-1:0]      write_data,
    output wire [DEPTH_BITS:0]   write_space,
    input  wire                  read_clk,
    input  wire                  read_rst,
    input  wire                  read,
    output wire [WIDTH-1:0]      read_data,
    output wire                  read_valid,
    output wire [DEPTH_BITS:0]   read_count
);
    localparam DEPTH = 1 << DEPTH_BITS;
    reg [DEPTH_BITS:0] held;
    (* anyseq *) wire [DEPTH_BITS:0] given_back;
    (* anyseq *) wire [WIDTH-1:0]    any_data;
    (* anyseq *) wire [DEPTH_BITS:0] any_count;

    assign write_space = DEPTH - held;
    assign read_data   = any_data;
    assign read_valid  = any_count != 0;
    assign read_count  = any_count;

    always @* assume (given_back <= (write_rst ? DEPTH : held));
    always @(posedge write_clk)
        if (write_rst) held <= given_back;                      // anything
        else held <= held - given_back + (write && write_space != 0);

    always @* if (!write_rst) begin
        assert (held <= DEPTH);
        assert (!write || write_space != 0);                    // what is written is never lost
    end
endmodule

`default_nettype wire
