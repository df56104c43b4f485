// The sweep's visit to an entry: the limit of its unsolicited ACKs (S5) and its timeout (P8, A5, F6, F7, F10, and the
// times of owners). Pure combinational logic; rule numbers are those of docs/tcp.md.

`default_nettype none

`include "offload_map.vh"

module rules_timer (
    input  wire [`FACT_BITS-1:0] fact,
    output reg  [`DEED_BITS-1:0] deed,
    output reg  [`COUNTERS-1:0]  count
);
    wire [`TCP_STATE_BITS-1:0] state = fact[`FACT_STATE];
    wire in_syn_sent     = state == `TCP_STATE_SYN_SENT;
    wire in_syn_received = state == `TCP_STATE_SYN_RECEIVED;
    wire retries_used    = in_syn_sent     ? fact[`FACT_SYN_RETRIES_USED]
                         : in_syn_received ? fact[`FACT_SYNACK_RETRIES_USED]
                                           : fact[`FACT_ORPHAN_RETRIES_USED];

    always @* begin
        deed                    = {`DEED_BITS{1'b0}};
        count                   = {`COUNTERS{1'b0}};
        deed[`DEED_NEXT_STATE]  = state;
        deed[`DEED_NEXT_OWNER]  = fact[`FACT_OWNER];
        deed[`DEED_LIMIT_CLEAR] = fact[`FACT_ACK_LIMIT_OVER];
        deed[`DEED_WRITE]       = fact[`FACT_ACK_LIMIT_OVER];

        if (fact[`FACT_DEADLINE_REACHED]) begin
            if (fact[`FACT_OWNER] == `OWNER_PARKED || fact[`FACT_OWNER] == `OWNER_HELD) begin
                deed[`DEED_FREE]   = 1'b1;
                deed[`DEED_REASON] = `CLOSE_REASON_NOT_ADOPTED;
                deed[`DEED_REPLY]  = `REPLY_KIND_RESET;
                count[`COUNTER_CLOSED_NOT_ADOPTED] = 1'b1;
            end else if (state == `TCP_STATE_TIME_WAIT) begin                       // F7
                deed[`DEED_FREE]   = 1'b1;
                deed[`DEED_REASON] = `CLOSE_REASON_NORMAL;
                count[`COUNTER_CLOSED_NORMAL] = 1'b1;
            end else if (fact[`FACT_OWNER] == `OWNER_HOST) begin
                deed[`DEED_FREE]   = 1'b1;
                deed[`DEED_REASON] = `CLOSE_REASON_IDLE;
                count[`COUNTER_CLOSED_IDLE] = 1'b1;
            end else if (state == `TCP_STATE_FIN_WAIT_2 || retries_used) begin      // F10; P8, A5, F6
                deed[`DEED_FREE]   = 1'b1;
                deed[`DEED_REASON] = `CLOSE_REASON_TIMED_OUT;
                count[`COUNTER_CLOSED_TIMED_OUT] = 1'b1;
            end else begin
                deed[`DEED_WRITE]    = 1'b1;
                deed[`DEED_DEADLINE] = `DEADLINE_ACTION_BACK_OFF;
                if (in_syn_sent) begin                                              // A5
                    deed[`DEED_REPLY] = `REPLY_KIND_SYN;
                    count[`COUNTER_SYN_SENT]     = 1'b1;
                    count[`COUNTER_SYN_TIMEOUTS] = 1'b1;
                end else if (in_syn_received || (state == `TCP_STATE_FIN_WAIT_1 && fact[`FACT_SYN_UNACKED])) begin
                    deed[`DEED_REPLY] = `REPLY_KIND_SYN_ACK;                        // P8
                    count[`COUNTER_SYN_ACK_SENT]     = 1'b1;
                    count[`COUNTER_SYN_ACK_TIMEOUTS] = 1'b1;
                end else begin                                                      // F6
                    deed[`DEED_REPLY] = `REPLY_KIND_FIN;
                    count[`COUNTER_FIN_TIMEOUTS] = 1'b1;
                end
            end
        end
    end
endmodule

`default_nettype wire
