// What is in each park slot: which connection's frame, which segment, how far it is, and its place in the order.
//
//     free ──write_park──▶ awaited ──arrived──▶ whole ──sent──▶ free
//                             │                   │
//                          discard             discard
//                             ▼                   ▼
//                           dying ──arrived──▶ dying, whole ──▶ free
//
// Frames come from the ingress in the order in which their slots were taken, so a queue of slot numbers says where
// the next one goes. A slot's rank is the number of slots in use that are older; it goes down as those become free,
// so that "older" needs no clock that could wrap around.
//
// One slot becomes free a clock, so that counting is one pulse a clock. A slot counts against the room from its
// promise (decide) until it is free. Signals' stages are those of connection_table.v; the query passes two registers
// (fetch ─▶ parts compared ─▶ decide). What it finds is exact although writes come meanwhile, for the interlock keeps
// events of one connection apart.

`default_nettype none

module park_slots #(
    parameter SLOTS = 8,                                        // 1 to 64
    parameter SLOT_BITS = 3                                     // bits of a slot's number
) (
    input  wire                 clk,
    input  wire                 rst,

    // fetch (clock 6): the connection's entry, and the segment
    input  wire [15:0]          fetch_index,
    input  wire [31:0]          fetch_seq,
    input  wire [15:0]          fetch_length,
    input  wire                 fetch_fin,

    // decide (clock 8)
    output reg                  decide_repeat,                  // this segment of this connection is parked already
    output reg                  decide_any,                     // this connection has parked frames
    output wire                 decide_room,                    // a slot is neither in use nor promised
    input  wire                 decide_park,                    // promises one

    // write (clock 10): the segment that was at fetch four clocks ago
    input  wire                 write_park,                     // takes the slot that was promised two clocks ago
    input  wire                 write_discard,                  // every frame of write_index
    input  wire [15:0]          write_index,

    // frames from the ingress
    output wire                 next_valid,                     // a frame is awaited
    output wire [SLOT_BITS-1:0] next_slot,                      // where it goes
    input  wire                 next_arrived,                   // it is whole

    // drain: looks at one slot, sends one
    input  wire [15:0]          drain_index,
    input  wire [SLOT_BITS-1:0] look_slot,
    output wire                 look_found,                     // it holds a frame of drain_index
    output wire                 look_older,                     // than drain_slot
    input  wire [SLOT_BITS-1:0] drain_slot,
    output wire                 drain_whole,                    // its frame is whole
    output reg  [31:0]          drain_slot_end,                 // its SEG.SEQ+SEG.LEN, one clock behind drain_slot
    output reg                  drain_slot_fin,
    input  wire                 drain_sending,                  // it must not become free
    input  wire                 drain_sent,                     // it becomes free

    output reg  [6:0]           in_use,
    output wire                 busy,                           // a frame is awaited, or a discarded one is not yet free
    output reg                  count_unparked,
    output reg                  count_discarded
);
    generate
        if (SLOTS < 1 || SLOTS > 64 || (1 << SLOT_BITS) < SLOTS) begin : check_slots
            park_slots_must_be_1_to_64 invalid ();
        end
    endgenerate

    reg [SLOTS-1:0]     used;                                   // not free
    reg [SLOTS-1:0]     live;                                   // ... and not discarded
    reg [SLOTS-1:0]     whole;                                  // ... and its frame is in the memory
    reg [15:0]          slot_index  [0:SLOTS-1];
    reg [31:0]          slot_seq    [0:SLOTS-1];
    reg [15:0]          slot_length [0:SLOTS-1];
    reg [SLOTS-1:0]     slot_fin;
    reg [SLOT_BITS-1:0] slot_rank   [0:SLOTS-1];

    // ---------------------------------------------------------------- query
    reg [SLOTS-1:0] compare_index, compare_seq, compare_length;
    integer         q;

    always @(posedge clk) begin
        for (q = 0; q < SLOTS; q = q + 1) begin
            compare_index[q]  <= live[q] && slot_index[q] == fetch_index;
            compare_seq[q]    <= slot_seq[q] == fetch_seq;
            compare_length[q] <= slot_length[q] == fetch_length && slot_fin[q] == fetch_fin;
        end
        decide_any    <= compare_index != {SLOTS{1'b0}};
        decide_repeat <= (compare_index & compare_seq & compare_length) != {SLOTS{1'b0}};
    end

    // The segment goes along the pipeline to its write.
    reg [48:0] flight [7:10];
    integer    f;

    always @(posedge clk) begin
        flight[7] <= {fetch_fin, fetch_length, fetch_seq};
        for (f = 8; f <= 10; f = f + 1) flight[f] <= flight[f-1];
    end

    // ---------------------------------------------------------------- which slot is taken, which becomes free
    wire [SLOTS-1:0]    free      = ~used;
    wire [SLOTS-1:0]    take      = write_park ? free & (~free + {{(SLOTS-1){1'b0}}, 1'b1}) : {SLOTS{1'b0}};
    reg [SLOT_BITS-1:0] take_slot;

    reg [SLOTS-1:0]     sending;
    wire [SLOTS-1:0]    dying     = used & ~live;
    wire [SLOTS-1:0]    sweepable = dying & whole & ~sending;
    wire [SLOTS-1:0]    swept     = sweepable & (~sweepable + {{(SLOTS-1){1'b0}}, 1'b1});
    wire                give      = drain_sent || sweepable != {SLOTS{1'b0}};
    reg [SLOT_BITS-1:0] swept_slot;
    wire [SLOT_BITS-1:0] give_slot = drain_sent ? drain_slot : swept_slot;
    reg  [SLOTS-1:0]    younger;                                // than the slot that becomes free; drain_sent comes late
    integer             n;

    always @* begin
        take_slot  = {SLOT_BITS{1'b0}};
        swept_slot = {SLOT_BITS{1'b0}};
        for (n = 0; n < SLOTS; n = n + 1) begin
            sending[n] = drain_sending && drain_slot == n[SLOT_BITS-1:0];
            take_slot  = take_slot | (n[SLOT_BITS-1:0] & {SLOT_BITS{take[n]}});
            swept_slot = swept_slot | (n[SLOT_BITS-1:0] & {SLOT_BITS{swept[n]}});
        end
        for (n = 0; n < SLOTS; n = n + 1)
            younger[n] = drain_sent ? slot_rank[n] > slot_rank[drain_slot] : slot_rank[n] > slot_rank[swept_slot];
    end

    // ---------------------------------------------------------------- slots
    wire [SLOT_BITS-1:0] rank_of_new = in_use[SLOT_BITS-1:0] - {{(SLOT_BITS-1){1'b0}}, give};
    integer              s;

    always @(posedge clk) begin
        for (s = 0; s < SLOTS; s = s + 1) begin
            if (take[s]) begin
                slot_index[s] <= write_index;
                {slot_fin[s], slot_length[s], slot_seq[s]} <= flight[10];
                slot_rank[s] <= rank_of_new;
            end else if (give && younger[s])
                slot_rank[s] <= slot_rank[s] - 1'b1;

            if (rst || (give && give_slot == s[SLOT_BITS-1:0])) begin
                used[s]  <= 1'b0;
                live[s]  <= 1'b0;
                whole[s] <= 1'b0;
            end else begin
                if (take[s]) used[s] <= 1'b1;
                if (take[s]) live[s] <= 1'b1;
                else if (write_discard && slot_index[s] == write_index) live[s] <= 1'b0;
                if (next_arrived && next_slot == s[SLOT_BITS-1:0]) whole[s] <= 1'b1;
            end
        end
    end

    // ---------------------------------------------------------------- room, counts
    reg [6:0] available;                                        // slots neither in use nor promised

    assign decide_room = available != 7'd0;
    assign busy        = next_valid || dying != {SLOTS{1'b0}} || count_unparked || count_discarded;

    always @(posedge clk)
        if (rst) begin
            in_use          <= 7'd0;
            available       <= SLOTS[6:0];
            count_unparked  <= 1'b0;
            count_discarded <= 1'b0;
        end else begin
            in_use          <= in_use + {6'd0, write_park} - {6'd0, give};
            available       <= available - {6'd0, decide_park} + {6'd0, give};
            count_unparked  <= drain_sent;
            count_discarded <= give && !drain_sent;
        end

    // ---------------------------------------------------------------- awaited frames
    wire next_empty;
    assign next_valid = !next_empty;

    fifo #(.WIDTH(SLOT_BITS), .DEPTH_BITS(SLOT_BITS)) awaited (
        .clk(clk), .rst(rst), .write(write_park), .write_data(take_slot),
        .read(next_arrived), .read_data(next_slot), .empty(next_empty)
    );

    // ---------------------------------------------------------------- drain
    assign look_found  = live[look_slot] && slot_index[look_slot] == drain_index;
    assign look_older  = slot_rank[look_slot] < slot_rank[drain_slot];
    assign drain_whole = live[drain_slot] && whole[drain_slot];

    // What the query compares, once more, where one slot can be read by its number.
    reg  [48:0] segments [0:(1<<SLOT_BITS)-1];
    wire [48:0] drain_segment = segments[drain_slot];

    always @(posedge clk) begin
        if (write_park) segments[take_slot] <= flight[10];
        drain_slot_fin <= drain_segment[48];
        drain_slot_end <= drain_segment[31:0] + {16'd0, drain_segment[47:32]} + {31'd0, drain_segment[48]};
    end
endmodule

`default_nettype wire
