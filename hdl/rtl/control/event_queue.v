// Events on their way to the host. It never blocks: an event that finds it full is lost and counted, and the table
// still holds the truth. The oldest event is dropped by its number, so that a repeated write drops nothing twice.
// The interrupt may wait a while for company.

`default_nettype none

`include "offload_map.vh"

module event_queue #(
    parameter DEPTH = 512,                                      // events it holds; a power of two, at most 32768
    parameter STILL = 0                                         // 1: one event is in the pipeline at a time, and its
                                                                // entry stands still for 8 clocks from `write` on
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

    // with STILL, for command_unit and table_reader, too: the entry of push_event is to be kept; windows of what was
    input  wire                   write,                        // an event of the pipeline, whether it is pushed or not
    input  wire                   keep_answer,
    input  wire                   keep_entry,
    input  wire                   answer_shown,
    input  wire [5:0]             answer_address,
    output wire [31:0]            answer_data,
    input  wire                   entry_shown,
    input  wire [5:0]             entry_address,
    output wire [31:0]            entry_data,
    output wire                   busy,                         // an entry is being copied
    output wire                   answer_busy,                  // ... to be the answer
    output wire                   entry_busy,                   // ... to be the entry that was asked for

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
    reg  [63:0]           waiting_since;

    assign available = {{(15-DEPTH_BITS){1'b0}}, count};

    generate
        if (STILL != 0) begin : narrow
            entry_windows #(.DEPTH_BITS(DEPTH_BITS)) windows (
                .clk(clk), .rst(rst), .write(write), .write_record(push_event),
                .keep_event(do_push), .write_place(tail), .keep_answer(keep_answer), .keep_entry(keep_entry),
                .busy(busy), .answer_busy(answer_busy), .entry_busy(entry_busy),
                .event_place(head_number[DEPTH_BITS-1:0]), .event_address(event_address), .event_data(event_data),
                .answer_shown(answer_shown), .answer_address(answer_address), .answer_data(answer_data),
                .entry_shown(entry_shown), .entry_address(entry_address), .entry_data(entry_data)
            );
        end else begin : wide
            wire [`EVENT_BITS-1:0] head_event;

            block_ram #(.WIDTH(`EVENT_BITS), .ADDRESS_BITS(DEPTH_BITS), .READ_OLD(0)) events (
                .clk(clk), .write(do_push), .write_address(tail), .write_data(push_event),
                .read_address(head_number[DEPTH_BITS-1:0]), .read_data(head_event)
            );

            word_window #(.BITS(`EVENT_BITS)) window (
                .clk(clk), .record(head_event), .shown(1'b1), .address(event_address), .word(event_data)
            );

            assign answer_data = 32'd0;
            assign entry_data  = 32'd0;
            assign busy        = 1'b0;
            assign answer_busy = 1'b0;
            assign entry_busy  = 1'b0;
            wire unused = &{1'b0, write, keep_answer, keep_entry, answer_shown, answer_address, entry_shown,
                            entry_address, 1'b0};
        end
    endgenerate

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
            pending <= count != {(DEPTH_BITS+1){1'b0}} && (pending || waited[63:16] != 48'd0 || waited[15:0] >= coalesce);
        end
    end
endmodule

`default_nettype wire
