// A board's top level for the simulation: the pins of all boards under one set of names, and the clocks that a board
// makes for itself. BOARD_VERSA_5G or BOARD_COLORLIGHT_I9 says which board.

`default_nettype none

module board_sim #(
    parameter LINK = 0                                          // 0: UART, 1: asynchronous FIFO, 2: synchronous FIFO
) (
    // Of the board's PLL and oscillator
    input  wire       clk_core,
    input  wire       clk_line,
    input  wire       clk_slow,
    input  wire       locked,
    input  wire       button_n,

    // Ports; bit or nibble 0 is the network's
    input  wire       net_rxc,
    input  wire [3:0] net_rxd,
    input  wire       net_rx_ctl,
    output wire       net_txc,
    output wire [3:0] net_txd,
    output wire       net_tx_ctl,
    input  wire       host_rxc,
    input  wire [3:0] host_rxd,
    input  wire       host_rx_ctl,
    output wire       host_txc,
    output wire [3:0] host_txd,
    output wire       host_tx_ctl,

    // MDIO: a bus a PHY. A line that nobody drives is high.
    output wire       phy_reset_n,
    output wire [1:0] mdc,
    output wire [1:0] mdio,                                     // what is on the line
    input  wire [1:0] mdio_pull,                                // low: the PHY pulls it low

    // UART
    input  wire       uart_rxd,
    output wire       uart_txd,
    input  wire       uart_cts_n,
    output wire       uart_rts_n,

    // FIFO
    input  wire       ft_clkout,
    input  wire       ft_rxf_n,
    input  wire       ft_txe_n,
    output wire       ft_rd_n,
    output wire       ft_wr_n,
    output wire       ft_oe_n,
    output wire       ft_siwu_n,
    output wire [7:0] ft_data,                                  // what is on the lines
    input  wire [7:0] ft_chip_data,
    input  wire       ft_chip_drives
);
    wire [7:0] ft_lines;

    assign ft_lines = ft_chip_drives ? ft_chip_data : 8'bzzzzzzzz;
    assign ft_data  = ft_lines;

`ifdef BOARD_VERSA_5G
    localparam BUSES = 2;
    wire       net_reset_n, host_reset_n;
    wire [7:0] led_n;

    assign uart_rts_n  = 1'b0;
    assign phy_reset_n = net_reset_n && host_reset_n;

    offload_versa_5g #(.LINK(LINK), .PHY_RESET_US(10)) board (
        .clk100(1'b0), .reset_n(button_n), .led_n(led_n),
        .net_phy_reset_n(net_reset_n), .net_mdc(mdc[0]), .net_mdio(line[0]),
        .host_phy_reset_n(host_reset_n), .host_mdc(mdc[1]), .host_mdio(line[1]),
`else
    localparam BUSES = 1;
    wire led_n, one_mdc;

    assign mdc = {2{one_mdc}};

    offload_colorlight_i9 #(.LINK(LINK), .PHY_RESET_BITS(4), .PHY_RESET_US(10)) board (
        .clk25(1'b0), .led_n(led_n),
        .phy_reset_n(phy_reset_n), .mdc(one_mdc), .mdio(line[0]),
        .uart_cts_n(uart_cts_n), .uart_rts_n(uart_rts_n),
`endif
        .net_rxc(net_rxc), .net_rxd(net_rxd), .net_rx_ctl(net_rx_ctl), .net_txc(net_txc), .net_txd(net_txd), .net_tx_ctl(net_tx_ctl),
        .host_rxc(host_rxc), .host_rxd(host_rxd), .host_rx_ctl(host_rx_ctl), .host_txc(host_txc), .host_txd(host_txd), .host_tx_ctl(host_tx_ctl),
        .uart_rxd(uart_rxd), .uart_txd(uart_txd),
        .ft_clkout(ft_clkout), .ft_rxf_n(ft_rxf_n), .ft_txe_n(ft_txe_n), .ft_rd_n(ft_rd_n), .ft_wr_n(ft_wr_n), .ft_oe_n(ft_oe_n),
        .ft_siwu_n(ft_siwu_n), .ft_data(ft_lines)
    );

    // ---- MDIO lines, with their pull-ups ---------------------------------------------------------------------------
    wire [BUSES-1:0] line;

    genvar i;
    generate
        for (i = 0; i < BUSES; i = i + 1) begin : bus
            pullup (line[i]);
            assign line[i] = (BUSES == 2 ? mdio_pull[i] : &mdio_pull) ? 1'bz : 1'b0;
        end
        assign mdio = {line[BUSES-1], line[0]};
    endgenerate

    wire unused = &{1'b0, led_n, button_n, uart_cts_n, clk_slow};
endmodule

`default_nettype wire
