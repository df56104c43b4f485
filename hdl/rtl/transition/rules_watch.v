// Segments of connections that are not the engine's alone: watched ones, whose frames pass and whose state is
// followed in both directions; ones that are draining or held, whose frames from the network wait in park slots.
// The host's kernel is the end point here; what the engine knows of it may be late, and never makes it answer.
// Pure combinational logic; rule numbers are those of docs/tcp.md.

`default_nettype none

`include "offload_map.vh"

module rules_watch (
    input  wire [`FACT_BITS-1:0] fact,
    output reg  [`DEED_BITS-1:0] deed,
    output reg  [`COUNTERS-1:0]  count
);
    wire [`TCP_STATE_BITS-1:0] state = fact[`FACT_STATE];
    wire from_net     = fact[`FACT_KIND] == `EVENT_KIND_NET;
    wire hosts        = fact[`FACT_OWNER] == `OWNER_HOST;
    wire passes       = hosts || (fact[`FACT_OWNER] == `OWNER_DRAINING && !from_net);
    wire in_time_wait = state == `TCP_STATE_TIME_WAIT;
    // A FIN may come after what was sent behind it: a pure ACK that overtook it has moved RCV.NXT past it already.
    wire fin_arrives  = fact[`FACT_FIN] && (fact[`FACT_END_AFTER_RCV_NXT] || fact[`FACT_END_IS_RCV_NXT]);
    wire peer_open    = state == `TCP_STATE_ESTABLISHED || state == `TCP_STATE_FIN_WAIT_1 || state == `TCP_STATE_FIN_WAIT_2;
    // The host's ACK of the peer's FIN.
    wire takes_fin    = fact[`FACT_ACK] && fact[`FACT_PEER_FIN] && fact[`FACT_ACK_IS_SND_NXT];
    reg  [`TCP_STATE_BITS-1:0] middle;                          // the state after it

    always @* begin
        deed                   = {`DEED_BITS{1'b0}};
        count                  = {`COUNTERS{1'b0}};
        deed[`DEED_VERDICT]    = `VERDICT_DROP;
        deed[`DEED_NEXT_STATE] = state;
        deed[`DEED_NEXT_OWNER] = fact[`FACT_OWNER];
        middle                 = state;

        if (!passes) begin
            if (from_net) begin                                                     // draining, held
                if (!fact[`FACT_ACCEPTABLE])
                    count[`COUNTER_SEQUENCE_UNACCEPTABLE] = 1'b1;                   // S1: it would move RCV.NXT
                else if (fact[`FACT_PARK_REPEAT])
                    count[`COUNTER_PARKED_AGAIN] = 1'b1;
                else if (fact[`FACT_PARK_ROOM]) begin
                    deed[`DEED_PARK]    = 1'b1;
                    deed[`DEED_VERDICT] = `VERDICT_PARK;
                    count[`COUNTER_PARKED] = 1'b1;
                end else
                    count[`COUNTER_PARK_FULL] = 1'b1;
            end
        end else begin
            deed[`DEED_VERDICT] = `VERDICT_PASS;
            if (fact[`FACT_MALFORMED] || fact[`FACT_SYN]) begin
                // Nothing to learn.
            end else if (fact[`FACT_RST]) begin
                if (hosts && !in_time_wait && (!from_net || fact[`FACT_SEQ_IS_RCV_NXT])) begin
                    deed[`DEED_FREE]   = 1'b1;
                    deed[`DEED_REASON] = from_net ? `CLOSE_REASON_RESET_BY_PEER : `CLOSE_REASON_ABORTED;
                    count[`COUNTER_CLOSED_RESET]   = from_net;
                    count[`COUNTER_CLOSED_ABORTED] = !from_net;
                end
            end else if (from_net) begin
                if (fact[`FACT_ACK]) begin
                    deed[`DEED_WRITE] = 1'b1;
                    if (!in_time_wait) deed[`DEED_DEADLINE] = `DEADLINE_ACTION_IDLE;
                    // One that was overtaken lies before the window.
                    deed[`DEED_SET_PEER_FIN] = peer_open && fin_arrives && (fact[`FACT_ACCEPTABLE] || fact[`FACT_END_IS_RCV_NXT]);
                end
                if (fact[`FACT_ACK] && fact[`FACT_ACCEPTABLE]) begin
                    deed[`DEED_TAKE_END]     = fact[`FACT_END_AFTER_RCV_NXT];
                    deed[`DEED_TAKE_ACK]     = !fact[`FACT_ACK_AFTER_SND_NXT] && fact[`FACT_ACK_NOT_BEFORE_SND_UNA];
                    deed[`DEED_TAKE_WINDOW]  = deed[`DEED_TAKE_ACK] && fact[`FACT_SEQ_NOT_BEFORE_WL1];
                    deed[`DEED_TAKE_TS]      = fact[`FACT_TS_AGREED] && fact[`FACT_TS] &&
                                               fact[`FACT_SEQ_NOT_AFTER_RCV_NXT] && !fact[`FACT_TS_BEFORE_RECENT];
                    if (fact[`FACT_ACK_IS_SND_NXT]) begin
                        if (state == `TCP_STATE_FIN_WAIT_1)
                            deed[`DEED_NEXT_STATE] = `TCP_STATE_FIN_WAIT_2;
                        else if (state == `TCP_STATE_CLOSING) begin
                            deed[`DEED_NEXT_STATE] = `TCP_STATE_TIME_WAIT;
                            deed[`DEED_DEADLINE]   = `DEADLINE_ACTION_TIME_WAIT;
                        end else if (state == `TCP_STATE_LAST_ACK) begin
                            deed[`DEED_FREE]   = 1'b1;
                            deed[`DEED_REASON] = `CLOSE_REASON_NORMAL;
                            count[`COUNTER_CLOSED_NORMAL] = 1'b1;
                        end
                    end
                end
            end else begin
                // From the host; the facts are those of the mirrored entry.
                deed[`DEED_WRITE]            = 1'b1;
                deed[`DEED_TAKE_END]         = fact[`FACT_END_AFTER_RCV_NXT];
                deed[`DEED_TAKE_HOST_WINDOW] = fact[`FACT_ACK];
                if (takes_fin) begin
                    deed[`DEED_CLEAR_PEER_FIN] = 1'b1;
                    deed[`DEED_PEER_CLOSED]    = 1'b1;
                    count[`COUNTER_PEER_CLOSED] = 1'b1;
                    case (state)
                        `TCP_STATE_ESTABLISHED: middle = `TCP_STATE_CLOSE_WAIT;
                        `TCP_STATE_FIN_WAIT_1:  middle = `TCP_STATE_CLOSING;
                        `TCP_STATE_FIN_WAIT_2:  middle = `TCP_STATE_TIME_WAIT;
                        default: ;
                    endcase
                end
                deed[`DEED_NEXT_STATE] = middle;
                if (fin_arrives) begin
                    if (middle == `TCP_STATE_ESTABLISHED)     deed[`DEED_NEXT_STATE] = `TCP_STATE_FIN_WAIT_1;
                    else if (middle == `TCP_STATE_CLOSE_WAIT) deed[`DEED_NEXT_STATE] = `TCP_STATE_LAST_ACK;
                end
                if (middle == `TCP_STATE_TIME_WAIT && !in_time_wait)
                    deed[`DEED_DEADLINE] = `DEADLINE_ACTION_TIME_WAIT;
                else if (hosts && !in_time_wait)
                    deed[`DEED_DEADLINE] = `DEADLINE_ACTION_IDLE;
            end
        end
    end
endmodule

`default_nettype wire
