// Top level of the Colorlight i9 v7.2 on its extension board: network port at PHY 0, host port at PHY 1, registers over a
// UART or an FTDI FIFO at its headers. pins.lpf has the pins; both PHYs (Broadcom B50612D) delay their RGMII clocks
// themselves, which is what they do unless told otherwise (data sheet B50612D-DS100: register 18h, shadow 111, bit 8, and
// register 1Ch, shadow 00011, bit 9, are 1 after a reset).

`default_nettype none

module offload_colorlight_i9 #(
    parameter CORE_HZ          = 37500000,                      // of the core; see ecp5_clocks.v
    // Of offload_core; explained there
    parameter DATA_WIDTH       = 64,
    parameter CONNECTIONS      = 1024,
    parameter LISTENERS        = 16,
    parameter PARK_SLOTS       = 8,
    parameter EVENT_DEPTH      = 64,
    parameter FRAME_FIFO_BYTES = 8192,
    parameter FRAME_CLOCKS     = 66,
    // Of the register link
    parameter LINK             = 0,                             // 0: UART, 1: asynchronous FIFO, 2: synchronous FIFO
    parameter BAUD             = 4000000,                       // at most an eighth of CORE_HZ
    // Of the PHYs
    parameter RX_DELAY         = 39,                            // see ecp5_rgmii.v
    parameter PHY_RESET_BITS   = 16,                            // their reset takes 2^PHY_RESET_BITS clocks of 2.4 MHz
    parameter PHY_RESET_US     = 20000                          // ... and half of this at most; see offload_board.v
) (
    input  wire       clk25,
    output wire       led_n,

    // Network port
    input  wire       net_rxc,
    input  wire [3:0] net_rxd,
    input  wire       net_rx_ctl,
    output wire       net_txc,
    output wire [3:0] net_txd,
    output wire       net_tx_ctl,

    // Host port
    input  wire       host_rxc,
    input  wire [3:0] host_rxd,
    input  wire       host_rx_ctl,
    output wire       host_txc,
    output wire [3:0] host_txd,
    output wire       host_tx_ctl,

    // Both PHYs
    output wire       phy_reset_n,
    output wire       mdc,
    inout  wire       mdio,

    // UART, on P5
    input  wire       uart_rxd,
    output wire       uart_txd,
    input  wire       uart_cts_n,
    output wire       uart_rts_n,

    // FIFO, on P2
    input  wire       ft_clkout,
    input  wire       ft_rxf_n,
    input  wire       ft_txe_n,
    output wire       ft_rd_n,
    output wire       ft_wr_n,
    output wire       ft_oe_n,
    output wire       ft_siwu_n,
    inout  wire [7:0] ft_data
);
    // ---- clocks ------------------------------------------------------------------------------------------------------
    wire clk_core, clk_line, rst;
    wire net_rx_clk, host_rx_clk, ft_clk;

    ecp5_clocks #(.INPUT_HZ(25000000), .CORE_HZ(CORE_HZ)) clocks (
        .clk_in(clk25), .reset_n(1'b1), .clk_line(clk_line), .clk_core(clk_core), .rst(rst)
    );

    // ---- the PHYs' reset -----------------------------------------------------------------------------------------------
    // By the FPGA's own oscillator: on sisters of this card the clock at the pin stops while a PHY is in reset.
    wire                  clk_slow;
    reg  [PHY_RESET_BITS:0] slow_clocks;

    OSCG #(.DIV(128)) oscillator (.OSC(clk_slow));

    initial slow_clocks = {(PHY_RESET_BITS+1){1'b0}};

    always @(posedge clk_slow) if (!slow_clocks[PHY_RESET_BITS]) slow_clocks <= slow_clocks + 1'b1;

    assign phy_reset_n = slow_clocks[PHY_RESET_BITS];

    // ---- RGMII -------------------------------------------------------------------------------------------------------
    wire [3:0] net_rx_rise, net_rx_fall, net_tx_rise, net_tx_fall, host_rx_rise, host_rx_fall, host_tx_rise, host_tx_fall;
    wire       net_rx_ctl_rise, net_rx_ctl_fall, net_tx_ctl_rise, net_tx_ctl_fall, net_txc_rise, net_txc_fall;
    wire       host_rx_ctl_rise, host_rx_ctl_fall, host_tx_ctl_rise, host_tx_ctl_fall, host_txc_rise, host_txc_fall;

    ecp5_rgmii #(.RX_DELAY(RX_DELAY)) net_pins (
        .rxc(net_rxc), .rxd(net_rxd), .rx_ctl(net_rx_ctl), .txc(net_txc), .txd(net_txd), .tx_ctl(net_tx_ctl),
        .rx_clk(net_rx_clk), .rx_rise(net_rx_rise), .rx_fall(net_rx_fall), .rx_ctl_rise(net_rx_ctl_rise), .rx_ctl_fall(net_rx_ctl_fall),
        .tx_clk(clk_line), .tx_rise(net_tx_rise), .tx_fall(net_tx_fall), .tx_ctl_rise(net_tx_ctl_rise), .tx_ctl_fall(net_tx_ctl_fall),
        .txc_rise(net_txc_rise), .txc_fall(net_txc_fall)
    );

    ecp5_rgmii #(.RX_DELAY(RX_DELAY)) host_pins (
        .rxc(host_rxc), .rxd(host_rxd), .rx_ctl(host_rx_ctl), .txc(host_txc), .txd(host_txd), .tx_ctl(host_tx_ctl),
        .rx_clk(host_rx_clk), .rx_rise(host_rx_rise), .rx_fall(host_rx_fall), .rx_ctl_rise(host_rx_ctl_rise), .rx_ctl_fall(host_rx_ctl_fall),
        .tx_clk(clk_line), .tx_rise(host_tx_rise), .tx_fall(host_tx_fall), .tx_ctl_rise(host_tx_ctl_rise), .tx_ctl_fall(host_tx_ctl_fall),
        .txc_rise(host_txc_rise), .txc_fall(host_txc_fall)
    );

    // ---- MDIO, one bus -------------------------------------------------------------------------------------------------
    wire mdio_select, mdio_out, mdio_drive, mdio_in, phys_ready;

    BB mdio_pin (.B(mdio), .I(mdio_out), .T(!mdio_drive), .O(mdio_in));

    // ---- register link -------------------------------------------------------------------------------------------------
    wire [7:0] ft_data_in, ft_data_out;
    wire       ft_data_drive, rd_n, wr_n, oe_n, siwu_n;

    IB ft_clock_pin (.I(ft_clkout), .O(ft_clk));

    ecp5_fifo_pins #(.ENABLE(LINK != 0)) fifo_pins (
        .ft_data(ft_data), .ft_rd_n(ft_rd_n), .ft_wr_n(ft_wr_n), .ft_oe_n(ft_oe_n), .ft_siwu_n(ft_siwu_n),
        .data_in(ft_data_in), .data_out(ft_data_out), .data_drive(ft_data_drive),
        .rd_n(rd_n), .wr_n(wr_n), .oe_n(oe_n), .siwu_n(siwu_n)
    );

    // ---- the board -----------------------------------------------------------------------------------------------------
    wire net_link, host_link, active;

    offload_board #(
        .CLOCK_HZ(CORE_HZ), .DATA_WIDTH(DATA_WIDTH), .CONNECTIONS(CONNECTIONS), .LISTENERS(LISTENERS), .PARK_SLOTS(PARK_SLOTS),
        .EVENT_DEPTH(EVENT_DEPTH), .FRAME_FIFO_BYTES(FRAME_FIFO_BYTES), .FRAME_CLOCKS(FRAME_CLOCKS),
        .LINK(LINK), .BAUD(BAUD), .FLOW_CONTROL(1),
        .NET_PHY(0), .HOST_PHY(1), .PHY_SCAN(0), .PHY_RESET_US(PHY_RESET_US)
    ) board (
        .clk(clk_core), .rst(rst), .clk_line(clk_line),
        .net_rx_clk(net_rx_clk), .net_rx_rise(net_rx_rise), .net_rx_fall(net_rx_fall),
        .net_rx_ctl_rise(net_rx_ctl_rise), .net_rx_ctl_fall(net_rx_ctl_fall),
        .net_tx_rise(net_tx_rise), .net_tx_fall(net_tx_fall), .net_tx_ctl_rise(net_tx_ctl_rise), .net_tx_ctl_fall(net_tx_ctl_fall),
        .net_txc_rise(net_txc_rise), .net_txc_fall(net_txc_fall),
        .host_rx_clk(host_rx_clk), .host_rx_rise(host_rx_rise), .host_rx_fall(host_rx_fall),
        .host_rx_ctl_rise(host_rx_ctl_rise), .host_rx_ctl_fall(host_rx_ctl_fall),
        .host_tx_rise(host_tx_rise), .host_tx_fall(host_tx_fall), .host_tx_ctl_rise(host_tx_ctl_rise), .host_tx_ctl_fall(host_tx_ctl_fall),
        .host_txc_rise(host_txc_rise), .host_txc_fall(host_txc_fall),
        .phy_reset_n(phys_ready), .mdio_select(mdio_select), .mdc(mdc), .mdio_out(mdio_out), .mdio_drive(mdio_drive), .mdio_in(mdio_in),
        .uart_rxd(uart_rxd), .uart_txd(uart_txd), .uart_cts_n(uart_cts_n), .uart_rts_n(uart_rts_n),
        .ft_clk(ft_clk), .ft_rxf_n(ft_rxf_n), .ft_txe_n(ft_txe_n), .ft_rd_n(rd_n), .ft_wr_n(wr_n), .ft_oe_n(oe_n), .ft_siwu_n(siwu_n),
        .ft_data_in(ft_data_in), .ft_data_out(ft_data_out), .ft_data_drive(ft_data_drive),
        .pcie_clk(1'b0), .pcie_rst(1'b1), .pcie_completer_id(16'd0),
        .s_axis_pcie_tdata(64'd0), .s_axis_pcie_tkeep(8'd0), .s_axis_pcie_tvalid(1'b0), .s_axis_pcie_tready(), .s_axis_pcie_tlast(1'b0),
        .m_axis_pcie_tdata(), .m_axis_pcie_tkeep(), .m_axis_pcie_tvalid(), .m_axis_pcie_tready(1'b0), .m_axis_pcie_tlast(),
        .msi_enable(1'b0), .msi_request(), .msi_taken(1'b0),
        .net_link(net_link), .host_link(host_link), .active(active)
    );

    wire unused = &{1'b0, mdio_select, phys_ready, host_link};

    // D2: on while the network port has its link, off while something is inside.
    assign led_n = !net_link || active;
endmodule

`default_nettype wire
