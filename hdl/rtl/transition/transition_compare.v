// Turns (entry, segment) into facts for transition_decide.v, in two clocks: first the 32-bit differences, then what
// their signs and sizes say. Sequence numbers, timestamps and ticks are compared on the circle modulo 2^32
// (RFC 9293 3.4, RFC 7323 5.2). Latency: 2 clocks.

`default_nettype none

`include "offload_map.vh"

module transition_compare (
    input  wire                       clk,

    // fetch stage
    input  wire [`SEGMENT_BITS-1:0]   fetch_segment,
    input  wire [`ENTRY_BITS-1:0]     fetch_entry,
    input  wire                       fetch_from_host,          // RCV.NXT and SND.NXT change places
    input  wire [31:0]                tick,                     // timebase_us[41:10]
    input  wire [15:0]                age,                      // timebase_us[45:30]
    input  wire [13:0]                unsolicited_ack_interval,
    input  wire [3:0]                 syn_retries,
    input  wire [3:0]                 synack_retries,
    input  wire [3:0]                 orphan_retries,

    // decide stage, two clocks later
    output reg                        decide_seq_is_irs,
    output reg                        decide_seq_is_iss,
    output reg                        decide_seq_is_rcv_nxt,
    output reg                        decide_seq_not_after_rcv_nxt,
    output reg                        decide_end_is_rcv_nxt,
    output reg                        decide_end_after_rcv_nxt,
    output reg                        decide_acceptable,
    output reg                        decide_ack_is_snd_nxt,
    output reg                        decide_ack_after_snd_nxt,
    output reg                        decide_ack_not_before_snd_una,
    output reg                        decide_ack_too_old,
    output reg                        decide_seq_not_before_wl1,
    output reg                        decide_ts_before_recent,
    output reg                        decide_ts_is_recent,
    output reg                        decide_syn_unacked,
    output reg                        decide_ack_limit_active,
    output reg                        decide_ack_limit_over,
    output reg                        decide_deadline_reached,
    output reg                        decide_syn_retries_used,
    output reg                        decide_synack_retries_used,
    output reg                        decide_orphan_retries_used
);
    wire [31:0] seq     = fetch_segment[`SEGMENT_SEQ];
    wire [31:0] ack     = fetch_segment[`SEGMENT_ACK];
    wire [7:0]  flags   = fetch_segment[`SEGMENT_FLAGS];
    wire [31:0] rcv_nxt = fetch_from_host ? fetch_entry[`ENTRY_SND_NXT] : fetch_entry[`ENTRY_RCV_NXT];
    wire [31:0] snd_nxt = fetch_from_host ? fetch_entry[`ENTRY_RCV_NXT] : fetch_entry[`ENTRY_SND_NXT];
    // SEG.LEN without SYN, which is never asked for acceptability (rules P4, S3).
    wire [16:0] length  = {1'b0, fetch_segment[`SEGMENT_DATA_LENGTH]} + {16'd0, flags[0]};
    wire        scaled  = fetch_entry[`ENTRY_STATE] != `TCP_STATE_SYN_RECEIVED &&
                          fetch_entry[`ENTRY_OUR_SCALE] != 4'd15;

    // TS.Recent is outdated after 24 days (RFC 7323 5.5), in steps of 2^30 microseconds.
    localparam [15:0] OUTDATED = 16'd1932;

    // ---------------------------------------------------------------- difference
    reg [31:0] compare_seq, compare_last, compare_irs, compare_ack_nxt, compare_ack_una, compare_wl1, compare_ts;
    reg [31:0] compare_deadline, compare_window, compare_iss, compare_end, compare_una_ack, compare_furthest;
    reg [15:0] compare_age;
    reg        compare_syn_unacked;
    reg [13:0] compare_ack_age;
    reg        compare_empty, compare_ack_limited, compare_deadline_set;
    reg [3:0]  compare_retries;

    always @(posedge clk) begin
        compare_seq          <= seq - rcv_nxt;
        compare_last         <= (seq - rcv_nxt) + ({15'd0, length} - 32'd1);
        compare_irs          <= seq - fetch_entry[`ENTRY_IRS];
        compare_iss          <= seq - fetch_entry[`ENTRY_ISS];
        compare_end          <= (seq - rcv_nxt) + {15'd0, length};
        compare_ack_nxt      <= ack - snd_nxt;
        compare_una_ack      <= fetch_entry[`ENTRY_SND_UNA] - ack;
        // No window that the peer ever offered was greater.
        compare_furthest     <= 32'd65535 << (fetch_entry[`ENTRY_PEER_SCALE] == 4'd15 ? 4'd0 : fetch_entry[`ENTRY_PEER_SCALE]);
        compare_age          <= age - fetch_entry[`ENTRY_TS_RECENT_AGE];
        compare_syn_unacked  <= fetch_entry[`ENTRY_SND_UNA] == fetch_entry[`ENTRY_ISS] &&
                                fetch_entry[`ENTRY_ORIGIN] != `ORIGIN_TAKE;
        compare_ack_una      <= ack - fetch_entry[`ENTRY_SND_UNA];
        compare_wl1          <= seq - fetch_entry[`ENTRY_SND_WL1];
        compare_ts           <= fetch_segment[`SEGMENT_TS_VAL] - fetch_entry[`ENTRY_TS_RECENT];
        compare_deadline     <= tick - fetch_entry[`ENTRY_DEADLINE];
        compare_window       <= scaled ? {16'd0, fetch_entry[`ENTRY_OUR_WINDOW]} << fetch_entry[`ENTRY_OUR_SCALE]
                                       : {16'd0, fetch_entry[`ENTRY_OUR_WINDOW]};
        compare_ack_age      <= tick[13:0] - fetch_entry[`ENTRY_LAST_ACK_TICK];
        compare_empty        <= length == 17'd0;
        compare_ack_limited  <= fetch_entry[`ENTRY_ACK_LIMITED];
        compare_deadline_set <= fetch_entry[`ENTRY_DEADLINE_SET];
        compare_retries      <= fetch_entry[`ENTRY_RETRIES];
    end

    // ---------------------------------------------------------------- compare
    wire first_inside = compare_seq  < compare_window;
    wire last_inside  = compare_last < compare_window;
    wire ack_young    = compare_ack_age < unsolicited_ack_interval;

    always @(posedge clk) begin
        decide_seq_is_irs             <= compare_irs == 32'd0;
        decide_seq_is_iss             <= compare_iss == 32'd0;
        decide_end_is_rcv_nxt         <= compare_end == 32'd0;
        decide_end_after_rcv_nxt      <= compare_end != 32'd0 && !compare_end[31];
        decide_ack_too_old            <= !compare_una_ack[31] && compare_una_ack > compare_furthest;
        decide_ts_is_recent           <= compare_ts == 32'd0;
        decide_syn_unacked            <= compare_syn_unacked;
        decide_syn_retries_used       <= compare_retries >= syn_retries;
        decide_seq_is_rcv_nxt         <= compare_seq == 32'd0;
        decide_seq_not_after_rcv_nxt  <= compare_seq == 32'd0 || compare_seq[31];
        decide_acceptable             <= compare_window == 32'd0 ? compare_empty && compare_seq == 32'd0
                                                                 : first_inside || (!compare_empty && last_inside);
        decide_ack_is_snd_nxt         <= compare_ack_nxt == 32'd0;
        decide_ack_after_snd_nxt      <= compare_ack_nxt != 32'd0 && !compare_ack_nxt[31];
        decide_ack_not_before_snd_una <= !compare_ack_una[31];
        decide_seq_not_before_wl1     <= !compare_wl1[31];
        decide_ts_before_recent       <= compare_ts[31] && compare_age < OUTDATED;
        decide_ack_limit_active       <= compare_ack_limited && ack_young;
        decide_ack_limit_over         <= compare_ack_limited && !ack_young;
        decide_deadline_reached       <= compare_deadline_set && !compare_deadline[31];
        decide_synack_retries_used    <= compare_retries >= synack_retries;
        decide_orphan_retries_used    <= compare_retries >= orphan_retries;
    end
endmodule

`default_nettype wire
