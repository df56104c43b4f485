// From PCI Express transactions to the register bus: memory reads and writes of BAR 0 become AXI4-Lite accesses, one after
// the other, and reads are answered with completions. The streams are those of the 7-series integrated block at 64 bits
// (Xilinx PG054): the first doubleword of a beat in its low half, and in a doubleword the first byte in the high bits.
//
// BAR 0 has 128 KiB: the registers, and behind them this bridge's own two words (docs/pcie.md). A PCI write has no answer,
// and a function that is gone reads as all ones: so the status says whether the bus answered an access with an error, which
// one, and how many were carried out. Behind the first error nothing goes to the bus until the host has cleared it: reads
// give all ones, writes are dropped. (A completion with an error would be reported as one of the PCI bus.)
//
// A read of up to MAX_WORDS doublewords is answered with one completion, a longer one with Completer Abort. What else
// wants an answer (I/O, configuration, atomics, locked reads) gets Unsupported Request; what wants none is dropped, as
// is a write with poisoned data (PCI Express Base Specification 2.1, 2.3.1, 2.7.2.2). Requests are done in order, so that a
// read pushes the writes before it.
// Registers are whole words: a part of one is refused, which reads as all ones and is an error of a write. Nothing at all
// (byte enables 0), by which software waits for its writes, touches no register and is no error.

