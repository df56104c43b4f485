// What the host reads word by word, where one event is in the pipeline at a time: events on their way to the host, the
// entry that the last command left, and the entry that the last read found. They all come from the write stage, stand
// still there, and are copied into narrow memories in PARTS clocks; so one choice of a part serves all three.
//
//     write stage ─▶ part 0, 1, … ─┬─▶ events (block RAM)
//                                  └─▶ answer, read entry (distributed RAM)
//
// It stands for the memory and the window of event_queue, command_unit and table_reader. Words come two clocks after
// their address. An event can be read from PARTS clocks after it was pushed, which is sooner than the bus can ask.

`default_nettype none

`include "offload_map.vh"

module entry_windows #(
    parameter DEPTH_BITS = 6                                    // bits of an event's place in the queue
) (
    input  wire                   clk,
    input  wire                   rst,

    // write stage; the entry stands still from `write` on, and no other write comes, for 8 clocks
    input  wire                   write,
    input  wire [`EVENT_BITS-1:0] write_record,                 // the entry lies in its lowest bits
    input  wire                   keep_event,                   // with write: it is an event, for write_place
    input  wire [DEPTH_BITS-1:0]  write_place,
    input  wire                   keep_answer,                  // with write: it is a command's answer
    input  wire                   keep_entry,                   // with write: it is the entry that was asked for
    output wire                   busy,                         // parts are still to be copied
    output wire                   answer_busy,                  // ... of an answer
    output wire                   entry_busy,                   // ... of an entry that was asked for

    // windows
    input  wire [DEPTH_BITS-1:0]  event_place,
    input  wire [5:0]             event_address,
    output reg  [31:0]            event_data,
    input  wire                   answer_shown,                 // without it every word is 0
    input  wire [5:0]             answer_address,
    output reg  [31:0]            answer_data,
    input  wire                   entry_shown,
    input  wire [5:0]             entry_address,
    output reg  [31:0]            entry_data
);
    localparam PARTS      = 7;
    localparam PART_WIDTH = 128;

    generate
        if (PARTS * PART_WIDTH < `EVENT_BITS || (PARTS - 1) * PART_WIDTH > `ENTRY_BITS) begin : check_parts
            the_last_part_must_hold_an_events_own_bits invalid ();
        end
    endgenerate

    // ---------------------------------------------------------------- one part a clock
    reg  [PARTS-1:1]      turn;                                 // of the parts after the first
    reg                   event_kept, answer_kept, entry_kept;
    reg  [DEPTH_BITS-1:0] place_kept;
    reg  [`EVENT_BITS-1:`ENTRY_BITS] own_kept;                  // what an event has beside the entry; in the last part
    wire [PARTS-1:0]      part_turn = {turn, write};
    wire [PARTS*PART_WIDTH-1:0] padded = {{(PARTS*PART_WIDTH-`EVENT_BITS){1'b0}}, own_kept, write_record[`ENTRY_BITS-1:0]};
    reg  [PART_WIDTH-1:0] part;
    reg  [2:0]            part_number;
    integer               p;

    always @* begin
        part        = {PART_WIDTH{1'b0}};
        part_number = 3'd0;
        for (p = 0; p < PARTS; p = p + 1) begin
            part        = part | (padded[p*PART_WIDTH +: PART_WIDTH] & {PART_WIDTH{part_turn[p]}});
            part_number = part_number | (p[2:0] & {3{part_turn[p]}});
        end
    end

    always @(posedge clk) begin
        turn <= rst ? {(PARTS-1){1'b0}} : part_turn[PARTS-2:0];
        if (write) begin
            event_kept  <= keep_event;
            place_kept  <= write_place;
            own_kept    <= write_record[`EVENT_BITS-1:`ENTRY_BITS];
            answer_kept <= keep_answer;
            entry_kept  <= keep_entry;
        end
    end

    assign busy        = turn != {(PARTS-1){1'b0}};
    assign answer_busy = busy && answer_kept;
    assign entry_busy  = busy && entry_kept;

    wire some_part    = part_turn != {PARTS{1'b0}};
    wire event_part   = some_part && (write ? keep_event : event_kept);
    wire answer_part  = some_part && (write ? keep_answer : answer_kept);
    wire entry_part   = some_part && (write ? keep_entry : entry_kept);

    // ---------------------------------------------------------------- events
    wire [PART_WIDTH-1:0] event_part_read;
    reg  [1:0]            event_lane;
    reg                   event_beyond;

    simple_dual_port_ram #(.WIDTH(PART_WIDTH), .DEPTH(1 << (DEPTH_BITS + 3))) events (
        .clk(clk), .write_enable(event_part), .write_address({write ? write_place : place_kept, part_number}),
        .write_data(part),
        .read_enable(1'b1), .read_address({event_place, event_address[4:2]}), .read_data(event_part_read)
    );

    always @(posedge clk) begin
        event_lane   <= event_address[1:0];
        event_beyond <= event_address >= `EVENT_WORDS;
        event_data   <= event_beyond ? 32'd0 : event_part_read[event_lane*32 +: 32];
    end

    // ---------------------------------------------------------------- answer, and read entry, in turn
    reg  [PART_WIDTH-1:0] entries [0:15];                       // the answer's parts, then the read entry's
    reg                   look;                                 // at the read entry
    wire [5:0]            look_address = look ? entry_address : answer_address;
    wire [PART_WIDTH-1:0] look_part    = entries[{look, look_address[4:2]}];
    // Behind the entry come an event's own bits.
    wire                  look_beyond  = look_address >= `ENTRY_WORDS;
    wire                  look_last    = look_address == `ENTRY_WORDS - 1;
    wire [31:0]           look_word    = look_part[look_address[1:0]*32 +: 32] &
                                         {{(32*`ENTRY_WORDS-`ENTRY_BITS){!look_last}}, {(`ENTRY_BITS-32*(`ENTRY_WORDS-1)){1'b1}}};

    always @(posedge clk) begin
        if (answer_part || entry_part) entries[{entry_part, part_number}] <= part;
        look <= !look && !rst;
        if (look) entry_data  <= look_beyond || !entry_shown ? 32'd0 : look_word;
        else      answer_data <= look_beyond || !answer_shown ? 32'd0 : look_word;
    end
endmodule

`default_nettype wire
