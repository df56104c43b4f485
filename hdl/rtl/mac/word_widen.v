// Words of 8 bytes into beats of DATA_WIDTH bits, one word a clock; a beat is in a register and held while stalled. At 64
// bits it is wires.

`default_nettype none

module word_widen #(
    parameter DATA_WIDTH = 512                                  // bits a beat: 64, 128, 256 or 512
) (
    input  wire                    clk,
    input  wire                    rst,

    input  wire [63:0]             word_data,
    input  wire [2:0]              word_bytes,                  // valid bytes less one
    input  wire                    word_last,
    input  wire                    word_bad,                    // with word_last
    input  wire                    word_valid,
    output wire                    word_ready,

    output wire [DATA_WIDTH-1:0]   m_axis_tdata,
    output wire [DATA_WIDTH/8-1:0] m_axis_tkeep,
    output wire                    m_axis_tvalid,
    input  wire                    m_axis_tready,
    output wire                    m_axis_tlast,
    output wire                    m_axis_tuser
);
    localparam WORDS = DATA_WIDTH / 64;

    wire [7:0] word_keep = 8'hFF >> (3'd7 - word_bytes);

    generate
        if (DATA_WIDTH == 64) begin : same
            wire unused = &{1'b0, clk, rst};
            assign m_axis_tdata  = word_data;
            assign m_axis_tkeep  = word_keep;
            assign m_axis_tvalid = word_valid;
            assign m_axis_tlast  = word_last;
            assign m_axis_tuser  = word_last && word_bad;
            assign word_ready    = m_axis_tready;
        end else begin : wider
            reg  [DATA_WIDTH-1:0]     data;
            reg  [DATA_WIDTH/8-1:0]   keep;
            reg  [$clog2(WORDS)-1:0]  place;                    // of the next word
            reg                       valid, last, bad;
            integer                   i;
            wire                      first = place == {$clog2(WORDS){1'b0}};

            assign m_axis_tdata  = data;
            assign m_axis_tkeep  = keep;
            assign m_axis_tvalid = valid;
            assign m_axis_tlast  = last;
            assign m_axis_tuser  = last && bad;
            assign word_ready    = !valid || m_axis_tready;

            always @(posedge clk) begin
                if (word_valid && word_ready) begin
                    for (i = 0; i < WORDS; i = i + 1)
                        if (place == i[$clog2(WORDS)-1:0]) begin
                            data[64*i +: 64] <= word_data;
                            keep[8*i +: 8]   <= word_keep;
                        end else if (first) begin
                            keep[8*i +: 8]   <= 8'd0;
                        end
                    last <= word_last;
                    bad  <= word_bad;
                end
                if (rst) begin
                    valid <= 1'b0;
                    place <= {$clog2(WORDS){1'b0}};
                end else if (word_valid && word_ready) begin
                    valid <= word_last || &place;
                    place <= word_last ? {$clog2(WORDS){1'b0}} : place + 1'b1;
                end else if (m_axis_tready) begin
                    valid <= 1'b0;
                end
            end
        end
    endgenerate
endmodule

`default_nettype wire
