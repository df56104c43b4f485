// Carries out what transition_decide.v decided: the entry as it becomes, and the segment to send. Pure combinational
// logic; transition.v registers what comes out.

`default_nettype none

`include "offload_map.vh"

module transition_apply (
    input  wire [`EVENT_KIND_BITS-1:0]      kind,
    input  wire [`SEGMENT_BITS-1:0]          segment,
    input  wire [`ENTRY_BITS-1:0]            entry,
    input  wire [`LISTENER_BITS-1:0]         listener,
    input  wire [7:0]                        slot,
    input  wire [7:0]                        epoch,
    input  wire [31:0]                       isn,               // by the mode
    input  wire [31:0]                       isn_floor,         // least ISN of an entry that begins anew (F9)
    input  wire [23:0]                       cookie,            // SipHash's part of a cookie
    input  wire [`HASH_RESULT_BITS-1:0]      cookie_result,
    input  wire                              cookie_ts,         // an ACK of a cookie brings back its timestamp
    input  wire [31:0]                       ts_offset,         // of a new entry
    input  wire [31:0]                       ts_val,            // TSval of a reply
    input  wire [47:0]                       now,
    input  wire [15:0]                       age,
    input  wire [31:0]                       deadline_at,       // where deadline starts anything
    input  wire                              deadline_on,       // 0: that time has no end
    input  wire [7:0]                        hop_limit,
    input  wire [5:0]                        dscp,

    // arguments of commands
    input  wire [47:0]                       open_mac,
    input  wire [31:0]                       take_snd_nxt,
    input  wire [31:0]                       take_rcv_nxt,
    input  wire [31:0]                       take_ts_val,
    input  wire [15:0]                       take_window_field,

    input  wire [`DEED_BITS-1:0]             deed,
    output reg  [`ENTRY_BITS-1:0]            next_entry,
    output reg  [`REPLY_BITS-1:0]            reply
);
    wire [`REPLY_KIND_BITS-1:0]      reply_kind = deed[`DEED_REPLY];
    wire [`TCP_STATE_BITS-1:0]       next_state = deed[`DEED_NEXT_STATE];
    wire [`DEADLINE_ACTION_BITS-1:0] deadline   = deed[`DEED_DEADLINE];
    wire                             take_ack   = deed[`DEED_TAKE_ACK];
    wire                             is_open    = deed[`DEED_INSERT_ORIGIN] == `ORIGIN_OPEN;
    wire                             is_cookie  = deed[`DEED_INSERT_ORIGIN] == `ORIGIN_COOKIE;
    wire [31:0]                      tick       = now[41:10];
    wire [13:0] tick14  = now[23:10];
    wire        from_net = kind == `EVENT_KIND_NET;

    // ---------------------------------------------------------------- what a SYN agrees
    wire agree_scale = segment[`SEGMENT_SCALE_PRESENT] && listener[`LISTENER_WINDOW_SCALING];
    wire agree_sack  = segment[`SEGMENT_SACK_PERMITTED] && listener[`LISTENER_SACK];
    wire agree_ts    = segment[`SEGMENT_TS_PRESENT] && listener[`LISTENER_TIMESTAMPS];
    wire [3:0] our_scale = listener[`LISTENER_WINDOW_SCALE] == 4'd15 ? 4'd14 : listener[`LISTENER_WINDOW_SCALE];
    wire [15:0] mss_offered = segment[`SEGMENT_MSS_PRESENT] ? segment[`SEGMENT_MSS]
                            : key_is_ipv6                   ? 16'd1220 : 16'd536;                     // O2
    // What our own SYN offered, and the segment answers.
    wire both_scale = segment[`SEGMENT_SCALE_PRESENT] && entry[`ENTRY_OUR_SCALE] != 4'd15;
    wire both_ts    = segment[`SEGMENT_TS_PRESENT] && entry[`ENTRY_TIMESTAMPS];
    // A SYN's window is never scaled (RFC 7323 2.2); it is kept as the peer's next segment would tell it, rounded down.
    wire        scaled_from_now = deed[`DEED_TAKE_SYN] ? both_scale : agree_scale && (!is_cookie || deed[`DEED_REUSE]);
    wire [15:0] window          = segment[`SEGMENT_WINDOW] >> (scaled_from_now ? segment[`SEGMENT_SCALE] : 4'd0);

    // What a cookie's timestamp brings back (K1).
    wire [31:0] echo         = segment[`SEGMENT_TS_ECR];
    wire        echo_scale   = cookie_ts && echo[3:0] != 4'd15 && listener[`LISTENER_WINDOW_SCALING];
    wire [15:0] echo_mss     = cookie_mss(cookie_result[`HASH_RESULT_INDEX]);
    // The MSS that a cookie can name, rounded down.
    function [15:0] cookie_mss(input [2:0] index);
        case (index)
            3'd0: cookie_mss = 16'd88;
            3'd1: cookie_mss = 16'd536;
            3'd2: cookie_mss = 16'd1220;
            3'd3: cookie_mss = 16'd1360;
            3'd4: cookie_mss = 16'd1400;
            3'd5: cookie_mss = 16'd1440;
            3'd6: cookie_mss = 16'd1460;
            3'd7: cookie_mss = 16'd8940;
        endcase
    endfunction

    // ---------------------------------------------------------------- sequence numbers
    wire [31:0] segment_end  = segment[`SEGMENT_SEQ] + {16'd0, segment[`SEGMENT_DATA_LENGTH]} + {31'd0, segment_flags[0]};
    wire [31:0] above_floor  = isn - isn_floor;
    wire [31:0] raised_isn   = above_floor[31] ? isn_floor : isn;                                   // F9
    wire [31:0] first_number = deed[`DEED_REUSE] ? raised_isn
                             : is_cookie         ? segment[`SEGMENT_ACK] - 32'd1 : isn;

    wire answered = take_ack && (entry[`ENTRY_STATE] == `TCP_STATE_SYN_RECEIVED ||
                    (entry[`ENTRY_STATE] == `TCP_STATE_FIN_WAIT_1 && segment[`SEGMENT_ACK] == entry[`ENTRY_SND_NXT]));

    // ---------------------------------------------------------------- the entry
    always @* begin
        next_entry = entry;
        if (deed[`DEED_INSERT] || deed[`DEED_REUSE]) begin
            next_entry                           = {`ENTRY_BITS{1'b0}};
            next_entry[`ENTRY_KEY]               = segment[`SEGMENT_KEY];
            next_entry[`ENTRY_ORIGIN]            = deed[`DEED_REUSE] ? `ORIGIN_SYN : deed[`DEED_INSERT_ORIGIN];
            next_entry[`ENTRY_LISTENER]          = slot;
            next_entry[`ENTRY_EPOCH]             = epoch;
            next_entry[`ENTRY_ISS]               = first_number;
            next_entry[`ENTRY_SND_UNA]           = first_number;
            next_entry[`ENTRY_SND_NXT]           = first_number + 32'd1;
            next_entry[`ENTRY_OUR_WINDOW]        = listener[`LISTENER_WINDOW];
            next_entry[`ENTRY_REMOTE_MAC]        = segment[`SEGMENT_SOURCE_MAC];
            next_entry[`ENTRY_CREATED]           = now;
            if (is_open && !deed[`DEED_REUSE]) begin
                next_entry[`ENTRY_PEER_SCALE]     = 4'd15;
                next_entry[`ENTRY_OUR_SCALE]      = listener[`LISTENER_WINDOW_SCALING] ? our_scale : 4'd15;
                next_entry[`ENTRY_MSS]            = key_is_ipv6 ? 16'd1220 : 16'd536;
                next_entry[`ENTRY_SACK_PERMITTED] = listener[`LISTENER_SACK];
                next_entry[`ENTRY_TIMESTAMPS]     = listener[`LISTENER_TIMESTAMPS];
                next_entry[`ENTRY_TS_OFFSET]      = listener[`LISTENER_TIMESTAMPS] ? ts_offset : 32'd0;
                next_entry[`ENTRY_REMOTE_MAC]     = open_mac;
            end else begin
                // Of a cookie's ACK, SEG.SEQ is one beyond IRS.
                next_entry[`ENTRY_IRS]            = segment[`SEGMENT_SEQ] - {31'd0, is_cookie && !deed[`DEED_REUSE]};
                next_entry[`ENTRY_RCV_NXT]        = segment[`SEGMENT_SEQ] + {31'd0, !is_cookie || deed[`DEED_REUSE]};
                next_entry[`ENTRY_SND_WL1]        = segment[`SEGMENT_SEQ];
                next_entry[`ENTRY_PEER_WINDOW]    = window;
                next_entry[`ENTRY_PEER_SCALE]     = agree_scale ? segment[`SEGMENT_SCALE] : 4'd15;
                next_entry[`ENTRY_OUR_SCALE]      = agree_scale ? our_scale : 4'd15;
                next_entry[`ENTRY_MSS]            = mss_offered;
                next_entry[`ENTRY_SACK_PERMITTED] = agree_sack;
                next_entry[`ENTRY_TIMESTAMPS]     = agree_ts;
                next_entry[`ENTRY_TS_RECENT]      = agree_ts ? segment[`SEGMENT_TS_VAL] : 32'd0;
                next_entry[`ENTRY_TS_RECENT_AGE]  = agree_ts ? age : 16'd0;
                next_entry[`ENTRY_TS_OFFSET]      = agree_ts ? ts_offset : 32'd0;
            end
            if (is_cookie && !deed[`DEED_REUSE]) begin
                next_entry[`ENTRY_SND_UNA]        = segment[`SEGMENT_ACK];
                next_entry[`ENTRY_PEER_SCALE]     = echo_scale ? echo[3:0] : 4'd15;
                next_entry[`ENTRY_OUR_SCALE]      = echo_scale ? our_scale : 4'd15;
                next_entry[`ENTRY_MSS]            = echo_mss;
                next_entry[`ENTRY_SACK_PERMITTED] = cookie_ts && echo[4] && listener[`LISTENER_SACK];
                next_entry[`ENTRY_TIMESTAMPS]     = cookie_ts;
                next_entry[`ENTRY_TS_RECENT]      = cookie_ts ? segment[`SEGMENT_TS_VAL] : 32'd0;
                next_entry[`ENTRY_TS_RECENT_AGE]  = cookie_ts ? age : 16'd0;
                next_entry[`ENTRY_TS_OFFSET]      = cookie_ts ? ts_offset : 32'd0;
            end
            if (deed[`DEED_REUSE]) begin
                // What is needed to become TIME-WAIT again.
                next_entry[`ENTRY_SND_UNA] = entry[`ENTRY_SND_NXT];
                next_entry[`ENTRY_SND_WL1] = entry[`ENTRY_RCV_NXT];
                next_entry[`ENTRY_REUSED]  = 1'b1;
            end
        end
        next_entry[`ENTRY_STATE] = next_state;
        next_entry[`ENTRY_OWNER] = deed[`DEED_NEXT_OWNER];
        if (deed[`DEED_SETTLE]) begin
            next_entry[`ENTRY_SND_UNA] = entry[`ENTRY_ISS];
            next_entry[`ENTRY_SND_WL1] = entry[`ENTRY_IRS];
        end
        if (deed[`DEED_RESTORE]) begin
            next_entry[`ENTRY_SND_NXT] = entry[`ENTRY_SND_UNA];
            next_entry[`ENTRY_RCV_NXT] = entry[`ENTRY_SND_WL1];
        end
        if (deed[`DEED_TAKE_SYN]) begin
            next_entry[`ENTRY_IRS]            = segment[`SEGMENT_SEQ];
            next_entry[`ENTRY_RCV_NXT]        = segment[`SEGMENT_SEQ] + 32'd1;
            next_entry[`ENTRY_SND_WL1]        = segment[`SEGMENT_SEQ];
            next_entry[`ENTRY_PEER_WINDOW]    = window;
            next_entry[`ENTRY_PEER_SCALE]     = both_scale ? segment[`SEGMENT_SCALE] : 4'd15;
            next_entry[`ENTRY_OUR_SCALE]      = both_scale ? entry[`ENTRY_OUR_SCALE] : 4'd15;
            next_entry[`ENTRY_MSS]            = mss_offered;
            next_entry[`ENTRY_SACK_PERMITTED] = entry[`ENTRY_SACK_PERMITTED] && segment[`SEGMENT_SACK_PERMITTED];
            next_entry[`ENTRY_TIMESTAMPS]     = both_ts;
            next_entry[`ENTRY_TS_RECENT]      = both_ts ? segment[`SEGMENT_TS_VAL] : 32'd0;
            next_entry[`ENTRY_TS_RECENT_AGE]  = both_ts ? age : 16'd0;
            next_entry[`ENTRY_TS_OFFSET]      = both_ts ? entry[`ENTRY_TS_OFFSET] : 32'd0;
        end
        if (take_ack)           next_entry[`ENTRY_SND_UNA] = segment[`SEGMENT_ACK];
        if (deed[`DEED_TAKE_WINDOW]) begin
            next_entry[`ENTRY_SND_WL1]     = segment[`SEGMENT_SEQ];
            next_entry[`ENTRY_PEER_WINDOW] = segment[`SEGMENT_WINDOW];
        end
        if (deed[`DEED_TAKE_TS]) begin
            next_entry[`ENTRY_TS_RECENT]     = segment[`SEGMENT_TS_VAL];
            next_entry[`ENTRY_TS_RECENT_AGE] = age;
        end
        if (deed[`DEED_TAKE_END]) begin
            if (kind == `EVENT_KIND_HOST) next_entry[`ENTRY_SND_NXT] = segment_end;
            else                          next_entry[`ENTRY_RCV_NXT] = segment_end;
        end
        if (deed[`DEED_TAKE_HOST_WINDOW]) next_entry[`ENTRY_OUR_WINDOW] = segment[`SEGMENT_WINDOW];
        if (deed[`DEED_TAKE_ARGUMENTS]) begin
            next_entry[`ENTRY_ORIGIN]     = `ORIGIN_TAKE;
            next_entry[`ENTRY_SND_UNA]    = take_snd_nxt;
            next_entry[`ENTRY_SND_NXT]    = take_snd_nxt;
            next_entry[`ENTRY_RCV_NXT]    = take_rcv_nxt;
            next_entry[`ENTRY_OUR_WINDOW] = take_window_field;
            if (entry[`ENTRY_TIMESTAMPS]) next_entry[`ENTRY_TS_OFFSET] = take_ts_val - tick;
        end
        if (deed[`DEED_SET_PEER_FIN])       next_entry[`ENTRY_PEER_FIN] = 1'b1;
        if (deed[`DEED_CLEAR_PEER_FIN])     next_entry[`ENTRY_PEER_FIN] = 1'b0;
        if (deed[`DEED_COUNT_FIN_RECEIVED]) next_entry[`ENTRY_RCV_NXT]  = entry[`ENTRY_RCV_NXT] + 32'd1;
        if (deed[`DEED_COUNT_FIN_SENT])     next_entry[`ENTRY_SND_NXT]  = entry[`ENTRY_SND_NXT] + 32'd1;
        case (deadline)
            `DEADLINE_ACTION_KEEP: ;
            `DEADLINE_ACTION_BACK_OFF: begin
                next_entry[`ENTRY_DEADLINE]     = deadline_at;
                next_entry[`ENTRY_RETRIES]      = entry[`ENTRY_RETRIES] + 4'd1;
            end
            `DEADLINE_ACTION_STOP: begin
                next_entry[`ENTRY_DEADLINE]     = 32'd0;
                next_entry[`ENTRY_DEADLINE_SET] = 1'b0;
                // An entry that is given up shows its retransmissions; one whose SYN or FIN was answered has none.
                if (next_state != `TCP_STATE_CLOSED || answered)
                    next_entry[`ENTRY_RETRIES] = 4'd0;
            end
            default: begin
                next_entry[`ENTRY_DEADLINE]     = deadline_on ? deadline_at : 32'd0;
                next_entry[`ENTRY_DEADLINE_SET] = deadline_on;
                next_entry[`ENTRY_RETRIES]      = 4'd0;
            end
        endcase
        if (deed[`DEED_LIMIT_START]) begin
            next_entry[`ENTRY_LAST_ACK_TICK] = tick14;
            next_entry[`ENTRY_ACK_LIMITED]   = 1'b1;
        end
        if (deed[`DEED_LIMIT_CLEAR]) begin
            next_entry[`ENTRY_LAST_ACK_TICK] = 14'd0;
            next_entry[`ENTRY_ACK_LIMITED]   = 1'b0;
        end
    end

    // ---------------------------------------------------------------- a cookie
    wire [3:0]  told_scale  = agree_scale ? segment[`SEGMENT_SCALE] : 4'd15;
    wire [5:0]  told        = {1'b0, agree_sack, told_scale};
    wire [31:0] told_ts_val = {ts_val[31:6], told} - (told > ts_val[5:0] ? 32'd64 : 32'd0);

    // ---------------------------------------------------------------- the segment to send
    wire is_reset = reply_kind == `REPLY_KIND_RESET || reply_kind == `REPLY_KIND_RESET_SEQ ||
                    reply_kind == `REPLY_KIND_RESET_ACK;
    wire is_syn   = reply_kind == `REPLY_KIND_SYN_ACK || reply_kind == `REPLY_KIND_SYN;
    wire to_host  = reply_kind == `REPLY_KIND_TO_HOST;
    // Names the connection: the entry where there is one, else the segment (a reset that no entry answers for).
    wire [`KEY_BITS-1:0] key = from_net || deed[`DEED_INSERT] ? segment[`SEGMENT_KEY] : entry[`ENTRY_KEY];
    wire [31:0] seg_length = {16'd0, segment[`SEGMENT_DATA_LENGTH]} +
                             {31'd0, segment_flags[0]} + {31'd0, segment_flags[1]};
    wire [7:0]  segment_flags = segment[`SEGMENT_FLAGS];

    always @* begin
        reply                            = {`REPLY_BITS{1'b0}};
        reply[`REPLY_DESTINATION_MAC]    = from_net ? segment[`SEGMENT_SOURCE_MAC] : next_entry[`ENTRY_REMOTE_MAC];
        reply[`REPLY_SOURCE_MAC]         = listener[`LISTENER_MAC];
        reply[`REPLY_TAGGED]             = key[`KEY_TAGGED];
        reply[`REPLY_TCI]                = from_net ? segment[`SEGMENT_TCI] : {4'd0, key[`KEY_VLAN]};
        reply[`REPLY_IS_IPV6]            = key_is_ipv6;
        reply[`REPLY_SOURCE_ADDRESS]     = key[`KEY_LOCAL_ADDRESS];
        reply[`REPLY_DESTINATION_ADDRESS] = key[`KEY_REMOTE_ADDRESS];
        reply[`REPLY_SOURCE_PORT]        = key[`KEY_LOCAL_PORT];
        reply[`REPLY_DESTINATION_PORT]   = key[`KEY_REMOTE_PORT];
        reply[`REPLY_HOP_LIMIT]          = hop_limit;
        reply[`REPLY_DSCP]               = dscp;
        case (reply_kind)
            `REPLY_KIND_SYN: begin
                reply[`REPLY_SEQ]   = next_entry[`ENTRY_ISS];
                reply[`REPLY_FLAGS] = 8'h02;
            end
            `REPLY_KIND_COOKIE: begin
                reply[`REPLY_SEQ]   = {cookie_result[`HASH_RESULT_PERIOD], cookie_result[`HASH_RESULT_INDEX], cookie};
                reply[`REPLY_ACK]   = segment[`SEGMENT_SEQ] + 32'd1;
                reply[`REPLY_FLAGS] = 8'h12;
            end
            `REPLY_KIND_TO_HOST: begin
                reply[`REPLY_SEQ]   = entry[`ENTRY_RCV_NXT];
                reply[`REPLY_ACK]   = entry[`ENTRY_SND_NXT];
                reply[`REPLY_FLAGS] = 8'h10;
            end
            `REPLY_KIND_SYN_ACK: begin
                reply[`REPLY_SEQ]   = next_entry[`ENTRY_ISS];
                reply[`REPLY_ACK]   = next_entry[`ENTRY_RCV_NXT];
                reply[`REPLY_FLAGS] = 8'h12;
            end
            `REPLY_KIND_ACK: begin
                reply[`REPLY_SEQ]   = entry[`ENTRY_SND_NXT];
                reply[`REPLY_ACK]   = next_entry[`ENTRY_RCV_NXT];
                reply[`REPLY_FLAGS] = 8'h10;
            end
            `REPLY_KIND_FIN: begin
                // Sent for the first time, SND.NXT still names it; sent again, it is one below.
                reply[`REPLY_SEQ]   = deed[`DEED_COUNT_FIN_SENT] ? entry[`ENTRY_SND_NXT] : entry[`ENTRY_SND_NXT] - 32'd1;
                reply[`REPLY_ACK]   = entry[`ENTRY_RCV_NXT];
                reply[`REPLY_FLAGS] = 8'h11;
            end
            `REPLY_KIND_RESET: begin
                reply[`REPLY_SEQ]   = entry[`ENTRY_SND_NXT];
                reply[`REPLY_FLAGS] = 8'h04;
            end
            `REPLY_KIND_RESET_SEQ: begin
                reply[`REPLY_SEQ]   = segment[`SEGMENT_ACK];
                reply[`REPLY_FLAGS] = 8'h04;
            end
            `REPLY_KIND_RESET_ACK: begin
                reply[`REPLY_ACK]   = segment[`SEGMENT_SEQ] + seg_length;
                reply[`REPLY_FLAGS] = 8'h14;
            end
            default: ;
        endcase
        if (!is_reset) begin
            reply[`REPLY_WINDOW]     = next_entry[`ENTRY_OUR_WINDOW];
            reply[`REPLY_TS_PRESENT] = next_entry[`ENTRY_TIMESTAMPS];
            reply[`REPLY_TS_VAL]     = next_entry[`ENTRY_TIMESTAMPS] ? ts_val : 32'd0;
            reply[`REPLY_TS_ECR]     = next_entry[`ENTRY_TS_RECENT];
        end
        if (is_syn) begin
            reply[`REPLY_MSS_PRESENT]    = 1'b1;
            reply[`REPLY_MSS]            = listener[`LISTENER_MSS];
            reply[`REPLY_SCALE_PRESENT]  = next_entry[`ENTRY_OUR_SCALE] != 4'd15;
            reply[`REPLY_SCALE]          = next_entry[`ENTRY_OUR_SCALE];
            reply[`REPLY_SACK_PERMITTED] = next_entry[`ENTRY_SACK_PERMITTED];
        end
        if (reply_kind == `REPLY_KIND_COOKIE) begin
            // Without timestamps a cookie can remember the MSS alone (K1).
            reply[`REPLY_WINDOW]         = listener[`LISTENER_WINDOW];
            reply[`REPLY_MSS_PRESENT]    = 1'b1;
            reply[`REPLY_MSS]            = listener[`LISTENER_MSS];
            reply[`REPLY_TS_PRESENT]     = agree_ts;
            reply[`REPLY_TS_VAL]         = agree_ts ? told_ts_val : 32'd0;
            reply[`REPLY_TS_ECR]         = agree_ts ? segment[`SEGMENT_TS_VAL] : 32'd0;
            reply[`REPLY_SCALE_PRESENT]  = agree_ts && agree_scale;
            reply[`REPLY_SCALE]          = agree_ts && agree_scale ? our_scale : 4'd0;
            reply[`REPLY_SACK_PERMITTED] = agree_ts && agree_sack;
        end
        if (to_host) begin
            // As if the peer had sent it.
            reply[`REPLY_TO_HOST]             = 1'b1;
            reply[`REPLY_DESTINATION_MAC]     = listener[`LISTENER_MAC];
            reply[`REPLY_SOURCE_MAC]          = entry[`ENTRY_REMOTE_MAC];
            reply[`REPLY_SOURCE_ADDRESS]      = key[`KEY_REMOTE_ADDRESS];
            reply[`REPLY_DESTINATION_ADDRESS] = key[`KEY_LOCAL_ADDRESS];
            reply[`REPLY_SOURCE_PORT]         = key[`KEY_REMOTE_PORT];
            reply[`REPLY_DESTINATION_PORT]    = key[`KEY_LOCAL_PORT];
            reply[`REPLY_WINDOW]              = entry[`ENTRY_PEER_WINDOW];
            reply[`REPLY_TS_VAL]              = entry[`ENTRY_TS_RECENT];
            reply[`REPLY_TS_ECR]              = entry[`ENTRY_TIMESTAMPS] ? ts_val : 32'd0;
        end
    end

    // IPv4 addresses lie in the table as IPv4-mapped IPv6 (RFC 4291 2.5.5.2).
    wire [127:0] local_address = key[`KEY_LOCAL_ADDRESS];
    wire         key_is_ipv6   = local_address[127:32] != {80'd0, 16'hFFFF};
endmodule

`default_nettype wire