`default_nettype none

module pcie_bridge #(
    parameter MAX_WORDS_BITS = 5                                // longest read, 2^MAX_WORDS_BITS doublewords; at most a payload of 128 bytes
) (
    input  wire        clk,
    input  wire        rst,
    input  wire [15:0] completer_id,                            // bus, device and function number, with a request's first beat
    input  wire        irq,                                     // the core's interrupt line
    output wire        msi_due,                                 // it rose after the host has seen it low in the status: an MSI is due; for a clock

    // Requests; tkeep is 8'h0F or 8'hFF
    input  wire [63:0] s_axis_rx_tdata,
    input  wire [7:0]  s_axis_rx_tkeep,
    input  wire        s_axis_rx_tvalid,
    output wire        s_axis_rx_tready,
    input  wire        s_axis_rx_tlast,

    // Completions; no gaps within one
    output wire [63:0] m_axis_tx_tdata,
    output wire [7:0]  m_axis_tx_tkeep,
    output wire        m_axis_tx_tvalid,
    input  wire        m_axis_tx_tready,
    output wire        m_axis_tx_tlast,

    // AXI4-Lite
    output wire [15:0] m_axil_awaddr,
    output wire [2:0]  m_axil_awprot,
    output reg         m_axil_awvalid,
    input  wire        m_axil_awready,
    output reg  [31:0] m_axil_wdata,
    output wire [3:0]  m_axil_wstrb,
    output reg         m_axil_wvalid,
    input  wire        m_axil_wready,
    input  wire [1:0]  m_axil_bresp,
    input  wire        m_axil_bvalid,
    output wire        m_axil_bready,
    output wire [15:0] m_axil_araddr,
    output wire [2:0]  m_axil_arprot,
    output reg         m_axil_arvalid,
    input  wire        m_axil_arready,
    input  wire [31:0] m_axil_rdata,
    input  wire [1:0]  m_axil_rresp,
    input  wire        m_axil_rvalid,
    output wire        m_axil_rready
);
    generate
        if (MAX_WORDS_BITS < 3 || MAX_WORDS_BITS > 5) begin : check_words
            pcie_bridge_max_words_bits_must_be_3_to_5 invalid ();
        end
    endgenerate

    localparam [2:0]  SUCCESSFUL = 3'd0, UNSUPPORTED_REQUEST = 3'd1, COMPLETER_ABORT = 3'd4;
    localparam [1:0]  SLVERR = 2'd2;
    localparam [16:0] IDENTITY = 17'h10000, STATUS = 17'h10004; // in BAR 0
    localparam [31:0] OFPB = 32'h4F465042, ALL_ONES = 32'hFFFFFFFF;

    function [31:0] swapped(input [31:0] word);
        swapped = {word[7:0], word[15:8], word[23:16], word[31:24]};
    endfunction

    // ---- doublewords, one a clock -------------------------------------------------------------------------------
    reg         high;                                           // the beat's second one is next
    wire        alone     = !s_axis_rx_tkeep[4];                // it has no second one
    wire        take;                                           // the doubleword is used up
    wire [31:0] word      = high ? s_axis_rx_tdata[63:32] : s_axis_rx_tdata[31:0];
    wire        word_last = s_axis_rx_tlast && (high || alone);
    wire        taken     = take && s_axis_rx_tvalid;
    assign s_axis_rx_tready = take && (high || alone);

    always @(posedge clk)
        if (rst) high <= 1'b0;
        else if (taken) high <= !high && !alone;

    // ---- a request ----------------------------------------------------------------------------------------------
    localparam [3:0] TYPE    = 4'd0,                            // its first doubleword: what it is, and how long
                     SENDER  = 4'd1,                            // who asks, tag and byte enables
                     UPPER   = 4'd2,                            // upper half of a 64-bit address
                     ADDRESS = 4'd3,
                     WRITE   = 4'd4,                            // a doubleword of a write's data
                     WRITTEN = 4'd5,                            // ... on the bus
                     READ    = 4'd6,                            // a register on the bus
                     ANSWER  = 4'd7,                            // the completion leaves
                     SKIP    = 4'd8,                            // the rest of the request is of no use
                     JUDGE   = 4'd9,                            // the header is in
                     LOOK    = 4'd10;                           // where a word that is read comes from

    reg  [3:0]  state;
    reg  [1:0]  format;                                         // bit 1: with data; bit 0: four doublewords of header
    reg  [4:0]  kind;
    reg  [2:0]  traffic_class;
    reg  [1:0]  attributes;
    reg         poisoned, ended;                                // the header's last doubleword was the request's
    reg  [9:0]  length;                                         // doublewords; 0 are 1,024
    reg  [15:0] requester;
    reg  [7:0]  tag;
    reg  [3:0]  first_be, last_be;
    reg  [16:0] address;                                        // in BAR 0, of the word that is next
    reg  [9:0]  left;                                           // doublewords behind it
    reg         first;                                          // it is the request's first one

    wire is_memory   = kind == 5'b00000;
    wire is_locked   = kind == 5'b00001;
    wire is_io       = kind == 5'b00010;
    wire is_config   = kind == 5'b00100 || kind == 5'b00101;
    wire is_atomic   = kind[4:2] == 3'b011;
    wire non_posted  = (is_memory && !format[1]) || is_locked || is_io || is_config || is_atomic;
    wire is_read     = is_memory && !format[1];
    wire is_write    = is_memory && format[1];
    wire too_long    = length == 10'd0 || length > (10'd1 << MAX_WORDS_BITS);
    wire no_bytes    = length == 10'd1 && first_be == 4'd0;
    wire [3:0] byte_enables = first ? first_be : left == 10'd0 ? last_be : 4'hF;
    wire       whole        = byte_enables == 4'hF;

    assign take = state == TYPE || state == SENDER || state == UPPER || state == ADDRESS || state == WRITE || state == SKIP;

    // ---- the status ---------------------------------------------------------------------------------------------
    reg         fault, fault_write;
    reg  [1:0]  fault_response;
    reg  [13:0] fault_word;
    reg  [10:0] count;                                          // accesses that the bus has carried out
    reg         armed;                                          // the host has seen the interrupt line low

    wire        on_bus    = !address[16] && whole && !fault;
    wire        at_status = address == STATUS && whole;
    wire        done      = (m_axil_bvalid && m_axil_bready) || (m_axil_rvalid && m_axil_rready);
    wire [1:0]  response  = m_axil_bready ? m_axil_bresp : m_axil_rresp;
    wire        refused   = taken && state == WRITE && !whole && byte_enables != 4'd0;
    wire [31:0] own       = !whole || !address[16] ? ALL_ONES
                          : address == IDENTITY ? OFPB
                          : address == STATUS ? {fault_word, 2'd0, count, fault_response, fault_write, irq, fault} : 32'd0;

    assign msi_due = armed && irq;

    always @(posedge clk) begin
        if (done && response == 2'd0) count <= count + 11'd1;
        if (!fault && (refused || (done && response != 2'd0))) begin
            fault          <= 1'b1;
            fault_write    <= state == WRITE || state == WRITTEN;
            fault_response <= refused ? SLVERR : response;
            fault_word     <= address[15:2];
        end
        if (msi_due) armed <= 1'b0;
        else if (state == LOOK && at_status && !irq) armed <= 1'b1;

        if (rst) begin
            count <= 11'd0;
            armed <= 1'b1;
        end
        if (rst || (taken && state == WRITE && at_status)) begin
            fault          <= 1'b0;
            fault_write    <= 1'b0;
            fault_response <= 2'd0;
            fault_word     <= 14'd0;
        end
    end

    // ---- the bus ------------------------------------------------------------------------------------------------
    assign m_axil_awaddr = address[15:0];
    assign m_axil_araddr = address[15:0];
    assign m_axil_awprot = 3'd0;
    assign m_axil_arprot = 3'd0;
    assign m_axil_bready = state == WRITTEN;
    assign m_axil_rready = state == READ;

    // ---- the completion -----------------------------------------------------------------------------------------
    reg  [31:0]               found [0:(1<<MAX_WORDS_BITS)-1];  // what was read
    reg  [MAX_WORDS_BITS-1:0] store, fetch;
    reg  [2:0]                status;
    reg  [15:0]               completer;                        // completer_id as it was with the request
    reg  [MAX_WORDS_BITS:0]   to_send;                          // doublewords of data that have not left
    reg  [1:0]                beat;                             // 0, 1: of the header; 2: behind it
    reg  [6:0]                low_address;
    wire                      with_data = status == SUCCESSFUL;

    // Bytes before the first and behind the last that are asked for (2.3.1.1, table 2-22).
    function [1:0] leading(input [3:0] enables);
        leading = enables[0] ? 2'd0 : enables[1] ? 2'd1 : enables[2] ? 2'd2 : enables[3] ? 2'd3 : 2'd0;
    endfunction
    function [1:0] trailing(input [3:0] enables);
        trailing = enables[3] || enables == 4'd0 ? 2'd0 : enables[2] ? 2'd1 : enables[1] ? 2'd2 : 2'd3;
    endfunction
    wire [11:0] byte_count = !is_read ? 12'd4 : no_bytes ? 12'd1
                           : {length, 2'd0} - {10'd0, leading(first_be)} - {10'd0, trailing(length == 10'd1 ? first_be : last_be)};
    wire [31:0] header0 = {1'b0, with_data, 1'b0, 4'b0101, is_locked, 1'b0, traffic_class, 6'd0, attributes, 2'd0, with_data ? length : 10'd0};
    wire [31:0] header1 = {completer, status, 1'b0, byte_count};
    wire [31:0] header2 = {requester, tag, 1'b0, low_address};
    wire [31:0] data0   = swapped(found[fetch]);
    wire [31:0] data1   = swapped(found[fetch + 1'b1]);
    wire        sent    = m_axis_tx_tvalid && m_axis_tx_tready;

    assign m_axis_tx_tvalid = state == ANSWER;
    assign m_axis_tx_tdata  = beat == 2'd0 ? {header1, header0} : beat == 2'd1 ? {data0, header2} : {data1, data0};
    assign m_axis_tx_tlast  = beat != 2'd0 && to_send <= (beat == 2'd1 ? {{MAX_WORDS_BITS{1'b0}}, 1'b1} : {{(MAX_WORDS_BITS-1){1'b0}}, 2'd2});
    assign m_axis_tx_tkeep  = m_axis_tx_tlast && to_send[0] == (beat != 2'd1) ? 8'h0F : 8'hFF;

    // ---- what is done with a request ----------------------------------------------------------------------------
    wire read_word    = state == LOOK ? !on_bus : state == READ && m_axil_rvalid;
    wire written_word = state == WRITE ? taken && !on_bus : state == WRITTEN && m_axil_bvalid;

    assign m_axil_wstrb = 4'hF;

    always @(posedge clk) begin
        if (taken) begin
            case (state)
                TYPE: begin
                    completer     <= completer_id;
                    format        <= word[30:29];
                    kind          <= word[28:24];
                    traffic_class <= word[22:20];
                    poisoned      <= word[14];
                    attributes    <= word[13:12];
                    length        <= word[9:0];
                    left          <= word[9:0] - 10'd1;
                    first         <= 1'b1;
                    state         <= word_last ? TYPE : SENDER;
                end
                SENDER: begin
                    requester <= word[31:16];
                    tag       <= word[15:8];
                    last_be   <= word[7:4];
                    first_be  <= word[3:0];
                    state     <= word_last ? TYPE : format[0] ? UPPER : ADDRESS;
                end
                UPPER: state <= word_last ? TYPE : ADDRESS;
                ADDRESS: begin
                    address <= {word[16:2], 2'd0};
                    ended   <= word_last;
                    state   <= JUDGE;
                end
                WRITE: begin
                    m_axil_awvalid <= on_bus;
                    m_axil_wvalid  <= on_bus;
                    m_axil_wdata   <= swapped(word);
                    ended          <= word_last;
                    state          <= on_bus ? WRITTEN : word_last ? TYPE : left == 10'd0 ? SKIP : WRITE;
                end
                default: if (word_last) state <= TYPE;          // SKIP
            endcase
        end

        // Who is refused is answered behind the request's data, where it has some.
        if (state == JUDGE) begin
            store       <= {MAX_WORDS_BITS{1'b0}};
            fetch       <= {MAX_WORDS_BITS{1'b0}};
            beat        <= 2'd0;
            low_address <= is_read ? {address[6:2], leading(first_be)} : 7'd0;
            status      <= !is_read ? UNSUPPORTED_REQUEST : too_long ? COMPLETER_ABORT : SUCCESSFUL;
            to_send     <= is_read && !too_long ? length[MAX_WORDS_BITS:0] : {(MAX_WORDS_BITS+1){1'b0}};
            if (is_write)                    state <= ended ? TYPE : poisoned ? SKIP : WRITE;
            else if (!non_posted)            state <= ended ? TYPE : SKIP;
            else if (is_read && !too_long && !no_bytes) state <= LOOK;
            else                             state <= ANSWER;
            if (no_bytes) found[0] <= 32'd0;
        end

        if (m_axil_awvalid && m_axil_awready) m_axil_awvalid <= 1'b0;
        if (m_axil_wvalid && m_axil_wready)   m_axil_wvalid  <= 1'b0;
        if (m_axil_arvalid && m_axil_arready) m_axil_arvalid <= 1'b0;

        if (state == WRITTEN && m_axil_bvalid) state <= ended ? TYPE : left == 10'd0 ? SKIP : WRITE;

        if (state == LOOK && on_bus) begin
            m_axil_arvalid <= 1'b1;
            state          <= READ;
        end
        if (read_word) begin
            found[store] <= state == LOOK ? own : m_axil_rresp == 2'd0 ? m_axil_rdata : ALL_ONES;
            store        <= store + 1'b1;
            state        <= left == 10'd0 ? ANSWER : LOOK;
        end

        if (read_word || written_word) begin
            address <= address + 17'd4;
            left    <= left - 10'd1;
            first   <= 1'b0;
        end

        if (sent) begin
            if (beat != 2'd2) beat <= beat + 2'd1;
            if (beat == 2'd1) begin
                fetch   <= fetch + 1'b1;
                to_send <= to_send - {{MAX_WORDS_BITS{1'b0}}, to_send != {(MAX_WORDS_BITS+1){1'b0}}};
            end
            if (beat == 2'd2) begin
                fetch   <= fetch + {{(MAX_WORDS_BITS-2){1'b0}}, 2'd2};
                to_send <= to_send - {{(MAX_WORDS_BITS-1){1'b0}}, 2'd2};
            end
            if (m_axis_tx_tlast) state <= ended ? TYPE : SKIP;
        end

        if (rst) begin
            state          <= TYPE;
            m_axil_awvalid <= 1'b0;
            m_axil_wvalid  <= 1'b0;
            m_axil_arvalid <= 1'b0;
        end
    end

    wire unused = &{1'b0, s_axis_rx_tkeep, format, 1'b0};
endmodule

`default_nettype wire
