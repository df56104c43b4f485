// The host's commands (RFC 9293 3.10.1, 3.10.4, 3.10.5, and those that change a connection's owner), and what follows
// from them: a FLUSH's visits, the end of a RELEASE, an entry that makes room. Pure combinational logic; rule numbers
// are those of docs/tcp.md.

`default_nettype none

`include "offload_map.vh"

module rules_command (
    input  wire [`FACT_BITS-1:0] fact,
    output reg  [`DEED_BITS-1:0] deed,
    output reg  [`COUNTERS-1:0]  count
);
    wire [`TCP_STATE_BITS-1:0] state = fact[`FACT_STATE];
    wire [`OWNER_BITS-1:0]     owner = fact[`FACT_OWNER];
    wire found    = fact[`FACT_HIT] && fact[`FACT_COMMAND_CREATED];
    wire engines  = owner == `OWNER_ENGINE;
    wire hosts    = owner == `OWNER_HOST;
    wire waits    = owner == `OWNER_PARKED;
    wire held     = owner == `OWNER_HELD;
    wire open     = state == `TCP_STATE_ESTABLISHED || state == `TCP_STATE_CLOSE_WAIT;
    // States in which 3.10.5 sends a reset.
    wire resets   = open || state == `TCP_STATE_SYN_RECEIVED || state == `TCP_STATE_FIN_WAIT_1 ||
                    state == `TCP_STATE_FIN_WAIT_2;
    wire can_go   = hosts || state == `TCP_STATE_TIME_WAIT ||
                    (state == `TCP_STATE_SYN_RECEIVED && fact[`FACT_ORIGIN] == `ORIGIN_SYN);

    always @* begin
        deed                   = {`DEED_BITS{1'b0}};
        count                  = {`COUNTERS{1'b0}};
        deed[`DEED_NEXT_STATE] = state;
        deed[`DEED_NEXT_OWNER] = owner;
        deed[`DEED_STATUS]     = `COMMAND_STATUS_OK;

        case (fact[`FACT_KIND])
        `EVENT_KIND_COMMAND:
            case (fact[`FACT_COMMAND])
                `COMMAND_CODE_READ:
                    if (!fact[`FACT_HIT]) deed[`DEED_STATUS] = `COMMAND_STATUS_GONE;

                `COMMAND_CODE_OPEN:                                                 // A1
                    if (!fact[`FACT_ENABLE])            deed[`DEED_STATUS] = `COMMAND_STATUS_WRONG_STATE;
                    else if (fact[`FACT_HIT])           deed[`DEED_STATUS] = `COMMAND_STATUS_EXISTS;
                    else if (!fact[`FACT_SLOT_WRITTEN]) deed[`DEED_STATUS] = `COMMAND_STATUS_INVALID;
                    else if (!fact[`FACT_CAN_INSERT])   deed[`DEED_STATUS] = `COMMAND_STATUS_FULL;
                    else begin
                        deed[`DEED_INSERT]        = 1'b1;
                        deed[`DEED_INSERT_ORIGIN] = `ORIGIN_OPEN;
                        deed[`DEED_NEXT_STATE]    = `TCP_STATE_SYN_SENT;
                        deed[`DEED_NEXT_OWNER]    = `OWNER_ENGINE;
                        deed[`DEED_REPLY]         = `REPLY_KIND_SYN;
                        deed[`DEED_DEADLINE]      = `DEADLINE_ACTION_START;
                        count[`COUNTER_SYN_SENT]  = 1'b1;
                    end

                `COMMAND_CODE_CLOSE:
                    if (!found)
                        deed[`DEED_STATUS] = `COMMAND_STATUS_GONE;
                    else if (engines && state == `TCP_STATE_SYN_SENT) begin
                        deed[`DEED_FREE]   = 1'b1;
                        deed[`DEED_REASON] = `CLOSE_REASON_ABORTED;
                        count[`COUNTER_CLOSED_ABORTED] = 1'b1;
                    end else if (engines && (open || state == `TCP_STATE_SYN_RECEIVED)) begin   // F1, F4, F6
                        deed[`DEED_WRITE]          = 1'b1;
                        deed[`DEED_NEXT_STATE]     = state == `TCP_STATE_CLOSE_WAIT ? `TCP_STATE_LAST_ACK
                                                                                    : `TCP_STATE_FIN_WAIT_1;
                        deed[`DEED_REPLY]          = `REPLY_KIND_FIN;
                        deed[`DEED_COUNT_FIN_SENT] = 1'b1;
                        deed[`DEED_SETTLE]         = state == `TCP_STATE_SYN_RECEIVED;
                        deed[`DEED_DEADLINE]       = `DEADLINE_ACTION_START;
                    end else
                        deed[`DEED_STATUS] = `COMMAND_STATUS_WRONG_STATE;

                `COMMAND_CODE_ABORT:                                                // F10
                    if (!found)
                        deed[`DEED_STATUS] = `COMMAND_STATUS_GONE;
                    else if (owner == `OWNER_DRAINING)
                        deed[`DEED_STATUS] = `COMMAND_STATUS_WRONG_STATE;
                    else begin
                        deed[`DEED_FREE]   = 1'b1;
                        deed[`DEED_REASON] = `CLOSE_REASON_ABORTED;
                        count[`COUNTER_CLOSED_ABORTED] = 1'b1;
                        if (resets) deed[`DEED_REPLY] = `REPLY_KIND_RESET;
                    end

                `COMMAND_CODE_HOLD:
                    if (!found)
                        deed[`DEED_STATUS] = `COMMAND_STATUS_GONE;
                    else if (hosts && open) begin
                        deed[`DEED_WRITE]      = 1'b1;
                        deed[`DEED_NEXT_OWNER] = `OWNER_HELD;
                        deed[`DEED_DEADLINE]   = `DEADLINE_ACTION_ADOPTION;
                        count[`COUNTER_HELD]   = 1'b1;
                    end else
                        deed[`DEED_STATUS] = `COMMAND_STATUS_WRONG_STATE;

                `COMMAND_CODE_RELEASE:
                    if (!found)
                        deed[`DEED_STATUS] = `COMMAND_STATUS_GONE;
                    else if (waits || held) begin
                        deed[`DEED_WRITE]      = 1'b1;
                        deed[`DEED_NEXT_OWNER] = `OWNER_DRAINING;
                        deed[`DEED_DEADLINE]   = `DEADLINE_ACTION_STOP;
                        deed[`DEED_REPLY]      = `REPLY_KIND_TO_HOST;
                        count[`COUNTER_RELEASED] = 1'b1;
                    end else
                        deed[`DEED_STATUS] = `COMMAND_STATUS_WRONG_STATE;

                `COMMAND_CODE_TAKE:
                    if (!found)
                        deed[`DEED_STATUS] = `COMMAND_STATUS_GONE;
                    else if (held) begin
                        deed[`DEED_WRITE]          = 1'b1;
                        deed[`DEED_NEXT_OWNER]     = `OWNER_ENGINE;
                        deed[`DEED_NEXT_STATE]     = fact[`FACT_PEER_CLOSED] ? `TCP_STATE_CLOSE_WAIT
                                                                             : `TCP_STATE_ESTABLISHED;
                        deed[`DEED_TAKE_ARGUMENTS] = 1'b1;
                        deed[`DEED_CLEAR_PEER_FIN] = 1'b1;
                        deed[`DEED_DISCARD]        = 1'b1;
                        deed[`DEED_DEADLINE]       = `DEADLINE_ACTION_STOP;
                        count[`COUNTER_TAKEN]      = 1'b1;
                    end else
                        deed[`DEED_STATUS] = `COMMAND_STATUS_WRONG_STATE;

                `COMMAND_CODE_FLUSH: ;   // done by the walker, whose events follow
                default:
                    deed[`DEED_STATUS] = `COMMAND_STATUS_INVALID;
            endcase

        // The second half of a RELEASE: SEG.SEQ is the end of what went to the host, FIN whether its FIN was among it.
        `EVENT_KIND_DRAINED:
            if (!found || owner != `OWNER_DRAINING)
                deed[`DEED_STATUS] = `COMMAND_STATUS_GONE;
            else if (fact[`FACT_PARK_ANY])
                deed[`DEED_AGAIN] = 1'b1;
            else if (fact[`FACT_FORGET]) begin
                deed[`DEED_FREE]   = 1'b1;
                deed[`DEED_REASON] = `CLOSE_REASON_FORGOTTEN;
            end else begin
                deed[`DEED_WRITE]      = 1'b1;
                deed[`DEED_NEXT_OWNER] = `OWNER_HOST;
                deed[`DEED_DEADLINE]   = `DEADLINE_ACTION_IDLE;
            end

        `EVENT_KIND_FLUSH: if (fact[`FACT_HIT] && fact[`FACT_FLUSH_MATCH]) begin
            deed[`DEED_FREE]   = 1'b1;
            deed[`DEED_REASON] = `CLOSE_REASON_FLUSHED;
            count[`COUNTER_CLOSED_FLUSHED] = 1'b1;
        end

        `EVENT_KIND_EVICT: if (fact[`FACT_HIT] && fact[`FACT_EVICT] && can_go) begin                     // K2
            deed[`DEED_FREE]   = 1'b1;
            deed[`DEED_REASON] = `CLOSE_REASON_EVICTED;
            count[`COUNTER_CLOSED_EVICTED] = 1'b1;
        end

        default: ;  // table_read changes nothing
        endcase

        // What has gone to the host counts as received by it.
        if (fact[`FACT_KIND] == `EVENT_KIND_DRAINED && found && owner == `OWNER_DRAINING) begin
            deed[`DEED_WRITE]        = 1'b1;
            deed[`DEED_TAKE_END]     = fact[`FACT_END_AFTER_RCV_NXT];
            deed[`DEED_SET_PEER_FIN] = fact[`FACT_END_AFTER_RCV_NXT] && fact[`FACT_FIN];
        end
    end
endmodule

`default_nettype wire
