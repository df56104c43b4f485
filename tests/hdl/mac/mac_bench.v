// The two halves of the MAC, with their clocks and resets, as the bench drives them.

`default_nettype none

module mac_bench #(
    parameter DATA_WIDTH  = 64,
    parameter ONE_CLOCK   = 0,                                  // all three clocks are driven alike
    parameter START_WORDS = 1,
    parameter MAX_FRAME   = 1522
) (
    input  wire                    clk,
    input  wire                    rst,
    input  wire                    rx_clk,
    input  wire                    rx_enable,
    input  wire [7:0]              rxd,
    input  wire                    rx_dv,
    input  wire                    rx_er,
    output wire [DATA_WIDTH-1:0]   m_axis_tdata,
    output wire [DATA_WIDTH/8-1:0] m_axis_tkeep,
    output wire                    m_axis_tvalid,
    input  wire                    m_axis_tready,
    output wire                    m_axis_tlast,
    output wire                    m_axis_tuser,
    input  wire [DATA_WIDTH-1:0]   s_axis_tdata,
    input  wire [DATA_WIDTH/8-1:0] s_axis_tkeep,
    input  wire                    s_axis_tvalid,
    output wire                    s_axis_tready,
    input  wire                    s_axis_tlast,
    input  wire                    tx_clk,
    input  wire                    tx_enable,
    output wire [7:0]              txd,
    output wire                    tx_en,
    output wire                    tx_er,
    output wire                    count_good,
    output wire                    count_bad,
    output wire                    count_overflow,
    output wire                    count_sent,
    output wire                    count_aborted
);
    wire rst_receive, rst_transmit, rx_rst, tx_rst;

    generate
        if (ONE_CLOCK != 0) begin : one_clock
            assign {rst_receive, rst_transmit, rx_rst, tx_rst} = {4{rst}};
        end else begin : clocks
            reset_cross rx_reset (.clk(clk), .rst(rst), .rst_here(rst_receive), .other_clk(rx_clk), .rst_other(rx_rst));
            reset_cross tx_reset (.clk(clk), .rst(rst), .rst_here(rst_transmit), .other_clk(tx_clk), .rst_other(tx_rst));
        end
    endgenerate

    mac_receive #(.DATA_WIDTH(DATA_WIDTH), .ONE_CLOCK(ONE_CLOCK), .MAX_FRAME_BYTES(MAX_FRAME)) receive (
        .clk(clk), .rst(rst_receive),
        .rx_clk(rx_clk), .rx_rst(rx_rst), .rx_enable(rx_enable), .rxd(rxd), .rx_dv(rx_dv), .rx_er(rx_er),
        .m_axis_tdata(m_axis_tdata), .m_axis_tkeep(m_axis_tkeep), .m_axis_tvalid(m_axis_tvalid), .m_axis_tready(m_axis_tready),
        .m_axis_tlast(m_axis_tlast), .m_axis_tuser(m_axis_tuser),
        .count_good(count_good), .count_bad(count_bad), .count_overflow(count_overflow)
    );

    mac_transmit #(.DATA_WIDTH(DATA_WIDTH), .ONE_CLOCK(ONE_CLOCK), .START_WORDS(START_WORDS)) transmit (
        .clk(clk), .rst(rst_transmit),
        .s_axis_tdata(s_axis_tdata), .s_axis_tkeep(s_axis_tkeep), .s_axis_tvalid(s_axis_tvalid), .s_axis_tready(s_axis_tready),
        .s_axis_tlast(s_axis_tlast),
        .tx_clk(tx_clk), .tx_rst(tx_rst), .tx_enable(tx_enable), .txd(txd), .tx_en(tx_en), .tx_er(tx_er),
        .count_sent(count_sent), .count_aborted(count_aborted)
    );
endmodule

`default_nettype wire
