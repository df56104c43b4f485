// What one port's ingress found, waiting for its turn in the pipeline: keys on their way to the hash, and segments
// on their way to the look-up. A segment can go when its frame is complete and its placement hash is there.
// The wide record stays in block RAM until the event is issued; only what the dispatcher needs stands in front.

`default_nettype none

`include "offload_map.vh"

module port_queue #(
    parameter DEPTH_BITS = 6                                    // segments that wait: 2^DEPTH_BITS
) (
    input  wire                       clk,
    input  wire                       rst,
    output wire                       busy,

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

    // from the hash, in order
    input  wire                       placement_valid,
    input  wire [32:0]                placement,
    input  wire                       siphash_valid,
    input  wire [63:0]                siphash,

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
    output wire [63:0]                siphash_data
);
    localparam DEPTH = 1 << DEPTH_BITS;

    // ---------------------------------------------------------------- keys
    wire       keys_empty;
    wire [4:0] keys_waiting;
    fifo #(.WIDTH(`KEY_BITS), .DEPTH_BITS(4)) keys (
        .clk(clk), .rst(rst), .write(key_valid && !(keys_empty && hash_ready)), .write_data(key),
        .read(hash_ready), .read_data(queued_key), .empty(keys_empty), .count(keys_waiting)
    );
    // An empty queue is passed by.
    wire [`KEY_BITS-1:0] queued_key;
    assign hash_valid = !keys_empty || key_valid;
    assign hash_key   = keys_empty ? key : queued_key;

    // ---------------------------------------------------------------- hashes
    wire                  placements_empty;
    wire [DEPTH_BITS:0]   placements_waiting;
    fifo #(.WIDTH(33), .DEPTH_BITS(DEPTH_BITS)) placements (
        .clk(clk), .rst(rst), .write(placement_valid), .write_data(placement),
        .read(pop && front_is_tcp), .read_data(head_placement), .empty(placements_empty),
        .count(placements_waiting)
    );

    reg [63:0]           siphashes [0:DEPTH-1];
    reg [DEPTH_BITS-1:0] siphash_tail, hash_slot;
    always @(posedge clk) begin
        if (siphash_valid) siphashes[siphash_tail] <= siphash;
        if (rst) begin
            siphash_tail <= {DEPTH_BITS{1'b0}};
            hash_slot    <= {DEPTH_BITS{1'b0}};
        end else begin
            if (siphash_valid)       siphash_tail <= siphash_tail + 1'b1;
            if (pop && front_is_tcp) hash_slot    <= hash_slot + 1'b1;
        end
    end
    assign head_hash_slot = hash_slot;
    assign siphash_data   = siphashes[siphash_slot];

    // ---------------------------------------------------------------- segments
    reg  [DEPTH_BITS-1:0] tail, head;                           // of the records
    reg  [DEPTH_BITS:0]   held;                                 // records that are not issued yet
    wire                  store = segment_valid && !segment[`SEGMENT_VOID];
    block_ram #(.WIDTH(`SEGMENT_BITS), .ADDRESS_BITS(DEPTH_BITS)) records (
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

    always @(posedge clk) begin
        room <= held + {{DEPTH_BITS{1'b0}}, store} <= DEPTH - 24 && fronts_waiting <= DEPTH - 24 && keys_waiting <= 5'd4 &&
                placements_waiting <= DEPTH - 24;
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
