// A memory with one write and one read port. A read takes two clocks: the array, then a bare output register, as
// block RAM wants it.
//
// A read of the address that is being written gives the old word. Block RAM whose ports differ does not do that by
// itself, and it costs three registers a bit; READ_OLD 0 gives up what comes out then, for users that read once more.

`default_nettype none

module block_ram #(
    parameter WIDTH        = 36,                                // bits of a word
    parameter ADDRESS_BITS = 9,                                 // it holds 2^ADDRESS_BITS words
    parameter READ_OLD     = 1                                  // 0: a read of what is being written gives anything
) (
    input  wire                    clk,

    input  wire                    write,
    input  wire [ADDRESS_BITS-1:0] write_address,
    input  wire [WIDTH-1:0]        write_data,

    input  wire [ADDRESS_BITS-1:0] read_address,
    output reg  [WIDTH-1:0]        read_data
);
    reg [WIDTH-1:0] array_data;

    always @(posedge clk) read_data <= array_data;

    generate
        if (READ_OLD != 0) begin : old
            reg [WIDTH-1:0] memory [0:(1<<ADDRESS_BITS)-1];

            always @(posedge clk) begin
                if (write) memory[write_address] <= write_data;
                array_data <= memory[read_address];
            end
        end else begin : any
            (* no_rw_check *)
            reg [WIDTH-1:0] memory [0:(1<<ADDRESS_BITS)-1];

            always @(posedge clk) begin
                if (write) memory[write_address] <= write_data;
                array_data <= memory[read_address];
`ifndef SYNTHESIS
                // Simulated as what is surely wrong, so that a test sees it used.
                if (write && write_address == read_address) array_data <= ~memory[read_address];
`endif
            end
        end
    endgenerate
endmodule

`default_nettype wire
