// Shows a wide record to the register block, a 32-bit word at a time: two clocks from address to word.

`default_nettype none

module word_window #(
    parameter BITS  = 32,                                       // bits of the record
    parameter WORDS = 64                                        // words of the window; those beyond the record are 0
) (
    input  wire                       clk,
    input  wire [BITS-1:0]            record,
    input  wire                       shown,                    // without it every word is 0
    input  wire [$clog2(WORDS)-1:0]   address,
    output reg  [31:0]                word
);
    localparam USED = (BITS + 31) / 32;
    wire [USED*32-1:0] padded = {{(USED*32-BITS){1'b0}}, record};
    reg  [USED-1:0]    selected;                                // one-hot, for a sum of products is smaller than a choice
    reg  [31:0]        sum;
    integer            w;

    always @* begin
        sum = 32'd0;
        for (w = 0; w < USED; w = w + 1) sum = sum | (padded[32*w +: 32] & {32{selected[w]}});
    end

    always @(posedge clk) begin
        for (w = 0; w < USED; w = w + 1) selected[w] <= address == w[$clog2(WORDS)-1:0];
        word <= shown ? sum : 32'd0;
    end
endmodule

`default_nettype wire
