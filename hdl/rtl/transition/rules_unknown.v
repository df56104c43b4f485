// A segment from the network that no entry knows: CLOSED and LISTEN (RFC 9293 3.10.7.1, 3.10.7.2), SYN cookies
// (RFC 4987), and what passes to the host. Pure combinational logic; rule numbers are those of docs/tcp.md.

`default_nettype none

`include "offload_map.vh"

module rules_unknown (
    input  wire [`FACT_BITS-1:0] fact,
    output reg  [`DEED_BITS-1:0] deed,
    output reg  [`COUNTERS-1:0]  count
);
    wire pure_syn = fact[`FACT_SYN] && !fact[`FACT_ACK];
    // A listener that accepts looks for a cookie in it (K4).
    wire maybe_cookie = fact[`FACT_ACK] && !fact[`FACT_SYN] && !fact[`FACT_RST] && fact[`FACT_COOKIE_HASHED] &&
                        fact[`FACT_COOKIE_RECENT] && fact[`FACT_HOST_ALIVE];

    always @* begin
        deed                = {`DEED_BITS{1'b0}};
        count               = {`COUNTERS{1'b0}};
        deed[`DEED_VERDICT] = `VERDICT_DROP;

        if (fact[`FACT_ACTION] == `LISTENER_ACTION_DROP)
            count[`COUNTER_DROPPED_LISTENER] = 1'b1;
        else if (fact[`FACT_ACTION] == `LISTENER_ACTION_RESET)
            deed[`DEED_WANT_RESET] = !fact[`FACT_RST];                              // C1
        else if (pure_syn && !fact[`FACT_HOST_ALIVE]) begin
            count[`COUNTER_HOST_LOST_REFUSED] = 1'b1;
            deed[`DEED_WANT_RESET] = fact[`FACT_HOST_LOST] == `HOST_LOST_RESET;
            if (fact[`FACT_HOST_LOST] == `HOST_LOST_PASS) deed[`DEED_VERDICT] = `VERDICT_PASS;
        end else if (pure_syn && fact[`FACT_COOKIE_HASHED]) begin                   // K1, K2
            if (fact[`FACT_COOKIE_HAS_TOKEN]) begin
                deed[`DEED_REPLY]       = `REPLY_KIND_COOKIE;
                deed[`DEED_COOKIE_SENT] = 1'b1;
                count[`COUNTER_COOKIES_SENT] = 1'b1;
                count[`COUNTER_SYN_ACK_SENT] = 1'b1;
            end else
                count[`COUNTER_COOKIES_LIMITED] = 1'b1;
        end else if (pure_syn && !fact[`FACT_CAN_INSERT])
            count[`COUNTER_TABLE_FULL] = 1'b1;
        else if (pure_syn) begin                                                    // P1
            deed[`DEED_INSERT]        = 1'b1;
            deed[`DEED_INSERT_ORIGIN] = `ORIGIN_SYN;
            deed[`DEED_NEXT_STATE]    = `TCP_STATE_SYN_RECEIVED;
            deed[`DEED_REPLY]         = `REPLY_KIND_SYN_ACK;
            deed[`DEED_DEADLINE]      = `DEADLINE_ACTION_START;
            count[`COUNTER_SYN_RECEIVED] = 1'b1;
            count[`COUNTER_SYN_ACK_SENT] = 1'b1;
        end else if (maybe_cookie && fact[`FACT_COOKIE_VALID]) begin                // K1
            if (fact[`FACT_ADOPT] && fact[`FACT_BACKLOG_FULL])
                count[`COUNTER_ACCEPT_OVERFLOWS] = 1'b1;
            else if (!fact[`FACT_CAN_INSERT])
                count[`COUNTER_COOKIES_NO_ROOM] = 1'b1;                             // K2
            else begin
                deed[`DEED_INSERT]        = 1'b1;
                deed[`DEED_INSERT_ORIGIN] = `ORIGIN_COOKIE;
                deed[`DEED_NEXT_STATE]    = `TCP_STATE_ESTABLISHED;
                deed[`DEED_ESTABLISHED]   = 1'b1;
                count[`COUNTER_COOKIES_ACCEPTED] = 1'b1;
                count[`COUNTER_ESTABLISHED]      = 1'b1;
                if (fact[`FACT_ADOPT]) begin
                    deed[`DEED_NEXT_OWNER] = `OWNER_PARKED;
                    deed[`DEED_DEADLINE]   = `DEADLINE_ACTION_ADOPTION;
                    if (fact[`FACT_DATA] || fact[`FACT_FIN]) begin                  // P9
                        if (fact[`FACT_PARK_ROOM]) begin
                            deed[`DEED_PARK]    = 1'b1;
                            deed[`DEED_VERDICT] = `VERDICT_PARK;
                            count[`COUNTER_PARKED] = 1'b1;
                        end else
                            count[`COUNTER_PARK_FULL] = 1'b1;
                    end
                end else if (fact[`FACT_DATA])
                    count[`COUNTER_DATA_DROPPED] = 1'b1;                            // P11; it comes again
            end
        end else begin
            if (maybe_cookie) count[`COUNTER_COOKIES_REFUSED] = 1'b1;
            if (fact[`FACT_RESET_UNKNOWN])
                deed[`DEED_WANT_RESET] = !fact[`FACT_RST];
            else
                deed[`DEED_VERDICT] = `VERDICT_PASS;                                // C2
        end
    end
endmodule

`default_nettype wire
