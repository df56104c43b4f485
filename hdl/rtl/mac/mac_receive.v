// From GMII bytes to a stream of frames, without preamble and frame check sequence.
//
// Everything before a start frame delimiter is preamble (IEEE 802.3, 4.2.9), however short. Frames are handed on while
// they arrive: a beat as soon as a byte behind it has turned out not to belong to the check sequence, the last one when
// the frame has ended, with tuser if the frame was bad: wrong check sequence, rx_er (35.2.1.5), too short, too long (it
// ends there), or no space. A bad frame of which no beat has left leaves none. The PHY cannot wait, so a frame for which
// the stream's user has no time is dropped, whole or by tuser, and counted apart.
//
// With one clock for everything the crossing is a wire: the last beat is on m_axis in the clock after the last byte of
// the check sequence (ONE_CLOCK, 64 bits). Else it takes a clock of `rx_clk` and three of `clk` more at most, and a fourth above 64 bits.

`default_nettype none

module mac_receive #(
    parameter DATA_WIDTH      = 64,                             // bits of the stream: 64, 128, 256 or 512
    parameter MIN_FRAME_BYTES = 60,                             // shortest good frame, without check sequence; at least 9
    parameter MAX_FRAME_BYTES = 1522,                           // longest good frame, without check sequence; to 16000
    parameter FIFO_DEPTH_BITS = 4,                              // the crossing holds 2^FIFO_DEPTH_BITS words of 8 bytes
    parameter ONE_CLOCK       = 0                               // 1: rx_clk is clk
) (
    input  wire                    clk,
    input  wire                    rst,

    // From the PHY. rx_rst: of reset_cross, or rst with one clock.
    input  wire                    rx_clk,
    input  wire                    rx_rst,
    input  wire                    rx_enable,                   // a byte a clock, or fewer
    input  wire [7:0]              rxd,
    input  wire                    rx_dv,
    input  wire                    rx_er,

    // Frames
    output wire [DATA_WIDTH-1:0]   m_axis_tdata,
    output wire [DATA_WIDTH/8-1:0] m_axis_tkeep,
    output wire                    m_axis_tvalid,
    input  wire                    m_axis_tready,
    output wire                    m_axis_tlast,
    output wire                    m_axis_tuser,                // with tlast: the frame is bad

    // Pulses of one clock at clk, one a frame that had a start frame delimiter
    output wire                    count_good,
    output wire                    count_bad,
    output wire                    count_overflow
);
    generate
        if (DATA_WIDTH != 64 && DATA_WIDTH != 128 && DATA_WIDTH != 256 && DATA_WIDTH != 512) begin : check_width
            mac_receive_data_width_must_be_64_128_256_or_512 invalid ();
        end
        if (MIN_FRAME_BYTES < 9 || MAX_FRAME_BYTES < MIN_FRAME_BYTES || MAX_FRAME_BYTES > 16000) begin : check_length
            mac_receive_min_frame_bytes_must_be_9_to_max_frame_bytes_and_that_at_most_16000 invalid ();
        end
    endgenerate

    localparam [1:0] HUNT = 2'd0,                               // for a start frame delimiter
                     DATA = 2'd1,                               // in a frame
                     SKIP = 2'd2;                               // to the end of what is on the line

    localparam [31:0] RIGHT = 32'hDEBB20E3;                     // CRC of a frame with its check sequence
    localparam [31:0] SHORTEST = MIN_FRAME_BYTES + 4, LONGEST = MAX_FRAME_BYTES + 4;

    reg  [1:0]  state;
    reg         error;                                          // rx_er since rx_dv rose
    reg         started;                                        // a word of this frame has left
    reg  [13:0] length;                                         // bytes behind the delimiter
    reg  [31:0] crc;
    wire [31:0] crc_next;
    reg  [31:0] behind;                                         // the last four bytes, perhaps the check sequence; the oldest lowest
    reg  [63:0] word;                                           // the data before them
    wire [2:0]  place = {!length[2], length[1:0]};              // in the word, of the oldest of the four: (length - 4) % 8

    crc32_8 check (.crc(crc), .data(rxd), .next(crc_next));

    // ---- what this byte does -----------------------------------------------------------------------------------
    // The word is whole and the oldest of the four begins the next one; or that one is a byte too many; or it was the end.
    wire in_frame = rx_enable && state == DATA;
    wire whole    = in_frame && rx_dv && place == 3'd0 && length[13:3] != 11'd0;
    wire too_long = in_frame && rx_dv && length == LONGEST[13:0];
    wire ended    = in_frame && !rx_dv;
    wire bad      = error || crc != RIGHT || length < SHORTEST[13:0];

    // Of the crossing's space one word is kept, so that a frame that has begun can always be ended.
    wire        space_for_two;
    wire        overflow   = whole && !too_long && !space_for_two;
    wire        push_last  = started && (overflow || too_long || ended);
    wire        push       = push_last || (whole && !too_long && space_for_two);
    wire        push_bad   = overflow || too_long || bad;
    wire [2:0]  push_bytes = place - 3'd1;

    always @(posedge rx_clk)
        if (rx_rst) begin
            state   <= SKIP;
            error   <= 1'b0;
            started <= 1'b0;
        end else if (rx_enable) begin
            error <= rx_dv && (error || rx_er);
            if (push) started <= 1'b1;
            case (state)
                HUNT: begin
                    started <= 1'b0;
                    if (rx_dv && rxd == 8'hD5) state <= DATA;
                end
                DATA:
                    if (ended) state <= HUNT;
                    else if (overflow || too_long) state <= SKIP;
                default:
                    if (!rx_dv) state <= HUNT;
            endcase
        end

    integer i;
    always @(posedge rx_clk)
        if (rx_enable) begin
            behind <= {rxd, behind[31:8]};
            if (state == DATA) begin
                for (i = 0; i < 8; i = i + 1) if (place == i[2:0]) word[8*i +: 8] <= behind[7:0];
                length <= length + 14'd1;
                crc    <= crc_next;
            end else begin
                length <= 14'd0;
                crc    <= 32'hFFFFFFFF;
            end
        end

    // ---- over to the core's clock --------------------------------------------------------------------------------
    wire [68:0] pushed = {push_last && push_bad, push_last, push_bytes, word};
    wire [68:0] arrived;
    wire        arrived_valid, arrived_ready;

    wire good_end = ended && !bad;
    wire bad_end  = (ended && bad) || too_long;

    generate
        if (ONE_CLOCK != 0) begin : one_clock
            wire        empty, full;
            wire [2:0]  count;
            wire [68:0] oldest;

            fifo #(.WIDTH(69), .DEPTH_BITS(2)) waiting (
                .clk(clk), .rst(rst),
                .write(push && !(empty && arrived_ready)), .write_data(pushed),
                .read(arrived_ready), .read_data(oldest), .empty(empty), .full(full), .count(count)
            );
            assign arrived        = empty ? pushed : oldest;
            assign arrived_valid  = !empty || push;
            assign space_for_two  = !full && count != 3'd3;
            assign count_good     = good_end;
            assign count_bad      = bad_end;
            assign count_overflow = overflow;
        end else begin : two_clocks
            wire [FIFO_DEPTH_BITS:0] space;
            wire                     valid;
            reg                      space_before;
            // A clock old, for the clock's sake, as is what is written: before a word that is not the last one there was none in
            // the two clocks before.
            always @(posedge rx_clk) space_before <= !rx_rst && space > {{FIFO_DEPTH_BITS{1'b0}}, 1'b1};

            reg [68:0] leaving;
            reg        leaves, leaves_good, leaves_bad, leaves_overflow;
            always @(posedge rx_clk) begin
                leaving         <= pushed;
                leaves          <= push && !rx_rst;
                leaves_good     <= good_end && !rx_rst;
                leaves_bad      <= bad_end && !rx_rst;
                leaves_overflow <= overflow && !rx_rst;
            end

            async_fifo #(.WIDTH(69), .DEPTH_BITS(FIFO_DEPTH_BITS)) crossing (
                .write_clk(rx_clk), .write_rst(rx_rst), .write(leaves), .write_data(leaving), .write_space(space),
                .read_clk(clk), .read_rst(rst), .read(arrived_ready), .read_data(arrived), .read_valid(valid)
            );
            // While rx_clk stands still, a reset is in this half alone, and what is in the other one means nothing.
            assign arrived_valid = valid && !rst;
            assign space_for_two = space_before;

            event_cross good_cross (
                .from_clk(rx_clk), .from_rst(rx_rst), .from_pulse(leaves_good), .to_clk(clk), .to_rst(rst), .to_pulse(count_good)
            );
            event_cross bad_cross (
                .from_clk(rx_clk), .from_rst(rx_rst), .from_pulse(leaves_bad), .to_clk(clk), .to_rst(rst), .to_pulse(count_bad)
            );
            event_cross overflow_cross (
                .from_clk(rx_clk), .from_rst(rx_rst), .from_pulse(leaves_overflow), .to_clk(clk), .to_rst(rst), .to_pulse(count_overflow)
            );
        end
    endgenerate

    word_widen #(.DATA_WIDTH(DATA_WIDTH)) widen (
        .clk(clk), .rst(rst),
        .word_data(arrived[63:0]), .word_bytes(arrived[66:64]), .word_last(arrived[67]), .word_bad(arrived[68]),
        .word_valid(arrived_valid), .word_ready(arrived_ready),
        .m_axis_tdata(m_axis_tdata), .m_axis_tkeep(m_axis_tkeep), .m_axis_tvalid(m_axis_tvalid), .m_axis_tready(m_axis_tready),
        .m_axis_tlast(m_axis_tlast), .m_axis_tuser(m_axis_tuser)
    );
endmodule

`default_nettype wire
