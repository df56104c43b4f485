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
    input  wire [31:0]                       isn,
    input  wire [31:0]                       ts_offset,         // of a new entry
    input  wire [31:0]                       ts_val,            // TSval of a reply
    input  wire [47:0]                       now,
    input  wire [31:0]                       deadline_first,
    input  wire [31:0]                       deadline_back_off,
    input  wire [7:0]                        hop_limit,
    input  wire [5:0]                        dscp,

    input  wire [`REPLY_KIND_BITS-1:0]      reply_kind,
    input  wire                              insert,
    input  wire [`TCP_STATE_BITS-1:0]       next_state,
    input  wire                              take_ack,
    input  wire                              take_window,
    input  wire                              take_ts,
    input  wire                              count_fin_received,
    input  wire                              count_fin_sent,
    input  wire [`DEADLINE_ACTION_BITS-1:0] deadline,
    input  wire                              limit_start,
    input  wire                              limit_clear,

    output reg  [`ENTRY_BITS-1:0]            next_entry,
    output reg  [`REPLY_BITS-1:0]            reply
);
    wire [13:0] tick14  = now[23:10];
    wire        from_net = kind == `EVENT_KIND_NET;

    // ---------------------------------------------------------------- what a SYN agrees
    wire agree_scale = segment[`SEGMENT_SCALE_PRESENT] && listener[`LISTENER_WINDOW_SCALING];
    wire agree_sack  = segment[`SEGMENT_SACK_PERMITTED] && listener[`LISTENER_SACK];
    wire agree_ts    = segment[`SEGMENT_TS_PRESENT] && listener[`LISTENER_TIMESTAMPS];
    wire [3:0] our_scale = listener[`LISTENER_WINDOW_SCALE] == 4'd15 ? 4'd14 : listener[`LISTENER_WINDOW_SCALE];

    // ---------------------------------------------------------------- the entry
    always @* begin
        next_entry = entry;
        if (insert) begin
            next_entry                           = {`ENTRY_BITS{1'b0}};
            next_entry[`ENTRY_KEY]               = segment[`SEGMENT_KEY];
            next_entry[`ENTRY_OWNER]             = `OWNER_ENGINE;
            next_entry[`ENTRY_ORIGIN]            = `ORIGIN_SYN;
            next_entry[`ENTRY_LISTENER]          = slot;
            next_entry[`ENTRY_EPOCH]             = epoch;
            next_entry[`ENTRY_ISS]               = isn;
            next_entry[`ENTRY_IRS]               = segment[`SEGMENT_SEQ];
            next_entry[`ENTRY_SND_UNA]           = isn;
            next_entry[`ENTRY_SND_NXT]           = isn + 32'd1;
            next_entry[`ENTRY_RCV_NXT]           = segment[`SEGMENT_SEQ] + 32'd1;
            next_entry[`ENTRY_SND_WL1]           = segment[`SEGMENT_SEQ];
            next_entry[`ENTRY_PEER_WINDOW]       = segment[`SEGMENT_WINDOW];
            next_entry[`ENTRY_PEER_SCALE]        = agree_scale ? segment[`SEGMENT_SCALE] : 4'd15;
            next_entry[`ENTRY_OUR_WINDOW]        = listener[`LISTENER_WINDOW];
            next_entry[`ENTRY_OUR_SCALE]         = agree_scale ? our_scale : 4'd15;
            next_entry[`ENTRY_MSS]               = segment[`SEGMENT_MSS_PRESENT] ? segment[`SEGMENT_MSS]
                                                 : segment[`SEGMENT_IS_IPV6]     ? 16'd1220 : 16'd536;  // O2
            next_entry[`ENTRY_SACK_PERMITTED]    = agree_sack;
            next_entry[`ENTRY_TIMESTAMPS]        = agree_ts;
            next_entry[`ENTRY_TS_RECENT]         = agree_ts ? segment[`SEGMENT_TS_VAL] : 32'd0;
            next_entry[`ENTRY_TS_OFFSET]         = agree_ts ? ts_offset : 32'd0;
            next_entry[`ENTRY_REMOTE_MAC]        = segment[`SEGMENT_SOURCE_MAC];
            next_entry[`ENTRY_CREATED]           = now;
        end
        next_entry[`ENTRY_STATE] = next_state;
        if (take_ack)           next_entry[`ENTRY_SND_UNA] = segment[`SEGMENT_ACK];
        if (take_window) begin
            next_entry[`ENTRY_SND_WL1]     = segment[`SEGMENT_SEQ];
            next_entry[`ENTRY_PEER_WINDOW] = segment[`SEGMENT_WINDOW];
        end
        if (take_ts)            next_entry[`ENTRY_TS_RECENT] = segment[`SEGMENT_TS_VAL];
        if (count_fin_received) next_entry[`ENTRY_RCV_NXT]   = entry[`ENTRY_RCV_NXT] + 32'd1;
        if (count_fin_sent)     next_entry[`ENTRY_SND_NXT]   = entry[`ENTRY_SND_NXT] + 32'd1;
        case (deadline)
            `DEADLINE_ACTION_START: begin
                next_entry[`ENTRY_DEADLINE]     = deadline_first;
                next_entry[`ENTRY_DEADLINE_SET] = 1'b1;
                next_entry[`ENTRY_RETRIES]      = 4'd0;
            end
            `DEADLINE_ACTION_BACK_OFF: begin
                next_entry[`ENTRY_DEADLINE]     = deadline_back_off;
                next_entry[`ENTRY_RETRIES]      = entry[`ENTRY_RETRIES] + 4'd1;
            end
            `DEADLINE_ACTION_STOP: begin
                next_entry[`ENTRY_DEADLINE]     = 32'd0;
                next_entry[`ENTRY_DEADLINE_SET] = 1'b0;
                // An entry that is given up shows its retransmissions; one that opened has none any more.
                if (next_state != `TCP_STATE_CLOSED || (take_ack && entry[`ENTRY_STATE] == `TCP_STATE_SYN_RECEIVED))
                    next_entry[`ENTRY_RETRIES] = 4'd0;
            end
            default: ;
        endcase
        if (limit_start) begin
            next_entry[`ENTRY_LAST_ACK_TICK] = tick14;
            next_entry[`ENTRY_ACK_LIMITED]   = 1'b1;
        end
        if (limit_clear) begin
            next_entry[`ENTRY_LAST_ACK_TICK] = 14'd0;
            next_entry[`ENTRY_ACK_LIMITED]   = 1'b0;
        end
    end

    // ---------------------------------------------------------------- the segment to send
    wire is_reset = reply_kind == `REPLY_KIND_RESET || reply_kind == `REPLY_KIND_RESET_SEQ ||
                    reply_kind == `REPLY_KIND_RESET_ACK;
    wire is_syn   = reply_kind == `REPLY_KIND_SYN_ACK;
    // Names the connection: the entry where there is one, else the segment (a reset that no entry answers for).
    wire [`KEY_BITS-1:0] key = from_net ? segment[`SEGMENT_KEY] : entry[`ENTRY_KEY];
    wire [31:0] seg_length = {16'd0, segment[`SEGMENT_DATA_LENGTH]} +
                             {31'd0, segment_flags[0]} + {31'd0, segment_flags[1]};
    wire [7:0]  segment_flags = segment[`SEGMENT_FLAGS];

    always @* begin
        reply                            = {`REPLY_BITS{1'b0}};
        reply[`REPLY_DESTINATION_MAC]    = from_net ? segment[`SEGMENT_SOURCE_MAC] : entry[`ENTRY_REMOTE_MAC];
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
                reply[`REPLY_SEQ]   = count_fin_sent ? entry[`ENTRY_SND_NXT] : entry[`ENTRY_SND_NXT] - 32'd1;
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
    end

    // IPv4 addresses lie in the table as IPv4-mapped IPv6 (RFC 4291 2.5.5.2).
    wire [127:0] local_address = key[`KEY_LOCAL_ADDRESS];
    wire         key_is_ipv6   = local_address[127:32] != {80'd0, 16'hFFFF};
endmodule

`default_nettype wire
