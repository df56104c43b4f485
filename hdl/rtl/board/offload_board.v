// All of a board with two gigabit RGMII ports that knows no vendor: the core between two MACs, the register link, the
// time, and what looks after the PHYs. A board's own top level adds clocks, the cells at the pins, and the pins.
//
//     net PHY  <-> mac_port <-> (frame_spacer ->) offload_core (<- frame_spacer) <-> mac_port <-> host PHY
//                                                      |
//     UART or FIFO pins <-> register_link -------------+          phy_monitor (MDIO) <-> both PHYs
//     or PCI Express    <-> pcie_link
//
// A port that loses its link takes the other one's down (link_forward.v), which needs a PHY that answers over MDIO. The
// link's state comes from there as well; for a PHY that does not answer it is what it says between frames.

`default_nettype none

module offload_board #(
    parameter CLOCK_HZ         = 100000000,                     // of clk
    // Of offload_core; explained there
    parameter DATA_WIDTH       = 64,
    parameter CONNECTIONS      = 1024,
    parameter LISTENERS        = 16,
    parameter PARK_SLOTS       = 8,
    parameter EVENT_DEPTH      = 64,
    parameter FRAME_FIFO_BYTES = 8192,
    parameter MAX_FRAME_BYTES  = 1522,
    parameter FRAME_CLOCKS     = 66,                            // 1 to 255 here: kept by frame_spacer.v
    // The link. The others' outputs rest.
    parameter LINK             = 0,                             // 0: UART, 1: asynchronous FIFO, 2: synchronous FIFO, 3: PCI Express
    // Of register_link; explained there
    parameter BAUD             = 12000000,
    parameter FLOW_CONTROL     = 0,
    // Of the PHYs
    parameter NET_PHY          = 0,                             // MDIO addresses
    parameter HOST_PHY         = 1,
    parameter PHY_SCAN         = 0,                             // 1: each PHY is alone on its bus, and looked for
    parameter PHY_RESET_US     = 20000,                         // their reset takes so long, and so long it is before they are asked
    parameter LINK_UP_TICKS    = 6000                           // of link_forward
) (
    input  wire       clk,
    input  wire       rst,                                      // at clk, held for some clocks

    // Line: 125 MHz for both transmitters, always running; and each receiver's clock from its PHY
    input  wire       clk_line,

    // Network port, a half of a clock each; see rgmii.v
    input  wire       net_rx_clk,
    input  wire [3:0] net_rx_rise,
    input  wire [3:0] net_rx_fall,
    input  wire       net_rx_ctl_rise,
    input  wire       net_rx_ctl_fall,
    output wire [3:0] net_tx_rise,
    output wire [3:0] net_tx_fall,
    output wire       net_tx_ctl_rise,
    output wire       net_tx_ctl_fall,
    output wire       net_txc_rise,
    output wire       net_txc_fall,

    // Host port
    input  wire       host_rx_clk,
    input  wire [3:0] host_rx_rise,
    input  wire [3:0] host_rx_fall,
    input  wire       host_rx_ctl_rise,
    input  wire       host_rx_ctl_fall,
    output wire [3:0] host_tx_rise,
    output wire [3:0] host_tx_fall,
    output wire       host_tx_ctl_rise,
    output wire       host_tx_ctl_fall,
    output wire       host_txc_rise,
    output wire       host_txc_fall,

    // PHYs: one MDIO bus, or one each and mdio_select says whose turn it is (0: network, 1: host)
    output reg        phy_reset_n,
    output wire       mdio_select,
    output wire       mdc,
    output wire       mdio_out,
    output wire       mdio_drive,
    input  wire       mdio_in,

    // Register link; see register_link.v
    input  wire       uart_rxd,
    output wire       uart_txd,
    input  wire       uart_cts_n,
    output wire       uart_rts_n,
    input  wire       ft_clk,
    input  wire       ft_rxf_n,
    input  wire       ft_txe_n,
    output wire       ft_rd_n,
    output wire       ft_wr_n,
    output wire       ft_oe_n,
    output wire       ft_siwu_n,
    input  wire [7:0] ft_data_in,
    output wire [7:0] ft_data_out,
    output wire       ft_data_drive,

    // PCI Express; see pcie_link.v. pcie_rst is the block's reset, at its user clock
    input  wire        pcie_clk,
    input  wire        pcie_rst,
    input  wire [15:0] pcie_completer_id,
    input  wire [63:0] s_axis_pcie_tdata,
    input  wire [7:0]  s_axis_pcie_tkeep,
    input  wire        s_axis_pcie_tvalid,
    output wire        s_axis_pcie_tready,
    input  wire        s_axis_pcie_tlast,
    output wire [63:0] m_axis_pcie_tdata,
    output wire [7:0]  m_axis_pcie_tkeep,
    output wire        m_axis_pcie_tvalid,
    input  wire        m_axis_pcie_tready,
    output wire        m_axis_pcie_tlast,
    input  wire        msi_enable,
    output wire        msi_request,
    input  wire        msi_taken,

    // To be seen, for about a twentieth of a second at least
    output wire       net_link,
    output wire       host_link,
    output wire       active                                    // a frame or an event is inside
);
    localparam BYTES = DATA_WIDTH / 8;

    // ---- time --------------------------------------------------------------------------------------------------------
    wire [63:0] microseconds;
    wire        millisecond;

    timebase #(.CLOCK_HZ(CLOCK_HZ)) timebase (.clk(clk), .rst(rst), .microseconds(microseconds), .millisecond(millisecond));

    // ---- the core ----------------------------------------------------------------------------------------------------
    wire                  irq, busy;
    wire [15:0]           awaddr, araddr;
    wire [2:0]            awprot, arprot;
    wire [31:0]           wdata, rdata;
    wire [3:0]            wstrb;
    wire [1:0]            bresp, rresp;
    wire                  awvalid, awready, wvalid, wready, bvalid, bready, arvalid, arready, rvalid, rready;

    wire [DATA_WIDTH-1:0] net_in_tdata, net_out_tdata, host_in_tdata, host_out_tdata;
    wire [BYTES-1:0]      net_in_tkeep, net_out_tkeep, host_in_tkeep, host_out_tkeep;
    wire                  net_in_tvalid, net_in_tready, net_in_tlast, net_in_tuser;
    wire                  net_out_tvalid, net_out_tready, net_out_tlast;
    wire                  host_in_tvalid, host_in_tready, host_in_tlast, host_in_tuser;
    wire                  host_out_tvalid, host_out_tready, host_out_tlast;

    offload_core #(
        .DATA_WIDTH(DATA_WIDTH), .CONNECTIONS(CONNECTIONS), .LISTENERS(LISTENERS), .PARK_SLOTS(PARK_SLOTS),
        .EVENT_DEPTH(EVENT_DEPTH), .FRAME_FIFO_BYTES(FRAME_FIFO_BYTES), .MAX_FRAME_BYTES(MAX_FRAME_BYTES),
        .FRAME_CLOCKS(FRAME_CLOCKS)
    ) core (
        .clk(clk), .rst(rst), .timebase_us(microseconds), .irq(irq), .busy(busy),
        .s_axil_awaddr(awaddr), .s_axil_awprot(awprot), .s_axil_awvalid(awvalid), .s_axil_awready(awready),
        .s_axil_wdata(wdata), .s_axil_wstrb(wstrb), .s_axil_wvalid(wvalid), .s_axil_wready(wready),
        .s_axil_bresp(bresp), .s_axil_bvalid(bvalid), .s_axil_bready(bready),
        .s_axil_araddr(araddr), .s_axil_arprot(arprot), .s_axil_arvalid(arvalid), .s_axil_arready(arready),
        .s_axil_rdata(rdata), .s_axil_rresp(rresp), .s_axil_rvalid(rvalid), .s_axil_rready(rready),
        .s_axis_net_tdata(net_in_tdata), .s_axis_net_tkeep(net_in_tkeep), .s_axis_net_tvalid(net_in_tvalid),
        .s_axis_net_tready(net_in_tready), .s_axis_net_tlast(net_in_tlast), .s_axis_net_tuser(net_in_tuser),
        .m_axis_net_tdata(net_out_tdata), .m_axis_net_tkeep(net_out_tkeep), .m_axis_net_tvalid(net_out_tvalid),
        .m_axis_net_tready(net_out_tready), .m_axis_net_tlast(net_out_tlast),
        .s_axis_host_tdata(host_in_tdata), .s_axis_host_tkeep(host_in_tkeep), .s_axis_host_tvalid(host_in_tvalid),
        .s_axis_host_tready(host_in_tready), .s_axis_host_tlast(host_in_tlast), .s_axis_host_tuser(host_in_tuser),
        .m_axis_host_tdata(host_out_tdata), .m_axis_host_tkeep(host_out_tkeep), .m_axis_host_tvalid(host_out_tvalid),
        .m_axis_host_tready(host_out_tready), .m_axis_host_tlast(host_out_tlast)
    );

    // ---- the link ----------------------------------------------------------------------------------------------------
    localparam PCI_EXPRESS = 3;

    generate
        if (LINK == PCI_EXPRESS) begin : pci_express
            wire pcie_rst_here, link_rst, block_rst;
            wire unused = &{1'b0, uart_rxd, uart_cts_n, ft_clk, ft_rxf_n, ft_txe_n, ft_data_in};

            assign uart_txd      = 1'b1;
            assign uart_rts_n    = 1'b1;
            assign ft_rd_n       = 1'b1;
            assign ft_wr_n       = 1'b1;
            assign ft_oe_n       = 1'b1;
            assign ft_siwu_n     = 1'b1;
            assign ft_data_out   = 8'd0;
            assign ft_data_drive = 1'b0;

            // A link that goes down takes what was under way with it, on both sides; the core goes on.
            synchronizer pcie_rst_cross (.clk(clk), .from(pcie_rst), .to(pcie_rst_here));
            reset_cross reset_cross (
                .clk(clk), .rst(rst || pcie_rst_here), .rst_here(link_rst), .other_clk(pcie_clk), .rst_other(block_rst)
            );

            pcie_link link (
                .clk(clk), .rst(link_rst), .irq(irq),
                .pcie_clk(pcie_clk), .pcie_rst(block_rst), .completer_id(pcie_completer_id),
                .s_axis_rx_tdata(s_axis_pcie_tdata), .s_axis_rx_tkeep(s_axis_pcie_tkeep), .s_axis_rx_tvalid(s_axis_pcie_tvalid),
                .s_axis_rx_tready(s_axis_pcie_tready), .s_axis_rx_tlast(s_axis_pcie_tlast),
                .m_axis_tx_tdata(m_axis_pcie_tdata), .m_axis_tx_tkeep(m_axis_pcie_tkeep), .m_axis_tx_tvalid(m_axis_pcie_tvalid),
                .m_axis_tx_tready(m_axis_pcie_tready), .m_axis_tx_tlast(m_axis_pcie_tlast),
                .msi_enable(msi_enable), .msi_request(msi_request), .msi_taken(msi_taken),
                .m_axil_awaddr(awaddr), .m_axil_awprot(awprot), .m_axil_awvalid(awvalid), .m_axil_awready(awready),
                .m_axil_wdata(wdata), .m_axil_wstrb(wstrb), .m_axil_wvalid(wvalid), .m_axil_wready(wready),
                .m_axil_bresp(bresp), .m_axil_bvalid(bvalid), .m_axil_bready(bready),
                .m_axil_araddr(araddr), .m_axil_arprot(arprot), .m_axil_arvalid(arvalid), .m_axil_arready(arready),
                .m_axil_rdata(rdata), .m_axil_rresp(rresp), .m_axil_rvalid(rvalid), .m_axil_rready(rready)
            );
        end else begin : pins
            wire unused = &{1'b0, pcie_clk, pcie_rst, pcie_completer_id, s_axis_pcie_tdata, s_axis_pcie_tkeep, s_axis_pcie_tvalid,
                            s_axis_pcie_tlast, m_axis_pcie_tready, msi_enable, msi_taken};

            assign s_axis_pcie_tready = 1'b0;
            assign m_axis_pcie_tdata  = 64'd0;
            assign m_axis_pcie_tkeep  = 8'd0;
            assign m_axis_pcie_tvalid = 1'b0;
            assign m_axis_pcie_tlast  = 1'b0;
            assign msi_request        = 1'b0;

            register_link #(.KIND(LINK), .CLOCK_HZ(CLOCK_HZ), .BAUD(BAUD), .FLOW_CONTROL(FLOW_CONTROL)) link (
                .clk(clk), .rst(rst), .irq(irq),
                .uart_rxd(uart_rxd), .uart_txd(uart_txd), .uart_cts_n(uart_cts_n), .uart_rts_n(uart_rts_n),
                .ft_clk(ft_clk), .ft_rxf_n(ft_rxf_n), .ft_txe_n(ft_txe_n), .ft_rd_n(ft_rd_n), .ft_wr_n(ft_wr_n), .ft_oe_n(ft_oe_n),
                .ft_siwu_n(ft_siwu_n), .ft_data_in(ft_data_in), .ft_data_out(ft_data_out), .ft_data_drive(ft_data_drive),
                .m_axil_awaddr(awaddr), .m_axil_awprot(awprot), .m_axil_awvalid(awvalid), .m_axil_awready(awready),
                .m_axil_wdata(wdata), .m_axil_wstrb(wstrb), .m_axil_wvalid(wvalid), .m_axil_wready(wready),
                .m_axil_bresp(bresp), .m_axil_bvalid(bvalid), .m_axil_bready(bready),
                .m_axil_araddr(araddr), .m_axil_arprot(arprot), .m_axil_arvalid(arvalid), .m_axil_arready(arready),
                .m_axil_rdata(rdata), .m_axil_rresp(rresp), .m_axil_rvalid(rvalid), .m_axil_rready(rready)
            );
        end
    endgenerate

    // ---- the ports ---------------------------------------------------------------------------------------------------
    // The core gives its own frames a word of 8 bytes in four clocks, and pauses for eleven more where it sums options
    // (reply_words.v). From 100 MHz on a gigabit, which takes 64 ns a word, does not overtake that, pause included; from 62.5
    // MHz on it does not where four words are there before it starts, for the preamble and three words are 16 clocks. Below
    // that, all are there but the longest one's last. At 37.5 MHz ingress_words.v is just as fast as a gigabit.
    localparam START_WORDS = CLOCK_HZ >= 100000000 ? 1 : CLOCK_HZ >= 62500000 ? 4 : 12;

    generate
        if (CLOCK_HZ < 37500000) begin : check_clock
            offload_board_needs_37500000_hz_at_least_for_a_gigabit invalid ();
        end
    endgenerate

    wire [DATA_WIDTH-1:0] net_mac_tdata, host_mac_tdata;
    wire [BYTES-1:0]      net_mac_tkeep, host_mac_tkeep;
    wire                  net_mac_tvalid, net_mac_tready, net_mac_tlast, net_mac_tuser;
    wire                  host_mac_tvalid, host_mac_tready, host_mac_tlast, host_mac_tuser;
    wire [1:0]            present, phy_link, phy_full_duplex, power_down;
    wire [3:0]            phy_speed;
    wire [4:0]            net_counts, host_counts;
    wire [1:0]            net_speed, host_speed;
    wire                  net_full_duplex, host_full_duplex;

    // What the PHYs say of themselves crosses the part in a period of the core, not of the line: the ports stand at their pins, and
    // the monitor at those of the management.
    reg  [4:0]            net_phy, host_phy;                    // present, full duplex, speed (2 bits), link

    always @(posedge clk) begin
        net_phy  <= {present[0], phy_full_duplex[0], phy_speed[1:0], phy_link[0]};
        host_phy <= {present[1], phy_full_duplex[1], phy_speed[3:2], phy_link[1]};
    end

    mac_port #(.DATA_WIDTH(DATA_WIDTH), .MAX_FRAME_BYTES(MAX_FRAME_BYTES), .START_WORDS(START_WORDS)) net (
        .clk(clk), .rst(rst),
        .m_axis_tdata(net_mac_tdata), .m_axis_tkeep(net_mac_tkeep), .m_axis_tvalid(net_mac_tvalid),
        .m_axis_tready(net_mac_tready), .m_axis_tlast(net_mac_tlast), .m_axis_tuser(net_mac_tuser),
        .s_axis_tdata(net_out_tdata), .s_axis_tkeep(net_out_tkeep), .s_axis_tvalid(net_out_tvalid),
        .s_axis_tready(net_out_tready), .s_axis_tlast(net_out_tlast),
        .count_rx_good(net_counts[0]), .count_rx_bad(net_counts[1]), .count_rx_overflow(net_counts[2]),
        .count_tx_sent(net_counts[3]), .count_tx_aborted(net_counts[4]),
        .manual(net_phy[4]), .manual_link(net_phy[0]), .manual_speed(net_phy[2:1]), .manual_full_duplex(net_phy[3]),
        .link(net_link), .speed(net_speed), .full_duplex(net_full_duplex),
        .rx_clk(net_rx_clk), .rx_rise(net_rx_rise), .rx_fall(net_rx_fall), .rx_ctl_rise(net_rx_ctl_rise), .rx_ctl_fall(net_rx_ctl_fall),
        .tx_clk(clk_line), .tx_rise(net_tx_rise), .tx_fall(net_tx_fall), .tx_ctl_rise(net_tx_ctl_rise), .tx_ctl_fall(net_tx_ctl_fall),
        .txc_rise(net_txc_rise), .txc_fall(net_txc_fall)
    );

    mac_port #(.DATA_WIDTH(DATA_WIDTH), .MAX_FRAME_BYTES(MAX_FRAME_BYTES), .START_WORDS(START_WORDS)) host (
        .clk(clk), .rst(rst),
        .m_axis_tdata(host_mac_tdata), .m_axis_tkeep(host_mac_tkeep), .m_axis_tvalid(host_mac_tvalid),
        .m_axis_tready(host_mac_tready), .m_axis_tlast(host_mac_tlast), .m_axis_tuser(host_mac_tuser),
        .s_axis_tdata(host_out_tdata), .s_axis_tkeep(host_out_tkeep), .s_axis_tvalid(host_out_tvalid),
        .s_axis_tready(host_out_tready), .s_axis_tlast(host_out_tlast),
        .count_rx_good(host_counts[0]), .count_rx_bad(host_counts[1]), .count_rx_overflow(host_counts[2]),
        .count_tx_sent(host_counts[3]), .count_tx_aborted(host_counts[4]),
        .manual(host_phy[4]), .manual_link(host_phy[0]), .manual_speed(host_phy[2:1]), .manual_full_duplex(host_phy[3]),
        .link(host_link), .speed(host_speed), .full_duplex(host_full_duplex),
        .rx_clk(host_rx_clk), .rx_rise(host_rx_rise), .rx_fall(host_rx_fall), .rx_ctl_rise(host_rx_ctl_rise), .rx_ctl_fall(host_rx_ctl_fall),
        .tx_clk(clk_line), .tx_rise(host_tx_rise), .tx_fall(host_tx_fall), .tx_ctl_rise(host_tx_ctl_rise), .tx_ctl_fall(host_tx_ctl_fall),
        .txc_rise(host_txc_rise), .txc_fall(host_txc_fall)
    );

    frame_spacer #(.DATA_WIDTH(DATA_WIDTH), .CLOCKS(FRAME_CLOCKS)) net_spacer (
        .clk(clk), .rst(rst),
        .s_axis_tdata(net_mac_tdata), .s_axis_tkeep(net_mac_tkeep), .s_axis_tvalid(net_mac_tvalid),
        .s_axis_tready(net_mac_tready), .s_axis_tlast(net_mac_tlast), .s_axis_tuser(net_mac_tuser),
        .m_axis_tdata(net_in_tdata), .m_axis_tkeep(net_in_tkeep), .m_axis_tvalid(net_in_tvalid),
        .m_axis_tready(net_in_tready), .m_axis_tlast(net_in_tlast), .m_axis_tuser(net_in_tuser)
    );

    frame_spacer #(.DATA_WIDTH(DATA_WIDTH), .CLOCKS(FRAME_CLOCKS)) host_spacer (
        .clk(clk), .rst(rst),
        .s_axis_tdata(host_mac_tdata), .s_axis_tkeep(host_mac_tkeep), .s_axis_tvalid(host_mac_tvalid),
        .s_axis_tready(host_mac_tready), .s_axis_tlast(host_mac_tlast), .s_axis_tuser(host_mac_tuser),
        .m_axis_tdata(host_in_tdata), .m_axis_tkeep(host_in_tkeep), .m_axis_tvalid(host_in_tvalid),
        .m_axis_tready(host_in_tready), .m_axis_tlast(host_in_tlast), .m_axis_tuser(host_in_tuser)
    );

    // The core has no registers for what the MACs count.
    wire unused = &{1'b0, net_counts, host_counts, net_speed, host_speed, net_full_duplex, host_full_duplex};

    // ---- the PHYs ----------------------------------------------------------------------------------------------------
    localparam [63:0] RESET_ENDS = PHY_RESET_US, ASKED_FROM = 2 * PHY_RESET_US;
    // mdc's period is 400 ns at least.
    localparam HALF_PERIOD = (CLOCK_HZ + 4999999) / 5000000;

    reg monitor_rst;

    always @(posedge clk)
        if (rst) begin
            phy_reset_n <= 1'b0;
            monitor_rst <= 1'b1;
        end else begin
            if (microseconds == RESET_ENDS) phy_reset_n <= 1'b1;
            if (microseconds == ASKED_FROM) monitor_rst <= 1'b0;
        end

    phy_monitor #(.HALF_PERIOD(HALF_PERIOD), .NET_ADDRESS(NET_PHY), .HOST_ADDRESS(HOST_PHY), .SCAN(PHY_SCAN)) phy_monitor (
        .clk(clk), .rst(monitor_rst),
        .power_down(power_down), .present(present), .link(phy_link), .speed(phy_speed), .full_duplex(phy_full_duplex),
        .select(mdio_select), .mdc(mdc), .mdio_out(mdio_out), .mdio_drive(mdio_drive), .mdio_in(mdio_in)
    );

    link_forward #(.UP_TICKS(LINK_UP_TICKS)) link_forward (
        .clk(clk), .rst(monitor_rst), .tick(millisecond),
        .link_a(net_link), .link_b(host_link), .power_down_a(power_down[0]), .power_down_b(power_down[1])
    );

    // ---- to be seen --------------------------------------------------------------------------------------------------
    reg       works;
    reg [6:0] lit;                                              // milliseconds and some

    assign active = lit != 7'd0;

    always @(posedge clk) works <= busy;
    always @(posedge clk)
        if (rst) lit <= 7'd0;
        else if (works) lit <= 7'd64;
        else if (millisecond && active) lit <= lit - 7'd1;
endmodule

`default_nettype wire
