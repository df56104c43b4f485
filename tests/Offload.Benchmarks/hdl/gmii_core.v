// The core at 64 bits between two gigabit lines, all of it in one clock domain: for the latency from the last byte of a SYN's
// check sequence to the first byte of its SYN,ACK's preamble, at the 8-bit boundary of the GMII (IEEE 802.3, 35.2.2).
//
// The lines look like the core's streams with one byte a beat, so that the shim of the virtual board (hdl/sim) drives them:
// tvalid is rx_dv or tx_en, and a frame has its preamble and its check sequence. A line does not say that a byte is the last
// one; tx keeps each byte for one clock to know, which the benchmark takes off.

`default_nettype none

module gmii_core #(
    parameter FRAME_CLOCKS = 1                                  // of offload_core: 1, or 67 for the small one
) (
    input  wire        clk,
    input  wire        rst,
    input  wire [63:0] timebase_us,
    output wire        irq,
    output wire        busy,

    // AXI4-Lite: registers
    input  wire [15:0] s_axil_awaddr,
    input  wire [2:0]  s_axil_awprot,
    input  wire        s_axil_awvalid,
    output wire        s_axil_awready,
    input  wire [31:0] s_axil_wdata,
    input  wire [3:0]  s_axil_wstrb,
    input  wire        s_axil_wvalid,
    output wire        s_axil_wready,
    output wire [1:0]  s_axil_bresp,
    output wire        s_axil_bvalid,
    input  wire        s_axil_bready,
    input  wire [15:0] s_axil_araddr,
    input  wire [2:0]  s_axil_arprot,
    input  wire        s_axil_arvalid,
    output wire        s_axil_arready,
    output wire [31:0] s_axil_rdata,
    output wire [1:0]  s_axil_rresp,
    output wire        s_axil_rvalid,
    input  wire        s_axil_rready,

    // The network's line
    input  wire [7:0]  s_axis_net_tdata,
    input  wire [0:0]  s_axis_net_tkeep,
    input  wire        s_axis_net_tvalid,
    output wire        s_axis_net_tready,
    input  wire        s_axis_net_tlast,
    input  wire        s_axis_net_tuser,                        // rx_er
    output wire [7:0]  m_axis_net_tdata,
    output wire [0:0]  m_axis_net_tkeep,
    output wire        m_axis_net_tvalid,
    input  wire        m_axis_net_tready,                       // a line does not wait
    output wire        m_axis_net_tlast,

    // The host's line
    input  wire [7:0]  s_axis_host_tdata,
    input  wire [0:0]  s_axis_host_tkeep,
    input  wire        s_axis_host_tvalid,
    output wire        s_axis_host_tready,
    input  wire        s_axis_host_tlast,
    input  wire        s_axis_host_tuser,
    output wire [7:0]  m_axis_host_tdata,
    output wire [0:0]  m_axis_host_tkeep,
    output wire        m_axis_host_tvalid,
    input  wire        m_axis_host_tready,
    output wire        m_axis_host_tlast
);
    wire [63:0] net_rx_tdata, net_tx_tdata, host_rx_tdata, host_tx_tdata;
    wire [7:0]  net_rx_tkeep, net_tx_tkeep, host_rx_tkeep, host_tx_tkeep;
    wire        net_rx_tvalid, net_rx_tready, net_rx_tlast, net_rx_tuser, net_tx_tvalid, net_tx_tready, net_tx_tlast;
    wire        host_rx_tvalid, host_rx_tready, host_rx_tlast, host_rx_tuser, host_tx_tvalid, host_tx_tready, host_tx_tlast;
    wire        core_busy, net_busy, host_busy;

    assign busy = core_busy || net_busy || host_busy;
    wire unused = &{1'b0, s_axis_net_tkeep, s_axis_net_tlast, m_axis_net_tready, s_axis_host_tkeep, s_axis_host_tlast, m_axis_host_tready};

    gmii_line net (
        .clk(clk), .rst(rst), .busy(net_busy),
        .rxd(s_axis_net_tdata), .rx_dv(s_axis_net_tvalid), .rx_er(s_axis_net_tuser),
        .txd(m_axis_net_tdata), .tx_en(m_axis_net_tvalid), .tx_last(m_axis_net_tlast),
        .m_axis_tdata(net_rx_tdata), .m_axis_tkeep(net_rx_tkeep), .m_axis_tvalid(net_rx_tvalid), .m_axis_tready(net_rx_tready),
        .m_axis_tlast(net_rx_tlast), .m_axis_tuser(net_rx_tuser),
        .s_axis_tdata(net_tx_tdata), .s_axis_tkeep(net_tx_tkeep), .s_axis_tvalid(net_tx_tvalid), .s_axis_tready(net_tx_tready),
        .s_axis_tlast(net_tx_tlast)
    );
    assign s_axis_net_tready = 1'b1;
    assign m_axis_net_tkeep  = 1'b1;

    gmii_line host (
        .clk(clk), .rst(rst), .busy(host_busy),
        .rxd(s_axis_host_tdata), .rx_dv(s_axis_host_tvalid), .rx_er(s_axis_host_tuser),
        .txd(m_axis_host_tdata), .tx_en(m_axis_host_tvalid), .tx_last(m_axis_host_tlast),
        .m_axis_tdata(host_rx_tdata), .m_axis_tkeep(host_rx_tkeep), .m_axis_tvalid(host_rx_tvalid), .m_axis_tready(host_rx_tready),
        .m_axis_tlast(host_rx_tlast), .m_axis_tuser(host_rx_tuser),
        .s_axis_tdata(host_tx_tdata), .s_axis_tkeep(host_tx_tkeep), .s_axis_tvalid(host_tx_tvalid), .s_axis_tready(host_tx_tready),
        .s_axis_tlast(host_tx_tlast)
    );
    assign s_axis_host_tready = 1'b1;
    assign m_axis_host_tkeep  = 1'b1;

    offload_core #(.DATA_WIDTH(64), .CONNECTIONS(2048), .FRAME_CLOCKS(FRAME_CLOCKS)) core (
        .clk(clk), .rst(rst), .timebase_us(timebase_us), .irq(irq), .busy(core_busy),
        .s_axil_awaddr(s_axil_awaddr), .s_axil_awprot(s_axil_awprot), .s_axil_awvalid(s_axil_awvalid), .s_axil_awready(s_axil_awready),
        .s_axil_wdata(s_axil_wdata), .s_axil_wstrb(s_axil_wstrb), .s_axil_wvalid(s_axil_wvalid), .s_axil_wready(s_axil_wready),
        .s_axil_bresp(s_axil_bresp), .s_axil_bvalid(s_axil_bvalid), .s_axil_bready(s_axil_bready),
        .s_axil_araddr(s_axil_araddr), .s_axil_arprot(s_axil_arprot), .s_axil_arvalid(s_axil_arvalid), .s_axil_arready(s_axil_arready),
        .s_axil_rdata(s_axil_rdata), .s_axil_rresp(s_axil_rresp), .s_axil_rvalid(s_axil_rvalid), .s_axil_rready(s_axil_rready),
        .s_axis_net_tdata(net_rx_tdata), .s_axis_net_tkeep(net_rx_tkeep), .s_axis_net_tvalid(net_rx_tvalid),
        .s_axis_net_tready(net_rx_tready), .s_axis_net_tlast(net_rx_tlast), .s_axis_net_tuser(net_rx_tuser),
        .m_axis_net_tdata(net_tx_tdata), .m_axis_net_tkeep(net_tx_tkeep), .m_axis_net_tvalid(net_tx_tvalid),
        .m_axis_net_tready(net_tx_tready), .m_axis_net_tlast(net_tx_tlast),
        .s_axis_host_tdata(host_rx_tdata), .s_axis_host_tkeep(host_rx_tkeep), .s_axis_host_tvalid(host_rx_tvalid),
        .s_axis_host_tready(host_rx_tready), .s_axis_host_tlast(host_rx_tlast), .s_axis_host_tuser(host_rx_tuser),
        .m_axis_host_tdata(host_tx_tdata), .m_axis_host_tkeep(host_tx_tkeep), .m_axis_host_tvalid(host_tx_tvalid),
        .m_axis_host_tready(host_tx_tready), .m_axis_host_tlast(host_tx_tlast)
    );
endmodule

`default_nettype wire
