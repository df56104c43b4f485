// A segment from the network for a connection that the engine owns: SYN-SENT (RFC 9293 3.10.7.3) and the states after
// it (3.10.7.4), in the order in which the RFC asks. A connection that waits for its adoption is the engine's too;
// only its data and FIN are parked. Pure combinational logic; rule numbers are those of docs/tcp.md.

`default_nettype none

`include "offload_map.vh"

module rules_segment (
    input  wire [`FACT_BITS-1:0] fact,
    output reg  [`DEED_BITS-1:0] deed,
    output reg  [`COUNTERS-1:0]  count
);
    wire [`TCP_STATE_BITS-1:0] state = fact[`FACT_STATE];
    wire syn      = fact[`FACT_SYN];
    wire ack      = fact[`FACT_ACK];
    wire rst      = fact[`FACT_RST];
    wire fin      = fact[`FACT_FIN];
    wire pure_syn = syn && !ack;
    wire in_syn_received = state == `TCP_STATE_SYN_RECEIVED;
    wire in_time_wait    = state == `TCP_STATE_TIME_WAIT;
    // The entry may stem from a late duplicate SYN of a connection that the host owns and the engine has forgotten.
    wire maybe_hosts     = in_syn_received && fact[`FACT_ADOPT] && fact[`FACT_ORIGIN] == `ORIGIN_SYN;

    // RFC 6191: a SYN in TIME-WAIT that is newer than the old connection (F9).
    wire seq_after   = !fact[`FACT_SEQ_NOT_AFTER_RCV_NXT];
    wire newer       = !fact[`FACT_TS_WOULD_BE_AGREED] ? seq_after
                     : !fact[`FACT_TS_AGREED]          ? 1'b1
                     : fact[`FACT_TS_IS_RECENT]        ? seq_after
                                                       : !fact[`FACT_TS_BEFORE_RECENT];
    wire begins_anew = pure_syn && newer && fact[`FACT_MATCHED] && fact[`FACT_SAME_LISTENER] && fact[`FACT_HOST_ALIVE];

    reg opened;             // the connection has just become ESTABLISHED
    reg text;               // the segment has come as far as its data and FIN
    reg fin_acked;          // FIN-WAIT-1 has just become FIN-WAIT-2
    // In which state data and FIN are looked at; and whether they wait for the host.
    reg in_established, in_fin_wait_1, in_fin_wait_2, waits;

    always @* begin
        deed                   = {`DEED_BITS{1'b0}};
        count                  = {`COUNTERS{1'b0}};
        deed[`DEED_VERDICT]    = `VERDICT_DROP;
        deed[`DEED_NEXT_STATE] = state;
        deed[`DEED_NEXT_OWNER] = fact[`FACT_OWNER];
        opened                 = 1'b0;
        text                   = 1'b0;
        fin_acked              = 1'b0;

        if (in_time_wait && syn) begin                                              // F9
            if (begins_anew) begin
                deed[`DEED_REUSE]      = 1'b1;
                deed[`DEED_WRITE]      = 1'b1;
                deed[`DEED_NEXT_STATE] = `TCP_STATE_SYN_RECEIVED;
                deed[`DEED_NEXT_OWNER] = `OWNER_ENGINE;
                deed[`DEED_REPLY]      = `REPLY_KIND_SYN_ACK;
                deed[`DEED_DEADLINE]   = `DEADLINE_ACTION_START;
                count[`COUNTER_SYN_RECEIVED]     = 1'b1;
                count[`COUNTER_SYN_ACK_SENT]     = 1'b1;
                count[`COUNTER_TIME_WAIT_REUSED] = 1'b1;
            end else
                deed[`DEED_WANT_ACK] = 1'b1;
        end else if (state == `TCP_STATE_SYN_SENT) begin
            if (ack && !fact[`FACT_ACK_IS_SND_NXT]) begin                           // A3, A6
                if (!rst) begin
                    deed[`DEED_REPLY] = `REPLY_KIND_RESET_SEQ;
                    count[`COUNTER_OPEN_RESETS_SENT] = 1'b1;
                end
            end else if (rst) begin                                                 // A4
                if (ack) begin
                    deed[`DEED_FREE]   = 1'b1;
                    deed[`DEED_REASON] = `CLOSE_REASON_REFUSED;
                    count[`COUNTER_CLOSED_REFUSED] = 1'b1;
                end
            end else if (syn && ack) begin                                          // A2
                deed[`DEED_WRITE]    = 1'b1;
                deed[`DEED_TAKE_SYN] = 1'b1;
                deed[`DEED_TAKE_ACK] = 1'b1;
                deed[`DEED_REPLY]    = `REPLY_KIND_ACK;
                opened               = 1'b1;
            end else if (syn) begin                                                 // P10
                deed[`DEED_WRITE]      = 1'b1;
                deed[`DEED_TAKE_SYN]   = 1'b1;
                deed[`DEED_NEXT_STATE] = `TCP_STATE_SYN_RECEIVED;
                deed[`DEED_REPLY]      = `REPLY_KIND_SYN_ACK;
                deed[`DEED_DEADLINE]   = `DEADLINE_ACTION_START;
                count[`COUNTER_SIMULTANEOUS_OPENS] = 1'b1;
                count[`COUNTER_SYN_ACK_SENT]       = 1'b1;
            end
        end else if (syn) begin
            // ------------------------------------------- SYN, before all else: P4, P10, S3
            if (pure_syn && in_syn_received && fact[`FACT_SEQ_IS_IRS]) begin
                deed[`DEED_WANT_SYN_ACK] = 1'b1;
                count[`COUNTER_SYN_REPEATED] = 1'b1;
            end else
                deed[`DEED_WANT_ACK] = 1'b1;
        end else if (maybe_hosts && (rst ? !fact[`FACT_SEQ_IS_RCV_NXT] : ack && !fact[`FACT_ACK_IS_SND_NXT])) begin
            deed[`DEED_VERDICT] = `VERDICT_PASS;                                    // P3, P6
        end else if (in_time_wait && rst) begin
            // F8: nothing.
        end else if (fact[`FACT_TS_AGREED] && !fact[`FACT_TS] && !rst) begin
            count[`COUNTER_TIMESTAMP_MISSING] = 1'b1;                               // O7
        end else if (fact[`FACT_TS_AGREED] && !rst && fact[`FACT_TS_BEFORE_RECENT]) begin
            deed[`DEED_WANT_ACK] = 1'b1;                                            // O4, PAWS
            count[`COUNTER_TIMESTAMP_REJECTED] = 1'b1;
        end else if (!fact[`FACT_ACCEPTABLE]) begin
            deed[`DEED_WANT_ACK] = !rst;                                            // S1
            count[`COUNTER_SEQUENCE_UNACCEPTABLE] = 1'b1;
            if (in_time_wait && fin && fact[`FACT_END_IS_RCV_NXT]) begin            // F7
                deed[`DEED_WRITE]    = 1'b1;
                deed[`DEED_DEADLINE] = `DEADLINE_ACTION_TIME_WAIT;
            end
        end else if (rst) begin
            if (!fact[`FACT_SEQ_IS_RCV_NXT])                                        // P6, S2
                deed[`DEED_WANT_ACK] = 1'b1;
            else if (in_syn_received && fact[`FACT_REUSED]) begin                   // F9
                deed[`DEED_WRITE]      = 1'b1;
                deed[`DEED_RESTORE]    = 1'b1;
                deed[`DEED_NEXT_STATE] = `TCP_STATE_TIME_WAIT;
                deed[`DEED_DEADLINE]   = `DEADLINE_ACTION_TIME_WAIT;
                count[`COUNTER_TIME_WAIT_RESTORED] = 1'b1;
            end else if (in_syn_received && fact[`FACT_ORIGIN] == `ORIGIN_OPEN) begin
                deed[`DEED_FREE]   = 1'b1;
                deed[`DEED_REASON] = `CLOSE_REASON_REFUSED;
                count[`COUNTER_CLOSED_REFUSED] = 1'b1;
            end else begin
                deed[`DEED_FREE]   = 1'b1;
                deed[`DEED_REASON] = `CLOSE_REASON_RESET_BY_PEER;
                count[`COUNTER_CLOSED_RESET] = 1'b1;
            end
        end else if (!ack)
            count[`COUNTER_ACK_MISSING] = 1'b1;
        else if (in_syn_received) begin
            if (!fact[`FACT_ACK_IS_SND_NXT]) begin                                  // P3
                deed[`DEED_REPLY] = `REPLY_KIND_RESET_SEQ;
                count[`COUNTER_HANDSHAKE_RESETS_SENT] = 1'b1;
            end else if (!fact[`FACT_SEQ_IS_RCV_NXT])                               // P2
                count[`COUNTER_HANDSHAKE_SEQUENCE_DROPPED] = 1'b1;
            else if (maybe_hosts && fact[`FACT_BACKLOG_FULL])
                count[`COUNTER_ACCEPT_OVERFLOWS] = 1'b1;
            else begin
                deed[`DEED_WRITE]       = 1'b1;
                deed[`DEED_TAKE_ACK]    = 1'b1;
                deed[`DEED_TAKE_WINDOW] = 1'b1;
                deed[`DEED_TAKE_TS]     = fact[`FACT_TS_AGREED];
                opened                  = 1'b1;
                text                    = 1'b1;
            end
        end else if (fact[`FACT_ACK_AFTER_SND_NXT]) begin                           // S4
            deed[`DEED_WANT_ACK] = 1'b1;
            count[`COUNTER_ACK_UNACCEPTABLE] = 1'b1;
        end else if (fact[`FACT_ACK_TOO_OLD])
            count[`COUNTER_ACK_TOO_OLD] = 1'b1;
        else begin
            deed[`DEED_WRITE]       = 1'b1;
            deed[`DEED_TAKE_ACK]    = fact[`FACT_ACK_NOT_BEFORE_SND_UNA];
            deed[`DEED_TAKE_WINDOW] = fact[`FACT_ACK_NOT_BEFORE_SND_UNA] && fact[`FACT_SEQ_NOT_BEFORE_WL1];
            deed[`DEED_TAKE_TS]     = fact[`FACT_TS_AGREED] && fact[`FACT_TS] && fact[`FACT_SEQ_NOT_AFTER_RCV_NXT];
            text                    = 1'b1;
            if (fact[`FACT_ACK_IS_SND_NXT]) begin                                   // the ACK of our FIN
                if (state == `TCP_STATE_FIN_WAIT_1) begin                           // F2
                    fin_acked              = 1'b1;
                    deed[`DEED_NEXT_STATE] = `TCP_STATE_FIN_WAIT_2;
                    deed[`DEED_DEADLINE]   = `DEADLINE_ACTION_FIN_WAIT_2;
                end else if (state == `TCP_STATE_CLOSING) begin                     // F3
                    text                   = 1'b0;
                    deed[`DEED_NEXT_STATE] = `TCP_STATE_TIME_WAIT;
                    deed[`DEED_DEADLINE]   = `DEADLINE_ACTION_TIME_WAIT;
                end else if (state == `TCP_STATE_LAST_ACK) begin                    // F4
                    text               = 1'b0;
                    deed[`DEED_FREE]   = 1'b1;
                    deed[`DEED_REASON] = `CLOSE_REASON_NORMAL;
                    count[`COUNTER_CLOSED_NORMAL] = 1'b1;
                end
            end
        end

        if (opened) begin
            deed[`DEED_NEXT_STATE]  = `TCP_STATE_ESTABLISHED;
            deed[`DEED_NEXT_OWNER]  = fact[`FACT_ADOPT] ? `OWNER_PARKED : `OWNER_ENGINE;
            deed[`DEED_DEADLINE]    = fact[`FACT_ADOPT] ? `DEADLINE_ACTION_ADOPTION : `DEADLINE_ACTION_STOP;
            deed[`DEED_ESTABLISHED] = 1'b1;
            count[`COUNTER_ESTABLISHED] = 1'b1;
        end

        in_established = opened || state == `TCP_STATE_ESTABLISHED;
        in_fin_wait_1  = state == `TCP_STATE_FIN_WAIT_1 && !fin_acked;
        in_fin_wait_2  = state == `TCP_STATE_FIN_WAIT_2 || fin_acked;
        waits          = opened ? fact[`FACT_ADOPT] : fact[`FACT_OWNER] == `OWNER_PARKED;

        // ----------------------------------------------- data, then FIN
        if (text && waits) begin                                                    // P9
            if (fact[`FACT_DATA] || fin) begin
                if (fact[`FACT_PARK_REPEAT])
                    count[`COUNTER_PARKED_AGAIN] = 1'b1;
                else if (fact[`FACT_PARK_ROOM]) begin
                    deed[`DEED_PARK]    = 1'b1;
                    deed[`DEED_VERDICT] = `VERDICT_PARK;
                    count[`COUNTER_PARKED] = 1'b1;
                end else
                    count[`COUNTER_PARK_FULL] = 1'b1;
            end
        end else if (text && fact[`FACT_DATA]) begin
            if (in_fin_wait_1 || in_fin_wait_2 ||                                   // F12
                (in_established && (fact[`FACT_RESET_DATA] || fact[`FACT_ORIGIN] == `ORIGIN_TAKE))) begin
                deed[`DEED_FREE]   = 1'b1;
                deed[`DEED_REASON] = `CLOSE_REASON_DATA_REFUSED;
                deed[`DEED_REPLY]  = `REPLY_KIND_RESET;
                count[`COUNTER_CLOSED_ABORTED]   = 1'b1;
                count[`COUNTER_DATA_AFTER_CLOSE] = !in_established || fact[`FACT_ORIGIN] == `ORIGIN_TAKE;
            end else begin                                                          // P11
                deed[`DEED_WANT_ACK] = 1'b1;
                count[`COUNTER_DATA_DROPPED] = 1'b1;
            end
        end else if (text && fin && (in_established || in_fin_wait_1 || in_fin_wait_2)) begin
            if (fact[`FACT_SEQ_IS_RCV_NXT]) begin
                deed[`DEED_WRITE]              = 1'b1;
                deed[`DEED_COUNT_FIN_RECEIVED] = 1'b1;
                deed[`DEED_PEER_CLOSED]        = 1'b1;
                deed[`DEED_REPLY]              = `REPLY_KIND_ACK;
                count[`COUNTER_PEER_CLOSED]    = 1'b1;
                if (in_established)
                    deed[`DEED_NEXT_STATE] = `TCP_STATE_CLOSE_WAIT;                 // F4
                else if (in_fin_wait_1)
                    deed[`DEED_NEXT_STATE] = `TCP_STATE_CLOSING;                    // F3
                else begin
                    deed[`DEED_NEXT_STATE] = `TCP_STATE_TIME_WAIT;                  // F2, F5
                    deed[`DEED_DEADLINE]   = `DEADLINE_ACTION_TIME_WAIT;
                end
            end else
                deed[`DEED_WANT_ACK] = 1'b1;
        end
    end
endmodule

`default_nettype wire
