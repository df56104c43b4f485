// Top level of the Lattice ECP5 Versa 5G: network port at PHY 0, host port at PHY 1, registers over the FT2232H that is on
// the board (UART on its channel B), or over an FTDI FIFO at expansion connector X3. pins.lpf has the pins; both PHYs
// (Marvell 88E1512) delay their RGMII clocks themselves, which is what they do unless told otherwise.

`default_nettype none

module offload_versa_5g #(
    parameter CORE_HZ          = 62500000,                      // of the core; see ecp5_clocks.v
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
    parameter BAUD             = 6000000,                       // at most an eighth of CORE_HZ
    // Of the PHYs
    parameter RX_DELAY         = 39,                            // see ecp5_rgmii.v
    parameter PHY_RESET_US     = 20000                          // see offload_board.v
) (
    input  wire       clk100,
    input  wire       reset_n,                                  // button
    output wire [7:0] led_n,

    // Network port
    input  wire       net_rxc,
    input  wire [3:0] net_rxd,
    input  wire       net_rx_ctl,
    output wire       net_txc,
    output wire [3:0] net_txd,
    output wire       net_tx_ctl,
    output wire       net_phy_reset_n,
    output wire       net_mdc,
    inout  wire       net_mdio,

    // Host port
    input  wire       host_rxc,
    input  wire [3:0] host_rxd,
    input  wire       host_rx_ctl,
    output wire       host_txc,
    output wire [3:0] host_txd,
    output wire       host_tx_ctl,
    output wire       host_phy_reset_n,
    output wire       host_mdc,
    inout  wire       host_mdio,

    // UART, FT2232H channel B
    input  wire       uart_rxd,
    output wire       uart_txd,

    // FIFO, on X3
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

    ecp5_clocks #(.INPUT_HZ(100000000), .CORE_HZ(CORE_HZ)) clocks (
        .clk_in(clk100), .reset_n(reset_n), .clk_line(clk_line), .clk_core(clk_core), .rst(rst)
    );

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

    // ---- MDIO, a bus a PHY ---------------------------------------------------------------------------------------------
    wire phy_reset_n, mdio_select, mdc, mdio_out, mdio_drive, net_mdio_in, host_mdio_in;

    assign net_phy_reset_n  = phy_reset_n;
    assign host_phy_reset_n = phy_reset_n;
    assign net_mdc          = mdc && !mdio_select;
    assign host_mdc         = mdc && mdio_select;

    BB net_mdio_pin  (.B(net_mdio), .I(mdio_out), .T(!mdio_drive || mdio_select), .O(net_mdio_in));
    BB host_mdio_pin (.B(host_mdio), .I(mdio_out), .T(!mdio_drive || !mdio_select), .O(host_mdio_in));

    // ---- register link -------------------------------------------------------------------------------------------------
    wire [7:0] ft_data_in, ft_data_out;
    wire       ft_data_drive, rd_n, wr_n, oe_n, siwu_n, rts_n;

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
        .LINK(LINK), .BAUD(BAUD), .FLOW_CONTROL(0),
        .NET_PHY(0), .HOST_PHY(0), .PHY_SCAN(1), .PHY_RESET_US(PHY_RESET_US)
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
        .phy_reset_n(phy_reset_n), .mdio_select(mdio_select), .mdc(mdc), .mdio_out(mdio_out), .mdio_drive(mdio_drive),
        .mdio_in(mdio_select ? host_mdio_in : net_mdio_in),
        .uart_rxd(uart_rxd), .uart_txd(uart_txd), .uart_cts_n(1'b0), .uart_rts_n(rts_n),
        .ft_clk(ft_clk), .ft_rxf_n(ft_rxf_n), .ft_txe_n(ft_txe_n), .ft_rd_n(rd_n), .ft_wr_n(wr_n), .ft_oe_n(oe_n), .ft_siwu_n(siwu_n),
        .ft_data_in(ft_data_in), .ft_data_out(ft_data_out), .ft_data_drive(ft_data_drive),
        .pcie_clk(1'b0), .pcie_rst(1'b1), .pcie_completer_id(16'd0),
        .s_axis_pcie_tdata(64'd0), .s_axis_pcie_tkeep(8'd0), .s_axis_pcie_tvalid(1'b0), .s_axis_pcie_tready(), .s_axis_pcie_tlast(1'b0),
        .m_axis_pcie_tdata(), .m_axis_pcie_tkeep(), .m_axis_pcie_tvalid(), .m_axis_pcie_tready(1'b0), .m_axis_pcie_tlast(),
        .msi_enable(1'b0), .msi_request(), .msi_taken(1'b0),
        .net_link(net_link), .host_link(host_link), .active(active)
    );

    wire unused = &{1'b0, rts_n};

    // From bit 0: link of the network, link of the host, a frame or event inside, out of reset.
    assign led_n = {4'b1111, rst, !active, !host_link, !net_link};
endmodule

`default_nettype wire
