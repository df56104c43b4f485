// Events on their way to the host. It never blocks: an event that finds it full is lost and counted, and the table
// still holds the truth. The oldest event is dropped by its number, so that a repeated write drops nothing twice.
// The interrupt may wait a while for company.

`default_nettype none

`include "offload_map.vh"

module event_queue #(
    parameter DEPTH = 512                                       // events it holds; a power of two, at most 32768
) (
    input  wire                   clk,
    input  wire                   rst,

    // write stage
    input  wire                   push,
    input  wire [`EVENT_BITS-1:0] push_event,
    output reg                    count_queued,
    output reg                    count_lost,

    // registers
    output wire [15:0]            available,
    output reg  [15:0]            head_number,
    output reg  [63:0]            lost,
    input  wire                   pop,
    input  wire [15:0]            pop_number,
    input  wire [5:0]             event_address,
    output wire [31:0]            event_data,

    // interrupt
    input  wire [63:0]            timebase_us,
    input  wire [15:0]            coalesce,                     // microseconds
    output reg                    pending
);
    localparam DEPTH_BITS = $clog2(DEPTH);

    generate
        if (DEPTH < 2 || DEPTH > 32768 || (1 << DEPTH_BITS) != DEPTH)
            EVENT_DEPTH_must_be_a_power_of_two_from_2_to_32768 invalid_parameter();
    endgenerate

    reg  [DEPTH_BITS:0]   count;
    reg  [DEPTH_BITS-1:0] tail;
    wire                  full    = count[DEPTH_BITS];
    wire                  do_push = push && !full;
    wire                  do_pop  = pop && pop_number == head_number && count != {(DEPTH_BITS+1){1'b0}};
    wire [`EVENT_BITS-1:0] head_event;
    reg  [63:0]           waiting_since;

    assign available = {{(15-DEPTH_BITS){1'b0}}, count};

    block_ram #(.WIDTH(`EVENT_BITS), .ADDRESS_BITS(DEPTH_BITS), .READ_OLD(0)) events (
        .clk(clk), .write(do_push), .write_address(tail), .write_data(push_event),
        .read_address(head_number[DEPTH_BITS-1:0]), .read_data(head_event)
    );

    word_window #(.BITS(`EVENT_BITS)) window (
        .clk(clk), .record(head_event), .shown(1'b1), .address(event_address), .word(event_data)
    );

    wire [63:0] waited = timebase_us - waiting_since;
    always @(posedge clk) begin
        count_queued <= do_push && !rst;
        count_lost   <= push && full && !rst;
        if (rst) begin
            count         <= {(DEPTH_BITS+1){1'b0}};
            tail          <= {DEPTH_BITS{1'b0}};
            head_number   <= 16'd0;
            lost          <= 64'd0;
            pending       <= 1'b0;
            waiting_since <= timebase_us;
        end else begin
            count <= count + {{DEPTH_BITS{1'b0}}, do_push} - {{DEPTH_BITS{1'b0}}, do_pop};
            if (do_push)      tail        <= tail + 1'b1;
            if (do_pop)       head_number <= head_number + 16'd1;
            if (push && full) lost        <= lost + 64'd1;
            if (count == {(DEPTH_BITS+1){1'b0}}) waiting_since <= timebase_us;
            pending <= count != {(DEPTH_BITS+1){1'b0}} && (pending || waited >= {48'd0, coalesce});
        end
    end
endmodule

`default_nettype wire
