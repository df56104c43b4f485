// What one port's ingress found, waiting for its turn in the pipeline: keys on their way to the hash, and segments
// on their way to the look-up. A segment can go when its frame is complete and its placement hash is there.
// The wide record stays in block RAM until the event is issued; only what the dispatcher needs stands in front.
//
// A key goes to the hash as soon as it is in, with the ISN message. While the queue is armed, for cookies, it waits for
// its segment, which says what is hashed: a SYN without ACK takes a cookie's message of this period (if armed_syn, else
// the ISN's), anything else the message of the cookie that its ACK number would be. One hash a key, always in order;
// `armed` may change at any time.

`default_nettype none

`include "offload_map.vh"

module port_queue #(
    parameter DEPTH_BITS = 6                                    // segments that wait: 2^DEPTH_BITS
) (
    input  wire                       clk,
    input  wire                       rst,
    output wire                       busy,

    // cookies; constant zeros: none
    input  wire                       may_arm,                  // there is a cookie key
    input  wire                       armed,
    input  wire                       armed_syn,
    input  wire [23:0]                period,
    output wire                       isn_hashed,               // a key goes to the hash with the ISN message
    output wire                       isn_voided,               // such a key's segment turns out void

    // ingress
    output reg                        room,                     // 16 more segments fit
    input  wire                       key_valid,
    input  wire [`KEY_BITS-1:0]       key,
    input  wire                       segment_valid,
    input  wire [`SEGMENT_BITS-1:0]   segment,

    // to the hash
    output wire                       hash_valid,
    input  wire                       hash_ready,
    output wire [`KEY_BITS-1:0]       hash_key,
    output wire [`HASH_RESULT_BITS-1:0] hash_result,
    output wire                       hash_previous,            // a cookie of the period before
    output wire [31:0]                hash_sequence,
    output wire [23:0]                hash_period,

    // from the hash, in order
    input  wire                       placement_valid,
    input  wire [32:0]                placement,
    input  wire                       placement_is_cookie,
    input  wire                       siphash_valid,
    input  wire [63:0]                siphash,
    input  wire [`HASH_RESULT_BITS-1:0] siphash_result,

    // the oldest segment
    output wire                       head_valid,
    input  wire                       head_ready,
    output wire                       head_hashed,
    output wire [32:0]                head_placement,
    output wire [DEPTH_BITS-1:0]      head_hash_slot,           // where its SipHash will be

    // its record, read at issue, two clocks later; and its SipHash, without a clock
    input  wire                       issue,
    output wire [`SEGMENT_BITS-1:0]   record,
    input  wire [DEPTH_BITS-1:0]      siphash_slot,
    output wire [63:0]                siphash_data,
    output wire [`HASH_RESULT_BITS-1:0] result_data
);
    localparam DEPTH = 1 << DEPTH_BITS;

    // ---------------------------------------------------------------- keys
    localparam KEYS_BITS = 5;
    wire                   keys_empty;
    wire [KEYS_BITS:0]     keys_waiting;
    wire [`KEY_BITS-1:0]   queued_key;
    wire                   hash_taken = hash_valid && hash_ready;
    fifo #(.WIDTH(`KEY_BITS), .DEPTH_BITS(KEYS_BITS)) keys (
        .clk(clk), .rst(rst), .write(key_valid && !(keys_empty && hash_taken)), .write_data(key),
        .read(hash_taken), .read_data(queued_key), .empty(keys_empty), .count(keys_waiting)
    );
    // An empty queue is passed by.
    assign hash_valid = keys_empty ? key_valid && !armed : !armed || !details_empty;
    assign hash_key   = keys_empty ? key : queued_key;

    // ---------------------------------------------------------------- what is hashed
    // Of the segments whose keys wait. A key that goes before its segment leaves the segment's details without use;
    // `early` counts such keys. So if there are details, the oldest are those of the oldest key that waits.
    localparam DETAILS = 1 + 32 + 5 + 3;
    wire               details_empty, is_syn;
    wire [31:0]        sequence_number;
    wire [4:0]         named_period;
    wire [2:0]         index;
    reg  [DEPTH_BITS:0] early;
    wire               tcp_segment = segment_valid && segment[`SEGMENT_IS_TCP];
    wire               goes_early  = hash_taken && details_empty;
    wire               none_early  = early == {(DEPTH_BITS+1){1'b0}};
    wire               went_early  = goes_early || !none_early;

    wire [7:0]         flags    = segment[`SEGMENT_FLAGS];
    wire               syn      = flags[1] && !flags[4];
    wire [31:0]        cookie   = segment[`SEGMENT_ACK] - 32'd1; // {period, index, hash}
    wire               unused   = &{1'b0, flags[7:5], flags[3:2], flags[0], cookie[23:0], 1'b0};
    wire [31:0]        first    = segment[`SEGMENT_SEQ] - (syn ? 32'd0 : 32'd1);
    wire [15:0]        mss      = segment[`SEGMENT_MSS];
    reg  [2:0]         mss_index;
    always @* begin
        if (!segment[`SEGMENT_MSS_PRESENT]) mss_index = segment[`SEGMENT_IS_IPV6] ? 3'd2 : 3'd1;
        else if (mss >= 16'd8940)           mss_index = 3'd7;
        else if (mss >= 16'd1460)           mss_index = 3'd6;
        else if (mss >= 16'd1440)           mss_index = 3'd5;
        else if (mss >= 16'd1400)           mss_index = 3'd4;
        else if (mss >= 16'd1360)           mss_index = 3'd3;
        else if (mss >= 16'd1220)           mss_index = 3'd2;
        else if (mss >= 16'd536)            mss_index = 3'd1;
        else                                mss_index = 3'd0;
    end

    fifo #(.WIDTH(DETAILS), .DEPTH_BITS(KEYS_BITS)) details (
        .clk(clk), .rst(rst), .write(tcp_segment && !went_early),
        .write_data({syn, first, cookie[31:27], syn ? mss_index : cookie[26:24]}),
        .read(hash_taken), .read_data({is_syn, sequence_number, named_period, index}), .empty(details_empty)
    );

    always @(posedge clk)
        if (rst) early <= {(DEPTH_BITS+1){1'b0}};
        else     early <= early + {{DEPTH_BITS{1'b0}}, goes_early} - {{DEPTH_BITS{1'b0}}, tcp_segment && went_early};

    wire [4:0]  period_before = period[4:0] - 5'd1;
    wire        is_cookie     = armed && (armed_syn || !is_syn);
    reg  [`HASH_RESULT_BITS-1:0] request;
    always @* begin
        request = {`HASH_RESULT_BITS{1'b0}};
        if (is_cookie) begin
            request[`HASH_RESULT_IS_COOKIE]    = 1'b1;
            request[`HASH_RESULT_PERIOD]       = is_syn ? period[4:0] : named_period;
            request[`HASH_RESULT_PERIOD_VALID] = is_syn || named_period == period[4:0] || named_period == period_before;
            request[`HASH_RESULT_INDEX]        = index;
        end
    end
    assign hash_result   = request;
    assign hash_previous = !is_syn && named_period != period[4:0];
    assign hash_period   = hash_previous ? period - 24'd1 : period;
    assign hash_sequence = sequence_number;
    assign isn_hashed    = hash_taken && !is_cookie;

    // ---------------------------------------------------------------- hashes
    wire                  placements_empty;
    wire [DEPTH_BITS:0]   placements_waiting;
    wire                  head_is_cookie;
    fifo #(.WIDTH(34), .DEPTH_BITS(DEPTH_BITS)) placements (
        .clk(clk), .rst(rst), .write(placement_valid), .write_data({placement_is_cookie, placement}),
        .read(pop && front_is_tcp), .read_data({head_is_cookie, head_placement}), .empty(placements_empty),
        .count(placements_waiting)
    );

    reg [64+`HASH_RESULT_BITS-1:0] siphashes [0:DEPTH-1];
    reg [DEPTH_BITS-1:0] siphash_tail, hash_slot;
    always @(posedge clk) begin
        if (siphash_valid) siphashes[siphash_tail] <= {siphash_result, siphash};
        if (rst) begin
            siphash_tail <= {DEPTH_BITS{1'b0}};
            hash_slot    <= {DEPTH_BITS{1'b0}};
        end else begin
            if (siphash_valid)       siphash_tail <= siphash_tail + 1'b1;
            if (pop && front_is_tcp) hash_slot    <= hash_slot + 1'b1;
        end
    end
    assign head_hash_slot = hash_slot;
    assign {result_data, siphash_data} = siphashes[siphash_slot];

    // ---------------------------------------------------------------- segments
    reg  [DEPTH_BITS-1:0] tail, head;                           // of the records
    reg  [DEPTH_BITS:0]   held;                                 // records that are not issued yet
    wire                  store = segment_valid && !segment[`SEGMENT_VOID];
    block_ram #(.WIDTH(`SEGMENT_BITS), .ADDRESS_BITS(DEPTH_BITS), .READ_OLD(0)) records (
        .clk(clk), .write(store), .write_address(tail), .write_data(segment),
        .read_address(head), .read_data(record)
    );

    wire fronts_empty, front_is_tcp, front_void;
    wire [DEPTH_BITS:0] fronts_waiting;
    fifo #(.WIDTH(2), .DEPTH_BITS(DEPTH_BITS)) fronts (
        .clk(clk), .rst(rst), .write(segment_valid), .write_data({segment[`SEGMENT_IS_TCP], segment[`SEGMENT_VOID]}),
        .read(pop), .read_data({front_is_tcp, front_void}), .empty(fronts_empty), .count(fronts_waiting)
    );

    wire   front_complete = !fronts_empty && (!front_is_tcp || !placements_empty);
    assign head_valid     = front_complete && !front_void;
    assign head_hashed    = front_is_tcp;
    wire   pop            = front_complete && (front_void || head_ready);
    assign isn_voided     = pop && front_is_tcp && front_void && !head_is_cookie;

    always @(posedge clk) begin
        room <= held + {{DEPTH_BITS{1'b0}}, store} <= DEPTH - 24 && fronts_waiting <= DEPTH - 24 &&
                keys_waiting <= (may_arm ? 6'd12 : 6'd4) && placements_waiting <= DEPTH - 24;
        if (rst) begin
            tail <= {DEPTH_BITS{1'b0}};
            head <= {DEPTH_BITS{1'b0}};
            held <= {(DEPTH_BITS+1){1'b0}};
        end else begin
            if (store) tail <= tail + 1'b1;
            if (issue) head <= head + 1'b1;
            held <= held + {{DEPTH_BITS{1'b0}}, store} - {{DEPTH_BITS{1'b0}}, issue};
        end
    end

    assign busy = !keys_empty || !fronts_empty || !placements_empty || held != {(DEPTH_BITS+1){1'b0}};
endmodule

`default_nettype wire
