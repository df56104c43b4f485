// Makes frames for the host (docs/link.md) out of words: bytes, least significant first, then their CRC-32, all of it in
// COBS, and the delimiter. One byte a clock. After a reset a delimiter comes first, which ends what the reset cut.
//
// A COBS group begins with its length, so that it is put together in a ring of bytes, one block RAM, and leaves when it
// is complete. The place of its code is kept free and written last.

`default_nettype none

module link_transmit #(
    parameter RING_BITS = 10                                    // the ring holds 2^RING_BITS bytes; two groups at least
) (
    input  wire        clk,
    input  wire        rst,

    // Words of a frame
    input  wire [31:0] s_data,
    input  wire        s_last,
    input  wire        s_valid,
    output wire        s_ready,

    // Bytes to the host
    output wire [7:0]  m_data,
    output reg         m_valid,
    input  wire        m_ready
);
    generate
        if (RING_BITS < 9) begin : check_ring
            link_transmit_ring_too_small invalid ();
        end
    endgenerate

    // ---- bytes, and the CRC behind the last one ---------------------------------------------------------------------
    reg  [31:0] bytes;                                          // the next one in the least significant bits
    reg  [2:0]  left;                                           // of them, or of the CRC
    reg         last, in_crc, at_end;
    reg  [31:0] crc;                                            // in_crc, the next byte of it in the least significant bits
    wire [31:0] crc_next;
    wire [7:0]  octet = in_crc ? ~crc[7:0] : bytes[7:0];
    wire        octet_taken, end_taken;

    link_crc32 link_crc32 (.crc(crc), .data(bytes[7:0]), .next(crc_next));

    wire octet_last = octet_taken && left == 3'd1;
    assign s_ready = !at_end && !in_crc && (left == 3'd0 || (octet_last && !last));

    always @(posedge clk) begin
        if (octet_taken) begin
            bytes <= {8'd0, bytes[31:8]};
            left  <= left - 3'd1;
            crc   <= in_crc ? {8'd0, crc[31:8]} : crc_next;
        end
        if (octet_last && last) begin
            last   <= 1'b0;
            in_crc <= 1'b1;
            left   <= 3'd4;
        end else if (octet_last && in_crc) begin
            in_crc <= 1'b0;
            at_end <= 1'b1;
        end else if (s_valid && s_ready) begin
            bytes <= s_data;
            last  <= s_last;
            left  <= 3'd4;
        end
        if (end_taken) at_end <= 1'b0;
        if (rst || end_taken) crc <= 32'hFFFFFFFF;
        if (rst) begin
            left   <= 3'd0;
            last   <= 1'b0;
            in_crc <= 1'b0;
            at_end <= 1'b0;
        end
    end

    // ---- COBS into the ring -----------------------------------------------------------------------------------------
    reg  [RING_BITS-1:0] head, published, code_place, tail;     // read next; readable before; code's place; written next
    reg  [7:0]           code;
    reg                  delimit;                               // the delimiter is what comes next
    reg                  room;

    // room is a clock old, in which two places may have been taken.
    wire [RING_BITS-1:0] used = tail - head;
    wire group_ends  = code == 8'hFF && !delimit;
    assign octet_taken = left != 3'd0 && room && !group_ends && !delimit;
    assign end_taken   = at_end && room && !group_ends && !delimit;

    wire octet_zero   = octet_taken && octet == 8'd0;
    wire close        = octet_zero || (group_ends && room) || end_taken;
    wire write_octet  = octet_taken && !octet_zero;
    wire write_end    = delimit && room;

    always @(posedge clk) begin
        room <= used < {{(RING_BITS-3){1'b1}}, 3'b000};

        if (write_octet) begin
            code <= code + 8'd1;
            tail <= tail + 1'b1;
        end
        if (close) code <= 8'd1;
        if (close && !end_taken) begin
            code_place <= tail;
            published  <= tail;
            tail       <= tail + 1'b1;
        end
        if (end_taken) delimit <= 1'b1;
        if (write_end) begin
            delimit    <= 1'b0;
            code_place <= tail + 1'b1;
            published  <= tail + 1'b1;
            tail       <= tail + {{(RING_BITS-2){1'b0}}, 2'd2};
        end
        if (rst) begin
            code_place <= {RING_BITS{1'b0}};
            published  <= {RING_BITS{1'b0}};
            tail       <= {RING_BITS{1'b0}};
            code       <= 8'd1;
            delimit    <= 1'b1;
            room       <= 1'b0;
        end
    end

    // ---- and out of it ----------------------------------------------------------------------------------------------
    wire advance = !m_valid || m_ready;
    wire present = head != published;

    always @(posedge clk) begin
        if (advance) begin
            m_valid <= present;
            if (present) head <= head + 1'b1;
        end
        if (rst) begin
            m_valid <= 1'b0;
            head    <= {RING_BITS{1'b0}};
        end
    end

    simple_dual_port_ram #(.WIDTH(8), .DEPTH(1 << RING_BITS)) ring (
        .clk(clk),
        .write_enable(write_octet || close || write_end),
        .write_address(close ? code_place : tail),
        .write_data(close ? code : write_end ? 8'd0 : octet),
        .read_enable(advance), .read_address(head), .read_data(m_data)
    );
endmodule

`default_nettype wire
