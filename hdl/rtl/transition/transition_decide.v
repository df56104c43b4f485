// The rules of RFC 9293, in the order in which the RFC asks them: pure combinational logic from facts about (entry,
// event, configuration) to deeds. Chooses which rules an event meets; they stand in rules_*.v. What they wish under a
// limit (S5) is granted or held back here, and what every freed entry needs is added.
//
// Facts are single bits that transition_compare.v has worked out; deeds are carried out by transition_apply.v.
// Rule numbers are those of docs/tcp.md.

`default_nettype none

`include "offload_map.vh"

module transition_decide (
    input  wire [`FACT_BITS-1:0] fact,
    output reg  [`DEED_BITS-1:0] deed,
    output reg  [`COUNTERS-1:0]  count
);
    wire [`DEED_BITS-1:0] unknown_deed, segment_deed, watch_deed, timer_deed, command_deed;
    wire [`COUNTERS-1:0]  unknown_count, segment_count, watch_count, timer_count, command_count;

    rules_unknown unknown (.fact(fact), .deed(unknown_deed), .count(unknown_count));
    rules_segment segment (.fact(fact), .deed(segment_deed), .count(segment_count));
    rules_watch   watch   (.fact(fact), .deed(watch_deed),   .count(watch_count));
    rules_timer   timer   (.fact(fact), .deed(timer_deed),   .count(timer_count));
    rules_command command (.fact(fact), .deed(command_deed), .count(command_count));

    wire hit   = fact[`FACT_HIT];
    wire syn   = fact[`FACT_SYN];
    wire ack   = fact[`FACT_ACK];
    wire rst   = fact[`FACT_RST];
    wire fin   = fact[`FACT_FIN];
    wire adopt = fact[`FACT_ADOPT];
    wire [`OWNER_BITS-1:0] owner = fact[`FACT_OWNER];
    wire hosts   = hit && owner == `OWNER_HOST;
    wire engines = owner == `OWNER_ENGINE || owner == `OWNER_PARKED;

    wire bad_flags = (syn && (fin || rst)) || !(syn || ack || rst || fin);
    wire bad       = fact[`FACT_MALFORMED] || fact[`FACT_BAD_IP_CHECKSUM] || fact[`FACT_BAD_TCP_CHECKSUM] || bad_flags ||
                     fact[`FACT_BAD_ADDRESS] || fact[`FACT_LAND];
    // A watched connection in TIME-WAIT meets a SYN as the engine's own does (F9).
    wire late_syn  = hosts && fact[`FACT_STATE] == `TCP_STATE_TIME_WAIT && syn;
    wire quoted    = hit && owner == `OWNER_ENGINE && fact[`FACT_STATE] == `TCP_STATE_SYN_SENT && fact[`FACT_SEQ_IS_ISS] &&
                     !fact[`FACT_BAD_IP_CHECKSUM] && !fact[`FACT_BAD_TCP_CHECKSUM];

    always @* begin
        deed                   = {`DEED_BITS{1'b0}};
        count                  = {`COUNTERS{1'b0}};
        deed[`DEED_VERDICT]    = `VERDICT_PASS;
        deed[`DEED_NEXT_STATE] = fact[`FACT_STATE];
        deed[`DEED_NEXT_OWNER] = owner;

        case (fact[`FACT_KIND])
        `EVENT_KIND_NET:
            if (!fact[`FACT_ENABLE] || !fact[`FACT_IS_TCP]) begin
                // passes
            end else if (fact[`FACT_IS_ICMP]) begin                                 // A7
                deed[`DEED_ICMP_ERROR]      = quoted;
                count[`COUNTER_ICMP_ERRORS] = quoted;
            end else if ((hit || fact[`FACT_MATCHED]) && fact[`FACT_FOR_US] && !(hosts && bad)) begin
                if (bad) begin
                    deed[`DEED_VERDICT] = `VERDICT_DROP;
                    if (fact[`FACT_MALFORMED])             count[`COUNTER_DROPPED_MALFORMED]    = 1'b1;
                    else if (fact[`FACT_BAD_IP_CHECKSUM])  count[`COUNTER_DROPPED_IP_CHECKSUM]  = 1'b1;
                    else if (fact[`FACT_BAD_TCP_CHECKSUM]) count[`COUNTER_DROPPED_TCP_CHECKSUM] = 1'b1;
                    else if (bad_flags)                    count[`COUNTER_DROPPED_FLAGS]        = 1'b1;
                    else if (fact[`FACT_BAD_ADDRESS])      count[`COUNTER_DROPPED_ADDRESS]      = 1'b1;
                    else                                   count[`COUNTER_DROPPED_LAND]         = 1'b1;
                end else if (!hit) begin
                    deed  = unknown_deed;
                    count = unknown_count;
                end else if (engines || late_syn) begin
                    deed  = segment_deed;
                    count = segment_count;
                end else begin
                    deed  = watch_deed;
                    count = watch_count;
                end
            end

        `EVENT_KIND_HOST:
            if (fact[`FACT_ENABLE] && fact[`FACT_IS_TCP] && hit) begin
                if (!engines) begin
                    deed  = watch_deed;
                    count = watch_count;
                end else if (!(adopt && fact[`FACT_STATE] == `TCP_STATE_SYN_RECEIVED &&
                               fact[`FACT_ORIGIN] == `ORIGIN_SYN))
                    deed[`DEED_VERDICT] = `VERDICT_DROP;
            end

        `EVENT_KIND_TIMER: if (hit) begin
            deed  = timer_deed;
            count = timer_count;
        end

        default: begin
            deed  = command_deed;
            count = command_count;
        end
        endcase

        // ----------------------------------------------- limits: S5
        if (deed[`DEED_WANT_RESET]) begin
            if (fact[`FACT_BUCKET_HAS_TOKEN]) begin
                deed[`DEED_USE_TOKEN] = 1'b1;
                deed[`DEED_REPLY]     = ack ? `REPLY_KIND_RESET_SEQ : `REPLY_KIND_RESET_ACK;
                count[`COUNTER_UNKNOWN_RESETS_SENT] = 1'b1;
            end else
                count[`COUNTER_UNKNOWN_RESETS_LIMITED] = 1'b1;
        end
        if (deed[`DEED_WANT_ACK] || deed[`DEED_WANT_SYN_ACK]) begin
            if (fact[`FACT_ACK_LIMIT_ACTIVE])
                count[`COUNTER_UNSOLICITED_ACKS_LIMITED] = 1'b1;
            else begin
                deed[`DEED_WRITE]       = 1'b1;
                deed[`DEED_LIMIT_START] = 1'b1;
                deed[`DEED_REPLY]       = deed[`DEED_WANT_ACK] ? `REPLY_KIND_ACK : `REPLY_KIND_SYN_ACK;
                if (deed[`DEED_WANT_ACK]) count[`COUNTER_UNSOLICITED_ACKS_SENT] = 1'b1;
                else                      count[`COUNTER_SYN_ACK_SENT]          = 1'b1;
            end
        end

        if (deed[`DEED_INSERT]) deed[`DEED_WRITE] = 1'b1;
        if (deed[`DEED_FREE]) begin
            deed[`DEED_WRITE]      = 1'b1;
            deed[`DEED_NEXT_STATE] = `TCP_STATE_CLOSED;
            deed[`DEED_DEADLINE]   = `DEADLINE_ACTION_STOP;
            deed[`DEED_CLOSED]     = 1'b1;
        end
    end
endmodule

`default_nettype wire
