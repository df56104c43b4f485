// Hands one connection's parked frames to the host port, oldest first. Looks at one slot a clock for the oldest
// frame, waits until it is whole, sends it, and begins again, until a look at all slots finds none. A frame that is
// parked while a look has found nothing yet may lie behind it, and a younger one ahead of it: the look begins again.
//
// If the connection's frames are discarded meanwhile, it ends with the frame that it is sending, so that it never
// takes a frame of the connection that gets the entry's number next.

`default_nettype none

module park_drain #(
    parameter SLOTS     = 8,
    parameter SLOT_BITS = 3                                     // bits of a slot's number
) (
    input  wire                 clk,
    input  wire                 rst,

    input  wire                 start,                          // ignored while busy
    input  wire [15:0]          start_index,
    input  wire                 hold,                           // the engine's own ACK has not left yet
    input  wire                 park,                           // a frame of write_index takes a slot
    input  wire                 discard,                        // what waits of write_index is discarded
    input  wire [15:0]          write_index,
    output reg                  done,                           // one clock
    output wire                 busy,

    // what was sent since start, if anything was: the highest SEG.SEQ+SEG.LEN, and whether a FIN was among it
    output reg                  sent_any,
    output reg  [31:0]          sent_end,
    output reg                  sent_fin,

    // the slots
    output reg  [15:0]          drain_index,
    output reg  [SLOT_BITS-1:0] look_slot,
    input  wire                 look_found,
    input  wire                 look_older,
    output reg  [SLOT_BITS-1:0] drain_slot,                     // the oldest so far, then the one that is sent
    input  wire                 drain_whole,
    input  wire [31:0]          drain_slot_end,
    input  wire                 drain_slot_fin,
    output wire                 send,                           // its frame goes out
    input  wire                 sent                            // its last beat was accepted a clock ago
);
    localparam [SLOT_BITS-1:0] LAST = SLOTS[SLOT_BITS-1:0] - 1'b1;

    localparam [2:0] IDLE = 3'd0,
                     ACK  = 3'd1,                               // the engine's ACK goes first
                     LOOK = 3'd2,                               // for the oldest
                     WAIT = 3'd3,                               // until it is whole
                     SEND = 3'd4;

    reg [2:0] state, next_state;
    reg       found;                                            // drain_slot is the oldest so far
    reg       over;                                             // discarded: nothing more is to be sent

    wire [31:0] ahead = sent_end - drain_slot_end;              // its sign: the slot's end is higher

    wire        again = park && write_index == drain_index && !found && !look_found;

    assign busy = state != IDLE || done;
    assign send = state == SEND;

    always @* begin
        next_state = state;
        case (state)
            IDLE:
                if (start) next_state = ACK;
            ACK:
                if (!hold) next_state = over ? IDLE : LOOK;
            LOOK:
                if (over) next_state = IDLE;
                else if (again) next_state = LOOK;
                else if (look_slot == LAST) next_state = found || look_found ? WAIT : IDLE;
            WAIT:
                if (over) next_state = IDLE;
                else if (drain_whole) next_state = SEND;
            default:                                            // SEND
                if (sent) next_state = over ? IDLE : LOOK;
        endcase
    end

    always @(posedge clk) begin
        if (state == IDLE && start) drain_index <= start_index;

        if (state == LOOK) begin
            look_slot <= again ? {SLOT_BITS{1'b0}} : look_slot + 1'b1;
            if (look_found) begin
                found <= 1'b1;
                if (!found || look_older) drain_slot <= look_slot;
            end
        end else begin
            look_slot <= {SLOT_BITS{1'b0}};
            found     <= 1'b0;
        end

        if (state == IDLE && start) begin
            sent_any <= 1'b0;
            sent_fin <= 1'b0;
        end else if (sent) begin
            sent_any <= 1'b1;
            sent_fin <= sent_fin || drain_slot_fin;
            if (!sent_any || ahead[31]) sent_end <= drain_slot_end;
        end

        if (state == IDLE) over <= 1'b0;
        else if (discard && write_index == drain_index) over <= 1'b1;

        state <= next_state;
        done  <= state != IDLE && next_state == IDLE;
        if (rst) begin
            state <= IDLE;
            done  <= 1'b0;
        end
    end
endmodule

`default_nettype wire
