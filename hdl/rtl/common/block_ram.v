// A memory with one write and one read port. A read takes two clocks: the array, then a bare output register, as
// block RAM wants it. A read of the address that is being written gives the old word.

`default_nettype none

module block_ram #(
    parameter WIDTH        = 36,                                // bits of a word
    parameter ADDRESS_BITS = 9                                  // it holds 2^ADDRESS_BITS words
) (
    input  wire                    clk,

    input  wire                    write,
    input  wire [ADDRESS_BITS-1:0] write_address,
    input  wire [WIDTH-1:0]        write_data,

    input  wire [ADDRESS_BITS-1:0] read_address,
    output reg  [WIDTH-1:0]        read_data
);
    reg [WIDTH-1:0] memory [0:(1<<ADDRESS_BITS)-1];
    reg [WIDTH-1:0] array_data;

    always @(posedge clk) begin
        if (write) memory[write_address] <= write_data;
        array_data <= memory[read_address];
        read_data  <= array_data;
    end
endmodule

`default_nettype wire
