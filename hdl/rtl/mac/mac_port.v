// A gigabit Ethernet port behind an RGMII PHY: everything between the core's streams and the DDR cells at the pins, with
// its three clocks. The PHY's receive clock may stop and start as it likes; what sits behind it stays in reset until it
// runs.

`default_nettype none

// Its clocks may be faster than the core's, so it is mapped by itself.
(* keep_hierarchy *)
module mac_port #(
    parameter DATA_WIDTH      = 64,                             // bits of the streams: 64, 128, 256 or 512
    parameter MAX_FRAME_BYTES = 1522,                           // longest frame that comes in, without check sequence; to 16000
    parameter START_WORDS     = 1,                              // of a frame that goes out, words of 8 bytes that have to be there
    parameter FIFO_DEPTH_BITS = 4                               // words of 8 bytes between two clocks, as a power of two
) (
    // The core's clock
    input  wire                    clk,
    input  wire                    rst,

    // Frames from the line; see mac_receive.v
    output wire [DATA_WIDTH-1:0]   m_axis_tdata,
    output wire [DATA_WIDTH/8-1:0] m_axis_tkeep,
    output wire                    m_axis_tvalid,
    input  wire                    m_axis_tready,
    output wire                    m_axis_tlast,
    output wire                    m_axis_tuser,

    // Frames to the line; see mac_transmit.v
    input  wire [DATA_WIDTH-1:0]   s_axis_tdata,
    input  wire [DATA_WIDTH/8-1:0] s_axis_tkeep,
    input  wire                    s_axis_tvalid,
    output wire                    s_axis_tready,
    input  wire                    s_axis_tlast,

    // Pulses of one clock, one a frame
    output wire                    count_rx_good,
    output wire                    count_rx_bad,
    output wire                    count_rx_overflow,
    output wire                    count_tx_sent,
    output wire                    count_tx_aborted,

    // What the PHY says of the link, or what it is told to be; see rgmii.v
    input  wire                    manual,
    input  wire                    manual_link,
    input  wire [1:0]              manual_speed,
    input  wire                    manual_full_duplex,
    output wire                    link,
    output wire [1:0]              speed,                       // 0: 10, 1: 100, 2: 1000 Mbit/s
    output wire                    full_duplex,

    // The pins, a half of a clock each
    input  wire                    rx_clk,
    input  wire [3:0]              rx_rise,
    input  wire [3:0]              rx_fall,
    input  wire                    rx_ctl_rise,
    input  wire                    rx_ctl_fall,
    input  wire                    tx_clk,                      // 125 MHz
    output wire [3:0]              tx_rise,
    output wire [3:0]              tx_fall,
    output wire                    tx_ctl_rise,
    output wire                    tx_ctl_fall,
    output wire                    txc_rise,
    output wire                    txc_fall
);
    wire       rst_receive, rst_transmit, rx_rst, tx_rst;
    wire       rx_enable, rx_dv, rx_er, tx_enable, tx_en, tx_er;
    wire [7:0] rxd, txd;
    wire       link_tx, full_duplex_tx;
    wire [1:0] speed_tx;

    reset_cross rx_reset (.clk(clk), .rst(rst), .rst_here(rst_receive), .other_clk(rx_clk), .rst_other(rx_rst));
    reset_cross tx_reset (.clk(clk), .rst(rst), .rst_here(rst_transmit), .other_clk(tx_clk), .rst_other(tx_rst));

    rgmii rgmii (
        .rx_clk(rx_clk), .rx_rst(rx_rst), .rx_rise(rx_rise), .rx_fall(rx_fall), .rx_ctl_rise(rx_ctl_rise), .rx_ctl_fall(rx_ctl_fall),
        .gmii_rx_enable(rx_enable), .gmii_rxd(rxd), .gmii_rx_dv(rx_dv), .gmii_rx_er(rx_er),
        .tx_clk(tx_clk), .tx_rst(tx_rst),
        .gmii_tx_enable(tx_enable), .gmii_txd(txd), .gmii_tx_en(tx_en), .gmii_tx_er(tx_er),
        .tx_rise(tx_rise), .tx_fall(tx_fall), .tx_ctl_rise(tx_ctl_rise), .tx_ctl_fall(tx_ctl_fall),
        .txc_rise(txc_rise), .txc_fall(txc_fall),
        .manual(manual), .manual_link(manual_link), .manual_speed(manual_speed), .manual_full_duplex(manual_full_duplex),
        .link(link_tx), .speed(speed_tx), .full_duplex(full_duplex_tx)
    );

    synchronizer #(.WIDTH(4)) status (
        .clk(clk), .from({full_duplex_tx, speed_tx, link_tx}), .to({full_duplex, speed, link})
    );

    mac_receive #(.DATA_WIDTH(DATA_WIDTH), .MAX_FRAME_BYTES(MAX_FRAME_BYTES), .FIFO_DEPTH_BITS(FIFO_DEPTH_BITS)) receive (
        .clk(clk), .rst(rst_receive),
        .rx_clk(rx_clk), .rx_rst(rx_rst), .rx_enable(rx_enable), .rxd(rxd), .rx_dv(rx_dv), .rx_er(rx_er),
        .m_axis_tdata(m_axis_tdata), .m_axis_tkeep(m_axis_tkeep), .m_axis_tvalid(m_axis_tvalid), .m_axis_tready(m_axis_tready),
        .m_axis_tlast(m_axis_tlast), .m_axis_tuser(m_axis_tuser),
        .count_good(count_rx_good), .count_bad(count_rx_bad), .count_overflow(count_rx_overflow)
    );

    mac_transmit #(.DATA_WIDTH(DATA_WIDTH), .START_WORDS(START_WORDS), .FIFO_DEPTH_BITS(FIFO_DEPTH_BITS)) transmit (
        .clk(clk), .rst(rst_transmit),
        .s_axis_tdata(s_axis_tdata), .s_axis_tkeep(s_axis_tkeep), .s_axis_tvalid(s_axis_tvalid), .s_axis_tready(s_axis_tready),
        .s_axis_tlast(s_axis_tlast),
        .tx_clk(tx_clk), .tx_rst(tx_rst), .tx_enable(tx_enable), .txd(txd), .tx_en(tx_en), .tx_er(tx_er),
        .count_sent(count_tx_sent), .count_aborted(count_tx_aborted)
    );
endmodule

`default_nettype wire
