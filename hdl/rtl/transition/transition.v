// (entry, event, configuration) -> (entry', actions), as a pipeline that holds nothing but the events in it:
//
//     fetch  ──compare (2 clocks)──▶  decide  ──▶  apply  ──▶  write
//
// A new event may come every clock. Everything on the write side belongs to the event that was at fetch
// four clocks earlier.

`default_nettype none

`include "offload_map.vh"

module transition (
    input  wire                             clk,
    input  wire                             rst,

    // fetch: an event and the entry that its look-up selected
    input  wire                             fetch_valid,
    input  wire [`EVENT_KIND_BITS-1:0]     fetch_kind,
    input  wire [`SEGMENT_BITS-1:0]         fetch_segment,      // for commands, the key alone
    input  wire [`ENTRY_BITS-1:0]           fetch_entry,
    input  wire                             fetch_selected,     // the look-up selected an entry
    input  wire                             fetch_same_index,   // it is the one that a walker asked for
    input  wire [63:0]                      fetch_hash,         // SipHash-2-4 of the tuple
    input  wire                             fetch_matched,      // a listener matches
    input  wire [7:0]                       fetch_slot,         // which

    // configuration
    input  wire                             enable,
    input  wire                             test_enable,
    input  wire [7:0]                       epoch,
    input  wire [`ISN_MODE_BITS-1:0]       isn_mode,
    input  wire [31:0]                      isn_fixed,
    input  wire [19:0]                      rto_initial,
    input  wire [19:0]                      rto_max,
    input  wire [3:0]                       synack_retries,
    input  wire [3:0]                       orphan_retries,
    input  wire [13:0]                      unsolicited_ack_interval,
    input  wire [7:0]                       hop_limit,
    input  wire [5:0]                       dscp,
    input  wire [63:0]                      timebase_us,
    input  wire [7:0]                       command_code,
    input  wire [47:0]                      command_created,
    input  wire                             flush_all,
    input  wire [7:0]                       flush_listener,

    // listener memory: two reads without a clock
    output wire [7:0]                       config_entry_slot,
    input  wire [`LISTENER_BITS-1:0]        config_entry,
    output wire [7:0]                       config_match_slot,
    input  wire [`LISTENER_BITS-1:0]        config_match,

    // decide: what the surroundings allow, and what was used of it
    input  wire                             decide_can_insert,
    output wire                             decide_insert,
    output wire [7:0]                       decide_slot,
    input  wire                             decide_has_token,
    output wire                             decide_use_token,

    // write
    output reg                              write_valid,        // an event is here, whether it writes or not
    output reg  [`EVENT_KIND_BITS-1:0]     write_kind,
    output reg                              write_hit,
    output reg                              write_entry,        // the entry is to be written
    output reg                              write_insert,
    output reg                              write_free,
    output reg  [`ENTRY_BITS-1:0]           write_next_entry,
    output reg  [`VERDICT_BITS-1:0]        write_verdict,
    output reg                              write_reply_valid,
    output reg  [`REPLY_BITS-1:0]           write_reply,
    output reg                              write_event,
    output reg                              write_event_established,
    output reg                              write_event_peer_closed,
    output reg                              write_event_closed,
    output reg  [`CLOSE_REASON_BITS-1:0]   write_event_reason,
    output reg  [47:0]                      write_time,
    output reg  [`COMMAND_STATUS_BITS-1:0] write_status,
    output reg  [`COUNTERS-1:0]             write_count
);
    wire [31:0] tick = timebase_us[41:10];

    // ---------------------------------------------------------------- compare: whose key is it
    localparam PARTS = (`KEY_BITS + 31) / 32;
    wire [PARTS*32-1:0] key_difference =
        {{(PARTS*32-`KEY_BITS){1'b0}}, fetch_segment[`SEGMENT_KEY] ^ fetch_entry[`ENTRY_KEY]};

    reg                          compare_valid;
    reg  [`EVENT_KIND_BITS-1:0] compare_kind;
    reg  [`SEGMENT_BITS-1:0]     compare_segment;
    reg  [`ENTRY_BITS-1:0]       compare_entry;
    reg                          compare_selected, compare_same_index, compare_matched;
    reg  [PARTS-1:0]             compare_part_differs;
    reg  [63:0]                  compare_hash;
    reg  [7:0]                   compare_match_slot;
    reg  [`LISTENER_BITS-1:0]    compare_config_entry, compare_config_match;
    reg  [35:0]                  compare_back_off;

    assign config_entry_slot = fetch_entry[`ENTRY_LISTENER];
    assign config_match_slot = fetch_slot;

    integer i;
    always @(posedge clk) begin
        compare_valid        <= fetch_valid && !rst;
        compare_kind         <= fetch_kind;
        compare_segment      <= fetch_segment;
        compare_entry        <= fetch_entry;
        compare_selected     <= fetch_selected;
        compare_same_index   <= fetch_same_index;
        compare_matched      <= fetch_matched;
        compare_hash         <= fetch_hash;
        compare_match_slot   <= fetch_slot;
        compare_config_entry <= config_entry;
        compare_config_match <= config_match;
        // A retry count of 15 can be no timeout's any more, so 16 places are enough.
        compare_back_off     <= {16'd0, rto_initial} << (fetch_entry[`ENTRY_RETRIES] + 5'd1);
        for (i = 0; i < PARTS; i = i + 1)
            compare_part_differs[i] <= key_difference[32*i +: 32] != 32'd0;
    end

    // A walker names its entry by index, everything else by key.
    wire compare_by_index = compare_kind == `EVENT_KIND_TIMER || compare_kind == `EVENT_KIND_TABLE_READ ||
                            compare_kind == `EVENT_KIND_FLUSH;
    wire compare_hit = compare_selected && (compare_by_index ? compare_same_index : compare_part_differs == {PARTS{1'b0}});
    wire [`LISTENER_BITS-1:0] compare_config = compare_hit ? compare_config_entry : compare_config_match;

    // ---------------------------------------------------------------- decide
    reg                          decide_valid, decide_hit, decide_matched, decide_for_us;
    reg  [`EVENT_KIND_BITS-1:0] decide_kind;
    reg  [`SEGMENT_BITS-1:0]     decide_segment;
    reg  [`ENTRY_BITS-1:0]       decide_entry;
    reg  [`LISTENER_BITS-1:0]    decide_config;
    reg  [7:0]                   decide_slot_index;
    reg  [63:0]                  decide_hash;
    reg  [19:0]                  decide_back_off;
    reg                          decide_created, decide_flush;

    always @(posedge clk) begin
        decide_valid    <= compare_valid && !rst;
        decide_kind     <= compare_kind;
        decide_segment  <= compare_segment;
        decide_entry    <= compare_entry;
        decide_hit    <= compare_hit;
        decide_matched  <= compare_matched;
        decide_config   <= compare_config;
        decide_for_us   <= compare_segment[`SEGMENT_DESTINATION_MAC] == compare_config[`LISTENER_MAC];
        decide_slot_index   <= compare_hit ? compare_entry[`ENTRY_LISTENER] : compare_match_slot;
        decide_hash     <= compare_hash;
        decide_back_off <= compare_back_off > {16'd0, rto_max} ? rto_max : compare_back_off[19:0];
        decide_created  <= compare_entry[`ENTRY_CREATED] == command_created;
        decide_flush    <= flush_all || compare_entry[`ENTRY_LISTENER] == flush_listener;
    end

    assign decide_slot = decide_slot_index;

    wire seq_is_irs, seq_is_rcv_nxt, seq_not_after_rcv_nxt, acceptable, ack_is_snd_nxt, ack_after_snd_nxt;
    wire ack_not_before_snd_una, seq_not_before_wl1, ts_before_recent, ack_limit_active, ack_limit_over;
    wire deadline_reached, synack_retries_used, orphan_retries_used;

    transition_compare compare (
        .clk(clk),
        .fetch_segment(fetch_segment), .fetch_entry(fetch_entry), .tick(tick),
        .unsolicited_ack_interval(unsolicited_ack_interval),
        .synack_retries(synack_retries), .orphan_retries(orphan_retries),
        .decide_seq_is_irs(seq_is_irs), .decide_seq_is_rcv_nxt(seq_is_rcv_nxt),
        .decide_seq_not_after_rcv_nxt(seq_not_after_rcv_nxt), .decide_acceptable(acceptable),
        .decide_ack_is_snd_nxt(ack_is_snd_nxt), .decide_ack_after_snd_nxt(ack_after_snd_nxt),
        .decide_ack_not_before_snd_una(ack_not_before_snd_una), .decide_seq_not_before_wl1(seq_not_before_wl1),
        .decide_ts_before_recent(ts_before_recent), .decide_ack_limit_active(ack_limit_active),
        .decide_ack_limit_over(ack_limit_over), .decide_deadline_reached(deadline_reached),
        .decide_synack_retries_used(synack_retries_used), .decide_orphan_retries_used(orphan_retries_used)
    );

    wire [7:0]                        flags = decide_segment[`SEGMENT_FLAGS];
    wire [`VERDICT_BITS-1:0]         verdict;
    wire [`REPLY_KIND_BITS-1:0]      reply_kind;
    wire                              insert, write, free, take_ack, take_window, take_ts;
    wire                              count_fin_received, count_fin_sent, limit_start, limit_clear;
    wire                              event_established, event_peer_closed, event_closed, use_token;
    wire [`TCP_STATE_BITS-1:0]       next_state;
    wire [`DEADLINE_ACTION_BITS-1:0] deadline;
    wire [`CLOSE_REASON_BITS-1:0]    reason;
    wire [`COMMAND_STATUS_BITS-1:0]  status;
    wire [`COUNTERS-1:0]              count;

    transition_decide decide (
        .enable(enable), .kind(decide_kind), .is_tcp(decide_segment[`SEGMENT_IS_TCP]), .hit(decide_hit),
        .matched(decide_matched), .for_us(decide_for_us),
        .malformed(decide_segment[`SEGMENT_MALFORMED]),
        .bad_ip_checksum(decide_segment[`SEGMENT_BAD_IP_CHECKSUM]),
        .bad_tcp_checksum(decide_segment[`SEGMENT_BAD_TCP_CHECKSUM]),
        .bad_address(decide_segment[`SEGMENT_BAD_ADDRESS]), .land(decide_segment[`SEGMENT_LAND]),
        .seg_syn(flags[1]), .seg_ack(flags[4]), .seg_rst(flags[2]), .seg_fin(flags[0]),
        .seg_data(decide_segment[`SEGMENT_DATA_LENGTH] != 16'd0), .seg_ts(decide_segment[`SEGMENT_TS_PRESENT]),
        .state(decide_entry[`ENTRY_STATE]), .ts_agreed(decide_entry[`ENTRY_TIMESTAMPS]),
        .seq_is_irs(seq_is_irs), .seq_is_rcv_nxt(seq_is_rcv_nxt), .seq_not_after_rcv_nxt(seq_not_after_rcv_nxt),
        .acceptable(acceptable), .ack_is_snd_nxt(ack_is_snd_nxt), .ack_after_snd_nxt(ack_after_snd_nxt),
        .ack_not_before_snd_una(ack_not_before_snd_una), .seq_not_before_wl1(seq_not_before_wl1),
        .ts_before_recent(ts_before_recent), .ack_limit_active(ack_limit_active), .ack_limit_over(ack_limit_over),
        .deadline_reached(deadline_reached), .synack_retries_used(synack_retries_used),
        .orphan_retries_used(orphan_retries_used),
        .action(decide_config[`LISTENER_ACTION]), .reset_unknown(decide_config[`LISTENER_RESET_UNKNOWN]),
        .reset_data(decide_config[`LISTENER_RESET_DATA]), .command(command_code), .command_created(decide_created),
        .flush_match(decide_flush), .can_insert(decide_can_insert), .bucket_has_token(decide_has_token),
        .verdict(verdict), .reply(reply_kind), .insert(insert), .write(write), .free(free), .next_state(next_state),
        .take_ack(take_ack), .take_window(take_window), .take_ts(take_ts),
        .count_fin_received(count_fin_received), .count_fin_sent(count_fin_sent), .deadline(deadline),
        .limit_start(limit_start), .limit_clear(limit_clear),
        .event_established(event_established), .event_peer_closed(event_peer_closed), .event_closed(event_closed),
        .reason(reason), .status(status), .use_token(use_token), .count(count)
    );

    assign decide_insert    = decide_valid && insert;
    assign decide_use_token = decide_valid && use_token;

    wire isn_is_fixed = isn_mode == `ISN_MODE_FIXED && test_enable;

    // ---------------------------------------------------------------- apply
    reg                              apply_valid, apply_hit, apply_insert, apply_write, apply_free;
    reg  [`EVENT_KIND_BITS-1:0]     apply_kind;
    reg  [`SEGMENT_BITS-1:0]         apply_segment;
    reg  [`ENTRY_BITS-1:0]           apply_entry;
    reg  [`LISTENER_BITS-1:0]        apply_config;
    reg  [7:0]                       apply_slot;
    reg  [31:0]                      apply_isn, apply_ts_offset, apply_ts_val, apply_deadline_first, apply_deadline_back_off;
    reg  [47:0]                      apply_time;
    reg  [`VERDICT_BITS-1:0]        apply_verdict;
    reg  [`REPLY_KIND_BITS-1:0]     apply_reply_kind;
    reg  [`TCP_STATE_BITS-1:0]      apply_next_state;
    reg                              apply_take_ack, apply_take_window, apply_take_ts;
    reg                              apply_count_fin_received, apply_count_fin_sent, apply_limit_start, apply_limit_clear;
    reg  [`DEADLINE_ACTION_BITS-1:0] apply_deadline;
    reg                              apply_established, apply_peer_closed, apply_closed;
    reg  [`CLOSE_REASON_BITS-1:0]   apply_reason;
    reg  [`COMMAND_STATUS_BITS-1:0] apply_status;
    reg  [`COUNTERS-1:0]             apply_count;

    always @(posedge clk) begin
        apply_valid              <= decide_valid && !rst;
        apply_kind               <= decide_kind;
        apply_hit                <= decide_hit;
        apply_insert             <= insert;
        apply_write              <= write || insert;
        apply_free               <= free;
        apply_segment            <= decide_segment;
        apply_entry              <= decide_entry;
        apply_config             <= decide_config;
        apply_slot               <= decide_slot_index;
        apply_isn                <= isn_is_fixed                     ? isn_fixed
                                  : isn_mode == `ISN_MODE_COUNTER    ? timebase_us[33:2]
                                                                     : timebase_us[33:2] + decide_hash[31:0];
        apply_ts_offset          <= decide_hash[63:32];
        apply_ts_val             <= tick + (decide_hit ? decide_entry[`ENTRY_TS_OFFSET] : decide_hash[63:32]);
        apply_deadline_first     <= tick + {12'd0, rto_initial} + 32'd1;
        apply_deadline_back_off  <= tick + {12'd0, decide_back_off} + 32'd1;
        apply_time               <= timebase_us[47:0];
        apply_verdict            <= verdict;
        apply_reply_kind         <= reply_kind;
        apply_next_state         <= next_state;
        apply_take_ack           <= take_ack;
        apply_take_window        <= take_window;
        apply_take_ts            <= take_ts;
        apply_count_fin_received <= count_fin_received;
        apply_count_fin_sent     <= count_fin_sent;
        apply_limit_start        <= limit_start;
        apply_limit_clear        <= limit_clear;
        apply_deadline           <= deadline;
        apply_established        <= event_established;
        apply_peer_closed        <= event_peer_closed;
        apply_closed             <= event_closed;
        apply_reason             <= reason;
        apply_status             <= status;
        apply_count              <= count;
    end

    wire [`ENTRY_BITS-1:0] next_entry;
    wire [`REPLY_BITS-1:0] reply;

    transition_apply apply (
        .kind(apply_kind), .segment(apply_segment), .entry(apply_entry), .listener(apply_config), .slot(apply_slot),
        .epoch(epoch), .isn(apply_isn), .ts_offset(apply_ts_offset), .ts_val(apply_ts_val), .now(apply_time),
        .deadline_first(apply_deadline_first), .deadline_back_off(apply_deadline_back_off),
        .hop_limit(hop_limit), .dscp(dscp),
        .reply_kind(apply_reply_kind), .insert(apply_insert), .next_state(apply_next_state),
        .take_ack(apply_take_ack), .take_window(apply_take_window), .take_ts(apply_take_ts),
        .count_fin_received(apply_count_fin_received), .count_fin_sent(apply_count_fin_sent), .deadline(apply_deadline),
        .limit_start(apply_limit_start), .limit_clear(apply_limit_clear),
        .next_entry(next_entry), .reply(reply)
    );

    // ---------------------------------------------------------------- write
    always @(posedge clk) begin
        write_valid             <= apply_valid && !rst;
        write_kind              <= apply_kind;
        write_hit               <= apply_hit;
        write_entry             <= apply_valid && apply_write && !rst;
        write_insert            <= apply_valid && apply_insert && !rst;
        write_free              <= apply_valid && apply_free && !rst;
        write_next_entry        <= next_entry;
        write_verdict           <= apply_verdict;
        write_reply_valid       <= apply_valid && apply_reply_kind != `REPLY_KIND_NONE && !rst;
        write_reply             <= reply;
        write_event             <= apply_valid && (apply_established || apply_peer_closed || apply_closed) && !rst;
        write_event_established <= apply_established;
        write_event_peer_closed <= apply_peer_closed;
        write_event_closed      <= apply_closed;
        write_event_reason      <= apply_reason;
        write_time              <= apply_time;
        write_status            <= apply_status;
        write_count             <= apply_valid && !rst ? apply_count : {`COUNTERS{1'b0}};
    end
endmodule

`default_nettype wire
