// Frames that wait for the host to adopt their connection (data and FIN; they are not acknowledged). Each lies whole
// in a slot until a RELEASE drains it to the host port, or its connection ends and it is discarded.
//
//     pipeline ─▶ park_slots ◀─▶ park_drain ◀─ RELEASE
//                     │               │
//     ingress  ─▶ park_memory ───────▶└─▶ m_axis (host port)
//
// A park is promised a slot at decide and takes it at write; the verdict then sends the frame here, one beat a clock,
// with no back-pressure. Frames come in the order of their writes. Signals' stages are those of connection_table.v.
//
// Without slots there is nothing to drain, and all that is left is to wait for the engine's ACK.

`default_nettype none

module park_store #(
    parameter DATA_WIDTH      = 64,                             // bits of a beat: 64, 128, 256 or 512
    parameter PARK_SLOTS      = 8,                              // frames held; 0 to 64
    parameter MAX_FRAME_BYTES = 1522                            // longest frame
) (
    input  wire                              clk,
    input  wire                              rst,

    // fetch (clock 6): the entry that the look-up selected, and the segment
    input  wire [15:0]                       fetch_index,
    input  wire [31:0]                       fetch_seq,
    input  wire [15:0]                       fetch_length,      // bytes of data
    input  wire                              fetch_fin,

    // decide (clock 8): registered facts, and the promise of a slot
    output wire                              decide_park_repeat, // this segment of this entry is parked already
    output wire                              decide_park_any,   // this entry has parked frames
    output wire                              decide_park_room,  // a slot is left; those promised count
    input  wire                              decide_park,       // only with room; write_park follows two clocks later

    // write (clock 10)
    input  wire                              write_park,
    input  wire                              write_discard,     // all frames of write_index, if not yet being sent
    input  wire [15:0]                       write_index,

    // frames from the ingress; `park_bytes` is the number of valid bytes less one
    input  wire                              park_valid,
    input  wire [DATA_WIDTH-1:0]             park_data,
    input  wire [$clog2(DATA_WIDTH / 8)-1:0] park_bytes,
    input  wire                              park_last,

    // drain: one entry at a time
    input  wire                              drain_start,
    input  wire [15:0]                       drain_index,
    input  wire                              drain_hold,        // an ACK of the engine is on its way to the host port
    output wire                              drain_done,        // one clock; nothing of the entry was left
    output wire                              drain_any,         // from then on: whether frames were drained,
    output wire [31:0]                       drain_end,         // ... the highest SEG.SEQ+SEG.LEN among them,
    output wire                              drain_fin,         // ... and whether one had FIN

    // drained frames
    output wire [DATA_WIDTH-1:0]             m_axis_tdata,
    output wire [DATA_WIDTH/8-1:0]           m_axis_tkeep,
    output wire                              m_axis_tvalid,
    input  wire                              m_axis_tready,
    output wire                              m_axis_tlast,

    // slots in use, pulses, and whether anything is going on; a frame at rest is not
    output wire [6:0]                        parked_frames,
    output wire                              count_unparked,
    output wire                              count_discarded,
    output wire                              busy
);
    localparam BYTES     = DATA_WIDTH / 8;
    localparam MAX_BEATS = (MAX_FRAME_BYTES + BYTES - 1) / BYTES;
    localparam SLOT_BITS = PARK_SLOTS > 2 ? $clog2(PARK_SLOTS) : 1;

    generate
        if (PARK_SLOTS < 0 || PARK_SLOTS > 64) begin : check_slots
            PARK_SLOTS_must_be_0_to_64 invalid ();
        end

        if (PARK_SLOTS == 0) begin : without
            reg waiting, done;

            always @(posedge clk) begin
                waiting <= !rst && (waiting ? drain_hold : drain_start);
                done    <= !rst && waiting && !drain_hold;
            end

            assign drain_done         = done;
            assign drain_any          = 1'b0;
            assign drain_end          = 32'd0;
            assign drain_fin          = 1'b0;
            assign busy               = waiting || done;
            assign decide_park_repeat = 1'b0;
            assign decide_park_any    = 1'b0;
            assign decide_park_room   = 1'b0;
            assign m_axis_tdata       = {DATA_WIDTH{1'b0}};
            assign m_axis_tkeep       = {BYTES{1'b0}};
            assign m_axis_tvalid      = 1'b0;
            assign m_axis_tlast       = 1'b0;
            assign parked_frames      = 7'd0;
            assign count_unparked     = 1'b0;
            assign count_discarded    = 1'b0;

            wire unused = &{1'b0, fetch_index, fetch_seq, fetch_length, fetch_fin, decide_park, write_park,
                            write_discard, write_index, park_valid, park_data, park_bytes, park_last, drain_index,
                            m_axis_tready, 1'b0};
        end else begin : with_slots
            wire                 next_valid, look_found, look_older, drain_whole, send, sent, slots_busy, drain_busy;
            wire [SLOT_BITS-1:0] next_slot, look_slot, drain_slot;
            wire [15:0]          index_of_drain;
            wire [31:0]          drain_slot_end;
            wire                 drain_slot_fin;
            wire                 store = park_valid && next_valid;

            park_slots #(.SLOTS(PARK_SLOTS), .SLOT_BITS(SLOT_BITS)) slots (
                .clk(clk), .rst(rst),
                .fetch_index(fetch_index), .fetch_seq(fetch_seq), .fetch_length(fetch_length), .fetch_fin(fetch_fin),
                .decide_repeat(decide_park_repeat), .decide_any(decide_park_any), .decide_room(decide_park_room),
                .decide_park(decide_park), .write_park(write_park), .write_discard(write_discard),
                .write_index(write_index),
                .next_valid(next_valid), .next_slot(next_slot), .next_arrived(store && park_last),
                .drain_index(index_of_drain), .look_slot(look_slot), .look_found(look_found), .look_older(look_older),
                .drain_slot(drain_slot), .drain_whole(drain_whole),
                .drain_slot_end(drain_slot_end), .drain_slot_fin(drain_slot_fin),
                .drain_sending(send), .drain_sent(sent),
                .in_use(parked_frames), .busy(slots_busy),
                .count_unparked(count_unparked), .count_discarded(count_discarded)
            );

            park_memory #(
                .DATA_WIDTH(DATA_WIDTH), .SLOTS(PARK_SLOTS), .SLOT_BITS(SLOT_BITS), .MAX_BEATS(MAX_BEATS)
            ) frames (
                .clk(clk), .rst(rst),
                .write_valid(store), .write_slot(next_slot), .write_data(park_data), .write_bytes(park_bytes),
                .write_last(park_last),
                .send(send), .send_slot(drain_slot), .sent(sent),
                .m_axis_tdata(m_axis_tdata), .m_axis_tkeep(m_axis_tkeep), .m_axis_tvalid(m_axis_tvalid),
                .m_axis_tready(m_axis_tready), .m_axis_tlast(m_axis_tlast)
            );

            park_drain #(.SLOTS(PARK_SLOTS), .SLOT_BITS(SLOT_BITS)) drain (
                .clk(clk), .rst(rst),
                .start(drain_start), .start_index(drain_index), .hold(drain_hold),
                .park(write_park), .discard(write_discard), .write_index(write_index),
                .done(drain_done), .busy(drain_busy),
                .sent_any(drain_any), .sent_end(drain_end), .sent_fin(drain_fin),
                .drain_index(index_of_drain), .look_slot(look_slot), .look_found(look_found),
                .look_older(look_older), .drain_slot(drain_slot), .drain_whole(drain_whole),
                .drain_slot_end(drain_slot_end), .drain_slot_fin(drain_slot_fin), .send(send), .sent(sent)
            );

            assign busy = slots_busy || drain_busy;
        end
    endgenerate
endmodule

`default_nettype wire
