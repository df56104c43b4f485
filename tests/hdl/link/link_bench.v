// Bench top of hdl/rtl/link: the register link, and the bytes that its pins hand to link_receive.v.

`default_nettype none

module link_bench #(
    parameter KIND         = 0,
    parameter FLOW_CONTROL = 0,
    parameter BAUD         = 12000000,
    parameter TICK_BITS    = 14
) (
    input  wire        clk,
    input  wire        rst,
    input  wire        irq,

    input  wire        uart_rxd,
    output wire        uart_txd,
    input  wire        uart_cts_n,
    output wire        uart_rts_n,

    input  wire        ft_clk,
    input  wire        ft_rxf_n,
    input  wire        ft_txe_n,
    output wire        ft_rd_n,
    output wire        ft_wr_n,
    output wire        ft_oe_n,
    output wire        ft_siwu_n,
    input  wire [7:0]  ft_data_in,
    output wire [7:0]  ft_data_out,
    output wire        ft_data_drive,

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
    output wire        m_axil_rready,

    output wire [7:0]  tap_data,
    output wire        tap_bad,
    output wire        tap_take,
    output wire        tap_rst,                                 // the link is in reset
    output wire        tap_pins_rst,                            // its pins are
    output wire        tap_break
);
    register_link #(
        .KIND(KIND), .CLOCK_HZ(100000000), .BAUD(BAUD), .FLOW_CONTROL(FLOW_CONTROL), .TICK_BITS(TICK_BITS)
    ) link (
        .clk(clk), .rst(rst), .irq(irq),
        .uart_rxd(uart_rxd), .uart_txd(uart_txd), .uart_cts_n(uart_cts_n), .uart_rts_n(uart_rts_n),
        .ft_clk(ft_clk), .ft_rxf_n(ft_rxf_n), .ft_txe_n(ft_txe_n), .ft_rd_n(ft_rd_n), .ft_wr_n(ft_wr_n), .ft_oe_n(ft_oe_n),
        .ft_siwu_n(ft_siwu_n), .ft_data_in(ft_data_in), .ft_data_out(ft_data_out), .ft_data_drive(ft_data_drive),
        .m_axil_awaddr(m_axil_awaddr), .m_axil_awprot(m_axil_awprot), .m_axil_awvalid(m_axil_awvalid), .m_axil_awready(m_axil_awready),
        .m_axil_wdata(m_axil_wdata), .m_axil_wstrb(m_axil_wstrb), .m_axil_wvalid(m_axil_wvalid), .m_axil_wready(m_axil_wready),
        .m_axil_bresp(m_axil_bresp), .m_axil_bvalid(m_axil_bvalid), .m_axil_bready(m_axil_bready),
        .m_axil_araddr(m_axil_araddr), .m_axil_arprot(m_axil_arprot), .m_axil_arvalid(m_axil_arvalid), .m_axil_arready(m_axil_arready),
        .m_axil_rdata(m_axil_rdata), .m_axil_rresp(m_axil_rresp), .m_axil_rvalid(m_axil_rvalid), .m_axil_rready(m_axil_rready)
    );

    assign tap_data = link.rx_data;
    assign tap_bad  = link.rx_bad;
    assign tap_take = link.rx_valid && link.rx_ready;
    assign tap_rst  = link.link_rst;

    generate
        if (KIND == 2) begin : sync
            assign tap_pins_rst = link.sync_pins.ft_rst;
        end else begin : same
            assign tap_pins_rst = link.link_rst;
        end
        if (KIND == 0) begin : uart
            assign tap_break = link.uart_pins.line_break;
        end else begin : fifo
            assign tap_break = 1'b0;
        end
    endgenerate
endmodule

`default_nettype wire
