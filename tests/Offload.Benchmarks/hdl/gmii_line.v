// One gigabit line at its GMII: both halves of the MAC, in the core's own clock.

`default_nettype none

module gmii_line (
    input  wire        clk,
    input  wire        rst,
    output wire        busy,                                    // a byte is on the line

    // The line; what goes out is a clock late, so that its last byte is known
    input  wire [7:0]  rxd,
    input  wire        rx_dv,
    input  wire        rx_er,
    output reg  [7:0]  txd,
    output reg         tx_en,
    output wire        tx_last,

    // Frames from the line
    output wire [63:0] m_axis_tdata,
    output wire [7:0]  m_axis_tkeep,
    output wire        m_axis_tvalid,
    input  wire        m_axis_tready,
    output wire        m_axis_tlast,
    output wire        m_axis_tuser,

    // Frames to the line
    input  wire [63:0] s_axis_tdata,
    input  wire [7:0]  s_axis_tkeep,
    input  wire        s_axis_tvalid,
    output wire        s_axis_tready,
    input  wire        s_axis_tlast
);
    wire [7:0] line_txd;
    wire       line_tx_en, line_tx_er;
    wire       count_good, count_bad, count_overflow, count_sent, count_aborted;
    wire       unused = &{1'b0, line_tx_er, count_good, count_bad, count_overflow, count_sent, count_aborted};

    assign busy    = rx_dv || m_axis_tvalid || s_axis_tvalid || line_tx_en;
    assign tx_last = !line_tx_en;

    always @(posedge clk) begin
        txd   <= line_txd;
        tx_en <= line_tx_en && !rst;
    end

    mac_receive #(.DATA_WIDTH(64), .ONE_CLOCK(1)) receive (
        .clk(clk), .rst(rst), .rx_clk(clk), .rx_rst(rst), .rx_enable(1'b1), .rxd(rxd), .rx_dv(rx_dv), .rx_er(rx_er),
        .m_axis_tdata(m_axis_tdata), .m_axis_tkeep(m_axis_tkeep), .m_axis_tvalid(m_axis_tvalid), .m_axis_tready(m_axis_tready),
        .m_axis_tlast(m_axis_tlast), .m_axis_tuser(m_axis_tuser),
        .count_good(count_good), .count_bad(count_bad), .count_overflow(count_overflow)
    );

    mac_transmit #(.DATA_WIDTH(64), .ONE_CLOCK(1)) transmit (
        .clk(clk), .rst(rst),
        .s_axis_tdata(s_axis_tdata), .s_axis_tkeep(s_axis_tkeep), .s_axis_tvalid(s_axis_tvalid), .s_axis_tready(s_axis_tready),
        .s_axis_tlast(s_axis_tlast),
        .tx_clk(clk), .tx_rst(rst), .tx_enable(1'b1), .txd(line_txd), .tx_en(line_tx_en), .tx_er(line_tx_er),
        .count_sent(count_sent), .count_aborted(count_aborted)
    );
endmodule

`default_nettype wire
