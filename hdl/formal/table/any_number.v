// Stands for free_list in the proof: any number, at any time. properties.vh assumes of it what hdl/formal/free_list
// proves: what it offers is not out.

`default_nettype none

module free_list #(
    parameter INDEX_BITS = 11
) (
    input  wire                  clk,
    input  wire                  rst,
    output wire                  available,
    output wire [INDEX_BITS-1:0] index,
    input  wire                  take,
    input  wire                  give,
    input  wire [INDEX_BITS-1:0] give_index,

    output wire                  taken,                         // for properties.vh
    output wire                  given,
    output wire [INDEX_BITS-1:0] given_index
);
    (* anyseq *) wire                  any_available;
    (* anyseq *) wire [INDEX_BITS-1:0] any_index;
    assign available = any_available;
    assign index     = any_index;
    assign taken       = take;
    assign given       = give;
    assign given_index = give_index;
endmodule

`default_nettype wire
