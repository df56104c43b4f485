// Stands for block_ram in the proof: it keeps one word, that of the address `track`, and reads anything at all
// elsewhere. What it says of that word it would say of any, for `track` is chosen freely. What other words hold is
// assumed (properties.vh) no better than what is proved of the tracked one. With READ_OLD 0 a word that is written
// reads as anything, too.

`default_nettype none

module tracked_ram #(
    parameter WIDTH        = 36,
    parameter ADDRESS_BITS = 9,
    parameter READ_OLD     = 1
) (
    input  wire                    clk,

    input  wire                    write,
    input  wire [ADDRESS_BITS-1:0] write_address,
    input  wire [WIDTH-1:0]        write_data,

    input  wire [ADDRESS_BITS-1:0] read_address,
    output reg  [WIDTH-1:0]        read_data,

    input  wire [ADDRESS_BITS-1:0] track,
    output reg  [WIDTH-1:0]        tracked,                     // the word at track
    output wire [WIDTH-1:0]        sampled,                     // what is being read
    output reg  [WIDTH-1:0]        array_data                   // and was, a clock ago
);
    (* anyseq *) wire [WIDTH-1:0] other;
    assign sampled = read_address == track && (READ_OLD != 0 || !write || write_address != track) ? tracked : other;

    always @(posedge clk) begin
        if (write && write_address == track) tracked <= write_data;
        array_data <= sampled;
        read_data  <= array_data;
    end
endmodule

`default_nettype wire
