// A UART: 8 data bits, no parity, one stop bit, at any rate up to an eighth of the clock. Bit times are counted as
// fractions of a clock, so that the rate needs not divide it. A received bit is what two of three samples around its
// middle say. Received bytes wait in a small queue.
//
// A byte whose stop bit is missing is given marked as bad; if all of it was low, the line is in a break. After it the
// receiver waits until the line is high. A byte that the queue has no place for is lost, and the next one marked.

`default_nettype none

module uart #(
    parameter CLOCK_HZ     = 100000000,
    parameter BAUD         = 12000000,                          // bits a second
    parameter FLOW_CONTROL = 0                                  // 1: sends only while cts_n is low
) (
    input  wire       clk,
    input  wire       rst,

    // Pins
    input  wire       rxd,
    output wire       txd,
    input  wire       cts_n,
    output reg        rts_n,                                    // high: no place for many more bytes

    // Received bytes
    output wire [7:0] rx_data,
    output wire       rx_bad,
    output wire       rx_valid,
    input  wire       rx_ready,
    output reg        line_break,                               // pulse

    // Bytes to send
    input  wire [7:0] tx_data,
    input  wire       tx_valid,
    output wire       tx_ready
);
    localparam        PHASE_BITS = 20;
    localparam [63:0] STEP       = ((64'd1 << PHASE_BITS) * BAUD + CLOCK_HZ / 2) / CLOCK_HZ;

    generate
        if (STEP > (64'd1 << (PHASE_BITS - 3))) begin : check_fast
            uart_needs_at_least_8_clocks_a_bit invalid ();
        end
        if (STEP < 256) begin : check_slow
            uart_rate_too_low_for_its_phase_counter invalid ();
        end
    endgenerate

    // ---- receiving --------------------------------------------------------------------------------------------------
    wire                  line, clear_to_send_n;
    reg  [PHASE_BITS-1:0] rx_phase;                             // where in the bit
    wire [PHASE_BITS-1:0] rx_phase_next = rx_phase + STEP[PHASE_BITS-1:0];
    wire [2:0]            eighth_next   = rx_phase_next[PHASE_BITS-1 -: 3];
    wire                  eighth_begins = eighth_next != rx_phase[PHASE_BITS-1 -: 3];
    reg                   receiving, lost, wait_high;
    reg  [3:0]            rx_bit;                               // 0: start, 1 to 8: data, 9: stop
    reg  [7:0]            rx_shift;
    reg  [1:0]            samples;
    wire                  vote = (samples[0] && samples[1]) || (samples[0] && line) || (samples[1] && line);

    synchronizer #(.WIDTH(2)) synchronizer (.clk(clk), .from({cts_n, rxd}), .to({clear_to_send_n, line}));

    reg        push;
    reg  [8:0] push_data;
    wire       queue_full, queue_empty;
    wire [4:0] queue_count;

    always @(posedge clk) begin
        push       <= 1'b0;
        line_break <= 1'b0;
        rx_phase   <= rx_phase_next;

        if (eighth_begins && (eighth_next == 3'd3 || eighth_next == 3'd4)) samples <= {samples[0], line};

        if (!receiving) begin
            rx_phase <= {PHASE_BITS{1'b0}};
            rx_bit   <= 4'd0;
            if (line) wait_high <= 1'b0;
            else if (!wait_high) receiving <= 1'b1;
        end else if (eighth_begins && eighth_next == 3'd5) begin
            rx_bit   <= rx_bit + 4'd1;
            rx_shift <= {vote, rx_shift[7:1]};
            if (rx_bit == 4'd0 && vote) receiving <= 1'b0;      // noise, no start bit
            if (rx_bit == 4'd9) begin
                receiving  <= 1'b0;
                wait_high  <= !vote;
                rx_shift   <= rx_shift;
                push       <= 1'b1;
                line_break <= !vote && rx_shift == 8'd0;
                push_data  <= {!vote || lost, rx_shift};
            end
        end

        if (push) lost <= queue_full;
        rts_n <= queue_count >= 5'd8;

        if (rst) begin
            receiving  <= 1'b0;
            wait_high  <= 1'b1;
            lost       <= 1'b0;
            push       <= 1'b0;
            line_break <= 1'b0;
            rts_n      <= 1'b1;
        end
    end

    fifo #(.WIDTH(9), .DEPTH_BITS(4)) queue (
        .clk(clk), .rst(rst), .write(push), .write_data(push_data),
        .read(rx_ready), .read_data({rx_bad, rx_data}), .empty(queue_empty), .full(queue_full), .count(queue_count)
    );

    assign rx_valid = !queue_empty;

    // ---- sending ----------------------------------------------------------------------------------------------------
    reg  [PHASE_BITS-1:0] tx_phase;
    wire [PHASE_BITS:0]   tx_phase_next = {1'b0, tx_phase} + {1'b0, STEP[PHASE_BITS-1:0]};
    reg  [9:0]            tx_shift;                             // the bit on the line in the least significant place
    reg  [3:0]            tx_left;                              // bits, with that one

    // Between configuration and reset nothing is sent, and nothing is asked for.
    initial {tx_shift, rts_n} = 11'h7FF;

    assign txd      = tx_shift[0];
    assign tx_ready = tx_left == 4'd0 && (!clear_to_send_n || FLOW_CONTROL == 0);

    always @(posedge clk) begin
        tx_phase <= tx_phase_next[PHASE_BITS-1:0];
        if (tx_left == 4'd0) begin
            tx_phase <= {PHASE_BITS{1'b0}};
            if (tx_valid && tx_ready) begin
                tx_shift <= {1'b1, tx_data, 1'b0};
                tx_left  <= 4'd10;
            end
        end else if (tx_phase_next[PHASE_BITS]) begin
            tx_shift <= {1'b1, tx_shift[9:1]};
            tx_left  <= tx_left - 4'd1;
        end
        if (rst) begin
            tx_shift <= 10'h3FF;
            tx_left  <= 4'd0;
        end
    end
endmodule

`default_nettype wire
