// The register link over PCI Express: from the streams of a 7-series integrated block, at its user clock, to the register
// bus, at the core's; and interrupts the other way. pcie_bridge.v does the work at the core's clock.
//
//     s_axis_rx -> async_fifo -> pcie_bridge -> AXI4-Lite          irq -> pcie_bridge -> event_cross -> MSI
//     m_axis_tx <- async_fifo <-
//
// An MSI is sent when irq rises after the host has seen it low in the bridge's status; while MSI is switched off, none is
// kept. So whoever looks at the status before it waits for the next misses none.

`default_nettype none

module pcie_link #(
    parameter MAX_WORDS_BITS = 5                                // of pcie_bridge
) (
    input  wire        clk,
    input  wire        rst,
    input  wire        irq,

    // At the block's user clock. pcie_rst: of reset_cross
    input  wire        pcie_clk,
    input  wire        pcie_rst,
    input  wire [15:0] completer_id,                            // bus, device and function number
    input  wire [63:0] s_axis_rx_tdata,
    input  wire [7:0]  s_axis_rx_tkeep,                         // 8'h0F or 8'hFF
    input  wire        s_axis_rx_tvalid,
    output wire        s_axis_rx_tready,
    input  wire        s_axis_rx_tlast,
    output wire [63:0] m_axis_tx_tdata,
    output wire [7:0]  m_axis_tx_tkeep,
    output wire        m_axis_tx_tvalid,                        // may fall within a completion
    input  wire        m_axis_tx_tready,
    output wire        m_axis_tx_tlast,
    input  wire        msi_enable,                              // the host has switched MSI on
    output reg         msi_request,                             // held until it is taken, or MSI is switched off
    input  wire        msi_taken,

    // AXI4-Lite
    output wire [15:0] m_axil_awaddr,
    output wire [2:0]  m_axil_awprot,
    output wire        m_axil_awvalid,
    input  wire        m_axil_awready,
    output wire [31:0] m_axil_wdata,
    output wire [3:0]  m_axil_wstrb,
    output wire        m_axil_wvalid,
    input  wire        m_axil_wready,
    input  wire [1:0]  m_axil_bresp,
    input  wire        m_axil_bvalid,
    output wire        m_axil_bready,
    output wire [15:0] m_axil_araddr,
    output wire [2:0]  m_axil_arprot,
    output wire        m_axil_arvalid,
    input  wire        m_axil_arready,
    input  wire [31:0] m_axil_rdata,
    input  wire [1:0]  m_axil_rresp,
    input  wire        m_axil_rvalid,
    output wire        m_axil_rready
);
    localparam DEPTH_BITS = 4;

    // ---- requests come in. The number travels with them, for it must not be taken while it changes. ----------------------
    wire [DEPTH_BITS:0] rx_space, rx_count, tx_space, tx_count;
    wire [63:0]         rx_tdata, tx_tdata;
    wire [7:0]          tx_tkeep;
    wire [15:0]         rx_id;
    wire                msi_due;
    wire                rx_both, rx_tvalid, rx_tready, rx_tlast, tx_tvalid, tx_tlast, tx_both;
    wire                tx_tready = tx_space != {(DEPTH_BITS+1){1'b0}};

    assign s_axis_rx_tready = rx_space != {(DEPTH_BITS+1){1'b0}};

    async_fifo #(.WIDTH(82), .DEPTH_BITS(DEPTH_BITS)) rx (
        .write_clk(pcie_clk), .write_rst(pcie_rst), .write(s_axis_rx_tvalid && s_axis_rx_tready),
        .write_data({completer_id, s_axis_rx_tlast, s_axis_rx_tkeep[4], s_axis_rx_tdata}), .write_space(rx_space),
        .read_clk(clk), .read_rst(rst), .read(rx_tready), .read_data({rx_id, rx_tlast, rx_both, rx_tdata}), .read_valid(rx_tvalid),
        .read_count(rx_count)
    );

    pcie_bridge #(.MAX_WORDS_BITS(MAX_WORDS_BITS)) bridge (
        .clk(clk), .rst(rst), .completer_id(rx_id), .irq(irq), .msi_due(msi_due),
        .s_axis_rx_tdata(rx_tdata), .s_axis_rx_tkeep({{4{rx_both}}, 4'hF}), .s_axis_rx_tvalid(rx_tvalid), .s_axis_rx_tready(rx_tready),
        .s_axis_rx_tlast(rx_tlast),
        .m_axis_tx_tdata(tx_tdata), .m_axis_tx_tkeep(tx_tkeep), .m_axis_tx_tvalid(tx_tvalid), .m_axis_tx_tready(tx_tready),
        .m_axis_tx_tlast(tx_tlast),
        .m_axil_awaddr(m_axil_awaddr), .m_axil_awprot(m_axil_awprot), .m_axil_awvalid(m_axil_awvalid), .m_axil_awready(m_axil_awready),
        .m_axil_wdata(m_axil_wdata), .m_axil_wstrb(m_axil_wstrb), .m_axil_wvalid(m_axil_wvalid), .m_axil_wready(m_axil_wready),
        .m_axil_bresp(m_axil_bresp), .m_axil_bvalid(m_axil_bvalid), .m_axil_bready(m_axil_bready),
        .m_axil_araddr(m_axil_araddr), .m_axil_arprot(m_axil_arprot), .m_axil_arvalid(m_axil_arvalid), .m_axil_arready(m_axil_arready),
        .m_axil_rdata(m_axil_rdata), .m_axil_rresp(m_axil_rresp), .m_axil_rvalid(m_axil_rvalid), .m_axil_rready(m_axil_rready)
    );

    // ---- completions go out ----------------------------------------------------------------------------------------------
    async_fifo #(.WIDTH(66), .DEPTH_BITS(DEPTH_BITS)) tx (
        .write_clk(clk), .write_rst(rst), .write(tx_tvalid && tx_tready), .write_data({tx_tlast, tx_tkeep[4], tx_tdata}),
        .write_space(tx_space),
        .read_clk(pcie_clk), .read_rst(pcie_rst), .read(m_axis_tx_tready), .read_data({m_axis_tx_tlast, tx_both, m_axis_tx_tdata}),
        .read_valid(m_axis_tx_tvalid), .read_count(tx_count)
    );
    assign m_axis_tx_tkeep = {{4{tx_both}}, 4'hF};

    // ---- interrupts ------------------------------------------------------------------------------------------------------
    wire due_here;

    event_cross interrupt_cross (
        .from_clk(clk), .from_rst(rst), .from_pulse(msi_due), .to_clk(pcie_clk), .to_rst(pcie_rst), .to_pulse(due_here)
    );

    always @(posedge pcie_clk)
        if (pcie_rst || !msi_enable) msi_request <= 1'b0;
        else if (due_here) msi_request <= 1'b1;
        else if (msi_taken) msi_request <= 1'b0;

    wire unused = &{1'b0, s_axis_rx_tkeep, tx_tkeep, rx_count, tx_count};
endmodule

`default_nettype wire
