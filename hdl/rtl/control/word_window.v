// Shows a wide record to the register block, a 32-bit word at a time: two clocks from address to word.

`default_nettype none

module word_window #(
    parameter BITS  = 32,                                       // bits of the record
    parameter WORDS = 64                                        // words of the window; those beyond the record are 0
) (
    input  wire                       clk,
    input  wire [BITS-1:0]            record,
    input  wire [$clog2(WORDS)-1:0]   address,
    output reg  [31:0]                word
);
    wire [WORDS*32-1:0]      padded = {{(WORDS*32-BITS){1'b0}}, record};
    reg  [$clog2(WORDS)-1:0] selected;
    always @(posedge clk) begin
        selected <= address;
        word     <= padded[{selected, 5'd0} +: 32];
    end
endmodule

`default_nettype wire
