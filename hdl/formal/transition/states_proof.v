// states.txt, the table of RFC 9293's states as data, against transition_decide.v, over every combination of facts about
// a connection that the engine owns, and about a segment to an end point without one. run.sh makes states.vh from the table: a wire a row, and what the row demands. The
// names of its columns are given their meaning here.
//
// Assumed: that a number which equals another is not beyond it, and what no single event can show of an entry: it is in
// one of RFC 9293's states, waits for adoption only in ESTABLISHED, and has no deadline in ESTABLISHED or CLOSE-WAIT while
// the engine keeps it. At the end it is shown that no event breaks any of these.
//
// Rules: P2, P3, P4, P5, P6, P8, P9, P10, P11, A2, A3, A4, A5, A6, F1, F2, F3, F4, F5, F6, F7, F8, F9, F10, F12, S1, S2
// Rules: S3, S4, S5, O4, O7, K1, K2, K4, P1, C1, C2, A7

`default_nettype none

`include "offload_map.vh"
`include "states.vh"

module states_proof (
    input  wire [`FACT_BITS-1:0] fact,
    output wire [`ROWS-1:0]      possible
);
    wire [`DEED_BITS-1:0] deed;
    wire [`COUNTERS-1:0]  count;
    transition_decide decide (.fact(fact), .deed(deed), .count(count));

    wire [`TCP_STATE_BITS-1:0]  state = fact[`FACT_STATE];
    wire [`OWNER_BITS-1:0]      owner = fact[`FACT_OWNER];
    wire [`TCP_STATE_BITS-1:0]  next  = deed[`DEED_FREE] ? `TCP_STATE_CLOSED : deed[`DEED_WRITE] ? deed[`DEED_NEXT_STATE] : state;
    wire [`OWNER_BITS-1:0]      heir  = deed[`DEED_WRITE] ? deed[`DEED_NEXT_OWNER] : owner;
    wire [`REPLY_KIND_BITS-1:0] reply = deed[`DEED_REPLY];
    wire limited     = fact[`FACT_ACK_LIMIT_ACTIVE];
    wire in_syn_sent = state == `TCP_STATE_SYN_SENT, in_syn_received = state == `TCP_STATE_SYN_RECEIVED;
    wire in_established = state == `TCP_STATE_ESTABLISHED, in_close_wait = state == `TCP_STATE_CLOSE_WAIT;
    wire in_fin_wait = state == `TCP_STATE_FIN_WAIT_1 || state == `TCP_STATE_FIN_WAIT_2;
    wire in_time_wait = state == `TCP_STATE_TIME_WAIT;
    wire keeps       = owner == `OWNER_ENGINE;
    wire waits       = owner == `OWNER_PARKED;
    wire own         = fact[`FACT_HIT] && (keeps || waits);

    wire stays       = fact[`FACT_HIT] ? next == state : !deed[`DEED_WRITE] && !deed[`DEED_INSERT];
    wire [`TCP_STATE_BITS-1:0] becomes = fact[`FACT_HIT]       ? next
                                       : deed[`DEED_INSERT] && deed[`DEED_WRITE] ? deed[`DEED_NEXT_STATE] : `TCP_STATE_CLOSED;
    wire passed      = deed[`DEED_VERDICT] == `VERDICT_PASS;

    // The timeouts and events that the rows demand
    // (a new entry's, left alone, is none)
    wire [`DEADLINE_ACTION_BITS-1:0] timeout = !deed[`DEED_WRITE] ? `DEADLINE_ACTION_KEEP
        : deed[`DEED_INSERT] && deed[`DEED_DEADLINE] == `DEADLINE_ACTION_KEEP ? `DEADLINE_ACTION_STOP : deed[`DEED_DEADLINE];
    wire [`DEADLINE_ACTION_BITS-1:0] timeout_keep       = `DEADLINE_ACTION_KEEP;
    wire [`DEADLINE_ACTION_BITS-1:0] timeout_stop       = `DEADLINE_ACTION_STOP;
    wire [`DEADLINE_ACTION_BITS-1:0] timeout_start      = `DEADLINE_ACTION_START;
    wire [`DEADLINE_ACTION_BITS-1:0] timeout_back_off   = `DEADLINE_ACTION_BACK_OFF;
    wire [`DEADLINE_ACTION_BITS-1:0] timeout_time_wait  = `DEADLINE_ACTION_TIME_WAIT;
    wire [`DEADLINE_ACTION_BITS-1:0] timeout_fin_wait_2 = `DEADLINE_ACTION_FIN_WAIT_2;
    wire [`DEADLINE_ACTION_BITS-1:0] timeout_opened     = fact[`FACT_ADOPT] ? `DEADLINE_ACTION_ADOPTION : `DEADLINE_ACTION_STOP;
    wire [`DEADLINE_ACTION_BITS-1:0] timeout_again      = in_time_wait && fin && fact[`FACT_END_IS_RCV_NXT] ? `DEADLINE_ACTION_TIME_WAIT
                                                                                                             : `DEADLINE_ACTION_KEEP;
    wire [`CLOSE_REASON_BITS+3:0] tells = {deed[`DEED_ESTABLISHED], deed[`DEED_PEER_CLOSED], deed[`DEED_CLOSED],
                                           deed[`DEED_REASON], deed[`DEED_ICMP_ERROR]};

    always @* begin
        assume (!(fact[`FACT_ACK_IS_SND_NXT] && fact[`FACT_ACK_AFTER_SND_NXT]));
        assume (!fact[`FACT_SEQ_IS_RCV_NXT] || fact[`FACT_SEQ_NOT_AFTER_RCV_NXT]);
        if (own) assume (state >= `TCP_STATE_SYN_SENT && state <= `TCP_STATE_TIME_WAIT);
        if (own && waits) assume (in_established);
        if (own && keeps && (in_established || in_close_wait)) assume (!fact[`FACT_DEADLINE_REACHED]);
    end

    // ---------------------------------------------------------------- events
    wire syn = fact[`FACT_SYN], ack = fact[`FACT_ACK], rst = fact[`FACT_RST], fin = fact[`FACT_FIN], data = fact[`FACT_DATA];
    wire sane    = !(syn && fin) && !(syn && rst) && (syn || ack || rst || fin);
    wire intact  = sane && !fact[`FACT_MALFORMED] && !fact[`FACT_BAD_IP_CHECKSUM] && !fact[`FACT_BAD_TCP_CHECKSUM] &&
                   !fact[`FACT_BAD_ADDRESS] && !fact[`FACT_LAND];
    wire segment = own && fact[`FACT_KIND] == `EVENT_KIND_NET && fact[`FACT_ENABLE] && fact[`FACT_IS_TCP] &&
                   !fact[`FACT_IS_ICMP] && fact[`FACT_FOR_US] && intact;
    wire event_meets_syn   = segment && in_syn_sent && syn;
    wire event_meets_reset = segment && in_syn_sent && rst;
    wire event_meets_other = segment && in_syn_sent && !syn && !rst;

    wire on_offer          = in_syn_received && fact[`FACT_ADOPT] && fact[`FACT_ORIGIN] == `ORIGIN_SYN;
    wire later             = segment && !in_syn_sent;
    wire event_syn         = later && syn;
    wire event_hosts       = later && !syn && on_offer && (rst ? !seq_exact : ack && !ack_current);
    wire mine              = later && !syn && !event_hosts;
    wire event_late_reset  = mine && in_time_wait && rst;
    wire event_unstamped   = mine && fact[`FACT_TS_AGREED] && !rst && !fact[`FACT_TS];
    wire event_old         = mine && fact[`FACT_TS_AGREED] && !rst && fact[`FACT_TS] && fact[`FACT_TS_BEFORE_RECENT];
    wire weighed           = mine && !event_late_reset && !event_unstamped && !event_old;
    wire event_outside       = weighed && !fact[`FACT_ACCEPTABLE] && !rst;
    wire event_outside_reset = weighed && !fact[`FACT_ACCEPTABLE] && rst;
    wire inside            = weighed && fact[`FACT_ACCEPTABLE];
    wire event_reset       = inside && rst && seq_exact;
    wire event_challenge   = inside && rst && !seq_exact;
    wire event_bare        = inside && !rst && !ack;
    wire event_overflow    = inside && !rst && ack && on_offer && ack_current && seq_exact && fact[`FACT_BACKLOG_FULL];
    wire event_ack         = inside && !rst && ack && !event_overflow;

    wire over              = own && fact[`FACT_KIND] == `EVENT_KIND_TIMER && fact[`FACT_DEADLINE_REACHED];
    wire last              = in_syn_sent     ? fact[`FACT_SYN_RETRIES_USED]
                           : in_syn_received ? fact[`FACT_SYNACK_RETRIES_USED]
                           : state == `TCP_STATE_FIN_WAIT_2 || in_time_wait || fact[`FACT_ORPHAN_RETRIES_USED];
    wire event_unadopted   = over && waits;
    wire event_timeout     = over && keeps && !last;
    wire event_givenup     = over && keeps && last;
    wire named             = own && fact[`FACT_KIND] == `EVENT_KIND_COMMAND && fact[`FACT_COMMAND_CREATED];
    wire event_close       = named && fact[`FACT_COMMAND] == `COMMAND_CODE_CLOSE && keeps;
    wire event_abort       = named && fact[`FACT_COMMAND] == `COMMAND_CODE_ABORT;
    wire event_release     = named && fact[`FACT_COMMAND] == `COMMAND_CODE_RELEASE && waits;
    wire event_flush       = own && fact[`FACT_KIND] == `EVENT_KIND_FLUSH && fact[`FACT_FLUSH_MATCH];
    wire event_evict       = own && fact[`FACT_KIND] == `EVENT_KIND_EVICT && fact[`FACT_EVICT] &&
                             ((in_syn_received && fact[`FACT_ORIGIN] == `ORIGIN_SYN) || in_time_wait);
    wire event_quote       = own && fact[`FACT_KIND] == `EVENT_KIND_NET && fact[`FACT_ENABLE] && fact[`FACT_IS_TCP] &&
                             fact[`FACT_IS_ICMP] && in_syn_sent && fact[`FACT_SEQ_IS_ISS] && !fact[`FACT_BAD_IP_CHECKSUM] &&
                             !fact[`FACT_BAD_TCP_CHECKSUM];
    wire event_nothing     = own && !segment && !event_quote && !over && !event_close && !event_abort && !event_release && !event_flush &&
                             !event_evict;

    // ---------------------------------------------------------------- end points without a connection
    wire arrives           = !fact[`FACT_HIT] && fact[`FACT_KIND] == `EVENT_KIND_NET && fact[`FACT_ENABLE] &&
                             fact[`FACT_IS_TCP] && !fact[`FACT_IS_ICMP] && fact[`FACT_MATCHED] && fact[`FACT_FOR_US] && intact;
    wire at_CLOSED         = arrives && fact[`FACT_ACTION] == `LISTENER_ACTION_RESET;
    wire at_SILENT         = arrives && fact[`FACT_ACTION] == `LISTENER_ACTION_DROP;
    wire at_LISTEN         = arrives && !at_CLOSED && !at_SILENT;
    wire opens             = at_LISTEN && syn && !ack;
    wire event_orphan      = opens && !fact[`FACT_HOST_ALIVE];
    wire event_flood       = opens && fact[`FACT_HOST_ALIVE] && fact[`FACT_COOKIE_HASHED];
    wire event_newcomer    = opens && fact[`FACT_HOST_ALIVE] && !fact[`FACT_COOKIE_HASHED];
    wire event_cookie      = at_LISTEN && ack && !syn && !rst && fact[`FACT_HOST_ALIVE] && fact[`FACT_COOKIE_HASHED] &&
                             fact[`FACT_COOKIE_RECENT] && fact[`FACT_COOKIE_VALID];
    wire event_stray_reset = arrives && rst;
    wire event_stranger    = arrives && !rst && !opens && !event_cookie;
    wire ack_free          = fact[`FACT_CAN_INSERT];
    wire ack_full          = !fact[`FACT_CAN_INSERT];
    wire ack_token         = fact[`FACT_COOKIE_HAS_TOKEN];
    wire ack_no_token      = !fact[`FACT_COOKIE_HAS_TOKEN];
    wire ack_passes        = fact[`FACT_HOST_LOST] == `HOST_LOST_PASS;
    wire ack_resets        = fact[`FACT_HOST_LOST] == `HOST_LOST_RESET;
    wire ack_drops         = !ack_passes && !ack_resets;
    wire ack_some          = ack;
    wire seq_queue         = fact[`FACT_ADOPT] && fact[`FACT_BACKLOG_FULL];
    wire seq_accepts       = !seq_queue;
    wire seq_resets        = fact[`FACT_RESET_UNKNOWN];
    wire seq_passes        = !fact[`FACT_RESET_UNKNOWN];

    // ---------------------------------------------------------------- the other columns
    wire ack_none        = !ack;
    wire ack_ancient     = !fact[`FACT_ACK_AFTER_SND_NXT] && fact[`FACT_ACK_TOO_OLD];
    wire ack_current     = ack && fact[`FACT_ACK_IS_SND_NXT] && (in_syn_sent || in_syn_received || !ack_ancient);
    wire ack_wrong       = ack && !fact[`FACT_ACK_IS_SND_NXT];
    wire ack_unsent      = ack && fact[`FACT_ACK_AFTER_SND_NXT];
    wire ack_sent        = ack && !ack_unsent && !ack_ancient;
    wire ack_older       = ack_sent && !ack_current;
    wire ack_reused      = fact[`FACT_REUSED];
    wire ack_open        = !fact[`FACT_REUSED] && fact[`FACT_ORIGIN] == `ORIGIN_OPEN;
    wire ack_passive     = !fact[`FACT_REUSED] && fact[`FACT_ORIGIN] != `ORIGIN_OPEN;
    wire ack_syn_unacked = fact[`FACT_SYN_UNACKED];
    wire ack_syn_acked   = !fact[`FACT_SYN_UNACKED];

    wire seq_exact       = fact[`FACT_SEQ_IS_RCV_NXT];
    wire seq_inside      = !seq_exact;
    wire seq_repeats     = !ack && fact[`FACT_SEQ_IS_IRS];
    wire seq_differs     = !seq_repeats;
    // RFC 6191 2: timestamps on both sides decide, then the sequence number; a SYN,ACK opens nothing.
    wire later_number    = !fact[`FACT_SEQ_NOT_AFTER_RCV_NXT];
    wire later_time      = !fact[`FACT_TS_BEFORE_RECENT] && !fact[`FACT_TS_IS_RECENT];
    wire later_by_6191   = !fact[`FACT_TS_WOULD_BE_AGREED] ? later_number
                         : !fact[`FACT_TS_AGREED] || later_time || (fact[`FACT_TS_IS_RECENT] && later_number);
    wire seq_newer       = !ack && later_by_6191 && fact[`FACT_MATCHED] && fact[`FACT_SAME_LISTENER] && fact[`FACT_HOST_ALIVE];
    wire seq_stale       = !seq_newer;

    wire for_host        = in_syn_received ? fact[`FACT_ADOPT] : waits;
    wire nobody          = in_fin_wait ||
                           ((in_established || in_syn_received) && (fact[`FACT_RESET_DATA] || fact[`FACT_ORIGIN] == `ORIGIN_TAKE));
    wire text_none       = !data && !fin;
    wire text_park       = for_host && (data || fin);
    wire text_refused    = !for_host && data && nobody;
    wire text_data       = !for_host && data && !nobody;
    wire text_fin        = !for_host && !data && fin;

    `STATE_ROWS

    // One row speaks for each case, and one only.
    always @* if (own || arrives) assert (rows != 0 && (rows & (rows - 1'b1)) == 0);
    assign possible = rows;

    always @* begin
        // What the rows do not say: a frame goes to the host where it is the host's, else it is dropped or parked.
        if (segment) assert ((deed[`DEED_VERDICT] == `VERDICT_PASS) == event_hosts);
        if (segment && deed[`DEED_VERDICT] == `VERDICT_PARK) assert (event_ack && text_park && fact[`FACT_PARK_ROOM]);
        // P9, P11: RCV.NXT moves for a FIN alone, at RCV.NXT, that does not wait for the host.
        if (segment && deed[`DEED_COUNT_FIN_RECEIVED]) assert (event_ack && text_fin && seq_exact);
        if (segment) assert (!deed[`DEED_TAKE_END]);
        // F7: TIME-WAIT begins anew with the peer's FIN, sent again.
        if (segment && in_time_wait && !syn && deed[`DEED_WRITE] && !deed[`DEED_LIMIT_START])
            assert (event_ack || (fin && fact[`FACT_END_IS_RCV_NXT] && deed[`DEED_DEADLINE] == `DEADLINE_ACTION_TIME_WAIT));
        if (event_outside && in_time_wait && fin && fact[`FACT_END_IS_RCV_NXT])
            assert (deed[`DEED_WRITE] && deed[`DEED_DEADLINE] == `DEADLINE_ACTION_TIME_WAIT);
        // Nobody's event writes nothing but the end of a limit's time.
        if (event_nothing) assert (!deed[`DEED_WRITE] || (deed[`DEED_LIMIT_CLEAR] && fact[`FACT_KIND] == `EVENT_KIND_TIMER) ||
                                   fact[`FACT_KIND] == `EVENT_KIND_DRAINED);

        // Nobody's frame passes untouched; without a listener C2 is the default.
        if (!fact[`FACT_HIT] && fact[`FACT_KIND] == `EVENT_KIND_NET && !arrives) begin
            assert (!deed[`DEED_WRITE] && reply == `REPLY_KIND_NONE && tells == 0);
            if (!fact[`FACT_ENABLE] || !fact[`FACT_IS_TCP] || !fact[`FACT_MATCHED] || !fact[`FACT_FOR_US]) assert (passed);
        end
        // Who owns it: one that opens is the listener's choice.
        if ((own || arrives) && deed[`DEED_WRITE] && !deed[`DEED_FREE])
            assert (heir == (deed[`DEED_ESTABLISHED] && fact[`FACT_ADOPT] ? `OWNER_PARKED
                           : deed[`DEED_ESTABLISHED] || arrives           ? `OWNER_ENGINE
                           : event_release                                ? `OWNER_DRAINING : owner));
        // What the numbers hang on (numbers_proof.v shows what each of these makes of them).
        if (own) begin
            assert (deed[`DEED_TAKE_SYN]       == (event_meets_syn && !ack_wrong));
            assert (deed[`DEED_REUSE]          == (event_syn && in_time_wait && seq_newer));
            assert (deed[`DEED_RESTORE]        == (event_reset && in_syn_received && ack_reused));
            assert (deed[`DEED_COUNT_FIN_SENT] == (event_close && reply == `REPLY_KIND_FIN));
            assert (deed[`DEED_SETTLE]         == (event_close && in_syn_received));
            assert (!deed[`DEED_TAKE_ARGUMENTS] && !deed[`DEED_TAKE_HOST_WINDOW] && !deed[`DEED_TAKE_END]);
            if (deed[`DEED_TAKE_ACK])    assert ((event_meets_syn && ack_current) || (event_ack && ack_sent && fact[`FACT_ACK_NOT_BEFORE_SND_UNA]) ||
                                                 (event_ack && in_syn_received && ack_current && seq_exact));
            if (deed[`DEED_TAKE_WINDOW]) assert (deed[`DEED_TAKE_ACK] && (in_syn_received || fact[`FACT_SEQ_NOT_BEFORE_WL1]));
            // RFC 7323 4.3
            if (deed[`DEED_TAKE_TS])     assert (event_ack && fact[`FACT_TS_AGREED] && fact[`FACT_TS] && fact[`FACT_SEQ_NOT_AFTER_RCV_NXT]);
            assert (!deed[`DEED_LIMIT_CLEAR] || (fact[`FACT_KIND] == `EVENT_KIND_TIMER && fact[`FACT_ACK_LIMIT_OVER]));
        end
        if (arrives) assert (deed[`DEED_INSERT_ORIGIN] == (event_cookie ? `ORIGIN_COOKIE : `ORIGIN_SYN) || !deed[`DEED_INSERT]);
        if (arrives) assert (deed[`DEED_USE_TOKEN] == (reply == `REPLY_KIND_RESET_SEQ || reply == `REPLY_KIND_RESET_ACK));
        if (arrives) assert (deed[`DEED_COOKIE_SENT] == (reply == `REPLY_KIND_COOKIE));

        // The assumptions outlast every event.
        if (deed[`DEED_WRITE] && !deed[`DEED_FREE] && (heir == `OWNER_ENGINE || heir == `OWNER_PARKED)) begin
            assert (next >= `TCP_STATE_SYN_SENT && next <= `TCP_STATE_TIME_WAIT);
            if (heir == `OWNER_PARKED) assert (next == `TCP_STATE_ESTABLISHED);
            if (heir == `OWNER_ENGINE && (next == `TCP_STATE_ESTABLISHED || next == `TCP_STATE_CLOSE_WAIT))
                assert (deed[`DEED_DEADLINE] == `DEADLINE_ACTION_STOP || deed[`DEED_INSERT] ||
                        (own && keeps && (in_established || in_close_wait) && deed[`DEED_DEADLINE] == `DEADLINE_ACTION_KEEP));
        end
    end
endmodule

`default_nettype wire
