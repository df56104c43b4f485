    // Included by run.sh at the end of transition.v: what properties.vh assumes of it. What leaves in the fifth clock
    // came in at the first and went through every register, so that it holds for all.
    reg [5:0]               r_valid, r_hit, r_by_index;         // by clocks since fetch
    reg [4:3]               r_insert;
    reg [4*`KEY_BITS-1:0]   r_key, r_entry_key;
    reg [1:0]               r_may;
    wire r_fetch_by_index = fetch_kind == `EVENT_KIND_TIMER || fetch_kind == `EVENT_KIND_TABLE_READ ||
                            fetch_kind == `EVENT_KIND_FLUSH || fetch_kind == `EVENT_KIND_EVICT;
    wire r_fetch_hit = fetch_selected && (r_fetch_by_index ? fetch_same_index
                                                           : fetch_segment[`SEGMENT_KEY] == fetch_entry[`ENTRY_KEY]);
    // Of what is issued, network segments of TCP and commands are looked up by their key.
    wire r_fetch_may = fetch_kind == `EVENT_KIND_NET ? fetch_segment[`SEGMENT_IS_TCP] : fetch_kind == `EVENT_KIND_COMMAND;
    always @(posedge clk) begin
        r_valid     <= rst ? 6'd0 : {r_valid[4:1], fetch_valid, 1'b0};
        r_hit       <= {r_hit[4:1], r_fetch_hit, 1'b0};
        r_insert    <= rst ? 2'd0 : {r_insert[3], decide_insert};
        r_key       <= {r_key[3*`KEY_BITS-1:0], fetch_segment[`SEGMENT_KEY]};
        r_entry_key <= {r_entry_key[3*`KEY_BITS-1:0], fetch_entry[`ENTRY_KEY]};
        r_may       <= {r_may[0], r_fetch_may};
    end
    wire [`KEY_BITS-1:0] r_write_key = write_next_entry[`ENTRY_KEY];
    always @* begin
        // decide: in by key alone, on a miss, where there is room
        assert (!decide_insert || (r_valid[2] && !r_hit[2] && r_may[1] && decide_can_insert));
        // write
        assert (write_insert == r_insert[4]);
        assert ((write_valid && write_hit) == (r_valid[4] && r_hit[4]));
        assert (!write_free || (r_valid[4] && r_hit[4]));
        assert (!(write_insert || write_free) || write_entry);
        assert (!write_entry || (r_valid[4] && r_hit[4]) || write_insert);
        assert (!write_entry || r_write_key == (write_insert ? r_key[3*`KEY_BITS +: `KEY_BITS]
                                                             : r_entry_key[3*`KEY_BITS +: `KEY_BITS]));
    end
