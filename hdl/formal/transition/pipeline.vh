// The whole of transition.v, as it is wired: run.sh puts this in front of its endmodule. What leaves in the fifth clock
// came in at the first, and went through every register, so that it holds for all.
//
// Shown: no entry goes from SYN-RECEIVED to ESTABLISHED without SEG.ACK = ISS+1 and SEG.SEQ = IRS+1 on the stored numbers,
// and none from SYN-SENT without SEG.ACK = ISS+1; and both only for the connection that the segment names.
// Assumed of the entry: what numbers_proof.v shows to outlast every event.
//
// Rules: P2, A2

reg [4*`ENTRY_BITS-1:0]      past_entry;
reg [4*`SEGMENT_BITS-1:0]    past_segment;
reg [4*`EVENT_KIND_BITS-1:0] past_kind;
always @(posedge clk) begin
    past_entry   <= {past_entry[3*`ENTRY_BITS-1:0], fetch_entry};
    past_segment <= {past_segment[3*`SEGMENT_BITS-1:0], fetch_segment};
    past_kind    <= {past_kind[3*`EVENT_KIND_BITS-1:0], fetch_kind};
end
wire [`ENTRY_BITS-1:0]      from    = past_entry[3*`ENTRY_BITS +: `ENTRY_BITS];
wire [`SEGMENT_BITS-1:0]    came    = past_segment[3*`SEGMENT_BITS +: `SEGMENT_BITS];
wire [`EVENT_KIND_BITS-1:0] from_as = past_kind[3*`EVENT_KIND_BITS +: `EVENT_KIND_BITS];
wire [7:0] came_flags = came[`SEGMENT_FLAGS];
wire to_established = write_entry && write_hit && !write_free && write_next_entry[`ENTRY_STATE] == `TCP_STATE_ESTABLISHED;

always @* begin
    if (fetch_entry[`ENTRY_STATE] == `TCP_STATE_SYN_SENT || fetch_entry[`ENTRY_STATE] == `TCP_STATE_SYN_RECEIVED) begin
        assume (fetch_entry[`ENTRY_OWNER] == `OWNER_ENGINE);
        assume (fetch_entry[`ENTRY_SND_NXT] == fetch_entry[`ENTRY_ISS] + 32'd1);
    end
    if (fetch_entry[`ENTRY_STATE] == `TCP_STATE_SYN_RECEIVED)
        assume (fetch_entry[`ENTRY_RCV_NXT] == fetch_entry[`ENTRY_IRS] + 32'd1);

    if (to_established && from[`ENTRY_STATE] == `TCP_STATE_SYN_RECEIVED)
        assert (from_as == `EVENT_KIND_NET && came_flags[4] && !came_flags[2] && !came_flags[1] &&
                came[`SEGMENT_ACK] == from[`ENTRY_ISS] + 32'd1 && came[`SEGMENT_SEQ] == from[`ENTRY_IRS] + 32'd1 &&
                came[`SEGMENT_KEY] == from[`ENTRY_KEY] && write_next_entry[`ENTRY_KEY] == from[`ENTRY_KEY] &&
                write_next_entry[`ENTRY_CREATED] == from[`ENTRY_CREATED] && write_event && write_event_established);
    if (to_established && from[`ENTRY_STATE] == `TCP_STATE_SYN_SENT)
        assert (from_as == `EVENT_KIND_NET && came_flags[4] && !came_flags[2] && came_flags[1] &&
                came[`SEGMENT_ACK] == from[`ENTRY_ISS] + 32'd1 && came[`SEGMENT_KEY] == from[`ENTRY_KEY] &&
                write_event && write_event_established);
end
(* keep *) wire opened = to_established && from[`ENTRY_STATE] == `TCP_STATE_SYN_RECEIVED;   // for the cover
