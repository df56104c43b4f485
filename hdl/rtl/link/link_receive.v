// Takes the host's bytes apart into frames (docs/link.md), and puts those that arrived whole into a ring of words, from
// which link_engine.v reads them. A frame becomes visible to the reader in one step, and only after its delimiter came,
// its COBS groups added up, its CRC-32 was right and its length was what its header says. Until then it lies behind
// the tail, where the next frame overwrites it.
//
// A word of the ring is {refused, 32 bits}. A frame that is whole but found no room when it began (only without
// BACKPRESSURE), or that is too long, takes one word: {1, 23'd0, no room, sequence number}.
// Whatever else comes to an end counts as bad_frame: of it not even the sequence number can be believed. A frame in
// which nothing comes for one to two ticks is ended so, too.

`default_nettype none

module link_receive #(
    parameter RING_BITS    = 9,                                 // the ring holds 2^RING_BITS words
    parameter MAX_WORDS    = 128,                               // longest content of a frame in words, at most 254
    parameter BACKPRESSURE = 1                                  // without room, 1: the bytes wait; 0: the frame is refused
) (
    input  wire                 clk,
    input  wire                 rst,
    input  wire                 tick,                           // now and then; sets the pace of the timeout

    // Bytes from the host; bad: the line was disturbed while it came.
    input  wire [7:0]           s_data,
    input  wire                 s_bad,
    input  wire                 s_valid,
    output wire                 s_ready,

    // The ring
    output wire                 ring_write,
    output wire [RING_BITS-1:0] ring_write_address,
    output wire [32:0]          ring_write_data,
    output reg  [RING_BITS:0]   ring_tail,                      // words before it are whole frames
    input  wire [RING_BITS:0]   ring_free,                      // words before it are no more needed

    output reg                  bad_frame                       // pulse
);
    generate
        if (MAX_WORDS > 254 || MAX_WORDS + 2 > (1 << RING_BITS)) begin : check_words
            link_receive_max_words_out_of_range invalid ();
        end
    endgenerate

    localparam [7:0]         MAX_FRAME = MAX_WORDS + 2;         // with header and CRC
    localparam [RING_BITS:0] RING      = 1 << RING_BITS;
    localparam [RING_BITS:0] RESERVE   = MAX_WORDS + 2;

    // ---- COBS: bytes and ends of frames -----------------------------------------------------------------------------
    reg       in_frame, poisoned, aged;
    reg [7:0] group_left;                                       // bytes to come before the next code
    reg       group_full;                                       // no zero follows this group: it is full, or none yet
    reg       octet_valid, end_valid;
    reg [7:0] octet;
    reg       room, refuse, commit, committed;

    // The last frame is in the ring, if it gets there, and room knows of it.
    wire settled = !octet_valid && !end_valid && !commit && !committed;
    assign s_ready = in_frame || (settled && (room || BACKPRESSURE == 0));

    wire take    = s_valid && s_ready;
    wire expired = tick && aged && in_frame && !s_valid;

    always @(posedge clk) begin
        octet_valid <= 1'b0;
        end_valid   <= 1'b0;
        if (end_valid) poisoned <= 1'b0;

        if (take && s_data != 8'd0) begin
            in_frame <= 1'b1;
            poisoned <= (in_frame && poisoned) || s_bad;
            if (!in_frame) refuse <= !room;
            if (group_left == 8'd0) begin
                octet_valid <= !group_full;                     // the zero that the group before stood for
                octet       <= 8'd0;
                group_left  <= s_data - 8'd1;
                group_full  <= s_data == 8'hFF;
            end else begin
                octet_valid <= 1'b1;
                octet       <= s_data;
                group_left  <= group_left - 8'd1;
            end
        end else if (take || expired) begin
            in_frame   <= 1'b0;
            end_valid  <= in_frame;
            poisoned   <= poisoned || group_left != 8'd0 || s_bad || expired;
            group_left <= 8'd0;
            group_full <= 1'b1;
        end

        if (take || !in_frame) aged <= 1'b0;
        else if (tick) aged <= 1'b1;

        if (rst) begin
            in_frame    <= 1'b0;
            poisoned    <= 1'b0;
            aged        <= 1'b0;
            group_left  <= 8'd0;
            group_full  <= 1'b1;
            octet_valid <= 1'b0;
            end_valid   <= 1'b0;
            refuse      <= 1'b0;
        end
    end

    // ---- words, CRC and length --------------------------------------------------------------------------------------
    reg  [31:0] crc;
    wire [31:0] crc_next;
    reg  [23:0] bytes;                                          // of the word that is being put together
    reg  [1:0]  place;                                          // of the next byte in its word
    reg  [7:0]  words;                                          // complete ones; stops at MAX_FRAME + 1
    reg  [7:0]  sequence_number;
    reg  [15:0] length;                                         // of the content, by the header
    wire        word_complete = octet_valid && place == 2'd3;

    link_crc32 link_crc32 (.crc(crc), .data(octet), .next(crc_next));

    always @(posedge clk) begin
        if (octet_valid) begin
            crc   <= crc_next;
            bytes <= {octet, bytes[23:8]};
            place <= place + 2'd1;
            if (word_complete && words <= MAX_FRAME) words <= words + 8'd1;
            if (words == 8'd0)
                case (place)
                    2'd0: sequence_number <= octet;
                    2'd2: length[7:0]     <= octet;
                    2'd3: length[15:8]    <= octet;
                    default: ;
                endcase
        end
        if (rst || commit) begin
            crc   <= 32'hFFFFFFFF;
            place <= 2'd0;
            words <= 8'd0;
        end
    end

    // ---- the verdict, and one clock later what follows from it --------------------------------------------------------
    reg whole, fits, length_right;

    always @(posedge clk) begin
        commit       <= end_valid && !rst;
        committed    <= commit && !rst;
        whole        <= crc == 32'hDEBB20E3 && place == 2'd0 && words >= 8'd2 && !poisoned;
        fits         <= words <= MAX_FRAME;
        length_right <= length == {8'd0, words} - 16'd2;
    end

    wire [RING_BITS:0] used      = ring_tail - ring_free;
    wire               accept    = commit && whole && fits && length_right && !refuse;
    wire               turn_down = commit && whole && (!fits || (length_right && refuse)) && used != RING;

    always @(posedge clk) begin
        room <= RING - used >= RESERVE;
        if (accept) ring_tail <= ring_tail + {{(RING_BITS-7){1'b0}}, words} - {{RING_BITS{1'b0}}, 1'b1};
        else if (turn_down) ring_tail <= ring_tail + {{RING_BITS{1'b0}}, 1'b1};
        bad_frame <= commit && !accept && !turn_down && !rst;
        if (rst) begin
            ring_tail <= {(RING_BITS+1){1'b0}};
            room      <= 1'b0;
        end
    end

    wire [RING_BITS-1:0] offset = {{(RING_BITS-8){1'b0}}, words};

    assign ring_write         = (word_complete && words < MAX_FRAME && !refuse) || turn_down;
    assign ring_write_address = ring_tail[RING_BITS-1:0] + (turn_down ? {RING_BITS{1'b0}} : offset);
    assign ring_write_data    = turn_down ? {1'b1, 23'd0, refuse, sequence_number} : {1'b0, octet, bytes};
endmodule

`default_nettype wire
