// The pins of an FT2232H or FT232H as synchronous FIFO: one byte in each clock of the chip's own 60 MHz. The chip gives
// or takes a byte at every rising edge at which both of a pair of pins are low: RXF# and RD#, or TXE# and WR#.
// OE# goes low a clock before RD#, and nobody drives the data pins in the clock between the two directions.
//
// All outputs are registers. TXE# and RXF# go through one level of logic. As RD# comes late by a clock, two bytes
// are kept here until the queue takes them.
// SIWU# goes low for a moment when there is nothing more to send, so that the chip does not wait for a full packet.

`default_nettype none

module ft245_sync #(
    parameter RUN_BITS = 9                                      // after 2^RUN_BITS bytes the other direction has its turn
) (
    input  wire       ft_clk,
    input  wire       ft_rst,

    // Pins
    input  wire       ft_rxf_n,
    input  wire       ft_txe_n,
    output reg        ft_rd_n,
    output reg        ft_wr_n,
    output reg        ft_oe_n,
    output reg        ft_siwu_n,
    input  wire [7:0] ft_data_in,
    output reg  [7:0] ft_data_out,
    output reg        ft_data_drive,

    // Bytes from the host
    output wire [7:0] rx_data,
    output wire       rx_valid,
    input  wire       rx_ready,

    // Bytes to the host
    input  wire [7:0] tx_data,
    input  wire       tx_valid,
    output wire       tx_ready
);
    // Between configuration and reset the chip must not take them for a request.
    initial {ft_rd_n, ft_wr_n, ft_oe_n, ft_siwu_n} = 4'hF;

    localparam [2:0] IDLE  = 3'd0,                              // nobody drives
                     TURN  = 3'd1,                              // the chip begins to drive
                     READ  = 3'd2,
                     CEASE = 3'd3,                              // RD# is high again; the chip still drives
                     WRITE = 3'd4;
    reg [2:0]          state;
    reg                wrote_last;
    reg [RUN_BITS:0]   run;                                     // bytes, or clocks, in this direction

    // ---- bytes taken ------------------------------------------------------------------------------------------------
    reg [1:0]  held;                                            // how many
    reg [7:0]  older, newer;
    wire       take      = !ft_rd_n && !ft_rxf_n;
    wire       give      = rx_valid && rx_ready;
    wire [1:0] held_next = held + {1'b0, take} - {1'b0, give};

    assign rx_data  = older;
    assign rx_valid = held != 2'd0;

    always @(posedge ft_clk) begin
        held <= held_next;
        if (give) older <= newer;
        if (take && (held == 2'd0 || (held == 2'd1 && give))) older <= ft_data_in;
        newer <= take ? ft_data_in : newer;
        if (ft_rst) held <= 2'd0;
    end

    // ---- bytes to give ----------------------------------------------------------------------------------------------
    reg  pending;                                               // ft_data_out holds one that the chip has not taken
    wire accepted   = !ft_wr_n && !ft_txe_n;
    wire want_write = pending || tx_valid;
    wire want_read  = !ft_rxf_n && held == 2'd0;
    wire run_over   = run[RUN_BITS];

    wire begin_write = state == IDLE && want_write && !ft_txe_n && !(wrote_last && want_read);
    wire go_on       = state == WRITE && accepted && !(run_over && want_read);
    assign tx_ready  = (begin_write && !pending) || go_on;

    reg [4:0] quiet;
    reg       unsent;

    always @(posedge ft_clk) begin
        run <= run_over ? run : run + 1'b1;
        if (tx_valid && tx_ready) ft_data_out <= tx_data;
        if (accepted) pending <= 1'b0;
        if (tx_valid && tx_ready) pending <= 1'b1;

        case (state)
            IDLE: begin
                run <= {(RUN_BITS+1){1'b0}};
                if (begin_write) begin
                    ft_data_drive <= 1'b1;
                    ft_wr_n       <= 1'b0;
                    state         <= WRITE;
                end else if (want_read) begin
                    ft_oe_n <= 1'b0;
                    state   <= TURN;
                end
            end
            TURN: begin
                ft_rd_n <= 1'b0;
                state   <= READ;
            end
            READ: begin
                ft_rd_n <= held_next > 2'd1;
                if (ft_rxf_n || (want_write && (run_over || ft_rd_n))) begin
                    ft_rd_n <= 1'b1;
                    state   <= CEASE;
                end
            end
            CEASE: begin
                ft_oe_n    <= 1'b1;
                wrote_last <= 1'b0;
                state      <= IDLE;
            end
            WRITE: if (!(go_on && tx_valid)) begin              // nothing more, no more room, or the others' turn
                ft_wr_n       <= 1'b1;
                ft_data_drive <= 1'b0;
                wrote_last    <= 1'b1;
                state         <= IDLE;
            end
            default: state <= IDLE;
        endcase

        if (accepted) unsent <= 1'b1;
        if (want_write || !unsent) quiet <= 5'd0;
        else begin
            quiet <= quiet + 5'd1;
            if (quiet == 5'd19) unsent <= 1'b0;
        end
        ft_siwu_n <= !(quiet[4] && unsent);

        if (ft_rst) begin
            state         <= IDLE;
            wrote_last    <= 1'b0;
            pending       <= 1'b0;
            unsent        <= 1'b0;
            quiet         <= 5'd0;
            ft_rd_n       <= 1'b1;
            ft_wr_n       <= 1'b1;
            ft_oe_n       <= 1'b1;
            ft_siwu_n     <= 1'b1;
            ft_data_drive <= 1'b0;
        end
    end
endmodule

`default_nettype wire
