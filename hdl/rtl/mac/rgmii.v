// RGMII 2.0 without its cells: between the two halves of a clock at the pins and GMII bytes, at 1000, 100 and 10 Mbit/s.
// The cells that take and give a bit on both edges, and the delays of the clocks, are a board's.
//
// At 1000 Mbit/s a byte passes every clock; at 100 and 10 a nibble, the lower one first, and bytes are found by the start
// frame delimiter. Towards the PHY tx_clk is always 125 MHz, and the clock at the pin is made of it: data and control
// change with its rising edge, as at 1000.
//
// Between frames the PHY says link, speed and duplex on the data lines (RGMII 2.0, 3.4.1); what it says three times
// without a change holds. A PHY whose clock has stood still for 256 clocks has no link.

`default_nettype none

module rgmii (
    // From the PHY's pins: what was there at the rising edge of rx_clk and at the falling edge behind it
    input  wire       rx_clk,
    input  wire       rx_rst,
    input  wire [3:0] rx_rise,
    input  wire [3:0] rx_fall,
    input  wire       rx_ctl_rise,
    input  wire       rx_ctl_fall,

    // GMII at rx_clk, one clock later
    output reg        gmii_rx_enable,
    output reg  [7:0] gmii_rxd,
    output reg        gmii_rx_dv,
    output reg        gmii_rx_er,

    // GMII at tx_clk
    input  wire       tx_clk,                                   // 125 MHz
    input  wire       tx_rst,
    output reg        gmii_tx_enable,
    input  wire [7:0] gmii_txd,
    input  wire       gmii_tx_en,
    input  wire       gmii_tx_er,

    // To the PHY's pins: for the first half and the second half of a clock
    output reg  [3:0] tx_rise,
    output reg  [3:0] tx_fall,
    output reg        tx_ctl_rise,
    output reg        tx_ctl_fall,
    output reg        txc_rise,
    output reg        txc_fall,

    // Instead of what the PHY says between frames, for one that says nothing; may change at any time
    input  wire       manual,
    input  wire       manual_link,
    input  wire [1:0] manual_speed,
    input  wire       manual_full_duplex,

    // At tx_clk
    output reg        link,
    output reg  [1:0] speed,                                    // 0: 10, 1: 100, 2: 1000 Mbit/s
    output reg        full_duplex
);
    localparam [1:0] SPEED_10 = 2'd0, SPEED_100 = 2'd1;

    // ---- what the PHY says between frames ------------------------------------------------------------------------
    reg  [3:0] said, status;                                    // duplex, speed (2 bits), link
    reg  [1:0] times;
    reg        beat;                                            // changes every clock
    wire       idle = !rx_ctl_rise && !rx_ctl_fall;

    wire       manual_here;
    wire [1:0] manual_speed_here;
    synchronizer #(.WIDTH(3)) manual_to_rx (.clk(rx_clk), .from({manual, manual_speed}), .to({manual_here, manual_speed_here}));

    always @(posedge rx_clk) begin
        beat <= !beat;
        if (rx_rst) begin
            beat   <= 1'b0;
            times  <= 2'd0;
            status <= 4'd0;
        end else if (idle) begin
            said  <= rx_rise;
            times <= said != rx_rise ? 2'd1 : times + {1'b0, times != 2'd3};
            if (said == rx_rise && times >= 2'd2) status <= rx_rise;
        end
    end

    // ---- receive -------------------------------------------------------------------------------------------------
    wire [1:0] rx_speed = manual_here ? manual_speed_here : status[2:1];
    wire       nibbles  = rx_speed == SPEED_100 || rx_speed == SPEED_10;
    wire       rx_error = rx_ctl_rise != rx_ctl_fall;

    reg  [3:0] lower;                                           // the nibble before this one
    reg        lower_error;
    reg        half;                                            // ... is the lower half of a byte
    reg        found;                                           // the start frame delimiter has been
    wire       delimiter = !found && gmii_rx_dv && lower == 4'h5 && rx_rise == 4'hD;

    always @(posedge rx_clk) begin
        lower       <= rx_rise;
        gmii_rx_dv  <= rx_ctl_rise;
        gmii_rxd    <= nibbles ? {rx_rise, lower} : {rx_fall, rx_rise};
        gmii_rx_er  <= rx_error || (nibbles && rx_ctl_rise && lower_error);
        if (rx_rst) begin
            gmii_rx_enable <= 1'b0;
            half           <= 1'b0;
            found          <= 1'b0;
            lower_error    <= 1'b0;
        end else begin
            gmii_rx_enable <= !nibbles || !rx_ctl_rise || half || delimiter;
            half           <= rx_ctl_rise && !(half || delimiter);
            found          <= rx_ctl_rise && (found || delimiter);
            lower_error    <= rx_ctl_rise && rx_error && !(half || delimiter);
        end
    end

    // ---- what holds, at tx_clk -----------------------------------------------------------------------------------
    wire [3:0] status_here, manual_status_here;
    wire       manual_tx;
    wire       beat_here;
    reg  [3:0] now, status_before;
    reg        beat_before;
    reg  [7:0] still;                                           // clocks without a beat

    synchronizer #(.WIDTH(5)) status_to_tx (.clk(tx_clk), .from({beat, status}), .to({beat_here, status_here}));
    synchronizer #(.WIDTH(5)) manual_to_tx (
        .clk(tx_clk), .from({manual, manual_full_duplex, manual_speed, manual_link}), .to({manual_tx, manual_status_here})
    );

    always @(posedge tx_clk) begin
        beat_before   <= beat_here;
        now           <= manual_tx ? manual_status_here : {status_here[3:1], status_here[0] && still != 8'hFF};
        status_before <= now;
        if (tx_rst) begin
            still       <= 8'd0;
            link        <= 1'b0;
            speed       <= 2'd2;
            full_duplex <= 1'b1;
        end else begin
            if (beat_here != beat_before) still <= 8'd0;
            else if (still != 8'hFF) still <= still + 8'd1;
            if (now == status_before) begin
                link        <= now[0];
                speed       <= now[2:1];
                full_duplex <= now[3];
            end
        end
    end

    // ---- transmit ------------------------------------------------------------------------------------------------
    // A nibble takes 5 or 50 clocks, the first half of them with the clock's pin high.
    reg  [1:0] tx_speed;
    reg  [5:0] place;                                           // of this clock in the nibble
    reg        place_last;                                      // ... is the last one
    reg        upper;                                           // the nibble is the upper half of its byte
    reg  [7:0] data;
    reg        enable, error;

    wire       slow   = tx_speed == SPEED_100 || tx_speed == SPEED_10;
    wire       ends   = place == (tx_speed == SPEED_100 ? 6'd3 : 6'd48); // the next clock is the nibble's last
    wire [5:0] middle = tx_speed == SPEED_100 ? 6'd2 : 6'd25;
    wire       first_half  = place < middle || (tx_speed == SPEED_100 && place == middle);  // of the clock's period, at the clock's first half
    wire       second_half = place < middle;                                                // ... at its second half
    wire [3:0] nibble = upper ? data[7:4] : data[3:0];

    // The byte is taken a clock before its first nibble goes out.
    wire       next_byte = place_last && upper;

    always @(posedge tx_clk) begin
        if (tx_rst || speed != tx_speed) begin
            tx_speed   <= tx_rst ? 2'd2 : speed;
            place      <= 6'd0;
            place_last <= 1'b0;
            upper      <= 1'b0;
            enable     <= 1'b0;
            error      <= 1'b0;
        end else begin
            place      <= place_last ? 6'd0 : place + 6'd1;
            place_last <= ends;
            upper      <= upper != place_last;
            if (next_byte) begin
                data   <= gmii_txd;
                enable <= gmii_tx_en;
                error  <= gmii_tx_er;
            end
        end
        // gmii_tx_enable is up in the clock in which the byte is taken.
        gmii_tx_enable <= !tx_rst && (!slow || (ends && upper));

        tx_rise     <= slow ? nibble : gmii_txd[3:0];
        tx_fall     <= slow ? nibble : gmii_txd[7:4];
        txc_rise    <= !slow || first_half;
        txc_fall    <= slow && second_half;
        tx_ctl_rise <= slow ? (first_half ? enable : enable != error) : gmii_tx_en;
        tx_ctl_fall <= slow ? (second_half ? enable : enable != error) : gmii_tx_en != gmii_tx_er;
        if (tx_rst) begin
            tx_ctl_rise <= 1'b0;
            tx_ctl_fall <= 1'b0;
        end
    end
endmodule

`default_nettype wire
