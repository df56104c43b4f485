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

    wire               syn;
    wire [31:0]        first;
    wire [4:0]         period_of_ack;
    wire [2:0]         index_told;
    cookie_details cookie_details (
        .segment(segment), .is_syn(syn), .sequence_number(first), .named_period(period_of_ack), .index(index_told)
    );

    fifo #(.WIDTH(DETAILS), .DEPTH_BITS(KEYS_BITS)) details (
        .clk(clk), .rst(rst), .write(tcp_segment && !went_early),
        .write_data({syn, first, period_of_ack, index_told}),
        .read(hash_taken), .read_data({is_syn, sequence_number, named_period, index}), .empty(details_empty)
    );

    always @(posedge clk)
        if (rst) early <= {(DEPTH_BITS+1){1'b0}};
        else     early <= early + {{DEPTH_BITS{1'b0}}, goes_early} - {{DEPTH_BITS{1'b0}}, tcp_segment && went_early};

    wire        is_cookie;
    cookie_request request (
        .armed(armed), .armed_syn(armed_syn), .period(period), .is_syn(is_syn), .named_period(named_period), .index(index),
        .is_cookie(is_cookie), .hash_result(hash_result), .hash_previous(hash_previous), .hash_period(hash_period)
    );
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
