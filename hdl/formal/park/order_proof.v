// park_slots and park_drain, wired as in park_store.v; their surroundings are free within what those promise. The
// awaited slots' queue is free too: see run.sh.

`default_nettype none

module order_proof (
    input wire        clk,
    input wire        rst,
    input wire [15:0] fetch_index,
    input wire [31:0] fetch_seq,
    input wire [15:0] fetch_length,
    input wire        fetch_fin,
    input wire        decide_park,
    input wire        write_park,
    input wire        write_discard,
    input wire [15:0] write_index,
    input wire        arrived,
    input wire        start,
    input wire [15:0] start_index,
    input wire        hold,
    input wire        sent
);
    wire [1:0]  look_slot, drain_slot, next_slot;
    wire        look_found, look_older, drain_whole, drain_slot_fin, send, room, next_valid;
    wire        done, busy, sent_any, sent_fin, repeat_parked, any_parked, slots_busy, unparked, discarded;
    wire [31:0] drain_slot_end, sent_end;
    wire [15:0] drain_index;
    wire [6:0]  in_use;
    wire [2:0]  state;
    wire        found, over, look;

    always @* begin
        if (decide_park) assume (room);
        if (write_park) assume (!write_discard);                // one event, one deed
        if (arrived) assume (next_valid);
        if (sent) assume (send);
    end

    park_slots #(.SLOTS(4), .SLOT_BITS(2)) slots (
        .clk(clk), .rst(rst),
        .fetch_index(fetch_index), .fetch_seq(fetch_seq), .fetch_length(fetch_length), .fetch_fin(fetch_fin),
        .decide_repeat(repeat_parked), .decide_any(any_parked), .decide_room(room), .decide_park(decide_park),
        .write_park(write_park), .write_discard(write_discard), .write_index(write_index),
        .next_valid(next_valid), .next_slot(next_slot), .next_arrived(arrived),
        .drain_index(drain_index), .look_slot(look_slot), .look_found(look_found), .look_older(look_older),
        .drain_slot(drain_slot), .drain_whole(drain_whole), .drain_slot_end(drain_slot_end),
        .drain_slot_fin(drain_slot_fin), .drain_sending(send), .drain_sent(sent),
        .f_state(state), .f_found(found), .f_over(over), .f_look(look),
        .in_use(in_use), .busy(slots_busy), .count_unparked(unparked), .count_discarded(discarded)
    );

    park_drain #(.SLOTS(4), .SLOT_BITS(2)) drain (
        .f_state(state), .f_found(found), .f_over(over), .f_look(look),
        .clk(clk), .rst(rst), .start(start), .start_index(start_index), .hold(hold),
        .park(write_park), .discard(write_discard), .write_index(write_index), .done(done), .busy(busy),
        .sent_any(sent_any), .sent_end(sent_end), .sent_fin(sent_fin),
        .drain_index(drain_index), .look_slot(look_slot), .look_found(look_found), .look_older(look_older),
        .drain_slot(drain_slot), .drain_whole(drain_whole), .drain_slot_end(drain_slot_end),
        .drain_slot_fin(drain_slot_fin), .send(send), .sent(sent)
    );
endmodule

// In the place of the queue of awaited slots.
module fifo #(
    parameter WIDTH = 2,
    parameter DEPTH_BITS = 2
) (
    input  wire             clk,
    input  wire             rst,
    input  wire             write,
    input  wire [WIDTH-1:0] write_data,
    input  wire             read,
    output wire [WIDTH-1:0] read_data,
    output wire             empty
);
    (* anyseq *) wire [WIDTH-1:0] any_slot;
    (* anyseq *) wire             any_empty;
    assign read_data = any_slot;
    assign empty     = any_empty;
    wire unused = &{1'b0, clk, rst, write, write_data, read};
endmodule

`default_nettype wire
