// What must never happen, whatever the event, the entry and the configuration: asked of transition_decide.v about every
// combination of facts at once. It has no state, so one clock is a complete proof. The only assumption is that one
// SEG.ACK cannot be both SND.NXT and beyond it.
//
// Rules: P1, P2, P3, P9, A1, A2, F8, F9, S5, K1

`default_nettype none

`include "offload_map.vh"

module decide_proof (
    input  wire [`FACT_BITS-1:0] fact,
    output wire [`TCP_STATE_BITS+`REPLY_KIND_BITS+1:0] seen     // for the covers: next state, reply, verdict
);
    wire [`DEED_BITS-1:0] deed;
    wire [`COUNTERS-1:0]  count;
    transition_decide dut (.fact(fact), .deed(deed), .count(count));

    wire [`TCP_STATE_BITS-1:0]  state   = fact[`FACT_STATE];
    wire [`TCP_STATE_BITS-1:0]  next    = deed[`DEED_NEXT_STATE];
    wire [`REPLY_KIND_BITS-1:0] reply   = deed[`DEED_REPLY];
    wire [`OWNER_BITS-1:0]      owner   = fact[`FACT_OWNER];
    wire from_net  = fact[`FACT_KIND] == `EVENT_KIND_NET;
    wire from_host = fact[`FACT_KIND] == `EVENT_KIND_HOST;
    wire hit       = fact[`FACT_HIT];
    wire engines   = owner == `OWNER_ENGINE || owner == `OWNER_PARKED;
    wire moves     = hit && deed[`DEED_WRITE] && !deed[`DEED_INSERT] && next != state;
    assign seen    = {next, reply, deed[`DEED_VERDICT]};

    always @* begin
        assume (!(fact[`FACT_ACK_IS_SND_NXT] && fact[`FACT_ACK_AFTER_SND_NXT]));

        // P2: the acknowledgment of our SYN, and the peer's next number, open a stored handshake; nothing else does.
        if (engines && moves && state == `TCP_STATE_SYN_RECEIVED && next == `TCP_STATE_ESTABLISHED)
            assert (from_net && fact[`FACT_ACK] && !fact[`FACT_SYN] && !fact[`FACT_RST] && fact[`FACT_ACCEPTABLE] &&
                    fact[`FACT_ACK_IS_SND_NXT] && fact[`FACT_SEQ_IS_RCV_NXT]);
        // A2
        if (engines && moves && state == `TCP_STATE_SYN_SENT && next == `TCP_STATE_ESTABLISHED)
            assert (from_net && fact[`FACT_SYN] && fact[`FACT_ACK] && !fact[`FACT_RST] && fact[`FACT_ACK_IS_SND_NXT]);
        // No other state of the engine's own leads there, but a TAKE.
        if (engines && moves && next == `TCP_STATE_ESTABLISHED)
            assert (state == `TCP_STATE_SYN_RECEIVED || state == `TCP_STATE_SYN_SENT);
        // K1, P1, A1: what makes an entry.
        if (deed[`DEED_INSERT]) begin
            assert (!hit && fact[`FACT_CAN_INSERT] && fact[`FACT_ENABLE]);
            assert (next == (deed[`DEED_INSERT_ORIGIN] == `ORIGIN_COOKIE ? `TCP_STATE_ESTABLISHED
                           : deed[`DEED_INSERT_ORIGIN] == `ORIGIN_OPEN   ? `TCP_STATE_SYN_SENT : `TCP_STATE_SYN_RECEIVED));
            if (deed[`DEED_INSERT_ORIGIN] == `ORIGIN_COOKIE)
                assert (from_net && fact[`FACT_COOKIE_VALID] && fact[`FACT_COOKIE_RECENT] && fact[`FACT_ACK] && !fact[`FACT_SYN]);
            if (deed[`DEED_INSERT_ORIGIN] == `ORIGIN_SYN)
                assert (from_net && fact[`FACT_SYN] && !fact[`FACT_ACK] && !fact[`FACT_RST] && !fact[`FACT_FIN]);
        end
        // A frame is never passed, or parked, and answered at once.
        if ((from_net || from_host) && deed[`DEED_VERDICT] != `VERDICT_DROP) assert (reply == `REPLY_KIND_NONE);
        // Only what has a slot is parked, and only the network's.
        assert (deed[`DEED_PARK] == (from_net && deed[`DEED_VERDICT] == `VERDICT_PARK));
        if (deed[`DEED_PARK]) assert (fact[`FACT_PARK_ROOM]);
        // F8
        if (from_net && hit && state == `TCP_STATE_TIME_WAIT && fact[`FACT_RST] && !fact[`FACT_SYN])
            assert (!deed[`DEED_WRITE] && !deed[`DEED_FREE]);
        // The engine answers for nobody else's connection, but to a SYN in TIME-WAIT (F9).
        if (hit && !engines && (from_net || from_host) && reply != `REPLY_KIND_NONE)
            assert (from_net && owner == `OWNER_HOST && state == `TCP_STATE_TIME_WAIT && fact[`FACT_SYN]);
        // S5: an unsolicited ACK only within the limit.
        if (from_net && deed[`DEED_LIMIT_START]) assert (!fact[`FACT_ACK_LIMIT_ACTIVE]);
        // Host segments of the engine's own connections are dropped, but in SYN-RECEIVED on offer (P3).
        if (from_host && hit && fact[`FACT_ENABLE] && fact[`FACT_IS_TCP] && engines && deed[`DEED_VERDICT] != `VERDICT_DROP)
            assert (fact[`FACT_ADOPT] && state == `TCP_STATE_SYN_RECEIVED && fact[`FACT_ORIGIN] == `ORIGIN_SYN);
        // A freed entry is CLOSED, says why, and runs no clock.
        if (deed[`DEED_FREE])
            assert (hit && deed[`DEED_CLOSED] && next == `TCP_STATE_CLOSED && deed[`DEED_REASON] != `CLOSE_REASON_NONE &&
                    deed[`DEED_DEADLINE] == `DEADLINE_ACTION_STOP);
    end
endmodule

`default_nettype wire
