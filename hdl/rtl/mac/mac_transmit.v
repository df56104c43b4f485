// From a stream of frames to GMII bytes: preamble, padding to 60 bytes, frame check sequence, and a gap behind.
//
// A frame starts when its first beat, or START_WORDS words of it, are there, and takes eight bytes' time of preamble before
// the first word is needed. A source that then does not keep up with the line ends the frame: tx_er and a wrong check
// sequence on the line (IEEE 802.3, 35.2.1.6), the rest of the frame swallowed, and one counted. The core's streams do not
// stall within a frame, so that with DATA_WIDTH * clk above the line's rate this does not happen.
//
// With one clock for everything the crossing is a wire: the first byte of the preamble is on txd in the clock after the
// frame's first beat is on s_axis (ONE_CLOCK, 64 bits).

`default_nettype none

module mac_transmit #(
    parameter DATA_WIDTH       = 64,                            // bits of the stream: 64, 128, 256 or 512
    parameter MIN_FRAME_BYTES  = 60,                            // shorter ones are padded; without check sequence, 1 to 60
    parameter GAP_BYTES        = 12,                            // of silence between frames; 1 to 15
    parameter START_WORDS      = 1,                             // words of 8 bytes, or the whole frame, that have to be there before it starts
    parameter FIFO_DEPTH_BITS  = 4,                             // the crossing holds 2^FIFO_DEPTH_BITS words of 8 bytes
    parameter ONE_CLOCK        = 0                              // 1: tx_clk is clk, and START_WORDS is 1
) (
    input  wire                    clk,
    input  wire                    rst,

    // Frames; those shorter than MIN_FRAME_BYTES are padded with zeros
    input  wire [DATA_WIDTH-1:0]   s_axis_tdata,
    input  wire [DATA_WIDTH/8-1:0] s_axis_tkeep,
    input  wire                    s_axis_tvalid,
    output wire                    s_axis_tready,
    input  wire                    s_axis_tlast,

    // To the PHY. tx_rst: of reset_cross, or rst with one clock.
    input  wire                    tx_clk,
    input  wire                    tx_rst,
    input  wire                    tx_enable,                   // a byte a clock, or fewer
    output reg  [7:0]              txd,
    output reg                     tx_en,
    output reg                     tx_er,

    // Pulses of one clock at clk, one a frame
    output wire                    count_sent,
    output wire                    count_aborted
);
    generate
        if (DATA_WIDTH != 64 && DATA_WIDTH != 128 && DATA_WIDTH != 256 && DATA_WIDTH != 512) begin : check_width
            mac_transmit_data_width_must_be_64_128_256_or_512 invalid ();
        end
        if (MIN_FRAME_BYTES < 1 || MIN_FRAME_BYTES > 60 || GAP_BYTES < 1 || GAP_BYTES > 15) begin : check_bytes
            mac_transmit_min_frame_bytes_must_be_1_to_60_and_gap_bytes_1_to_15 invalid ();
        end
        if (START_WORDS < 1 || START_WORDS > (1 << FIFO_DEPTH_BITS) || (ONE_CLOCK != 0 && START_WORDS != 1)) begin : check_start
            mac_transmit_start_words_must_fit_the_fifo_and_be_1_with_one_clock invalid ();
        end
    endgenerate

    wire [63:0] word_data;
    wire [2:0]  word_bytes;
    wire        word_last, word_valid, word_ready;

    word_narrow #(.DATA_WIDTH(DATA_WIDTH)) narrow (
        .clk(clk), .rst(rst),
        .s_axis_tdata(s_axis_tdata), .s_axis_tkeep(s_axis_tkeep), .s_axis_tvalid(s_axis_tvalid), .s_axis_tready(s_axis_tready),
        .s_axis_tlast(s_axis_tlast),
        .word_data(word_data), .word_bytes(word_bytes), .word_last(word_last), .word_valid(word_valid), .word_ready(word_ready)
    );

    // ---- over to the line's clock --------------------------------------------------------------------------------
    wire [67:0] waiting;                                        // last, bytes, data of the next word
    wire        waiting_valid, take, start;
    reg         sent, aborted;                                  // at tx_clk

    generate
        if (ONE_CLOCK != 0) begin : one_clock
            assign waiting       = {word_last, word_bytes, word_data};
            assign waiting_valid = word_valid && !rst;
            assign word_ready    = take;
            assign start         = waiting_valid;
            assign count_sent    = sent;
            assign count_aborted = aborted;
        end else begin : two_clocks
            wire [FIFO_DEPTH_BITS:0] space, count;
            wire [67:0]              oldest;
            wire                     oldest_valid;
            reg                      ready;
            // A clock old, so that the core sees a register: one word can have been written since.
            always @(posedge clk) ready <= !rst && space > {{FIFO_DEPTH_BITS{1'b0}}, 1'b1};

            // The next word stands in registers of its own, which fill only while they are empty: what the line takes has no way
            // to the crossing's memory and pointers within a clock. A word lasts the line eight clocks, so that the one in which
            // they are empty costs nothing.
            reg [67:0] held;
            reg        held_valid;

            async_fifo #(.WIDTH(68), .DEPTH_BITS(FIFO_DEPTH_BITS)) crossing (
                .write_clk(clk), .write_rst(rst), .write(word_valid && ready), .write_data({word_last, word_bytes, word_data}), .write_space(space),
                .read_clk(tx_clk), .read_rst(tx_rst), .read(!held_valid), .read_data(oldest), .read_valid(oldest_valid), .read_count(count)
            );

            always @(posedge tx_clk) begin
                if (!held_valid) held <= oldest;
                held_valid <= !tx_rst && (held_valid ? !take : oldest_valid);
            end

            assign waiting       = held;
            assign waiting_valid = held_valid;
            assign word_ready    = ready;

            if (START_WORDS == 1) begin : at_once
                wire unused = &{1'b0, count};
                // The preamble leaves time to hold it.
                assign start = held_valid || oldest_valid;
            end else begin : stored
                localparam [31:0] BEHIND = START_WORDS - 1;     // words behind the held one
                // Last words that came in and have not left; for a clock it is less than none, where one left as it came. This and
                // enough_words are a clock old: a clock after a word was taken none is held, and nothing starts.
                wire                       whole;
                reg                        gone, enough_words;
                reg  [FIFO_DEPTH_BITS+1:0] frames;

                event_cross #(.BITS(FIFO_DEPTH_BITS + 1)) whole_cross (
                    .from_clk(clk), .from_rst(rst), .from_pulse(word_valid && word_ready && word_last),
                    .to_clk(tx_clk), .to_rst(tx_rst), .to_pulse(whole)
                );
                assign start = held_valid && ((|frames && !frames[FIFO_DEPTH_BITS+1]) || enough_words);

                always @(posedge tx_clk) begin
                    enough_words <= held_valid && count >= BEHIND[FIFO_DEPTH_BITS:0];
                    if (tx_rst) begin
                        gone   <= 1'b0;
                        frames <= {(FIFO_DEPTH_BITS+2){1'b0}};
                    end else begin
                        gone   <= take && held[67];
                        frames <= frames + {{(FIFO_DEPTH_BITS+1){1'b0}}, whole} - {{(FIFO_DEPTH_BITS+1){1'b0}}, gone};
                    end
                end
            end

            event_cross sent_cross (
                .from_clk(tx_clk), .from_rst(tx_rst), .from_pulse(sent), .to_clk(clk), .to_rst(rst), .to_pulse(count_sent)
            );
            event_cross aborted_cross (
                .from_clk(tx_clk), .from_rst(tx_rst), .from_pulse(aborted), .to_clk(clk), .to_rst(rst), .to_pulse(count_aborted)
            );
        end
    endgenerate

    // ---- bytes ---------------------------------------------------------------------------------------------------
    localparam [2:0] IDLE     = 3'd0,                           // silence, for GAP_BYTES at least
                     PREAMBLE = 3'd1,                           // ... and start frame delimiter
                     DATA     = 3'd2,
                     PAD      = 3'd3,
                     CHECK    = 3'd4;                           // frame check sequence

    localparam [31:0] SHORTEST = MIN_FRAME_BYTES, GAP = GAP_BYTES;

    reg  [2:0]  state;
    reg  [3:0]  count;                                          // down: bytes of silence, preamble or check sequence behind this one
    reg  [63:0] word;                                           // its lowest byte is next
    reg  [2:0]  left;                                           // bytes behind that one in the word
    reg         last;                                           // the word is the frame's last one
    reg         load;                                           // with this byte the preamble or a word ends, and the next word is due
    reg  [5:0]  length;                                         // bytes of data and padding, up to MIN_FRAME_BYTES
    reg         broken;                                         // the source did not keep up
    reg         swallow;                                        // ... and the rest of its frame has not come yet
    reg  [31:0] crc;
    wire [31:0] crc_next;
    wire [7:0]  data     = state == PAD ? 8'd0 : word[7:0];
    wire        none     = state == DATA && load && !waiting_valid;
    wire        enough   = length >= SHORTEST[5:0] - 6'd1;      // with the byte that leaves now

    crc32_8 check (.crc(crc), .data(data), .next(crc_next));

    assign take = waiting_valid && (swallow || (tx_enable && load));

    always @(posedge tx_clk) begin
        sent    <= 1'b0;
        aborted <= 1'b0;
        if (tx_rst) begin
            state   <= IDLE;
            count   <= GAP[3:0];
            load    <= 1'b0;
            swallow <= 1'b0;
            tx_en   <= 1'b0;
            tx_er   <= 1'b0;
        end else begin
            if (swallow && waiting_valid && waiting[67]) swallow <= 1'b0;
            if (tx_enable) begin
                tx_en <= state != IDLE;
                tx_er <= state == CHECK && broken;
                count <= count - {3'd0, count != 4'd0};
                load  <= load ? waiting_valid && waiting[66:64] == 3'd0 && !waiting[67]
                              : (state == PREAMBLE && count == 4'd1) || (state == DATA && left == 3'd1 && !last);
                case (state)
                    IDLE: if (count == 4'd0 && start && !swallow) begin
                        tx_en <= 1'b1;
                        count <= 4'd6;
                        state <= PREAMBLE;
                    end
                    PREAMBLE: if (load) state <= DATA;
                    DATA: if (none || (last && left == 3'd0)) begin
                        count   <= 4'd3;
                        swallow <= none;
                        state   <= none || enough ? CHECK : PAD;
                    end
                    PAD: if (enough) begin
                        count <= 4'd3;
                        state <= CHECK;
                    end
                    default: if (count == 4'd0) begin
                        sent    <= !broken;
                        aborted <= broken;
                        count   <= GAP[3:0];
                        state   <= IDLE;
                    end
                endcase
            end
        end
    end

    always @(posedge tx_clk)
        if (tx_enable) begin
            case (state)
                IDLE: begin
                    txd    <= 8'h55;
                    crc    <= 32'hFFFFFFFF;
                    length <= 6'd0;
                    broken <= 1'b0;
                end
                PREAMBLE: begin
                    txd    <= load ? 8'hD5 : 8'h55;
                    crc    <= 32'hFFFFFFFF;
                end
                DATA, PAD: begin
                    txd    <= data;
                    crc    <= crc_next;
                    if (!enough) length <= length + 6'd1;
                    if (none) broken <= 1'b1;
                end
                default: begin
                    txd <= crc[7:0] ^ {8{!broken}};
                    crc <= crc >> 8;
                end
            endcase
            if (load) begin
                word <= waiting[63:0];
                left <= waiting[66:64];
                last <= waiting[67];
            end else begin
                word <= word >> 8;
                left <= left - 3'd1;
            end
        end
endmodule

`default_nettype wire
