// (entry, event, configuration) -> (entry', actions), as a pipeline that holds nothing but the events in it:
//
//     fetch  ──compare (2 clocks)──▶  decide  ──▶  apply  ──▶  write
//
// A new event may come every clock. Everything on the write side belongs to the event that was at fetch
// four clocks earlier. Where one event comes at a time, STILL spares the copies that its stages take along.

`default_nettype none

`include "offload_map.vh"

module transition #(
    parameter STILL = 0                                         // 1: the next fetch is five clocks away at least, and
                                                                // fetch_segment stands still for as long
) (
    input  wire                             clk,
    input  wire                             rst,

    // fetch: an event and the entry that its look-up selected
    input  wire                             fetch_valid,
    input  wire [`EVENT_KIND_BITS-1:0]     fetch_kind,
    input  wire [`SEGMENT_BITS-1:0]         fetch_segment,      // for commands, the key alone
    input  wire [`ENTRY_BITS-1:0]           fetch_entry,
    input  wire                             fetch_selected,     // the look-up selected an entry
    input  wire                             fetch_same_index,   // it is the one that a walker asked for
    input  wire [63:0]                      fetch_hash,         // SipHash-2-4 of the tuple, or of a cookie
    input  wire [`HASH_RESULT_BITS-1:0]     fetch_hash_result,
    input  wire                             fetch_matched,      // a listener matches
    input  wire [7:0]                       fetch_slot,         // which

    // configuration
    input  wire                             enable,
    input  wire                             test_enable,
    input  wire [7:0]                       epoch,
    input  wire [`ISN_MODE_BITS-1:0]       isn_mode,
    input  wire [31:0]                      isn_fixed,
    input  wire                             host_alive,
    input  wire [19:0]                      rto_initial,
    input  wire [19:0]                      rto_max,
    input  wire [3:0]                       syn_retries,
    input  wire [3:0]                       synack_retries,
    input  wire [3:0]                       orphan_retries,
    input  wire [19:0]                      fin_timeout,
    input  wire [19:0]                      time_wait,
    input  wire [19:0]                      adoption_timeout,
    input  wire [30:0]                      watch_idle,
    input  wire [13:0]                      unsolicited_ack_interval,
    input  wire [7:0]                       hop_limit,
    input  wire [5:0]                       dscp,
    input  wire [63:0]                      timebase_us,
    input  wire [7:0]                       command_code,
    input  wire [47:0]                      command_created,
    input  wire [7:0]                       command_listener,   // of FLUSH and OPEN
    input  wire [63:0]                      command_hash,       // SipHash-2-4 of the command's key
    input  wire                             flush_all,
    input  wire [47:0]                      open_mac,
    input  wire                             release_forget,
    input  wire                             take_peer_closed,
    input  wire [31:0]                      take_snd_nxt,
    input  wire [31:0]                      take_rcv_nxt,
    input  wire [31:0]                      take_ts_val,
    input  wire [15:0]                      take_window,
    input  wire                             evict,              // an EVICT frees its entry; else it only looks
    input  wire                             drained_any,        // a RELEASE gave frames to the host

    // listener memory: two reads without a clock
    output wire [7:0]                       config_entry_slot,
    input  wire [`LISTENER_BITS-1:0]        config_entry,
    output wire [7:0]                       config_match_slot,
    input  wire [`LISTENER_BITS-1:0]        config_match,
    input  wire                             config_match_written, // it has been, since reset

    // decide: what the surroundings allow, and what was used of it. With STILL what decide_slot and decide_backlog ask for
    // is taken two clocks before the decision and one, and what was used is told a clock after it.
    input  wire                             decide_can_insert,
    output wire                             decide_insert,
    output wire [7:0]                       decide_slot,
    input  wire                             decide_has_token,
    output wire                             decide_use_token,
    input  wire                             decide_backlog_full,
    input  wire                             decide_cookie_recent,
    input  wire                             decide_cookie_token,
    output wire                             decide_cookie_sent,
    input  wire                             decide_park_repeat,
    input  wire                             decide_park_any,
    input  wire                             decide_park_room,
    output wire                             decide_park,
    output wire                             decide_half_open_more, // one more SYN-RECEIVED that a SYN made
    output wire                             decide_half_open_less,
    output wire                             decide_waiting_more,   // one more of decide_slot waits for adoption
    output wire                             decide_waiting_less,
    output wire [15:0]                      decide_backlog,

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
    output reg                              write_event_icmp,
    output reg  [7:0]                       write_event_icmp_type,
    output reg  [7:0]                       write_event_icmp_code,
    output reg                              write_park,
    output reg                              write_discard,
    output reg                              write_again,        // more frames were parked while a RELEASE drained
    output reg  [`CLOSE_REASON_BITS-1:0]   write_event_reason,
    output reg  [47:0]                      write_time,
    output reg  [`COMMAND_STATUS_BITS-1:0] write_status,
    output reg  [`COUNTERS-1:0]             write_count
);
    wire [31:0] tick = timebase_us[41:10];

    // What stands still is loaded with its event; else every clock.
    wire load_compare = STILL == 0 || fetch_valid;

    // ---------------------------------------------------------------- compare: whose key is it
    localparam PARTS = (`KEY_BITS + 31) / 32;
    wire [PARTS*32-1:0] key_difference =
        {{(PARTS*32-`KEY_BITS){1'b0}}, fetch_segment[`SEGMENT_KEY] ^ fetch_entry[`ENTRY_KEY]};

    reg                          compare_valid;
    reg  [`EVENT_KIND_BITS-1:0] compare_kind;
    wire [`SEGMENT_BITS-1:0]     compare_segment;
    reg  [`ENTRY_BITS-1:0]       compare_entry;
    reg                          compare_selected, compare_same_index, compare_matched;
    reg  [PARTS-1:0]             compare_part_differs;
    reg  [63:0]                  compare_hash;
    reg  [`HASH_RESULT_BITS-1:0] compare_hash_result;
    reg                          compare_slot_written;
    reg  [7:0]                   compare_match_slot;
    reg  [`LISTENER_BITS-1:0]    compare_config_entry, compare_config_match;
    reg  [35:0]                  compare_back_off;

    assign config_entry_slot = fetch_entry[`ENTRY_LISTENER];
    // An active open is served from the slot that its command names.
    wire fetch_commands      = fetch_kind == `EVENT_KIND_COMMAND;
    assign config_match_slot = fetch_commands ? command_listener : fetch_slot;

    integer i;
    always @(posedge clk) begin
        compare_valid        <= fetch_valid && !rst;
        compare_kind         <= fetch_kind;
        if (load_compare) compare_entry <= fetch_entry;
        compare_selected     <= fetch_selected;
        compare_same_index   <= fetch_same_index;
        compare_matched      <= fetch_matched;
        if (load_compare) compare_hash <= fetch_commands ? command_hash : fetch_hash;
        compare_hash_result  <= fetch_commands ? {`HASH_RESULT_BITS{1'b0}} : fetch_hash_result;
        compare_slot_written <= config_match_written;
        compare_match_slot   <= config_match_slot;
        compare_config_entry <= config_entry;
        compare_config_match <= config_match;
        // A retry count of 15 can be no timeout's any more, so 16 places are enough.
        compare_back_off     <= {16'd0, rto_initial} << (fetch_entry[`ENTRY_RETRIES] + 5'd1);
        for (i = 0; i < PARTS; i = i + 1)
            compare_part_differs[i] <= key_difference[32*i +: 32] != 32'd0;
    end

    delay #(.WIDTH(`SEGMENT_BITS), .CLOCKS(1), .STILL(STILL)) segment_to_compare (
        .clk(clk), .from(fetch_segment), .to(compare_segment)
    );

    wire load_decide = STILL == 0 || compare_valid;

    // A walker names its entry by index, everything else by key.
    wire compare_by_index = compare_kind == `EVENT_KIND_TIMER || compare_kind == `EVENT_KIND_TABLE_READ ||
                            compare_kind == `EVENT_KIND_FLUSH || compare_kind == `EVENT_KIND_EVICT;
    wire compare_hit = compare_selected && (compare_by_index ? compare_same_index : compare_part_differs == {PARTS{1'b0}});
    wire [`LISTENER_BITS-1:0] compare_config = compare_hit ? compare_config_entry : compare_config_match;
    wire [7:0]                compare_slot   = compare_hit ? compare_entry[`ENTRY_LISTENER] : compare_match_slot;

    // ---------------------------------------------------------------- decide
    reg                          decide_valid, decide_hit, decide_matched, decide_for_us;
    reg  [`EVENT_KIND_BITS-1:0] decide_kind;
    wire [`SEGMENT_BITS-1:0]     decide_segment;
    wire [`ENTRY_BITS-1:0]       decide_entry;
    reg  [`LISTENER_BITS-1:0]    decide_config;
    reg  [7:0]                   decide_slot_index;
    wire [63:0]                  decide_hash;
    reg  [19:0]                  decide_back_off;
    reg                          decide_created, decide_flush, decide_same_listener, decide_slot_written;
    reg  [`HASH_RESULT_BITS-1:0] decide_hash_result;
    reg                          decide_cookie_valid, decide_cookie_ts;
    reg  [31:0]                  decide_isn_floor;
    wire [31:0]                  compare_acknowledged = compare_segment[`SEGMENT_ACK] - 32'd1;
    wire [31:0]                  compare_echo_age     = tick + compare_hash[63:32] - compare_segment[`SEGMENT_TS_ECR];

    always @(posedge clk) begin
        decide_valid    <= compare_valid && !rst;
        decide_kind     <= compare_kind;
        decide_hit    <= compare_hit;
        decide_matched  <= compare_matched;
        if (load_decide) decide_config <= compare_config;
        decide_for_us   <= compare_segment[`SEGMENT_DESTINATION_MAC] == compare_config[`LISTENER_MAC];
        if (load_decide) decide_slot_index <= compare_slot;
        decide_back_off <= compare_back_off > {16'd0, rto_max} ? rto_max : compare_back_off[19:0];
        decide_created  <= compare_entry[`ENTRY_CREATED] == command_created;
        decide_flush    <= flush_all || compare_entry[`ENTRY_LISTENER] == command_listener;
        decide_slot_written  <= compare_slot_written;
        decide_same_listener <= compare_match_slot == compare_entry[`ENTRY_LISTENER] &&
                                compare_config_match[`LISTENER_ACTION] == `LISTENER_ACTION_ACCEPT;
        decide_hash_result   <= compare_hash_result;
        // A cookie comes back as SEG.ACK-1; its timestamp is two periods old at most (K1).
        decide_cookie_valid  <= compare_hash_result[`HASH_RESULT_PERIOD_VALID] &&
                                compare_acknowledged[23:0] == compare_hash[23:0];
        decide_cookie_ts     <= compare_segment[`SEGMENT_TS_PRESENT] && compare_config[`LISTENER_TIMESTAMPS] &&
                                compare_echo_age[31:18] == 14'd0;
        // RFC 9293 3.6.1: an ISN beyond what the old connection may have sent.
        decide_isn_floor     <= compare_entry[`ENTRY_SND_NXT] + 32'd65537;
    end

    delay #(.WIDTH(`SEGMENT_BITS + `ENTRY_BITS + 64), .CLOCKS(1), .STILL(STILL)) to_decide (
        .clk(clk), .from({compare_segment, compare_entry, compare_hash}), .to({decide_segment, decide_entry, decide_hash})
    );

    wire [`FACT_BITS-1:0] compared;                             // what transition_compare.v knows
    transition_compare compare (
        .clk(clk),
        .fetch_segment(fetch_segment), .fetch_entry(fetch_entry), .fetch_from_host(fetch_kind == `EVENT_KIND_HOST),
        .tick(tick), .age(timebase_us[45:30]),
        .unsolicited_ack_interval(unsolicited_ack_interval),
        .syn_retries(syn_retries), .synack_retries(synack_retries), .orphan_retries(orphan_retries),
        .decide_seq_is_irs(compared[`FACT_SEQ_IS_IRS]), .decide_seq_is_iss(compared[`FACT_SEQ_IS_ISS]),
        .decide_seq_is_rcv_nxt(compared[`FACT_SEQ_IS_RCV_NXT]),
        .decide_seq_not_after_rcv_nxt(compared[`FACT_SEQ_NOT_AFTER_RCV_NXT]),
        .decide_end_is_rcv_nxt(compared[`FACT_END_IS_RCV_NXT]),
        .decide_end_after_rcv_nxt(compared[`FACT_END_AFTER_RCV_NXT]),
        .decide_acceptable(compared[`FACT_ACCEPTABLE]),
        .decide_ack_is_snd_nxt(compared[`FACT_ACK_IS_SND_NXT]),
        .decide_ack_after_snd_nxt(compared[`FACT_ACK_AFTER_SND_NXT]),
        .decide_ack_not_before_snd_una(compared[`FACT_ACK_NOT_BEFORE_SND_UNA]),
        .decide_ack_too_old(compared[`FACT_ACK_TOO_OLD]),
        .decide_seq_not_before_wl1(compared[`FACT_SEQ_NOT_BEFORE_WL1]),
        .decide_ts_before_recent(compared[`FACT_TS_BEFORE_RECENT]), .decide_ts_is_recent(compared[`FACT_TS_IS_RECENT]),
        .decide_syn_unacked(compared[`FACT_SYN_UNACKED]),
        .decide_ack_limit_active(compared[`FACT_ACK_LIMIT_ACTIVE]), .decide_ack_limit_over(compared[`FACT_ACK_LIMIT_OVER]),
        .decide_deadline_reached(compared[`FACT_DEADLINE_REACHED]),
        .decide_syn_retries_used(compared[`FACT_SYN_RETRIES_USED]),
        .decide_synack_retries_used(compared[`FACT_SYNACK_RETRIES_USED]),
        .decide_orphan_retries_used(compared[`FACT_ORPHAN_RETRIES_USED])
    );

    wire [7:0]            flags = decide_segment[`SEGMENT_FLAGS];
    wire                  has_token, backlog_full, cookie_recent, cookie_token; // of decide_slot, below
    reg  [`FACT_BITS-1:0] fact;
    always @* begin
        fact                            = compared;
        if (decide_kind == `EVENT_KIND_DRAINED && !drained_any) fact[`FACT_END_AFTER_RCV_NXT] = 1'b0;
        fact[`FACT_ENABLE]              = enable;
        fact[`FACT_HOST_ALIVE]          = host_alive;
        fact[`FACT_KIND]                = decide_kind;
        fact[`FACT_IS_TCP]              = decide_segment[`SEGMENT_IS_TCP];
        fact[`FACT_IS_ICMP]             = decide_segment[`SEGMENT_IS_ICMP];
        fact[`FACT_HIT]                 = decide_hit;
        fact[`FACT_MATCHED]             = decide_matched;
        fact[`FACT_SAME_LISTENER]       = decide_same_listener;
        fact[`FACT_FOR_US]              = decide_for_us;
        fact[`FACT_MALFORMED]           = decide_segment[`SEGMENT_MALFORMED];
        fact[`FACT_BAD_IP_CHECKSUM]     = decide_segment[`SEGMENT_BAD_IP_CHECKSUM];
        fact[`FACT_BAD_TCP_CHECKSUM]    = decide_segment[`SEGMENT_BAD_TCP_CHECKSUM];
        fact[`FACT_BAD_ADDRESS]         = decide_segment[`SEGMENT_BAD_ADDRESS];
        fact[`FACT_LAND]                = decide_segment[`SEGMENT_LAND];
        fact[`FACT_SYN]                 = flags[1];
        fact[`FACT_ACK]                 = flags[4];
        fact[`FACT_RST]                 = flags[2];
        fact[`FACT_FIN]                 = flags[0];
        fact[`FACT_DATA]                = decide_segment[`SEGMENT_DATA_LENGTH] != 16'd0;
        fact[`FACT_TS]                  = decide_segment[`SEGMENT_TS_PRESENT];
        fact[`FACT_STATE]               = decide_entry[`ENTRY_STATE];
        fact[`FACT_OWNER]               = decide_entry[`ENTRY_OWNER];
        fact[`FACT_ORIGIN]              = decide_entry[`ENTRY_ORIGIN];
        fact[`FACT_REUSED]              = decide_entry[`ENTRY_REUSED];
        fact[`FACT_PEER_FIN]            = decide_entry[`ENTRY_PEER_FIN];
        fact[`FACT_TS_AGREED]           = decide_entry[`ENTRY_TIMESTAMPS];
        fact[`FACT_TS_WOULD_BE_AGREED]  = decide_segment[`SEGMENT_TS_PRESENT] && decide_config[`LISTENER_TIMESTAMPS];
        fact[`FACT_ACTION]              = decide_config[`LISTENER_ACTION];
        fact[`FACT_ADOPT]               = decide_config[`LISTENER_MODE] == `LISTENER_MODE_ADOPT;
        fact[`FACT_RESET_UNKNOWN]       = decide_config[`LISTENER_RESET_UNKNOWN];
        fact[`FACT_RESET_DATA]          = decide_config[`LISTENER_RESET_DATA];
        fact[`FACT_HOST_LOST]           = decide_config[`LISTENER_HOST_LOST];
        fact[`FACT_BACKLOG_FULL]        = backlog_full;
        fact[`FACT_SLOT_WRITTEN]        = decide_slot_written;
        fact[`FACT_CAN_INSERT]          = decide_can_insert;
        fact[`FACT_BUCKET_HAS_TOKEN]    = has_token;
        fact[`FACT_COOKIE_HAS_TOKEN]    = cookie_token;
        fact[`FACT_COOKIE_HASHED]       = decide_hash_result[`HASH_RESULT_IS_COOKIE];
        fact[`FACT_COOKIE_RECENT]       = cookie_recent;
        fact[`FACT_COOKIE_VALID]        = decide_cookie_valid;
        fact[`FACT_PARK_ROOM]           = decide_park_room;
        fact[`FACT_PARK_REPEAT]         = decide_park_repeat && (flags[0] || decide_segment[`SEGMENT_DATA_LENGTH] != 16'd0);
        fact[`FACT_PARK_ANY]            = decide_park_any;
        fact[`FACT_COMMAND]             = command_code;
        fact[`FACT_COMMAND_CREATED]     = decide_created;
        fact[`FACT_FLUSH_MATCH]         = decide_flush;
        fact[`FACT_EVICT]               = evict;
        fact[`FACT_FORGET]              = release_forget;
        fact[`FACT_PEER_CLOSED]         = take_peer_closed;
    end

    wire [`DEED_BITS-1:0] deed;
    wire [`COUNTERS-1:0]  count;
    transition_decide decide (.fact(fact), .deed(deed), .count(count));

    // ---------------------------------------------------------------- what the surroundings are told and asked
    reg                              apply_valid, apply_hit;    // of the next stage
    reg  [`DEED_BITS-1:0]            apply_deed;
    wire                             told_valid, told_hit;      // of the event that they are told of
    wire [`DEED_BITS-1:0]            told;
    wire                             unused = &{1'b0, told, 1'b0};
    wire [`TCP_STATE_BITS-1:0]       next_state = told[`DEED_NEXT_STATE];
    wire was_half_open = told_hit && decide_entry[`ENTRY_STATE] == `TCP_STATE_SYN_RECEIVED &&
                         decide_entry[`ENTRY_ORIGIN] == `ORIGIN_SYN;
    wire is_half_open  = next_state == `TCP_STATE_SYN_RECEIVED && (told[`DEED_REUSE] || told[`DEED_INSERT] ||
                         (told_hit && decide_entry[`ENTRY_ORIGIN] == `ORIGIN_SYN));
    wire was_waiting   = told_hit && decide_entry[`ENTRY_OWNER] == `OWNER_PARKED;
    wire is_waiting    = told[`DEED_NEXT_OWNER] == `OWNER_PARKED && !told[`DEED_FREE] && (told_hit || told[`DEED_INSERT]);

    assign decide_insert         = told_valid && told[`DEED_INSERT];
    assign decide_use_token      = told_valid && told[`DEED_USE_TOKEN];
    assign decide_cookie_sent    = told_valid && told[`DEED_COOKIE_SENT];
    assign decide_park           = told_valid && told[`DEED_PARK];
    assign decide_half_open_more = told_valid && is_half_open && !was_half_open;
    assign decide_half_open_less = told_valid && !is_half_open && was_half_open;
    assign decide_waiting_more   = told_valid && is_waiting && !was_waiting;
    assign decide_waiting_less   = told_valid && !is_waiting && was_waiting;

    wire [3:0] answers = {decide_has_token, decide_backlog_full, decide_cookie_recent, decide_cookie_token};
    wire [3:0] answered;
    assign {has_token, backlog_full, cookie_recent, cookie_token} = answered;

    generate
        if (STILL != 0) begin : in_time
            // Asked of the matching listener's slot at fetch, and of the entry's at compare, whosever key it turns out to be.
            reg [3:0] match_answers, kept_answers;
            always @(posedge clk) begin
                if (fetch_valid) match_answers <= answers;
                kept_answers <= compare_hit ? answers : match_answers;
            end
            assign answered       = kept_answers;
            assign decide_slot    = apply_valid   ? decide_slot_index
                                  : compare_valid ? compare_entry[`ENTRY_LISTENER] : config_match_slot;
            assign decide_backlog = compare_valid ? compare_config_entry[`LISTENER_BACKLOG] : config_match[`LISTENER_BACKLOG];
            assign told_valid     = apply_valid;
            assign told_hit       = apply_hit;
            assign told           = apply_deed;
        end else begin : at_once
            assign answered       = answers;
            assign decide_slot    = decide_slot_index;
            assign decide_backlog = decide_config[`LISTENER_BACKLOG];
            assign told_valid     = decide_valid;
            assign told_hit       = decide_hit;
            assign told           = deed;
        end
    endgenerate

    wire isn_is_fixed = isn_mode == `ISN_MODE_FIXED && test_enable;

    // ---------------------------------------------------------------- apply
    reg  [`EVENT_KIND_BITS-1:0]  apply_kind;
    wire [`SEGMENT_BITS-1:0]     apply_segment;
    wire [`ENTRY_BITS-1:0]       apply_entry;
    wire [`LISTENER_BITS-1:0]    apply_config;
    reg  [7:0]                   apply_slot;
    reg  [31:0]                  apply_isn, apply_isn_floor, apply_ts_offset, apply_ts_base;
    reg  [19:0]                  apply_back_off;
    reg                          apply_cookie_ts;
    reg  [23:0]                  apply_cookie;
    reg  [`HASH_RESULT_BITS-1:0] apply_hash_result;
    reg  [47:0]                  apply_time;
    reg  [15:0]                  apply_age;
    reg  [`COUNTERS-1:0]         apply_count;

    always @(posedge clk) begin
        apply_valid       <= decide_valid && !rst;
        apply_kind        <= decide_kind;
        apply_hit         <= decide_hit;
        apply_slot        <= decide_slot_index;
        apply_isn         <= isn_is_fixed                     ? isn_fixed
                           : isn_mode == `ISN_MODE_COUNTER    ? timebase_us[33:2]
                                                              : timebase_us[33:2] + decide_hash[31:0];
        apply_isn_floor   <= decide_isn_floor;
        apply_cookie      <= decide_hash[23:0];
        apply_hash_result <= decide_hash_result;
        apply_cookie_ts   <= decide_cookie_ts;
        apply_ts_offset   <= decide_hash[63:32];
        apply_ts_base     <= decide_hit && !deed[`DEED_REUSE] ? decide_entry[`ENTRY_TS_OFFSET] : decide_hash[63:32];
        apply_back_off    <= decide_back_off;
        apply_time        <= timebase_us[47:0];
        apply_age         <= timebase_us[45:30];
        apply_deed        <= deed;
        apply_count       <= count;
    end

    delay #(.WIDTH(`SEGMENT_BITS + `ENTRY_BITS + `LISTENER_BITS), .CLOCKS(1), .STILL(STILL)) to_apply (
        .clk(clk), .from({decide_segment, decide_entry, decide_config}), .to({apply_segment, apply_entry, apply_config})
    );

    wire [`DEADLINE_ACTION_BITS-1:0] apply_deadline    = apply_deed[`DEED_DEADLINE];
    wire [31:0]                      apply_tick        = apply_time[41:10];
    wire [31:0]                      apply_ts_val      = apply_tick + apply_ts_base;
    wire [31:0]                      apply_deadline_at = apply_tick + {1'b0, deadline_ticks} + 32'd1;
    wire                             apply_deadline_on = apply_deadline != `DEADLINE_ACTION_IDLE || watch_idle != 31'd0;

    // The time that a deadline starts from now, in ticks.
    reg [30:0] deadline_ticks;
    always @* case (apply_deadline)
        `DEADLINE_ACTION_BACK_OFF:   deadline_ticks = {11'd0, apply_back_off};
        `DEADLINE_ACTION_TIME_WAIT:  deadline_ticks = {11'd0, time_wait};
        `DEADLINE_ACTION_FIN_WAIT_2: deadline_ticks = {11'd0, fin_timeout};
        `DEADLINE_ACTION_ADOPTION:   deadline_ticks = {11'd0, adoption_timeout};
        `DEADLINE_ACTION_IDLE:       deadline_ticks = watch_idle;
        default:                     deadline_ticks = {11'd0, rto_initial};
    endcase

    wire [`ENTRY_BITS-1:0] next_entry;
    wire [`REPLY_BITS-1:0] reply;

    transition_apply apply (
        .kind(apply_kind), .segment(apply_segment), .entry(apply_entry), .listener(apply_config), .slot(apply_slot),
        .epoch(epoch), .isn(apply_isn), .isn_floor(apply_isn_floor), .cookie(apply_cookie),
        .cookie_result(apply_hash_result), .cookie_ts(apply_cookie_ts),
        .ts_offset(apply_ts_offset), .ts_val(apply_ts_val), .now(apply_time), .age(apply_age),
        .deadline_at(apply_deadline_at), .deadline_on(apply_deadline_on),
        .hop_limit(hop_limit), .dscp(dscp),
        .open_mac(open_mac), .take_snd_nxt(take_snd_nxt), .take_rcv_nxt(take_rcv_nxt), .take_ts_val(take_ts_val),
        .take_window_field(take_window),
        .deed(apply_deed), .next_entry(next_entry), .reply(reply)
    );

    // ---------------------------------------------------------------- write
    wire load_write = STILL == 0 || apply_valid;
    wire happens = apply_deed[`DEED_ESTABLISHED] || apply_deed[`DEED_PEER_CLOSED] || apply_deed[`DEED_ICMP_ERROR] ||
                   apply_deed[`DEED_CLOSED];
    always @(posedge clk) begin
        write_valid             <= apply_valid && !rst;
        write_kind              <= apply_kind;
        write_hit               <= apply_hit;
        write_entry             <= apply_valid && apply_deed[`DEED_WRITE] && !rst;
        write_insert            <= apply_valid && apply_deed[`DEED_INSERT] && !rst;
        write_free              <= apply_valid && apply_deed[`DEED_FREE] && !rst;
        if (load_write) write_next_entry <= next_entry;
        write_verdict           <= apply_deed[`DEED_VERDICT];
        write_reply_valid       <= apply_valid && apply_deed[`DEED_REPLY] != `REPLY_KIND_NONE && !rst;
        if (load_write) write_reply <= reply;
        write_event             <= apply_valid && happens && !rst;
        write_event_established <= apply_deed[`DEED_ESTABLISHED];
        write_event_peer_closed <= apply_deed[`DEED_PEER_CLOSED];
        write_event_closed      <= apply_deed[`DEED_CLOSED];
        write_event_icmp        <= apply_deed[`DEED_ICMP_ERROR];
        write_event_icmp_type   <= apply_deed[`DEED_ICMP_ERROR] ? apply_segment[`SEGMENT_ICMP_TYPE] : 8'd0;
        write_event_icmp_code   <= apply_deed[`DEED_ICMP_ERROR] ? apply_segment[`SEGMENT_ICMP_CODE] : 8'd0;
        write_event_reason      <= apply_deed[`DEED_REASON];
        write_park              <= apply_valid && apply_deed[`DEED_PARK] && !rst;
        write_discard           <= apply_valid && apply_deed[`DEED_DISCARD] && !rst;
        write_again             <= apply_deed[`DEED_AGAIN];
        write_time              <= apply_time;
        write_status            <= apply_deed[`DEED_STATUS];
        write_count             <= apply_valid && !rst ? apply_count : {`COUNTERS{1'b0}};
    end
endmodule

`default_nettype wire
