// What the rules' facts and deeds are in numbers: transition_compare.v, transition_decide.v and transition_apply.v one
// behind the other, for every entry, segment and configuration. Two clocks after its entry an event is decided, and
// nothing else is remembered, so that what holds in the third clock holds in all.
//
// Shown: that facts mean what their names say, written here with signed comparisons (RFC 9293 3.4) where the RTL looks at
// differences; the acceptability test as 3.10.7.4 has it; that a stored SYN-RECEIVED opens for SEG.ACK = ISS+1 at SEG.SEQ
// = IRS+1 alone, whatever the entry went through before; and the numbers of every reply.
//
// Assumed of the entry, and shown to outlast every event: in SYN-SENT and SYN-RECEIVED SND.NXT is ISS+1, and in
// SYN-RECEIVED RCV.NXT is IRS+1; and in both the engine is the owner.
//
// Rules: P1, P2, P3, P4, P8, P10, A1, A2, A3, A5, C1, F1, F6, F9, S1, S4, S5

`default_nettype none

`include "offload_map.vh"

module numbers_proof (
    input wire                          clk,
    input wire [`SEGMENT_BITS-1:0]      fetch_segment,
    input wire [`ENTRY_BITS-1:0]        fetch_entry,
    input wire [`EVENT_KIND_BITS-1:0]   fetch_kind,
    input wire [31:0]                   tick,
    input wire [15:0]                   age,
    input wire [13:0]                   interval,
    input wire [3:0]                    syn_retries, synack_retries, orphan_retries,
    input wire [`FACT_BITS-1:0]         other_facts,            // of what is not numbers
    input wire [`LISTENER_BITS-1:0]     listener,
    input wire [31:0]                   isn, ts_offset, ts_val, deadline_at, take_snd_nxt, take_rcv_nxt, take_ts_val,
    input wire [23:0]                   cookie,
    input wire [`HASH_RESULT_BITS-1:0]  cookie_result,
    input wire [47:0]                   now, open_mac,
    input wire [15:0]                   take_window,
    input wire                          cookie_ts, deadline_on
);
    wire host = fetch_kind == `EVENT_KIND_HOST;
    wire [`FACT_BITS-1:0] compared;
    transition_compare compare (
        .clk(clk), .fetch_segment(fetch_segment), .fetch_entry(fetch_entry), .fetch_from_host(host), .tick(tick), .age(age),
        .unsolicited_ack_interval(interval), .syn_retries(syn_retries), .synack_retries(synack_retries),
        .orphan_retries(orphan_retries),
        .decide_seq_is_irs(compared[`FACT_SEQ_IS_IRS]), .decide_seq_is_iss(compared[`FACT_SEQ_IS_ISS]),
        .decide_seq_is_rcv_nxt(compared[`FACT_SEQ_IS_RCV_NXT]),
        .decide_seq_not_after_rcv_nxt(compared[`FACT_SEQ_NOT_AFTER_RCV_NXT]),
        .decide_end_is_rcv_nxt(compared[`FACT_END_IS_RCV_NXT]), .decide_end_after_rcv_nxt(compared[`FACT_END_AFTER_RCV_NXT]),
        .decide_acceptable(compared[`FACT_ACCEPTABLE]), .decide_ack_is_snd_nxt(compared[`FACT_ACK_IS_SND_NXT]),
        .decide_ack_after_snd_nxt(compared[`FACT_ACK_AFTER_SND_NXT]),
        .decide_ack_not_before_snd_una(compared[`FACT_ACK_NOT_BEFORE_SND_UNA]),
        .decide_ack_too_old(compared[`FACT_ACK_TOO_OLD]), .decide_seq_not_before_wl1(compared[`FACT_SEQ_NOT_BEFORE_WL1]),
        .decide_ts_before_recent(compared[`FACT_TS_BEFORE_RECENT]), .decide_ts_is_recent(compared[`FACT_TS_IS_RECENT]),
        .decide_syn_unacked(compared[`FACT_SYN_UNACKED]), .decide_ack_limit_active(compared[`FACT_ACK_LIMIT_ACTIVE]),
        .decide_ack_limit_over(compared[`FACT_ACK_LIMIT_OVER]), .decide_deadline_reached(compared[`FACT_DEADLINE_REACHED]),
        .decide_syn_retries_used(compared[`FACT_SYN_RETRIES_USED]),
        .decide_synack_retries_used(compared[`FACT_SYNACK_RETRIES_USED]),
        .decide_orphan_retries_used(compared[`FACT_ORPHAN_RETRIES_USED]));

    // ---------------------------------------------------------------- the event, two clocks later
    reg [`SEGMENT_BITS-1:0]    compare_segment, segment;
    reg [`ENTRY_BITS-1:0]      compare_entry, entry;
    reg [`EVENT_KIND_BITS-1:0] compare_kind, kind;
    reg [31:0]                 compare_tick;
    reg [15:0]                 compare_years, years;            // since TS.Recent was taken
    reg                        reached;
    reg [13:0]                 compare_since;                   // the last unsolicited ACK
    reg                        limited, limit_over;
    reg [2:0]                  used;                            // no SYN; no SYN,ACK; no FIN left
    always @(posedge clk) begin
        {compare_segment, segment} <= {fetch_segment, compare_segment};
        {compare_entry, entry}     <= {fetch_entry, compare_entry};
        {compare_kind, kind}       <= {fetch_kind, compare_kind};
        {compare_years, years}     <= {age - fetch_entry[`ENTRY_TS_RECENT_AGE], compare_years};
        compare_tick               <= tick;
        compare_since              <= tick[13:0] - fetch_entry[`ENTRY_LAST_ACK_TICK];
        limited                    <= compare_entry[`ENTRY_ACK_LIMITED] && compare_since < interval;
        limit_over                 <= compare_entry[`ENTRY_ACK_LIMITED] && !(compare_since < interval);
        used                       <= {compare_entry[`ENTRY_RETRIES] >= syn_retries, compare_entry[`ENTRY_RETRIES] >= synack_retries,
                                       compare_entry[`ENTRY_RETRIES] >= orphan_retries};
        reached                    <= compare_entry[`ENTRY_DEADLINE_SET] &&
                                      $signed(compare_tick - compare_entry[`ENTRY_DEADLINE]) >= 0;
    end

    wire [7:0]  flags  = segment[`SEGMENT_FLAGS];
    wire [31:0] seq    = segment[`SEGMENT_SEQ];
    wire [31:0] ack    = segment[`SEGMENT_ACK];
    wire [31:0] length = {16'd0, segment[`SEGMENT_DATA_LENGTH]} + {31'd0, flags[0]};
    wire        hosts  = kind == `EVENT_KIND_HOST;
    wire        net    = kind == `EVENT_KIND_NET;
    wire [31:0] rcv_nxt = hosts ? entry[`ENTRY_SND_NXT] : entry[`ENTRY_RCV_NXT];
    wire [31:0] snd_nxt = hosts ? entry[`ENTRY_RCV_NXT] : entry[`ENTRY_SND_NXT];
    wire [31:0] snd_una = entry[`ENTRY_SND_UNA];
    wire [`TCP_STATE_BITS-1:0] state = entry[`ENTRY_STATE];

    // ---------------------------------------------------------------- decided and carried out
    reg [`FACT_BITS-1:0] fact;
    always @* begin
        fact                       = other_facts;
        fact[`FACT_SEQ_IS_IRS]     = compared[`FACT_SEQ_IS_IRS];
        fact[`FACT_SEQ_IS_RCV_NXT] = compared[`FACT_SEQ_IS_RCV_NXT];
        fact[`FACT_SEQ_NOT_AFTER_RCV_NXT] = compared[`FACT_SEQ_NOT_AFTER_RCV_NXT];
        fact[`FACT_ACCEPTABLE]     = compared[`FACT_ACCEPTABLE];
        fact[`FACT_ACK_IS_SND_NXT] = compared[`FACT_ACK_IS_SND_NXT];
        fact[`FACT_ACK_AFTER_SND_NXT] = compared[`FACT_ACK_AFTER_SND_NXT];
        fact[`FACT_KIND]           = kind;
        fact[`FACT_FIN]            = flags[0];
        fact[`FACT_SYN]            = flags[1];
        fact[`FACT_RST]            = flags[2];
        fact[`FACT_ACK]            = flags[4];
        fact[`FACT_DATA]           = segment[`SEGMENT_DATA_LENGTH] != 16'd0;
        fact[`FACT_STATE]          = state;
        fact[`FACT_OWNER]          = entry[`ENTRY_OWNER];
        fact[`FACT_ORIGIN]         = entry[`ENTRY_ORIGIN];
        fact[`FACT_REUSED]         = entry[`ENTRY_REUSED];
    end
    wire [`DEED_BITS-1:0]  deed;
    wire [`COUNTERS-1:0]   count;
    wire [`ENTRY_BITS-1:0] next_entry;
    wire [`REPLY_BITS-1:0] reply;
    transition_decide decide (.fact(fact), .deed(deed), .count(count));
    transition_apply apply (
        .kind(kind), .segment(segment), .entry(entry), .listener(listener), .slot(8'd3), .epoch(8'd5), .isn(isn),
        .isn_floor(entry[`ENTRY_SND_NXT] + 32'd65537), .cookie(cookie), .cookie_result(cookie_result), .cookie_ts(cookie_ts),
        .ts_offset(ts_offset), .ts_val(ts_val), .now(now), .age(age), .deadline_at(deadline_at), .deadline_on(deadline_on),
        .hop_limit(8'd64), .dscp(6'd0), .open_mac(open_mac), .take_snd_nxt(take_snd_nxt), .take_rcv_nxt(take_rcv_nxt),
        .take_ts_val(take_ts_val), .take_window_field(take_window), .deed(deed), .next_entry(next_entry), .reply(reply));

    wire [`TCP_STATE_BITS-1:0]  next = next_entry[`ENTRY_STATE];
    wire [`REPLY_KIND_BITS-1:0] sent = deed[`DEED_REPLY];
    wire engines = entry[`ENTRY_OWNER] == `OWNER_ENGINE || entry[`ENTRY_OWNER] == `OWNER_PARKED;
    wire writes  = deed[`DEED_WRITE] && !deed[`DEED_FREE];
    wire moves   = fact[`FACT_HIT] && writes && next != state;

    always @* begin
        if (fetch_entry[`ENTRY_STATE] == `TCP_STATE_SYN_SENT || fetch_entry[`ENTRY_STATE] == `TCP_STATE_SYN_RECEIVED)
            assume (fetch_entry[`ENTRY_SND_NXT] == fetch_entry[`ENTRY_ISS] + 32'd1);
        if (fetch_entry[`ENTRY_STATE] == `TCP_STATE_SYN_RECEIVED)
            assume (fetch_entry[`ENTRY_RCV_NXT] == fetch_entry[`ENTRY_IRS] + 32'd1);
        if (fetch_entry[`ENTRY_OWNER] != `OWNER_ENGINE)
            assume (fetch_entry[`ENTRY_STATE] != `TCP_STATE_SYN_SENT && fetch_entry[`ENTRY_STATE] != `TCP_STATE_SYN_RECEIVED);
        // F9 writes over the entry that is hit; everything else is inserted where none is.
        assume (!(deed[`DEED_INSERT] && fact[`FACT_HIT]));
    end

    // ---------------------------------------------------------------- facts: 3.4, 3.10.7.4
    wire [3:0]  scale  = state == `TCP_STATE_SYN_RECEIVED || entry[`ENTRY_OUR_SCALE] == 4'd15 ? 4'd0 : entry[`ENTRY_OUR_SCALE];
    wire [31:0] window = {16'd0, entry[`ENTRY_OUR_WINDOW]} << scale;
    wire [31:0] last   = seq + length - 32'd1;
    wire first_inside  = $signed(seq - rcv_nxt) >= 0 && $signed(seq - (rcv_nxt + window)) < 0;
    wire last_inside   = $signed(last - rcv_nxt) >= 0 && $signed(last - (rcv_nxt + window)) < 0;
    wire acceptable    = length == 0 && window == 0 ? seq == rcv_nxt
                       : length == 0                ? first_inside
                       : window == 0                ? 1'b0 : first_inside || last_inside;
    wire [3:0]  peer_scale = entry[`ENTRY_PEER_SCALE] == 4'd15 ? 4'd0 : entry[`ENTRY_PEER_SCALE];
    wire [31:0] most   = 32'd65535 << peer_scale;

    always @* begin
        assert (compared[`FACT_SEQ_IS_IRS] == (seq == entry[`ENTRY_IRS]));
        assert (compared[`FACT_SEQ_IS_ISS] == (seq == entry[`ENTRY_ISS]));
        assert (compared[`FACT_SEQ_IS_RCV_NXT] == (seq == rcv_nxt));
        assert (compared[`FACT_SEQ_NOT_AFTER_RCV_NXT] == ($signed(seq - rcv_nxt) <= 0));
        assert (compared[`FACT_END_IS_RCV_NXT] == (seq + length == rcv_nxt));
        assert (compared[`FACT_END_AFTER_RCV_NXT] == ($signed(seq + length - rcv_nxt) > 0));
        assert (compared[`FACT_ACCEPTABLE] == acceptable);
        assert (compared[`FACT_ACK_IS_SND_NXT] == (ack == snd_nxt));
        assert (compared[`FACT_ACK_AFTER_SND_NXT] == ($signed(ack - snd_nxt) > 0));
        assert (compared[`FACT_ACK_NOT_BEFORE_SND_UNA] == ($signed(ack - snd_una) >= 0));
        // RFC 5961 5: below SND.UNA - MAX.SND.WND.
        assert (compared[`FACT_ACK_TOO_OLD] == ($signed(snd_una - ack) >= 0 && $signed(ack - (snd_una - most)) < 0));
        assert (compared[`FACT_SEQ_NOT_BEFORE_WL1] == ($signed(seq - entry[`ENTRY_SND_WL1]) >= 0));
        assert (compared[`FACT_TS_BEFORE_RECENT] ==
                ($signed(segment[`SEGMENT_TS_VAL] - entry[`ENTRY_TS_RECENT]) < 0 && years < 16'd1932));
        assert (compared[`FACT_TS_IS_RECENT] == (segment[`SEGMENT_TS_VAL] == entry[`ENTRY_TS_RECENT]));
        assert (compared[`FACT_DEADLINE_REACHED] == reached);
        assert (compared[`FACT_ACK_LIMIT_ACTIVE] == limited && compared[`FACT_ACK_LIMIT_OVER] == limit_over);
        assert ({compared[`FACT_SYN_RETRIES_USED], compared[`FACT_SYNACK_RETRIES_USED], compared[`FACT_ORPHAN_RETRIES_USED]} == used);
        // A taken connection's SYN was acknowledged before the engine had it.
        assert (compared[`FACT_SYN_UNACKED] == (snd_una == entry[`ENTRY_ISS] && entry[`ENTRY_ORIGIN] != `ORIGIN_TAKE));
    end

    // ---------------------------------------------------------------- what opens
    always @* begin
        if (engines && moves && state == `TCP_STATE_SYN_RECEIVED && next == `TCP_STATE_ESTABLISHED)
            assert (net && ack == entry[`ENTRY_ISS] + 32'd1 && seq == entry[`ENTRY_IRS] + 32'd1 &&
                    next_entry[`ENTRY_RCV_NXT] == seq && next_entry[`ENTRY_SND_UNA] == ack);
        if (engines && moves && state == `TCP_STATE_SYN_SENT && next == `TCP_STATE_ESTABLISHED)
            assert (net && ack == entry[`ENTRY_ISS] + 32'd1 && next_entry[`ENTRY_IRS] == seq &&
                    next_entry[`ENTRY_RCV_NXT] == seq + 32'd1 && next_entry[`ENTRY_SND_UNA] == ack);
        // What was assumed outlasts every event.
        if (writes && (next == `TCP_STATE_SYN_SENT || next == `TCP_STATE_SYN_RECEIVED))
            assert (next_entry[`ENTRY_SND_NXT] == next_entry[`ENTRY_ISS] + 32'd1);
        if (writes && next == `TCP_STATE_SYN_RECEIVED)
            assert (next_entry[`ENTRY_RCV_NXT] == next_entry[`ENTRY_IRS] + 32'd1);
        if (writes && next_entry[`ENTRY_OWNER] != `OWNER_ENGINE)
            assert (next != `TCP_STATE_SYN_SENT && next != `TCP_STATE_SYN_RECEIVED);
        // F9: beyond everything that the old connection may have sent.
        if (deed[`DEED_REUSE])
            assert ($signed(next_entry[`ENTRY_ISS] - (entry[`ENTRY_SND_NXT] + 32'd65537)) >= 0);
        // ISS and IRS are a connection's for good.
        if (fact[`FACT_HIT] && writes && !deed[`DEED_REUSE] && !deed[`DEED_TAKE_SYN])
            assert (next_entry[`ENTRY_ISS] == entry[`ENTRY_ISS] && next_entry[`ENTRY_IRS] == entry[`ENTRY_IRS]);
        // RCV.NXT goes by a SYN's or FIN's one, but for what the host tells or was given.
        if (net && engines && fact[`FACT_HIT] && writes && state != `TCP_STATE_SYN_SENT && !deed[`DEED_REUSE] && !deed[`DEED_RESTORE])
            assert (next_entry[`ENTRY_RCV_NXT] == entry[`ENTRY_RCV_NXT] ||
                    (flags[0] && seq == entry[`ENTRY_RCV_NXT] && next_entry[`ENTRY_RCV_NXT] == seq + 32'd1));
    end

    // ---------------------------------------------------------------- what is sent
    wire [31:0] reply_seq = reply[`REPLY_SEQ];
    wire [31:0] reply_ack = reply[`REPLY_ACK];
    wire [7:0]  reply_flags = reply[`REPLY_FLAGS];
    wire [31:0] full_length = length + {31'd0, flags[1]};       // SEG.LEN of 3.4: SYN and FIN count
    always @* case (sent)
        `REPLY_KIND_SYN:       assert (reply_flags == 8'h02 && reply_seq == next_entry[`ENTRY_ISS] && reply_ack == 0);
        `REPLY_KIND_SYN_ACK:   begin
            assert (reply_flags == 8'h12 && reply_seq == next_entry[`ENTRY_ISS]);
            if (next == `TCP_STATE_SYN_RECEIVED) assert (reply_ack == next_entry[`ENTRY_IRS] + 32'd1);
            if (deed[`DEED_INSERT]) assert (reply_ack == seq + 32'd1);
        end
        `REPLY_KIND_ACK:       assert (reply_flags == 8'h10 && reply_seq == entry[`ENTRY_SND_NXT] &&
                                       reply_ack == next_entry[`ENTRY_RCV_NXT]);
        `REPLY_KIND_FIN:       assert (reply_flags == 8'h11 && reply_seq + 32'd1 == next_entry[`ENTRY_SND_NXT] &&
                                       reply_ack == next_entry[`ENTRY_RCV_NXT]);
        `REPLY_KIND_RESET:     assert (reply_flags == 8'h04 && reply_seq == entry[`ENTRY_SND_NXT]);
        `REPLY_KIND_RESET_SEQ: assert (reply_flags == 8'h04 && reply_seq == ack && flags[4]);
        `REPLY_KIND_RESET_ACK: assert (reply_flags == 8'h14 && reply_seq == 0 && reply_ack == seq + full_length && !flags[4]);
        `REPLY_KIND_COOKIE:    assert (reply_flags == 8'h12 && reply_ack == seq + 32'd1 && reply_seq[23:0] == cookie);
        `REPLY_KIND_TO_HOST:   assert (reply_flags == 8'h10 && reply_seq == entry[`ENTRY_RCV_NXT] && reply_ack == entry[`ENTRY_SND_NXT]);
        default: ;
    endcase
endmodule

`default_nettype wire
