// Asks transition_decide.v about every event and every entry at once. The properties are those of RFC 9293 and of
// the rules in docs/tcp.md; states.txt beside this file is the table of next states, and states.vh is made from it.
// Assumed: arithmetic (a number that equals another is not beyond it), and two things that no proof shows of the table's
// entries as a whole: their state is one of this version's, and only SYN-RECEIVED and LAST-ACK have a deadline. What
// is proved here is that no event breaks either. That the facts are worked out rightly from the numbers
// (transition_compare.v), and carried out rightly (transition_apply.v), is not proved here.

`default_nettype none

`include "offload_map.vh"
`include "states.vh"

module decide_proof (
    input wire enable, is_tcp, hit, matched, for_us, malformed, bad_ip_checksum, bad_tcp_checksum, bad_address, land,
    input wire seg_syn, seg_ack, seg_rst, seg_fin, seg_data, seg_ts,
    input wire ts_agreed, seq_is_irs, seq_is_rcv_nxt, seq_not_after_rcv_nxt, acceptable,
    input wire ack_is_snd_nxt, ack_after_snd_nxt, ack_not_before_snd_una, seq_not_before_wl1, ts_before_recent,
    input wire ack_limit_active, ack_limit_over, deadline_reached, synack_retries_used, orphan_retries_used,
    input wire reset_unknown, reset_data, command_created, flush_match, can_insert, bucket_has_token,
    input wire [`EVENT_KIND_BITS-1:0]      kind,
    input wire [`TCP_STATE_BITS-1:0]       state,
    input wire [`LISTENER_ACTION_BITS-1:0] action,
    input wire [7:0]                       command,
    output wire [`POSSIBLE-1:0]            possible
);
    wire insert, write, free, take_ack, take_window, take_ts, count_fin_received, count_fin_sent;
    wire limit_start, limit_clear, event_established, event_peer_closed, event_closed, use_token;
    wire [`VERDICT_BITS-1:0]         verdict;
    wire [`REPLY_KIND_BITS-1:0]      reply;
    wire [`TCP_STATE_BITS-1:0]       next_state;
    wire [`DEADLINE_ACTION_BITS-1:0] deadline;
    wire [`CLOSE_REASON_BITS-1:0]    reason;
    wire [`COMMAND_STATUS_BITS-1:0]  status;
    wire [`COUNTERS-1:0]             count;

    transition_decide decide (.*);

    // ---------------------------------------------------------------- what can be
    wire was_syn_received = state == `TCP_STATE_SYN_RECEIVED;
    wire was_established  = state == `TCP_STATE_ESTABLISHED;
    wire was_close_wait   = state == `TCP_STATE_CLOSE_WAIT;
    wire was_last_ack     = state == `TCP_STATE_LAST_ACK;

    always @* begin
        if (hit) assume (was_syn_received || was_established || was_close_wait || was_last_ack);
        if (deadline_reached) assume (was_syn_received || was_last_ack);
        if (ack_is_snd_nxt) assume (!ack_after_snd_nxt);
        if (seq_is_rcv_nxt) assume (seq_not_after_rcv_nxt);
        assume (!(ack_limit_active && ack_limit_over));
    end

    // ---------------------------------------------------------------- names
    wire from_net  = kind == `EVENT_KIND_NET;
    wire from_host = kind == `EVENT_KIND_HOST;
    wire is_frame  = from_net || from_host;
    wire timer     = kind == `EVENT_KIND_TIMER;
    wire commanded = kind == `EVENT_KIND_COMMAND;
    wire addressed = from_net && enable && is_tcp && (hit || matched) && for_us;
    wire sane_flags = !(seg_syn && seg_fin) && !(seg_syn && seg_rst) && (seg_syn || seg_ack || seg_rst || seg_fin);
    wire intact    = !malformed && !bad_ip_checksum && !bad_tcp_checksum && !bad_address && !land && sane_flags;
    wire segment   = addressed && intact && hit;                // meets an entry
    wire stranger  = addressed && intact && !hit;               // meets a listener only
    wire named     = commanded && hit && command_created;       // the command means this very connection

    wire replies   = reply != `REPLY_KIND_NONE;
    wire resets    = reply == `REPLY_KIND_RESET || reply == `REPLY_KIND_RESET_SEQ || reply == `REPLY_KIND_RESET_ACK;
    wire changes   = insert || write || free || take_ack || take_window || take_ts || count_fin_received ||
                     count_fin_sent || limit_start || limit_clear || deadline != `DEADLINE_ACTION_KEEP;
    wire reports   = event_established || event_peer_closed || event_closed;
    wire idle      = !changes && !replies && !reports && !use_token && next_state == state;

    // ---------------------------------------------------------------- the table of next states
    wire event_syn       = segment && seg_syn;
    wire event_stale     = segment && !seg_syn && !seg_rst && ts_agreed && (!seg_ts || ts_before_recent);
    wire weighed         = segment && !seg_syn && !event_stale; // comes as far as the acceptability test
    wire event_outside   = weighed && !acceptable;
    wire event_reset     = weighed && acceptable && seg_rst && seq_is_rcv_nxt;
    wire event_challenge = weighed && acceptable && seg_rst && !seq_is_rcv_nxt;
    wire event_bare      = weighed && acceptable && !seg_rst && !seg_ack;
    wire event_ack       = weighed && acceptable && !seg_rst && seg_ack;
    wire retries_used    = was_syn_received ? synack_retries_used : orphan_retries_used;
    wire event_timeout   = timer && hit && deadline_reached && !retries_used;
    wire event_givenup   = timer && hit && deadline_reached && retries_used;
    wire event_close     = named && command == `COMMAND_CODE_CLOSE;
    wire event_abort     = named && command == `COMMAND_CODE_ABORT;
    wire event_flush     = kind == `EVENT_KIND_FLUSH && hit && flush_match;
    wire event_nothing   = hit && !segment && !event_timeout && !event_givenup && !event_close && !event_abort &&
                           !event_flush;

    wire ack_current  = ack_is_snd_nxt;
    wire ack_unsent   = ack_after_snd_nxt;
    wire ack_older    = !ack_is_snd_nxt && !ack_after_snd_nxt;
    wire ack_sent     = !ack_after_snd_nxt;
    wire seq_exact    = seq_is_rcv_nxt;
    wire seq_inside   = !seq_is_rcv_nxt;
    wire text_none    = !seg_data && !seg_fin;
    wire text_data    = seg_data && !reset_data;
    wire text_refused = seg_data && reset_data;
    wire text_fin     = !seg_data && seg_fin;

    `STATE_ROWS

    // One line speaks for each case, and one only.
    always @* if (hit) assert (rows != 0 && (rows & (rows - 1'b1)) == 0);

    always @* begin
        // P2: ESTABLISHED is entered from SYN-RECEIVED alone, by a good ACK of our SYN at IRS+1.
        if (event_established || (next_state == `TCP_STATE_ESTABLISHED && !was_established && hit))
            assert (segment && was_syn_received && seg_ack && !seg_syn && !seg_rst && ack_is_snd_nxt &&
                    seq_is_rcv_nxt && acceptable && take_ack && write);
        if (segment && was_syn_received && !seg_syn && !seg_rst && !event_stale && acceptable && seg_ack &&
            ack_is_snd_nxt && seq_is_rcv_nxt)
            assert (event_established && count[`COUNTER_ESTABLISHED]);
        // P2: right ACK, elsewhere in the window: dropped without a word.
        if (event_ack && was_syn_received && ack_is_snd_nxt && !seq_is_rcv_nxt) assert (idle);
        // P3: a wrong ACK in SYN-RECEIVED draws RST and changes nothing.
        if (event_ack && was_syn_received && !ack_is_snd_nxt)
            assert (reply == `REPLY_KIND_RESET_SEQ && !changes && !reports);

        // P1: what makes an entry.
        if (insert)
            assert (stranger && matched && seg_syn && !seg_ack && action != `LISTENER_ACTION_DROP &&
                    action != `LISTENER_ACTION_RESET && can_insert && reply == `REPLY_KIND_SYN_ACK &&
                    next_state == `TCP_STATE_SYN_RECEIVED && deadline == `DEADLINE_ACTION_START && !write);
        if (stranger && seg_syn && !seg_ack && action == `LISTENER_ACTION_ACCEPT) begin
            assert (insert == can_insert);
            assert (count[`COUNTER_TABLE_FULL] == !can_insert);
        end
        // P4: the same SYN draws the same SYN,ACK, unless the limit holds it back; any other draws an ACK (S3).
        if (event_syn)
            assert (reply == (ack_limit_active ? `REPLY_KIND_NONE
                             : was_syn_received && !seg_ack && seq_is_irs ? `REPLY_KIND_SYN_ACK : `REPLY_KIND_ACK));
        // S3: no SYN moves a connection.
        if (seg_syn && is_frame && hit)
            assert (!free && !take_ack && !take_window && !take_ts && !count_fin_received && next_state == state &&
                    deadline == `DEADLINE_ACTION_KEEP);
        // S1: an unacceptable segment draws an ACK unless RST, and moves nothing.
        if (event_outside) begin
            assert (reply == (seg_rst || ack_limit_active ? `REPLY_KIND_NONE : `REPLY_KIND_ACK));
            assert (!take_ack && !take_window && !take_ts && !free && next_state == state);
        end
        // O4, O7.
        if (event_stale) begin
            assert (reply == (!seg_ts || ack_limit_active ? `REPLY_KIND_NONE : `REPLY_KIND_ACK));
            assert (!take_ack && !take_window && !take_ts && !free && next_state == state);
        end
        // P6, S2: RST counts at RCV.NXT alone, draws a challenge elsewhere in the window, and never a reset.
        if (seg_rst && is_frame) begin
            if (free) assert (segment && acceptable && seq_is_rcv_nxt && reason == `CLOSE_REASON_RESET_BY_PEER);
            assert (!resets && !insert && !event_established && !event_peer_closed && next_state == (free ? `TCP_STATE_CLOSED : state));
            if (replies) assert (event_challenge && reply == `REPLY_KIND_ACK);
        end
        if (reason == `CLOSE_REASON_RESET_BY_PEER) assert (event_reset);
        if (event_reset) assert (free && !replies);
        // S4: an ACK of what was never sent draws an ACK and is not taken.
        if (event_ack && !was_syn_received && ack_after_snd_nxt)
            assert (!take_ack && !take_window && !take_ts && !free && next_state == state &&
                    reply == (ack_limit_active ? `REPLY_KIND_NONE : `REPLY_KIND_ACK));
        if (take_ack)    assert (event_ack && !ack_after_snd_nxt && (ack_not_before_snd_una || was_syn_received));
        if (take_window) assert (take_ack && (seq_not_before_wl1 || was_syn_received));
        if (take_ts)     assert (event_ack && ts_agreed && seg_ts && seq_not_after_rcv_nxt);
        // 3.10.7.4: without ACK, dropped.
        if (event_bare) assert (idle);

        // S5: the ACKs that nobody waits for are limited; the first after the limit is always sent.
        if (from_net && (reply == `REPLY_KIND_ACK || reply == `REPLY_KIND_SYN_ACK) && !insert && !count_fin_received)
            assert (segment && !ack_limit_active && limit_start && write);
        if (limit_start) assert (replies && !resets && !count_fin_received || free);
        if (ack_limit_active) assert (!limit_start && !limit_clear);
        if (limit_clear) assert (timer && hit && ack_limit_over && write);
        if (timer && hit && ack_limit_over) assert (limit_clear);
        assert (!(count[`COUNTER_UNSOLICITED_ACKS_SENT] && count[`COUNTER_UNSOLICITED_ACKS_LIMITED]));
        if (count[`COUNTER_UNSOLICITED_ACKS_LIMITED]) assert (ack_limit_active && !replies);
        if (count[`COUNTER_UNSOLICITED_ACKS_SENT])    assert (reply == `REPLY_KIND_ACK);

        // P11, F4: RCV.NXT moves for a FIN at RCV.NXT without data, in ESTABLISHED or just become so, and for no other.
        if (count_fin_received || event_peer_closed || (next_state == `TCP_STATE_CLOSE_WAIT && !was_close_wait && hit))
            assert (segment && seg_fin && !seg_data && seq_is_rcv_nxt && acceptable && seg_ack && !ack_after_snd_nxt &&
                    (was_established || event_established) && count_fin_received && event_peer_closed && write &&
                    reply == `REPLY_KIND_ACK && next_state == `TCP_STATE_CLOSE_WAIT);
        if (segment && seg_data) assert (!count_fin_received);
        // F4, F6: our FIN takes its place in SND.NXT once, when the user closes a connection in CLOSE-WAIT.
        assert (count_fin_sent == (event_close && was_close_wait));
        if (count_fin_sent) assert (reply == `REPLY_KIND_FIN && deadline == `DEADLINE_ACTION_START && write);
        if (reply == `REPLY_KIND_FIN) assert (count_fin_sent || (event_timeout && was_last_ack));
        // F10 and 3.10.5: an abort sends RST, except in LAST-ACK.
        if (event_abort) assert (free && reply == (was_last_ack ? `REPLY_KIND_NONE : `REPLY_KIND_RESET));
        // P8, F6.
        if (event_timeout) assert (write && deadline == `DEADLINE_ACTION_BACK_OFF &&
                                   reply == (was_syn_received ? `REPLY_KIND_SYN_ACK : `REPLY_KIND_FIN));
        if (event_givenup) assert (free && !replies && reason == `CLOSE_REASON_TIMED_OUT);
        if (deadline == `DEADLINE_ACTION_BACK_OFF) assert (event_timeout);

        // C1: who gets a reset that no entry answers for; the token is for that alone.
        assert (use_token == (stranger && resets));
        if (use_token) assert (bucket_has_token && !seg_rst && (action == `LISTENER_ACTION_RESET || (reset_unknown &&
                               !(seg_syn && !seg_ack))) && reply == (seg_ack ? `REPLY_KIND_RESET_SEQ : `REPLY_KIND_RESET_ACK));
        if (stranger && !insert) assert (!changes && !reports);
        // C2: anything but a SYN to a listener that accepts goes to the host.
        if (stranger && !(seg_syn && !seg_ack) && action == `LISTENER_ACTION_ACCEPT && !reset_unknown)
            assert (verdict == `VERDICT_PASS && idle && count == 0);

        // Whatever the event.
        if (is_frame) assert (!(verdict == `VERDICT_PASS && (replies || changes || count != 0)));
        assert (verdict == `VERDICT_PASS || verdict == `VERDICT_DROP);
        assert (!(insert && free));
        if (!hit) assert (!write && !free && !reports && (insert || !changes));
        if (next_state != state) assert (write || insert);
        if (take_ack || take_window || take_ts || count_fin_received || count_fin_sent || limit_start || limit_clear)
            assert (write);
        if (deadline != `DEADLINE_ACTION_KEEP) assert (write || insert);
        // Only SYN-RECEIVED and LAST-ACK keep a deadline.
        if (write && (next_state == `TCP_STATE_ESTABLISHED || next_state == `TCP_STATE_CLOSE_WAIT) &&
            (was_syn_received || was_last_ack)) assert (deadline == `DEADLINE_ACTION_STOP);
        if (free) assert (deadline == `DEADLINE_ACTION_STOP);
        // Every end has an event and a reason.
        assert (free == event_closed && free == (reason != `CLOSE_REASON_NONE));
        if (free) assert (hit && write && next_state == `TCP_STATE_CLOSED);
        if (hit && next_state == `TCP_STATE_CLOSED) assert (free);
        if (write || insert)
            assert (free || next_state == `TCP_STATE_SYN_RECEIVED || next_state == `TCP_STATE_ESTABLISHED ||
                    next_state == `TCP_STATE_CLOSE_WAIT || next_state == `TCP_STATE_LAST_ACK);
        if (deadline == `DEADLINE_ACTION_START)
            assert (next_state == `TCP_STATE_SYN_RECEIVED || next_state == `TCP_STATE_LAST_ACK);

        // Not for us, not TCP, or disabled: it passes, and nothing changes.
        if (from_net && !addressed) assert (verdict == `VERDICT_PASS && idle && count == 0);
        // Damaged: it goes under one counter, and nothing changes.
        if (addressed && !intact)
            assert (verdict == `VERDICT_DROP && idle && count != 0 && (count & (count - 1'b1)) == 0);
        // Nothing for us vanishes uncounted, apart from a RST to a port that resets, and what an open connection takes.
        if (addressed && verdict == `VERDICT_DROP && count == 0)
            assert ((stranger && seg_rst) || (event_ack && !was_syn_received && !ack_after_snd_nxt));
        // The host's segments change nothing; those of the engine's own connections go no further.
        if (from_host) assert (idle && count == 0 &&
                               verdict == (enable && is_tcp && hit ? `VERDICT_DROP : `VERDICT_PASS));
        // Reading changes nothing.
        if (kind == `EVENT_KIND_TABLE_READ || (commanded && command == `COMMAND_CODE_READ)) assert (idle && count == 0);
        // A command that does not mean this connection does nothing and says so.
        if (commanded && !named) assert (idle && count == 0);
        if (commanded && !named && (command == `COMMAND_CODE_CLOSE || command == `COMMAND_CODE_ABORT))
            assert (status == `COMMAND_STATUS_GONE);
        if (commanded && command == `COMMAND_CODE_READ) assert (status == (hit ? `COMMAND_STATUS_OK : `COMMAND_STATUS_GONE));
        if (commanded && status != `COMMAND_STATUS_OK) assert (idle && count == 0);
        if (event_close) assert (status == (was_close_wait ? `COMMAND_STATUS_OK : `COMMAND_STATUS_UNSUPPORTED));
        // What others count is not counted here.
        assert (count[`COUNTER_REPLIES_DROPPED:0] == 0 && count[`COUNTERS-1:`COUNTER_EVENTS_QUEUED] == 0);
    end

    // ---------------------------------------------------------------- all of it can happen
    // Each bit: run.sh asks for an event that sets it.
    assign possible = {
        event_established && event_closed, event_established && event_peer_closed,
        hit && next_state == `TCP_STATE_CLOSED, hit && !was_last_ack && next_state == `TCP_STATE_LAST_ACK,
        hit && !was_close_wait && next_state == `TCP_STATE_CLOSE_WAIT,
        hit && !was_established && next_state == `TCP_STATE_ESTABLISHED,
        insert && next_state == `TCP_STATE_SYN_RECEIVED,
        count[`COUNTER_EVENTS_QUEUED-1:`COUNTER_DROPPED_IP_CHECKSUM],
        rows
    };
endmodule

`default_nettype wire
