// Carries out the host's requests (docs/link.md), one after the other and each with one response, as master of the
// register bus. It reads requests from the ring that link_receive.v fills; what is there is whole. The response is sent
// while the request is carried out: header, the data as they are read, and last how it ended.
//
// A request is carried out only if its sequence number is the one after the last, and nothing is before the host has
// identified itself with this link since the reset.
// Between two responses it tells the host on its own account when the interrupt line has changed since it was told
// last (again on every tick while it is high), or when a frame came to nothing.

`default_nettype none

module link_engine #(
    parameter RING_BITS = 9,                                    // words of link_receive.v's ring, as a power of two
    parameter MAX_WORDS = 128                                   // longest content of a frame, for the host to know
) (
    input  wire                 clk,
    input  wire                 rst,
    input  wire                 tick,                           // now and then
    input  wire                 irq,
    input  wire                 bad_frame,                      // pulse

    // The ring; data follow the address by one clock.
    output wire [RING_BITS-1:0] ring_read_address,
    input  wire [32:0]          ring_read_data,
    input  wire [RING_BITS:0]   ring_tail,
    output reg  [RING_BITS:0]   ring_free,                      // words before it are no more needed

    // Words of frames to the host
    output reg  [31:0]          m_data,
    output reg                  m_last,
    output reg                  m_valid,
    input  wire                 m_ready,

    // AXI4-Lite
    output wire [15:0]          m_axil_awaddr,
    output wire [2:0]           m_axil_awprot,
    output reg                  m_axil_awvalid,
    input  wire                 m_axil_awready,
    output wire [31:0]          m_axil_wdata,
    output wire [3:0]           m_axil_wstrb,
    output reg                  m_axil_wvalid,
    input  wire                 m_axil_wready,
    input  wire [1:0]           m_axil_bresp,
    input  wire                 m_axil_bvalid,
    output wire                 m_axil_bready,
    output wire [15:0]          m_axil_araddr,
    output wire [2:0]           m_axil_arprot,
    output reg                  m_axil_arvalid,
    input  wire                 m_axil_arready,
    input  wire [31:0]          m_axil_rdata,
    input  wire [1:0]           m_axil_rresp,
    input  wire                 m_axil_rvalid,
    output wire                 m_axil_rready
);
    // The protocol's numbers; docs/link.md explains them.
    localparam [7:0] PROTOCOL_VERSION    = 8'd1;
    localparam [7:0] KIND_REQUEST        = 8'h01;
    localparam [7:0] KIND_IDENTIFY       = 8'h02;
    localparam [7:0] KIND_RESPONSE       = 8'h81;
    localparam [7:0] KIND_NOTICE         = 8'h82;
    localparam [3:0] ITEM_READ           = 4'd1;
    localparam [3:0] ITEM_WRITE          = 4'd2;
    localparam [3:0] ITEM_WAIT           = 4'd3;
    localparam [3:0] ITEM_REPEAT         = 4'd4;
    localparam [3:0] STATUS_OK           = 4'd0;
    localparam [3:0] STATUS_BAD_FRAME    = 4'd1;
    localparam [3:0] STATUS_DECERR       = 4'd3; // 2 and 3 as AXI encodes them: SLVERR, DECERR
    localparam [3:0] STATUS_EXPIRED      = 4'd4;
    localparam [3:0] STATUS_UNSUPPORTED  = 4'd5;
    localparam [3:0] STATUS_OUT_OF_ORDER = 4'd6;
    localparam [3:0] STATUS_BUSY         = 4'd7;

    localparam [15:0] CONTENT_WORDS = MAX_WORDS;
    localparam [15:0] RING_WORDS    = 1 << RING_BITS;

    localparam [3:0] IDLE    = 4'd0,
                     ITEM    = 4'd1,
                     CHECK   = 4'd2,
                     READ    = 4'd3,
                     WRITE   = 4'd4,
                     WRITING = 4'd5,
                     MASK    = 4'd6,
                     VALUE   = 4'd7,
                     POLL    = 4'd8,
                     COMPARE = 4'd9,
                     NONCE   = 4'd10,
                     ABOUT   = 4'd11,
                     STATE   = 4'd12,
                     SKIP    = 4'd13,
                     TRAILER = 4'd14;
    reg [3:0] state;

    // ---- the next word of the ring ------------------------------------------------------------------------------------
    reg  [RING_BITS:0] ring_head;
    reg  [32:0]        word;                                    // the ring's, at the head
    reg  [1:0]         fresh;                                   // 11: the head has stood long enough for word to be that
    reg  [RING_BITS:0] tail_before, tail_seen;                  // as late as the words
    wire               word_ready = fresh == 2'b11;
    reg  [7:0]         remaining;                               // words of the request that are still in the ring

    assign ring_read_address = ring_head[RING_BITS-1:0];

    // ---- what is under way ------------------------------------------------------------------------------------------
    reg  [7:0]  sequence_number, expected;
    reg         identified;
    reg  [3:0]  operation;
    reg  [9:0]  left;                                           // of the item: words, or reads that it may still wait
    reg  [13:0] address;                                        // of a word
    reg         item_shape;                                     // no bit of the item is set that has no meaning
    reg  [31:0] mask, value;
    reg         looping;                                        // a repeat was met
    reg  [RING_BITS:0] loop_head;                               // what it repeats: from here on,
    reg  [7:0]  loop_remaining;                                 // so many words,
    reg  [9:0]  loops_left, loops_done;                         // so often, with this turn; and before it
    reg  [3:0]  status;
    reg  [15:0] done;

    // ---- what to tell unasked ---------------------------------------------------------------------------------------
    reg         irq_told, irq_again, bad_untold;
    reg  [7:0]  bad_frames;
    wire        notice = identified && (irq != irq_told || irq_again || bad_untold);

    wire m_free   = !m_valid || m_ready;
    wire last_one = left == 10'd1;
    wire at_top   = address == 14'h3FFF;                        // the space ends behind this word
    wire agrees   = ((m_data ^ value) & mask) == 32'd0;

    assign m_axil_awaddr = {address, 2'b00};
    assign m_axil_araddr = {address, 2'b00};
    assign m_axil_awprot = 3'd0;
    assign m_axil_arprot = 3'd0;
    assign m_axil_wdata  = {word[31:16], word[15:0] + {6'd0, loops_done}};
    assign m_axil_wstrb  = 4'hF;
    assign m_axil_bready = state == WRITING;
    assign m_axil_rready = (state == READ || state == POLL) && m_free;

    wire read_answer  = m_axil_rvalid && m_axil_rready;
    wire write_answer = m_axil_bvalid && m_axil_bready;

    always @(posedge clk) begin
        word        <= ring_read_data;
        fresh       <= {fresh[0], 1'b1};
        tail_before <= ring_tail;
        tail_seen   <= tail_before;

        if (m_ready) m_valid <= 1'b0;
        if (m_axil_arready) m_axil_arvalid <= 1'b0;
        if (m_axil_awready) m_axil_awvalid <= 1'b0;
        if (m_axil_wready)  m_axil_wvalid  <= 1'b0;

        if (bad_frame) bad_frames <= bad_frames + 8'd1;
        if (bad_frame && identified) bad_untold <= 1'b1;
        if (tick && irq) irq_again <= 1'b1;

        case (state)
            IDLE: if (m_free) begin                             // between two frames to the host
                done   <= 16'd0;
                m_last <= 1'b0;
                m_data <= {16'd0, KIND_RESPONSE, word[7:0]};
                if (notice) begin
                    m_valid    <= 1'b1;
                    m_data     <= {16'd0, KIND_NOTICE, 8'd0};
                    status     <= bad_untold ? STATUS_BAD_FRAME : STATUS_OK;
                    done       <= {8'd0, bad_frames};
                    bad_untold <= bad_frame;
                    state      <= TRAILER;
                end else if (ring_head != tail_seen && word_ready) begin
                    m_valid         <= 1'b1;
                    ring_head       <= ring_head + 1'b1;
                    fresh           <= 2'b00;
                    sequence_number <= word[7:0];
                    remaining       <= word[32] ? 8'd0 : word[23:16];
                    looping         <= 1'b0;
                    loops_done      <= 10'd0;
                    done            <= {8'd0, expected};        // unless the request is begun
                    status          <= STATUS_UNSUPPORTED;
                    state           <= SKIP;
                    if (word[32]) begin                         // link_receive.v turned it down
                        if (word[8]) status <= STATUS_BUSY;
                    end else if (word[15:8] == KIND_IDENTIFY) begin
                        if (word[23:16] == 8'd1) begin
                            done  <= 16'd0;
                            state <= NONCE;
                        end
                    end else if (word[15:8] == KIND_REQUEST) begin
                        status <= STATUS_OUT_OF_ORDER;
                        if (identified && word[7:0] == expected) begin
                            done     <= 16'd0;
                            expected <= expected + 8'd1;
                            state    <= ITEM;
                        end
                    end
                end
            end

            ITEM:                                               // take the next item, if there is one
                if (remaining == 8'd0 && looping && loops_left != 10'd1) begin
                    ring_head  <= loop_head;
                    fresh      <= 2'b00;
                    remaining  <= loop_remaining;
                    loops_left <= loops_left - 10'd1;
                    loops_done <= loops_done + 10'd1;
                end else if (remaining == 8'd0) begin
                    status <= STATUS_OK;
                    state  <= TRAILER;
                end else if (word_ready) begin
                    ring_head  <= ring_head + 1'b1;
                    fresh      <= 2'b00;
                    remaining  <= remaining - 8'd1;
                    operation  <= word[31:28];
                    left       <= word[25:16];
                    address    <= word[15:2];
                    item_shape <= word[27:26] == 2'd0 && word[1:0] == 2'd0;
                    state      <= CHECK;
                end

            CHECK: begin                                        // is it one, and all of it there?
                status <= STATUS_UNSUPPORTED;
                state  <= SKIP;
                if (item_shape && left != 10'd0)
                    case (operation)
                        ITEM_READ: begin
                            m_axil_arvalid <= 1'b1;
                            state          <= READ;
                        end
                        ITEM_WRITE: if (left <= {2'd0, remaining}) state <= WRITE;
                        ITEM_WAIT:  if (remaining >= 8'd2) state <= MASK;
                        ITEM_REPEAT: if (!looping && address == 14'd0) begin
                            looping        <= 1'b1;
                            loop_head      <= ring_head;
                            loop_remaining <= remaining;
                            loops_left     <= left;
                            state          <= ITEM;
                        end
                        default: ;
                    endcase
            end

            READ: if (read_answer) begin                        // a word has been asked for
                m_data <= m_axil_rdata;
                status <= m_axil_rresp[1] ? {2'b00, m_axil_rresp} : STATUS_DECERR;
                if (m_axil_rresp[1]) state <= SKIP;
                else begin
                    m_valid <= 1'b1;
                    done    <= done + 16'd1;
                    left    <= left - 10'd1;
                    address <= address + 14'd1;
                    if (last_one) state <= ITEM;
                    else if (at_top) state <= SKIP;
                    else m_axil_arvalid <= 1'b1;
                end
            end

            WRITE: if (word_ready) begin                        // the next word is to be written
                m_axil_awvalid <= 1'b1;
                m_axil_wvalid  <= 1'b1;
                state          <= WRITING;
            end

            WRITING: begin                                      // it is being written, out of the ring
                fresh <= 2'b00;                                 // for no answer stays with this word
                if (write_answer) begin
                    status <= m_axil_bresp[1] ? {2'b00, m_axil_bresp} : STATUS_DECERR;
                    if (m_axil_bresp[1]) state <= SKIP;
                    else begin
                        ring_head <= ring_head + 1'b1;
                        remaining <= remaining - 8'd1;
                        done      <= done + 16'd1;
                        left      <= left - 10'd1;
                        address   <= address + 14'd1;
                        state     <= last_one ? ITEM : at_top ? SKIP : WRITE;
                    end
                end
            end

            MASK: if (word_ready) begin
                ring_head <= ring_head + 1'b1;
                fresh     <= 2'b00;
                remaining <= remaining - 8'd1;
                mask      <= word[31:0];
                state     <= VALUE;
            end

            VALUE: if (word_ready) begin
                ring_head      <= ring_head + 1'b1;
                fresh          <= 2'b00;
                remaining      <= remaining - 8'd1;
                value          <= word[31:0];
                m_axil_arvalid <= 1'b1;
                state          <= POLL;
            end

            POLL: if (read_answer) begin                        // the register has been asked
                m_data <= m_axil_rdata;
                status <= {2'b00, m_axil_rresp};
                state  <= m_axil_rresp[1] ? SKIP : COMPARE;
            end

            COMPARE: begin                                      // its word is in m_data, and goes out if it is the last
                status <= STATUS_EXPIRED;
                left   <= left - 10'd1;
                if (agrees || last_one) m_valid <= 1'b1;
                if (agrees) begin
                    done  <= done + 16'd1;
                    state <= ITEM;
                end else if (last_one) state <= SKIP;
                else begin
                    m_axil_arvalid <= 1'b1;
                    state          <= POLL;
                end
            end

            NONCE: if (word_ready && m_free) begin
                ring_head <= ring_head + 1'b1;
                fresh     <= 2'b00;
                remaining <= remaining - 8'd1;
                m_valid   <= 1'b1;
                m_data    <= word[31:0];
                state     <= ABOUT;
            end

            ABOUT: if (m_free) begin
                m_valid <= 1'b1;
                m_data  <= {RING_WORDS, CONTENT_WORDS};
                state   <= STATE;
            end

            STATE: if (m_free) begin
                m_valid    <= 1'b1;
                m_data     <= {PROTOCOL_VERSION, bad_frames, 7'd0, identified, expected};
                expected   <= sequence_number + 8'd1;
                identified <= 1'b1;
                state      <= ITEM;
            end

            SKIP: begin                                         // leave the rest of the request
                ring_head <= ring_head + {{(RING_BITS-7){1'b0}}, remaining};
                fresh     <= 2'b00;
                state     <= TRAILER;
            end

            TRAILER: if (m_free) begin
                m_valid   <= 1'b1;
                m_last    <= 1'b1;
                m_data    <= {done, 7'd0, irq, 4'd0, status};
                ring_free <= ring_head;
                irq_told  <= irq;
                irq_again <= 1'b0;
                state     <= IDLE;
            end

            default: state <= IDLE;
        endcase

        if (rst) begin
            state          <= IDLE;
            fresh          <= 2'b00;
            tail_before    <= {(RING_BITS+1){1'b0}};
            tail_seen      <= {(RING_BITS+1){1'b0}};
            ring_head      <= {(RING_BITS+1){1'b0}};
            ring_free      <= {(RING_BITS+1){1'b0}};
            m_valid        <= 1'b0;
            m_axil_arvalid <= 1'b0;
            m_axil_awvalid <= 1'b0;
            m_axil_wvalid  <= 1'b0;
            identified     <= 1'b0;
            expected       <= 8'd0;
            irq_told       <= 1'b0;
            irq_again      <= 1'b0;
            bad_untold     <= 1'b0;
            bad_frames     <= 8'd0;
        end
    end
endmodule

`default_nettype wire
