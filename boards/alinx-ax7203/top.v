// Top level of the ALINX AX7203 (Artix-7 XC7A200T on a PCI Express card): network port at PHY 1, host port at PHY 2,
// registers over one lane of PCI Express. pins.xdc has the pins, build.tcl makes a bitstream of it with Vivado.

`default_nettype none

module offload_alinx_ax7203 #(
    parameter CORE_HZ          = 100000000,                     // of the core; a whole part of 1,000 MHz
    // Of offload_core; explained there
    parameter DATA_WIDTH       = 64,
    parameter CONNECTIONS      = 2048,
    parameter LISTENERS        = 16,
    parameter PARK_SLOTS       = 32,
    parameter EVENT_DEPTH      = 256,
    parameter FRAME_FIFO_BYTES = 8192,
    parameter FRAME_CLOCKS     = 66,
    // Of the PHYs
    parameter RX_DELAY         = 26,                            // see x7_rgmii.v
    parameter PHY_RESET_US     = 20000                          // see offload_board.v
) (
    input  wire       clk200_p,
    input  wire       clk200_n,
    input  wire       reset_n,                                  // button
    output wire [3:0] led,

    // PCI Express
    input  wire       pcie_clk_p,
    input  wire       pcie_clk_n,
    input  wire       pcie_reset_n,                             // PERST#
    output wire [0:0] pcie_tx_p,
    output wire [0:0] pcie_tx_n,
    input  wire [0:0] pcie_rx_p,
    input  wire [0:0] pcie_rx_n,

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
    inout  wire       host_mdio
);
    localparam PCI_EXPRESS = 3;

    // ---- clocks ------------------------------------------------------------------------------------------------------
    wire clk_core, clk_line, clk_late, rst;
    wire net_rx_clk, host_rx_clk;

    x7_clocks #(.CORE_HZ(CORE_HZ)) clocks (
        .clk_p(clk200_p), .clk_n(clk200_n), .reset_n(reset_n), .clk_line(clk_line), .clk_late(clk_late), .clk_core(clk_core), .rst(rst)
    );

    // ---- RGMII -------------------------------------------------------------------------------------------------------
    wire [3:0] net_rx_rise, net_rx_fall, net_tx_rise, net_tx_fall, host_rx_rise, host_rx_fall, host_tx_rise, host_tx_fall;
    wire       net_rx_ctl_rise, net_rx_ctl_fall, net_tx_ctl_rise, net_tx_ctl_fall, net_txc_rise, net_txc_fall;
    wire       host_rx_ctl_rise, host_rx_ctl_fall, host_tx_ctl_rise, host_tx_ctl_fall, host_txc_rise, host_txc_fall;

    x7_rgmii #(.RX_DELAY(RX_DELAY)) net_pins (
        .rxc(net_rxc), .rxd(net_rxd), .rx_ctl(net_rx_ctl), .txc(net_txc), .txd(net_txd), .tx_ctl(net_tx_ctl),
        .rx_clk(net_rx_clk), .rx_rise(net_rx_rise), .rx_fall(net_rx_fall), .rx_ctl_rise(net_rx_ctl_rise), .rx_ctl_fall(net_rx_ctl_fall),
        .tx_clk(clk_line), .tx_clk_late(clk_late),
        .tx_rise(net_tx_rise), .tx_fall(net_tx_fall), .tx_ctl_rise(net_tx_ctl_rise), .tx_ctl_fall(net_tx_ctl_fall),
        .txc_rise(net_txc_rise), .txc_fall(net_txc_fall)
    );

    x7_rgmii #(.RX_DELAY(RX_DELAY)) host_pins (
        .rxc(host_rxc), .rxd(host_rxd), .rx_ctl(host_rx_ctl), .txc(host_txc), .txd(host_txd), .tx_ctl(host_tx_ctl),
        .rx_clk(host_rx_clk), .rx_rise(host_rx_rise), .rx_fall(host_rx_fall), .rx_ctl_rise(host_rx_ctl_rise), .rx_ctl_fall(host_rx_ctl_fall),
        .tx_clk(clk_line), .tx_clk_late(clk_late),
        .tx_rise(host_tx_rise), .tx_fall(host_tx_fall), .tx_ctl_rise(host_tx_ctl_rise), .tx_ctl_fall(host_tx_ctl_fall),
        .txc_rise(host_txc_rise), .txc_fall(host_txc_fall)
    );

    // ---- MDIO, a bus a PHY ---------------------------------------------------------------------------------------------
    wire phy_reset_n, mdio_select, mdc, mdio_out, mdio_drive, net_mdio_in, host_mdio_in;

    assign net_phy_reset_n  = phy_reset_n;
    assign host_phy_reset_n = phy_reset_n;
    assign net_mdc          = mdc && !mdio_select;
    assign host_mdc         = mdc && mdio_select;

    IOBUF net_mdio_pin  (.IO(net_mdio), .I(mdio_out), .T(!mdio_drive || mdio_select), .O(net_mdio_in));
    IOBUF host_mdio_pin (.IO(host_mdio), .I(mdio_out), .T(!mdio_drive || !mdio_select), .O(host_mdio_in));

    // ---- PCI Express ---------------------------------------------------------------------------------------------------
    // The block answers configuration requests itself; memory requests, all of which are for BAR 0, come out.
    wire        pcie_clk_in, pcie_clk, pcie_rst, pcie_up;
    wire        requests_valid, requests_ready, requests_last, answers_valid, answers_ready, answers_last;
    wire [63:0] requests_data, answers_data;
    wire [7:0]  requests_keep, answers_keep, bus_number;
    wire [4:0]  device_number;
    wire [2:0]  function_number;
    wire        msi_enable, msi_request, msi_taken, turn_off;

    IBUFDS_GTE2 pcie_clock_pins (.I(pcie_clk_p), .IB(pcie_clk_n), .CEB(1'b0), .O(pcie_clk_in), .ODIV2());

    pcie_7x_0 pcie (
        .pci_exp_txp(pcie_tx_p), .pci_exp_txn(pcie_tx_n), .pci_exp_rxp(pcie_rx_p), .pci_exp_rxn(pcie_rx_n),
        .sys_clk(pcie_clk_in), .sys_rst_n(pcie_reset_n),
        .user_clk_out(pcie_clk), .user_reset_out(pcie_rst), .user_lnk_up(pcie_up), .user_app_rdy(),
        .s_axis_tx_tdata(answers_data), .s_axis_tx_tkeep(answers_keep), .s_axis_tx_tlast(answers_last),
        .s_axis_tx_tvalid(answers_valid), .s_axis_tx_tready(answers_ready), .s_axis_tx_tuser(4'd0),
        .tx_buf_av(), .tx_cfg_req(), .tx_err_drop(), .tx_cfg_gnt(1'b1),
        .m_axis_rx_tdata(requests_data), .m_axis_rx_tkeep(requests_keep), .m_axis_rx_tlast(requests_last),
        .m_axis_rx_tvalid(requests_valid), .m_axis_rx_tready(requests_ready), .m_axis_rx_tuser(), .rx_np_ok(1'b1), .rx_np_req(1'b1),
        .cfg_interrupt(msi_request), .cfg_interrupt_rdy(msi_taken), .cfg_interrupt_assert(1'b0), .cfg_interrupt_di(8'd0),
        .cfg_interrupt_do(), .cfg_interrupt_mmenable(), .cfg_interrupt_msienable(msi_enable), .cfg_interrupt_msixenable(),
        .cfg_interrupt_msixfm(), .cfg_interrupt_stat(1'b0), .cfg_pciecap_interrupt_msgnum(5'd0),
        .cfg_trn_pending(1'b0), .cfg_pm_halt_aspm_l0s(1'b0), .cfg_pm_halt_aspm_l1(1'b0), .cfg_pm_force_state_en(1'b0),
        .cfg_pm_force_state(2'd0), .cfg_dsn(64'd0), .cfg_pm_send_pme_to(1'b0), .cfg_pm_wake(1'b0), .cfg_turnoff_ok(turn_off),
        .cfg_ds_bus_number(8'd0), .cfg_ds_device_number(5'd0), .cfg_ds_function_number(3'd0),
        .cfg_to_turnoff(turn_off), .cfg_bus_number(bus_number), .cfg_device_number(device_number), .cfg_function_number(function_number)
    );

    // ---- the board -----------------------------------------------------------------------------------------------------
    wire net_link, host_link, active;

    offload_board #(
        .CLOCK_HZ(CORE_HZ), .DATA_WIDTH(DATA_WIDTH), .CONNECTIONS(CONNECTIONS), .LISTENERS(LISTENERS), .PARK_SLOTS(PARK_SLOTS),
        .EVENT_DEPTH(EVENT_DEPTH), .FRAME_FIFO_BYTES(FRAME_FIFO_BYTES), .FRAME_CLOCKS(FRAME_CLOCKS),
        .LINK(PCI_EXPRESS),
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
        .uart_rxd(1'b1), .uart_txd(), .uart_cts_n(1'b1), .uart_rts_n(),
        .ft_clk(1'b0), .ft_rxf_n(1'b1), .ft_txe_n(1'b1), .ft_rd_n(), .ft_wr_n(), .ft_oe_n(), .ft_siwu_n(),
        .ft_data_in(8'd0), .ft_data_out(), .ft_data_drive(),
        .pcie_clk(pcie_clk), .pcie_rst(pcie_rst), .pcie_completer_id({bus_number, device_number, function_number}),
        .s_axis_pcie_tdata(requests_data), .s_axis_pcie_tkeep(requests_keep), .s_axis_pcie_tvalid(requests_valid),
        .s_axis_pcie_tready(requests_ready), .s_axis_pcie_tlast(requests_last),
        .m_axis_pcie_tdata(answers_data), .m_axis_pcie_tkeep(answers_keep), .m_axis_pcie_tvalid(answers_valid),
        .m_axis_pcie_tready(answers_ready), .m_axis_pcie_tlast(answers_last),
        .msi_enable(msi_enable), .msi_request(msi_request), .msi_taken(msi_taken),
        .net_link(net_link), .host_link(host_link), .active(active)
    );

    // From bit 0: link of the network, link of the host, a frame or event inside, PCI Express is up.
    assign led = {pcie_up, active, host_link, net_link};
endmodule

`default_nettype wire
