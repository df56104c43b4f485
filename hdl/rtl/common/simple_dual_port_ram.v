// A memory with one write port and one read port, written so that synthesis puts it in block RAM:
// the contents are never reset, and the read port is a register that holds its value while
// read_enable is low. A word must not be read in the clock in which it is written; what comes out
// then is not defined.

`default_nettype none

module simple_dual_port_ram #(
    parameter WIDTH = 32,  // bits a word
    parameter DEPTH = 512  // words; a power of two
) (
    input  wire                     clk,

    // Write port.
    input  wire                     write_enable,
    input  wire [$clog2(DEPTH)-1:0] write_address,
    input  wire [        WIDTH-1:0] write_data,

    // Read port: read_data follows read_address by one clock.
    input  wire                     read_enable,
    input  wire [$clog2(DEPTH)-1:0] read_address,
    output reg  [        WIDTH-1:0] read_data
);

    generate
        if ((DEPTH & (DEPTH - 1)) != 0 || DEPTH < 2) begin : check_depth
            ram_depth_must_be_a_power_of_two invalid ();
        end
    endgenerate

    // no_rw_check: no logic for reading what is being written, which the head rules out.
    (* ram_style = "block", no_rw_check *)
    reg [WIDTH-1:0] memory[0:DEPTH-1];

    always @(posedge clk) begin
        if (write_enable) memory[write_address] <= write_data;
        if (read_enable) read_data <= memory[read_address];
    end

endmodule

`default_nettype wire
