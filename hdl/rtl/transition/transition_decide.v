// The rules of RFC 9293, as far as this version has them, in the order in which the RFC asks them. It is the only
// place that knows them: pure combinational logic from facts about (entry, event, configuration) to what is done.
//
// Facts are single bits that transition_compare.v has worked out; what is done is carried out by transition_apply.v.
// Rule numbers are those of docs/tcp.md.

`default_nettype none

`include "offload_map.vh"

module transition_decide (
    // the event
    input  wire                             enable,
    input  wire [`EVENT_KIND_BITS-1:0]     kind,
    input  wire                             is_tcp,
    input  wire                             hit,                // an entry has the event's key
    input  wire                             matched,            // a listener matches
    input  wire                             for_us,             // destination MAC is the listener's
    input  wire                             malformed,
    input  wire                             bad_ip_checksum,
    input  wire                             bad_tcp_checksum,
    input  wire                             bad_address,
    input  wire                             land,
    input  wire                             seg_syn,
    input  wire                             seg_ack,
    input  wire                             seg_rst,
    input  wire                             seg_fin,
    input  wire                             seg_data,
    input  wire                             seg_ts,

    // the entry, and the segment against it
    input  wire [`TCP_STATE_BITS-1:0]      state,
    input  wire                             ts_agreed,
    input  wire                             seq_is_irs,         // SEG.SEQ = IRS
    input  wire                             seq_is_rcv_nxt,     // SEG.SEQ = RCV.NXT
    input  wire                             seq_not_after_rcv_nxt,
    input  wire                             acceptable,         // the test of 3.10.7.4
    input  wire                             ack_is_snd_nxt,     // SEG.ACK = SND.NXT
    input  wire                             ack_after_snd_nxt,
    input  wire                             ack_not_before_snd_una,
    input  wire                             seq_not_before_wl1,
    input  wire                             ts_before_recent,
    input  wire                             ack_limit_active,   // the entry's limit holds an unsolicited ACK back
    input  wire                             ack_limit_over,     // the limit's time is over
    input  wire                             deadline_reached,
    input  wire                             synack_retries_used,
    input  wire                             orphan_retries_used,

    // configuration, command, room
    input  wire [`LISTENER_ACTION_BITS-1:0] action,
    input  wire                             reset_unknown,
    input  wire                             reset_data,
    input  wire [7:0]                       command,
    input  wire                             command_created,    // the creation time matches
    input  wire                             flush_match,
    input  wire                             can_insert,
    input  wire                             bucket_has_token,

    // what is done
    output reg  [`VERDICT_BITS-1:0]        verdict,
    output reg  [`REPLY_KIND_BITS-1:0]     reply,
    output reg                              insert,
    output reg                              write,              // the entry changes
    output reg                              free,               // it is freed
    output reg  [`TCP_STATE_BITS-1:0]      next_state,
    output reg                              take_ack,           // SND.UNA = SEG.ACK
    output reg                              take_window,        // SND.WL1, window from the segment
    output reg                              take_ts,            // TS.Recent = SEG.TSval
    output reg                              count_fin_received, // RCV.NXT + 1
    output reg                              count_fin_sent,     // SND.NXT + 1
    output reg  [`DEADLINE_ACTION_BITS-1:0] deadline,
    output reg                              limit_start,
    output reg                              limit_clear,
    output reg                              event_established,
    output reg                              event_peer_closed,
    output reg                              event_closed,
    output reg  [`CLOSE_REASON_BITS-1:0]   reason,
    output reg  [`COMMAND_STATUS_BITS-1:0] status,
    output reg                              use_token,
    output reg  [`COUNTERS-1:0]             count
);
    wire bad_flags = (seg_syn && (seg_fin || seg_rst)) || !(seg_syn || seg_ack || seg_rst || seg_fin);
    wire pure_syn  = seg_syn && !seg_ack;

    // Wishes of the rules below, which the end of the block turns into replies.
    reg want_ack;           // an unsolicited ACK, under the entry's limit (S5)
    reg want_syn_ack;       // the SYN,ACK again, under the same limit (P4)
    reg want_reset;         // a reset that no entry answers for, under the listener's bucket
    reg opened;             // SYN-RECEIVED has just become ESTABLISHED
    reg text;               // the segment has come as far as its data and FIN
    // In which state its FIN is looked at.
    wire fin_state = opened || state == `TCP_STATE_ESTABLISHED;

    always @* begin
        verdict            = `VERDICT_PASS;
        reply              = `REPLY_KIND_NONE;
        insert             = 1'b0;
        write              = 1'b0;
        free               = 1'b0;
        next_state         = state;
        take_ack           = 1'b0;
        take_window        = 1'b0;
        take_ts            = 1'b0;
        count_fin_received = 1'b0;
        count_fin_sent     = 1'b0;
        deadline           = `DEADLINE_ACTION_KEEP;
        limit_start        = 1'b0;
        limit_clear        = 1'b0;
        event_established  = 1'b0;
        event_peer_closed  = 1'b0;
        event_closed       = 1'b0;
        reason             = `CLOSE_REASON_NONE;
        status             = `COMMAND_STATUS_OK;
        use_token          = 1'b0;
        count              = {`COUNTERS{1'b0}};
        want_ack           = 1'b0;
        want_syn_ack       = 1'b0;
        want_reset         = 1'b0;
        opened             = 1'b0;
        text               = 1'b0;

        case (kind)
        // ------------------------------------------------------------------ a segment from the network
        `EVENT_KIND_NET: if (enable && is_tcp && (hit || matched) && for_us) begin
            verdict = `VERDICT_DROP;
            if (malformed)              count[`COUNTER_DROPPED_MALFORMED]    = 1'b1;
            else if (bad_ip_checksum)   count[`COUNTER_DROPPED_IP_CHECKSUM]  = 1'b1;
            else if (bad_tcp_checksum)  count[`COUNTER_DROPPED_TCP_CHECKSUM] = 1'b1;
            else if (bad_flags)         count[`COUNTER_DROPPED_FLAGS]        = 1'b1;
            else if (bad_address)       count[`COUNTER_DROPPED_ADDRESS]      = 1'b1;
            else if (land)              count[`COUNTER_DROPPED_LAND]         = 1'b1;

            else if (!hit) begin
                // ------------------------------------------- no entry: 3.10.7.1 and 3.10.7.2
                if (action == `LISTENER_ACTION_DROP)
                    count[`COUNTER_DROPPED_LISTENER] = 1'b1;
                else if (action == `LISTENER_ACTION_RESET || (reset_unknown && !pure_syn))
                    want_reset = !seg_rst;                                          // C1
                else if (!pure_syn)
                    verdict = `VERDICT_PASS;                                        // C2
                else if (!can_insert)
                    count[`COUNTER_TABLE_FULL] = 1'b1;
                else begin                                                          // P1
                    insert     = 1'b1;
                    next_state = `TCP_STATE_SYN_RECEIVED;
                    reply      = `REPLY_KIND_SYN_ACK;
                    deadline   = `DEADLINE_ACTION_START;
                    count[`COUNTER_SYN_RECEIVED] = 1'b1;
                    count[`COUNTER_SYN_ACK_SENT] = 1'b1;
                end
            end else if (seg_syn) begin
                // ------------------------------------------- SYN, before all else: P4, S3
                if (pure_syn && state == `TCP_STATE_SYN_RECEIVED && seq_is_irs) begin
                    want_syn_ack = 1'b1;
                    count[`COUNTER_SYN_REPEATED] = 1'b1;
                end else
                    want_ack = 1'b1;
            end else if (ts_agreed && !seg_ts && !seg_rst) begin
                count[`COUNTER_TIMESTAMP_MISSING] = 1'b1;                           // O7
            end else if (ts_agreed && !seg_rst && ts_before_recent) begin
                want_ack = 1'b1;                                                    // O4, PAWS
                count[`COUNTER_TIMESTAMP_REJECTED] = 1'b1;
            end else if (!acceptable) begin
                want_ack = !seg_rst;                                                // S1
                count[`COUNTER_SEQUENCE_UNACCEPTABLE] = 1'b1;
            end else if (seg_rst) begin
                if (seq_is_rcv_nxt) begin                                           // P6, S2
                    free   = 1'b1;
                    reason = `CLOSE_REASON_RESET_BY_PEER;
                    count[`COUNTER_CLOSED_RESET] = 1'b1;
                end else
                    want_ack = 1'b1;
            end else if (!seg_ack) begin
                count[`COUNTER_ACK_MISSING] = 1'b1;
            end else case (state)
                `TCP_STATE_SYN_RECEIVED:
                    if (!ack_is_snd_nxt) begin                                      // P3
                        reply = `REPLY_KIND_RESET_SEQ;
                        count[`COUNTER_HANDSHAKE_RESETS_SENT] = 1'b1;
                    end else if (!seq_is_rcv_nxt) begin                             // P2
                        count[`COUNTER_HANDSHAKE_SEQUENCE_DROPPED] = 1'b1;
                    end else begin
                        write             = 1'b1;
                        opened            = 1'b1;
                        text              = 1'b1;
                        next_state        = `TCP_STATE_ESTABLISHED;
                        take_ack          = 1'b1;
                        take_window       = 1'b1;
                        take_ts           = ts_agreed;
                        deadline          = `DEADLINE_ACTION_STOP;
                        event_established = 1'b1;
                        count[`COUNTER_ESTABLISHED] = 1'b1;
                    end
                default:    // ESTABLISHED, CLOSE-WAIT, LAST-ACK
                    if (ack_after_snd_nxt) begin
                        want_ack = 1'b1;
                        count[`COUNTER_ACK_UNACCEPTABLE] = 1'b1;
                    end else begin
                        write       = 1'b1;
                        take_ack    = ack_not_before_snd_una;
                        take_window = ack_not_before_snd_una && seq_not_before_wl1;
                        take_ts     = ts_agreed && seg_ts && seq_not_after_rcv_nxt;
                        if (state == `TCP_STATE_LAST_ACK && ack_is_snd_nxt) begin   // F4
                            free   = 1'b1;
                            reason = `CLOSE_REASON_NORMAL;
                            count[`COUNTER_CLOSED_NORMAL] = 1'b1;
                        end else
                            text = 1'b1;
                    end
            endcase

            if (text) begin
                if (seg_data) begin                                                 // P11
                    if (reset_data) begin
                        free   = 1'b1;
                        reason = `CLOSE_REASON_DATA_REFUSED;
                        reply  = `REPLY_KIND_RESET;
                        count[`COUNTER_CLOSED_ABORTED] = 1'b1;
                    end else begin
                        want_ack = 1'b1;
                        count[`COUNTER_DATA_DROPPED] = 1'b1;
                    end
                end else if (seg_fin && fin_state) begin                            // F4
                    if (seq_is_rcv_nxt) begin
                        next_state         = `TCP_STATE_CLOSE_WAIT;
                        count_fin_received = 1'b1;
                        event_peer_closed  = 1'b1;
                        reply              = `REPLY_KIND_ACK;
                        count[`COUNTER_PEER_CLOSED] = 1'b1;
                    end else
                        want_ack = 1'b1;
                end
            end

            // ----------------------------------------------- limits: S5
            if (want_reset) begin
                if (bucket_has_token) begin
                    use_token = 1'b1;
                    reply     = seg_ack ? `REPLY_KIND_RESET_SEQ : `REPLY_KIND_RESET_ACK;
                    count[`COUNTER_UNKNOWN_RESETS_SENT] = 1'b1;
                end else
                    count[`COUNTER_UNKNOWN_RESETS_LIMITED] = 1'b1;
            end
            if (want_ack || want_syn_ack) begin
                if (ack_limit_active)
                    count[`COUNTER_UNSOLICITED_ACKS_LIMITED] = 1'b1;
                else begin
                    write       = 1'b1;
                    limit_start = 1'b1;
                    reply       = want_ack ? `REPLY_KIND_ACK : `REPLY_KIND_SYN_ACK;
                    if (want_ack) count[`COUNTER_UNSOLICITED_ACKS_SENT] = 1'b1;
                    else          count[`COUNTER_SYN_ACK_SENT] = 1'b1;
                end
            end
        end

        // ------------------------------------------------------------------ a segment from the host
        `EVENT_KIND_HOST: if (enable && is_tcp && hit)
            verdict = `VERDICT_DROP;

        // ------------------------------------------------------------------ the sweep: P8, F6
        `EVENT_KIND_TIMER: if (hit) begin
            limit_clear = ack_limit_over;
            write       = ack_limit_over;
            if (deadline_reached) begin
                write    = 1'b1;
                deadline = `DEADLINE_ACTION_BACK_OFF;
                if (state == `TCP_STATE_SYN_RECEIVED ? synack_retries_used : orphan_retries_used) begin
                    free   = 1'b1;
                    reason = `CLOSE_REASON_TIMED_OUT;
                    count[`COUNTER_CLOSED_TIMED_OUT] = 1'b1;
                end else if (state == `TCP_STATE_SYN_RECEIVED) begin
                    reply = `REPLY_KIND_SYN_ACK;
                    count[`COUNTER_SYN_ACK_SENT]     = 1'b1;
                    count[`COUNTER_SYN_ACK_TIMEOUTS] = 1'b1;
                end else begin
                    reply = `REPLY_KIND_FIN;
                    count[`COUNTER_FIN_TIMEOUTS] = 1'b1;
                end
            end
        end

        // ------------------------------------------------------------------ a command
        `EVENT_KIND_COMMAND:
            case (command)
                `COMMAND_CODE_READ:
                    if (!hit) status = `COMMAND_STATUS_GONE;
                `COMMAND_CODE_CLOSE:
                    if (!hit || !command_created)
                        status = `COMMAND_STATUS_GONE;
                    else if (state != `TCP_STATE_CLOSE_WAIT)
                        status = `COMMAND_STATUS_UNSUPPORTED;
                    else begin                                                      // F4, F6
                        write          = 1'b1;
                        next_state     = `TCP_STATE_LAST_ACK;
                        reply          = `REPLY_KIND_FIN;
                        count_fin_sent = 1'b1;
                        deadline       = `DEADLINE_ACTION_START;
                    end
                `COMMAND_CODE_ABORT:
                    if (!hit || !command_created)
                        status = `COMMAND_STATUS_GONE;
                    else begin                                                      // F10
                        free   = 1'b1;
                        reason = `CLOSE_REASON_ABORTED;
                        count[`COUNTER_CLOSED_ABORTED] = 1'b1;
                        if (state != `TCP_STATE_LAST_ACK) reply = `REPLY_KIND_RESET;
                    end
                `COMMAND_CODE_FLUSH: ;   // done by the walker, whose events follow
                `COMMAND_CODE_OPEN,
                `COMMAND_CODE_HOLD,
                `COMMAND_CODE_RELEASE,
                `COMMAND_CODE_TAKE:
                    status = `COMMAND_STATUS_UNSUPPORTED;
                default:
                    status = `COMMAND_STATUS_INVALID;
            endcase

        `EVENT_KIND_FLUSH: if (hit && flush_match) begin
            free   = 1'b1;
            reason = `CLOSE_REASON_FLUSHED;
            count[`COUNTER_CLOSED_FLUSHED] = 1'b1;
        end

        default: ;  // table_read changes nothing
        endcase

        if (free) begin
            write        = 1'b1;
            next_state   = `TCP_STATE_CLOSED;
            deadline     = `DEADLINE_ACTION_STOP;
            event_closed = 1'b1;
        end
    end
endmodule

`default_nettype wire
