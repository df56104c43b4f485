// Beats of DATA_WIDTH bits into words of 8 bytes, one word a clock. A beat is kept in a register while its words leave;
// at 64 bits it is wires.

`default_nettype none

module word_narrow #(
    parameter DATA_WIDTH = 512                                  // bits a beat: 64, 128, 256 or 512
) (
    input  wire                    clk,
    input  wire                    rst,

    input  wire [DATA_WIDTH-1:0]   s_axis_tdata,
    input  wire [DATA_WIDTH/8-1:0] s_axis_tkeep,                // contiguous; all of it but in the last beat
    input  wire                    s_axis_tvalid,
    output wire                    s_axis_tready,
    input  wire                    s_axis_tlast,

    output wire [63:0]             word_data,
    output wire [2:0]              word_bytes,                  // valid bytes less one
    output wire                    word_last,
    output wire                    word_valid,
    input  wire                    word_ready
);
    // Valid bytes less one.
    function [2:0] bytes;
        input [7:0] keep;
        integer i;
        begin
            bytes = 3'd0;
            for (i = 1; i < 8; i = i + 1) if (keep[i]) bytes = i[2:0];
        end
    endfunction

    generate
        if (DATA_WIDTH == 64) begin : same
            wire unused = &{1'b0, clk, rst};
            assign word_data     = s_axis_tdata;
            assign word_bytes    = bytes(s_axis_tkeep);
            assign word_last     = s_axis_tlast;
            assign word_valid    = s_axis_tvalid;
            assign s_axis_tready = word_ready;
        end else begin : narrower
            reg  [DATA_WIDTH-1:0]   data;
            reg  [DATA_WIDTH/8-1:0] keep;
            reg                     valid, last;
            wire                    ends = !keep[8];           // no byte behind this word

            assign word_data     = data[63:0];
            assign word_bytes    = bytes(keep[7:0]);
            assign word_last     = last && ends;
            assign word_valid    = valid;
            assign s_axis_tready = !valid || (word_ready && ends);

            always @(posedge clk) begin
                if (s_axis_tready) begin
                    data <= s_axis_tdata;
                    keep <= s_axis_tkeep;
                    last <= s_axis_tlast;
                end else if (word_ready) begin
                    data <= data >> 64;
                    keep <= keep >> 8;
                end
                if (rst) valid <= 1'b0;
                else if (s_axis_tready) valid <= s_axis_tvalid;
            end
        end
    endgenerate
endmodule

`default_nettype wire
