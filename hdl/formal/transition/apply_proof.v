// What deeds make of an entry and of a reply: transition_apply.v for every entry, segment, configuration and deed. It has
// no state, so one clock is a complete proof. states_proof.v shows which deeds go together; here they are free values.
//
// Shown: a deed changes what it names, as it says, and nothing else; no deed, no change; and what options a reply carries.
//
// Rules: F1, F9, F12, O1, O2, O4, O5, O8

`default_nettype none

`include "offload_map.vh"

module apply_proof (
    input wire [`EVENT_KIND_BITS-1:0]   kind,
    input wire [`SEGMENT_BITS-1:0]      segment,
    input wire [`ENTRY_BITS-1:0]        entry,
    input wire [`LISTENER_BITS-1:0]     listener,
    input wire [7:0]                    slot, epoch, hop_limit,
    input wire [5:0]                    dscp,
    input wire [31:0]                   isn, isn_floor, ts_offset, ts_val, deadline_at, take_snd_nxt, take_rcv_nxt, take_ts_val,
    input wire [23:0]                   cookie,
    input wire [`HASH_RESULT_BITS-1:0]  cookie_result,
    input wire [47:0]                   now, open_mac,
    input wire [15:0]                   age, take_window,
    input wire                          cookie_ts, deadline_on,
    input wire [`DEED_BITS-1:0]         deed
);
    wire [`ENTRY_BITS-1:0] next;
    wire [`REPLY_BITS-1:0] reply;
    transition_apply apply (
        .kind(kind), .segment(segment), .entry(entry), .listener(listener), .slot(slot), .epoch(epoch), .isn(isn),
        .isn_floor(isn_floor), .cookie(cookie), .cookie_result(cookie_result), .cookie_ts(cookie_ts), .ts_offset(ts_offset),
        .ts_val(ts_val), .now(now), .age(age), .deadline_at(deadline_at), .deadline_on(deadline_on), .hop_limit(hop_limit),
        .dscp(dscp), .open_mac(open_mac), .take_snd_nxt(take_snd_nxt), .take_rcv_nxt(take_rcv_nxt), .take_ts_val(take_ts_val),
        .take_window_field(take_window), .deed(deed), .next_entry(next), .reply(reply));

    wire anew      = deed[`DEED_INSERT] || deed[`DEED_REUSE];
    wire taken     = deed[`DEED_TAKE_ARGUMENTS];
    wire from_host = kind == `EVENT_KIND_HOST;
    wire keeps     = deed[`DEED_DEADLINE] == `DEADLINE_ACTION_KEEP;

    // ---------------------------------------------------------------- what stays
    always @* if (!anew) begin
        assert (next[`ENTRY_KEY] == entry[`ENTRY_KEY] && next[`ENTRY_CREATED] == entry[`ENTRY_CREATED] &&
                next[`ENTRY_LISTENER] == entry[`ENTRY_LISTENER] && next[`ENTRY_EPOCH] == entry[`ENTRY_EPOCH] &&
                next[`ENTRY_REMOTE_MAC] == entry[`ENTRY_REMOTE_MAC] && next[`ENTRY_ISS] == entry[`ENTRY_ISS] &&
                next[`ENTRY_REUSED] == entry[`ENTRY_REUSED]);
        if (!deed[`DEED_TAKE_SYN])
            assert (next[`ENTRY_IRS] == entry[`ENTRY_IRS] && next[`ENTRY_MSS] == entry[`ENTRY_MSS] &&
                    next[`ENTRY_PEER_SCALE] == entry[`ENTRY_PEER_SCALE] && next[`ENTRY_OUR_SCALE] == entry[`ENTRY_OUR_SCALE] &&
                    next[`ENTRY_SACK_PERMITTED] == entry[`ENTRY_SACK_PERMITTED] &&
                    next[`ENTRY_TIMESTAMPS] == entry[`ENTRY_TIMESTAMPS]);
        if (!taken) assert (next[`ENTRY_ORIGIN] == entry[`ENTRY_ORIGIN]);
        if (!deed[`DEED_RESTORE] && !taken && !deed[`DEED_COUNT_FIN_SENT] && !(deed[`DEED_TAKE_END] && from_host))
            assert (next[`ENTRY_SND_NXT] == entry[`ENTRY_SND_NXT]);
        if (!deed[`DEED_SETTLE] && !deed[`DEED_TAKE_ACK] && !taken)
            assert (next[`ENTRY_SND_UNA] == entry[`ENTRY_SND_UNA]);
        if (!deed[`DEED_RESTORE] && !deed[`DEED_TAKE_SYN] && !taken && !deed[`DEED_COUNT_FIN_RECEIVED] &&
            !(deed[`DEED_TAKE_END] && !from_host))
            assert (next[`ENTRY_RCV_NXT] == entry[`ENTRY_RCV_NXT]);
        if (!deed[`DEED_TAKE_SYN] && !deed[`DEED_TAKE_WINDOW]) begin
            assert (next[`ENTRY_PEER_WINDOW] == entry[`ENTRY_PEER_WINDOW]);
            if (!deed[`DEED_SETTLE]) assert (next[`ENTRY_SND_WL1] == entry[`ENTRY_SND_WL1]);
        end
        if (!deed[`DEED_TAKE_SYN] && !deed[`DEED_TAKE_TS])
            assert (next[`ENTRY_TS_RECENT] == entry[`ENTRY_TS_RECENT] && next[`ENTRY_TS_RECENT_AGE] == entry[`ENTRY_TS_RECENT_AGE]);
        if (!deed[`DEED_TAKE_SYN] && !taken) assert (next[`ENTRY_TS_OFFSET] == entry[`ENTRY_TS_OFFSET]);
        if (!deed[`DEED_TAKE_HOST_WINDOW] && !taken) assert (next[`ENTRY_OUR_WINDOW] == entry[`ENTRY_OUR_WINDOW]);
        if (!deed[`DEED_SET_PEER_FIN] && !deed[`DEED_CLEAR_PEER_FIN]) assert (next[`ENTRY_PEER_FIN] == entry[`ENTRY_PEER_FIN]);
        if (keeps) assert (next[`ENTRY_DEADLINE] == entry[`ENTRY_DEADLINE] && next[`ENTRY_DEADLINE_SET] == entry[`ENTRY_DEADLINE_SET] &&
                           next[`ENTRY_RETRIES] == entry[`ENTRY_RETRIES]);
        if (!deed[`DEED_LIMIT_START] && !deed[`DEED_LIMIT_CLEAR])
            assert (next[`ENTRY_LAST_ACK_TICK] == entry[`ENTRY_LAST_ACK_TICK] && next[`ENTRY_ACK_LIMITED] == entry[`ENTRY_ACK_LIMITED]);
    end

    // ---------------------------------------------------------------- what changes, and to what
    always @* begin
        assert (next[`ENTRY_STATE] == deed[`DEED_NEXT_STATE] && next[`ENTRY_OWNER] == deed[`DEED_NEXT_OWNER]);
        if (deed[`DEED_TAKE_ACK] && !taken) assert (next[`ENTRY_SND_UNA] == segment[`SEGMENT_ACK]);
        if (deed[`DEED_TAKE_WINDOW])
            assert (next[`ENTRY_SND_WL1] == segment[`SEGMENT_SEQ] && next[`ENTRY_PEER_WINDOW] == segment[`SEGMENT_WINDOW]);
        if (deed[`DEED_TAKE_TS])
            assert (next[`ENTRY_TS_RECENT] == segment[`SEGMENT_TS_VAL] && next[`ENTRY_TS_RECENT_AGE] == age);
        if (deed[`DEED_SETTLE] && !deed[`DEED_TAKE_ACK] && !deed[`DEED_TAKE_WINDOW] && !deed[`DEED_TAKE_SYN] && !taken)
            assert (next[`ENTRY_SND_UNA] == entry[`ENTRY_ISS] && next[`ENTRY_SND_WL1] == entry[`ENTRY_IRS]);
        // F9: TIME-WAIT again is as it was. REUSE keeps what this needs.
        if (deed[`DEED_RESTORE] && !deed[`DEED_TAKE_SYN] && !deed[`DEED_TAKE_END] && !taken && !deed[`DEED_COUNT_FIN_SENT] &&
            !deed[`DEED_COUNT_FIN_RECEIVED])
            assert (next[`ENTRY_SND_NXT] == entry[`ENTRY_SND_UNA] && next[`ENTRY_RCV_NXT] == entry[`ENTRY_SND_WL1]);
        if (deed[`DEED_REUSE] && !deed[`DEED_SETTLE] && !deed[`DEED_TAKE_SYN] && !deed[`DEED_TAKE_ACK] && !deed[`DEED_TAKE_WINDOW] && !taken)
            assert (next[`ENTRY_SND_UNA] == entry[`ENTRY_SND_NXT] && next[`ENTRY_SND_WL1] == entry[`ENTRY_RCV_NXT] && next[`ENTRY_REUSED]);
        if (taken && !deed[`DEED_COUNT_FIN_SENT] && !deed[`DEED_COUNT_FIN_RECEIVED])
            assert (next[`ENTRY_SND_NXT] == take_snd_nxt && next[`ENTRY_SND_UNA] == take_snd_nxt && next[`ENTRY_RCV_NXT] == take_rcv_nxt &&
                    next[`ENTRY_OUR_WINDOW] == take_window && next[`ENTRY_ORIGIN] == `ORIGIN_TAKE);
        if (deed[`DEED_LIMIT_START] && !deed[`DEED_LIMIT_CLEAR])
            assert (next[`ENTRY_ACK_LIMITED] && next[`ENTRY_LAST_ACK_TICK] == now[23:10]);
        case (deed[`DEED_DEADLINE])
            `DEADLINE_ACTION_KEEP: ;
            `DEADLINE_ACTION_STOP: assert (!next[`ENTRY_DEADLINE_SET]);
            `DEADLINE_ACTION_BACK_OFF: if (!anew)
                assert (next[`ENTRY_DEADLINE] == deadline_at && next[`ENTRY_RETRIES] == entry[`ENTRY_RETRIES] + 4'd1);
            default: assert (next[`ENTRY_RETRIES] == 0 && next[`ENTRY_DEADLINE_SET] == deadline_on &&
                             (!deadline_on || next[`ENTRY_DEADLINE] == deadline_at));
        endcase
        // A new entry has no timeout but the one that it is given (states_proof.v calls this a stop).
        if (anew && keeps) assert (!next[`ENTRY_DEADLINE_SET]);
    end

    // ---------------------------------------------------------------- options: O1, O2, of a SYN that opens
    wire by_syn = (deed[`DEED_REUSE] || (deed[`DEED_INSERT] && deed[`DEED_INSERT_ORIGIN] == `ORIGIN_SYN)) && !deed[`DEED_TAKE_SYN];
    wire [127:0] local_address = segment[`SEGMENT_KEY_LOCAL_ADDRESS];
    wire ipv4   = local_address[127:32] == {80'd0, 16'hFFFF};
    always @* if (by_syn && !taken) begin
        assert (next[`ENTRY_SACK_PERMITTED] == (segment[`SEGMENT_SACK_PERMITTED] && listener[`LISTENER_SACK]));
        assert (next[`ENTRY_TIMESTAMPS] == (segment[`SEGMENT_TS_PRESENT] && listener[`LISTENER_TIMESTAMPS]));
        assert ((next[`ENTRY_OUR_SCALE] != 4'd15) == (segment[`SEGMENT_SCALE_PRESENT] && listener[`LISTENER_WINDOW_SCALING]));
        if (segment[`SEGMENT_MSS_PRESENT]) assert (next[`ENTRY_MSS] == segment[`SEGMENT_MSS]);
        else if (kind == `EVENT_KIND_NET)  assert (next[`ENTRY_MSS] == (ipv4 ? 16'd536 : 16'd1220));
    end

    // RFC 7323 2.2: a SYN's window is not scaled, the entry's is.
    wire scales = segment[`SEGMENT_SCALE_PRESENT] && (deed[`DEED_TAKE_SYN] ? entry[`ENTRY_OUR_SCALE] != 4'd15 : listener[`LISTENER_WINDOW_SCALING]);
    always @* if ((by_syn || (deed[`DEED_TAKE_SYN] && !anew)) && !deed[`DEED_TAKE_WINDOW])
        assert (next[`ENTRY_PEER_WINDOW] == (scales ? segment[`SEGMENT_WINDOW] >> next[`ENTRY_PEER_SCALE] : segment[`SEGMENT_WINDOW]));

    // ---------------------------------------------------------------- the reply: O1, O4, O5, O8
    wire [`REPLY_KIND_BITS-1:0] sent = deed[`DEED_REPLY];
    wire reset  = sent == `REPLY_KIND_RESET || sent == `REPLY_KIND_RESET_SEQ || sent == `REPLY_KIND_RESET_ACK;
    wire syn    = sent == `REPLY_KIND_SYN || sent == `REPLY_KIND_SYN_ACK || sent == `REPLY_KIND_COOKIE;
    wire known  = sent != `REPLY_KIND_NONE && !reset && sent <= `REPLY_KIND_TO_HOST;
    always @* begin
        if (sent != `REPLY_KIND_NONE) assert (reply[`REPLY_HOP_LIMIT] == hop_limit && reply[`REPLY_DSCP] == dscp);
        if (reset) assert (!reply[`REPLY_TS_PRESENT] && reply[`REPLY_WINDOW] == 0);
        if (!syn)  assert (!reply[`REPLY_MSS_PRESENT] && !reply[`REPLY_SCALE_PRESENT] && !reply[`REPLY_SACK_PERMITTED]);
        if (syn)   assert (reply[`REPLY_MSS_PRESENT] && reply[`REPLY_MSS] == listener[`LISTENER_MSS]);
        if (known && sent != `REPLY_KIND_COOKIE) assert (reply[`REPLY_TS_PRESENT] == next[`ENTRY_TIMESTAMPS]);
        if (sent == `REPLY_KIND_SYN || sent == `REPLY_KIND_SYN_ACK)
            assert (reply[`REPLY_WINDOW] == next[`ENTRY_OUR_WINDOW] && reply[`REPLY_SCALE_PRESENT] == (next[`ENTRY_OUR_SCALE] != 4'd15) &&
                    reply[`REPLY_SACK_PERMITTED] == next[`ENTRY_SACK_PERMITTED]);
        // K1: without timestamps nothing but the MSS can be remembered; and TSval never runs ahead.
        if (sent == `REPLY_KIND_COOKIE) begin
            if (!reply[`REPLY_TS_PRESENT]) assert (!reply[`REPLY_SCALE_PRESENT] && !reply[`REPLY_SACK_PERMITTED]);
            if (reply[`REPLY_TS_PRESENT])  assert (ts_val - reply[`REPLY_TS_VAL] < 32'd64);
            if (reply[`REPLY_SCALE_PRESENT]) assert (segment[`SEGMENT_SCALE_PRESENT]);
            if (reply[`REPLY_SACK_PERMITTED]) assert (segment[`SEGMENT_SACK_PERMITTED]);
            if (reply[`REPLY_TS_PRESENT])  assert (segment[`SEGMENT_TS_PRESENT]);
        end
    end
endmodule

`default_nettype wire
