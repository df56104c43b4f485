// The pins of an FT2232H, FT232H or FT245R as asynchronous FIFO: a byte an RD# or WR# pulse, up to 8 MB/s.
//
// Times by the FT2232H's data sheet (asynchronous FIFO): RD# and WR# low for 30 ns at least; data valid 14 ns after RD#
// fell; data stand from 5 ns before WR# falls to 5 ns after; RXF# and TXE# rise within 14 ns of the pulse and stay high
// for 49 ns. Here a pulse takes PULSE_NS, data stand from a clock before it to its end, and RXF# and TXE# are looked at
// again RECOVERY_NS and their way through the synchronizer after it.

`default_nettype none

module ft245_async #(
    parameter CLOCK_HZ    = 100000000,
    parameter PULSE_NS    = 45,                                 // 14 ns of the chip, and the way there and back
    parameter RECOVERY_NS = 25
) (
    input  wire       clk,
    input  wire       rst,

    // Pins
    input  wire       ft_rxf_n,
    input  wire       ft_txe_n,
    output reg        ft_rd_n,
    output reg        ft_wr_n,
    input  wire [7:0] ft_data_in,
    output reg  [7:0] ft_data_out,
    output reg        ft_data_drive,

    // Bytes from the host
    output reg  [7:0] rx_data,
    output reg        rx_valid,
    input  wire       rx_ready,

    // Bytes to the host
    input  wire [7:0] tx_data,
    input  wire       tx_valid,
    output wire       tx_ready
);
    localparam [63:0] PULSE    = (64'd1 * PULSE_NS * CLOCK_HZ + 64'd999999999) / 64'd1000000000;
    localparam [63:0] RECOVERY = (64'd1 * RECOVERY_NS * CLOCK_HZ + 64'd999999999) / 64'd1000000000 + 64'd3;

    generate
        if (PULSE > 15 || RECOVERY > 15) begin : check_clock
            ft245_async_clock_too_fast_for_its_counter invalid ();
        end
    endgenerate

    // Between configuration and reset the chip must not take them for a request.
    initial {ft_rd_n, ft_wr_n} = 2'b11;

    localparam [2:0] IDLE    = 3'd0,
                     READ    = 3'd1,                            // RD# is low
                     SETUP   = 3'd2,                            // data stand, WR# is still high
                     WRITE   = 3'd3,                            // WR# is low
                     RECOVER = 3'd4;
    reg  [2:0] state;
    reg  [3:0] left;                                            // clocks in this state
    reg        wrote_last;
    wire       rxf_n, txe_n;

    synchronizer #(.WIDTH(2)) synchronizer (.clk(clk), .from({ft_rxf_n, ft_txe_n}), .to({rxf_n, txe_n}));

    wire can_read  = !rxf_n && !rx_valid;
    wire can_write = !txe_n && tx_valid;
    assign tx_ready = state == IDLE && !txe_n && !(wrote_last && can_read);

    always @(posedge clk) begin
        left <= left - 4'd1;
        if (rx_ready) rx_valid <= 1'b0;

        case (state)
            IDLE:
                if (can_write && tx_ready) begin
                    ft_data_out   <= tx_data;
                    ft_data_drive <= 1'b1;
                    state         <= SETUP;
                end else if (can_read) begin
                    ft_rd_n <= 1'b0;
                    left    <= PULSE[3:0];
                    state   <= READ;
                end
            READ: if (left == 4'd1) begin
                ft_rd_n    <= 1'b1;
                rx_data    <= ft_data_in;
                rx_valid   <= 1'b1;
                wrote_last <= 1'b0;
                left       <= RECOVERY[3:0];
                state      <= RECOVER;
            end
            SETUP: begin
                ft_wr_n <= 1'b0;
                left    <= PULSE[3:0];
                state   <= WRITE;
            end
            WRITE: if (left == 4'd1) begin
                ft_wr_n    <= 1'b1;
                wrote_last <= 1'b1;
                left       <= RECOVERY[3:0];
                state      <= RECOVER;
            end
            RECOVER: begin
                ft_data_drive <= 1'b0;
                if (left == 4'd1) state <= IDLE;
            end
            default: state <= IDLE;
        endcase

        if (rst) begin                                          // it may have cut a pulse
            state         <= RECOVER;
            left          <= RECOVERY[3:0];
            wrote_last    <= 1'b0;
            rx_valid      <= 1'b0;
            ft_rd_n       <= 1'b1;
            ft_wr_n       <= 1'b1;
            ft_data_drive <= 1'b0;
        end
    end
endmodule

`default_nettype wire
