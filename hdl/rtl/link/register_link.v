// The register link: from the pins of a UART or of an FTDI FIFO to the register bus. docs/link.md is its protocol.
//
//   pins --> uart / ft245_async / ft245_sync --> link_receive --> ring of words --> link_engine --> AXI4-Lite
//        <--                                 <-- link_transmit <-------------------
//
// Only the interface that KIND names is there; the other ones' outputs rest. The engine works at clk; for the
// synchronous FIFO, whose pins work at ft_clk, bytes cross through asynchronous queues.

`default_nettype none

module register_link #(
    parameter KIND         = 0,                                 // 0: UART, 1: asynchronous FIFO, 2: synchronous FIFO
    parameter CLOCK_HZ     = 100000000,                         // of clk
    parameter BAUD         = 12000000,                          // of the UART
    parameter FLOW_CONTROL = 0,                                 // of the UART: 1 with CTS# and RTS#
    parameter MAX_WORDS    = 128,                               // longest content of a request
    parameter RING_BITS    = 9,                                 // requests wait in 2^RING_BITS words
    parameter TICK_BITS    = 23                                 // a frame that stops is given up after 1 to 2 times 2^TICK_BITS clocks
) (
    input  wire        clk,
    input  wire        rst,
    input  wire        irq,

    // Pins of the UART
    input  wire        uart_rxd,
    output wire        uart_txd,
    input  wire        uart_cts_n,
    output wire        uart_rts_n,

    // Pins of the FIFO; ft_clk, OE# and SIWU# only of the synchronous one. Data are driven while ft_data_drive is high.
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
    localparam UART = 0, ASYNC = 1, SYNC = 2;

    generate
        if (KIND != UART && KIND != ASYNC && KIND != SYNC) begin : check_kind
            register_link_kind_unknown invalid ();
        end
    endgenerate

    wire       link_rst;
    wire [7:0] rx_data, tx_data;
    wire       rx_bad, rx_valid, rx_ready, tx_valid, tx_ready;

    generate
        if (KIND == UART) begin : uart_pins
            wire line_break;
            wire unused = &{1'b0, ft_clk, ft_rxf_n, ft_txe_n, ft_data_in, line_break};
            assign link_rst      = rst;
            assign ft_rd_n       = 1'b1;
            assign ft_wr_n       = 1'b1;
            assign ft_oe_n       = 1'b1;
            assign ft_siwu_n     = 1'b1;
            assign ft_data_out   = 8'd0;
            assign ft_data_drive = 1'b0;

            uart #(.CLOCK_HZ(CLOCK_HZ), .BAUD(BAUD), .FLOW_CONTROL(FLOW_CONTROL)) uart (
                .clk(clk), .rst(link_rst),
                .rxd(uart_rxd), .txd(uart_txd), .cts_n(uart_cts_n), .rts_n(uart_rts_n),
                .rx_data(rx_data), .rx_bad(rx_bad), .rx_valid(rx_valid), .rx_ready(rx_ready), .line_break(line_break),
                .tx_data(tx_data), .tx_valid(tx_valid), .tx_ready(tx_ready)
            );
        end else begin : fifo_pins
            wire unused = &{1'b0, uart_rxd, uart_cts_n};
            assign uart_txd   = 1'b1;
            assign uart_rts_n = 1'b1;
            assign rx_bad     = 1'b0;
        end

        if (KIND == ASYNC) begin : async_pins
            wire unused = &{1'b0, ft_clk};
            assign link_rst  = rst;
            assign ft_oe_n   = 1'b1;
            assign ft_siwu_n = 1'b1;

            ft245_async #(.CLOCK_HZ(CLOCK_HZ)) ft245_async (
                .clk(clk), .rst(link_rst),
                .ft_rxf_n(ft_rxf_n), .ft_txe_n(ft_txe_n), .ft_rd_n(ft_rd_n), .ft_wr_n(ft_wr_n),
                .ft_data_in(ft_data_in), .ft_data_out(ft_data_out), .ft_data_drive(ft_data_drive),
                .rx_data(rx_data), .rx_valid(rx_valid), .rx_ready(rx_ready),
                .tx_data(tx_data), .tx_valid(tx_valid), .tx_ready(tx_ready)
            );
        end

        if (KIND == SYNC) begin : sync_pins
            localparam QUEUE_BITS = 4;
            wire                ft_rst;
            wire [7:0]          up_data, down_data;
            wire                up_valid, down_ready;
            wire [QUEUE_BITS:0] up_space, up_count, down_space, down_count;

            reset_cross reset_cross (.clk(clk), .rst(rst), .rst_here(link_rst), .other_clk(ft_clk), .rst_other(ft_rst));

            ft245_sync ft245_sync (
                .ft_clk(ft_clk), .ft_rst(ft_rst),
                .ft_rxf_n(ft_rxf_n), .ft_txe_n(ft_txe_n), .ft_rd_n(ft_rd_n), .ft_wr_n(ft_wr_n), .ft_oe_n(ft_oe_n),
                .ft_siwu_n(ft_siwu_n), .ft_data_in(ft_data_in), .ft_data_out(ft_data_out), .ft_data_drive(ft_data_drive),
                .rx_data(up_data), .rx_valid(up_valid), .rx_ready(up_space != 0),
                .tx_data(down_data), .tx_valid(down_count != 0), .tx_ready(down_ready)
            );

            async_fifo #(.WIDTH(8), .DEPTH_BITS(QUEUE_BITS)) up (
                .write_clk(ft_clk), .write_rst(ft_rst), .write(up_valid), .write_data(up_data), .write_space(up_space),
                .read_clk(clk), .read_rst(link_rst), .read(rx_ready), .read_data(rx_data), .read_count(up_count)
            );
            assign rx_valid = up_count != 0;

            async_fifo #(.WIDTH(8), .DEPTH_BITS(QUEUE_BITS)) down (
                .write_clk(clk), .write_rst(link_rst), .write(tx_valid), .write_data(tx_data), .write_space(down_space),
                .read_clk(ft_clk), .read_rst(ft_rst), .read(down_ready), .read_data(down_data), .read_count(down_count)
            );
            assign tx_ready = down_space != 0;
        end
    endgenerate

    // ---- the pace of timeouts ---------------------------------------------------------------------------------------
    reg [TICK_BITS:0] time_passed;
    reg               tick;

    always @(posedge clk) begin
        time_passed <= {1'b0, time_passed[TICK_BITS-1:0]} + 1'b1;
        tick        <= time_passed[TICK_BITS];
        if (link_rst) begin
            time_passed <= {(TICK_BITS+1){1'b0}};
            tick        <= 1'b0;
        end
    end

    // ---- requests and responses -------------------------------------------------------------------------------------
    wire                 ring_write, bad_frame;
    wire [RING_BITS-1:0] ring_write_address, ring_read_address;
    wire [32:0]          ring_write_data, ring_read_data;
    wire [RING_BITS:0]   ring_tail, ring_free;
    wire [31:0]          word_data;
    wire                 word_last, word_valid, word_ready;

    link_receive #(.RING_BITS(RING_BITS), .MAX_WORDS(MAX_WORDS), .BACKPRESSURE(KIND != UART || FLOW_CONTROL != 0)) link_receive (
        .clk(clk), .rst(link_rst), .tick(tick),
        .s_data(rx_data), .s_bad(rx_bad), .s_valid(rx_valid), .s_ready(rx_ready),
        .ring_write(ring_write), .ring_write_address(ring_write_address), .ring_write_data(ring_write_data),
        .ring_tail(ring_tail), .ring_free(ring_free), .bad_frame(bad_frame)
    );

    simple_dual_port_ram #(.WIDTH(33), .DEPTH(1 << RING_BITS)) ring (
        .clk(clk),
        .write_enable(ring_write), .write_address(ring_write_address), .write_data(ring_write_data),
        .read_enable(1'b1), .read_address(ring_read_address), .read_data(ring_read_data)
    );

    link_engine #(.RING_BITS(RING_BITS), .MAX_WORDS(MAX_WORDS)) link_engine (
        .clk(clk), .rst(link_rst), .tick(tick), .irq(irq), .bad_frame(bad_frame),
        .ring_read_address(ring_read_address), .ring_read_data(ring_read_data),
        .ring_tail(ring_tail), .ring_free(ring_free),
        .m_data(word_data), .m_last(word_last), .m_valid(word_valid), .m_ready(word_ready),
        .m_axil_awaddr(m_axil_awaddr), .m_axil_awprot(m_axil_awprot), .m_axil_awvalid(m_axil_awvalid), .m_axil_awready(m_axil_awready),
        .m_axil_wdata(m_axil_wdata), .m_axil_wstrb(m_axil_wstrb), .m_axil_wvalid(m_axil_wvalid), .m_axil_wready(m_axil_wready),
        .m_axil_bresp(m_axil_bresp), .m_axil_bvalid(m_axil_bvalid), .m_axil_bready(m_axil_bready),
        .m_axil_araddr(m_axil_araddr), .m_axil_arprot(m_axil_arprot), .m_axil_arvalid(m_axil_arvalid), .m_axil_arready(m_axil_arready),
        .m_axil_rdata(m_axil_rdata), .m_axil_rresp(m_axil_rresp), .m_axil_rvalid(m_axil_rvalid), .m_axil_rready(m_axil_rready)
    );

    link_transmit link_transmit (
        .clk(clk), .rst(link_rst),
        .s_data(word_data), .s_last(word_last), .s_valid(word_valid), .s_ready(word_ready),
        .m_data(tx_data), .m_valid(tx_valid), .m_ready(tx_ready)
    );
endmodule

`default_nettype wire
