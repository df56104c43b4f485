    // Included by run.sh at the end of connection_table.v, whose memories are tracked_ram.v there. f_hash, f_key and
    // f_number are any (tracking.vh), so what is asserted of them holds of every hash, key and number. What is assumed
    // of memory that is not tracked is what the assertions say of it where it is, one clock before it is used: as
    // the assertions hold of all choices at once, by induction over clocks.

    reg f_started = 1'b0;
    always @(posedge clk) f_started <= 1'b1;
    always @* if (!f_started) assume (rst);

    // ---------------------------------------------------------------- events that look up, by clocks since issue
    // Two clocks beyond write, for as long may an event behind have read the index before the write.
    reg  [AHEAD+2:1]             f_in, f_by_index;
    reg  [33*(AHEAD+3)-1:0]      f_h;                           // their hashes
    reg  [32:0]                  f_old_hash [AHEAD+1:AHEAD+2];
    reg  [`KEY_BITS-1:0]         f_event_key [3:AHEAD];
    reg  [`KEY_BITS-1:0]         f_entry_key [7:AHEAD];         // of the entries that were fetched
    reg  [AHEAD:7]               f_hit;
    reg  [AHEAD:9]               f_insert;
    wire [`KEY_BITS-1:0]         f_fetch_key = fetch_entry[`ENTRY_KEY];
    wire                         f_fetch_hit = fetch_selected && (f_by_index[6] ? fetch_same_index
                                                                               : f_fetch_key == f_event_key[6]);
    integer i, j, u, v;
    always @(posedge clk) begin
        f_in            <= rst ? {(AHEAD+2){1'b0}} : {f_in[AHEAD+1:1], issue_hashed};
        f_by_index      <= {f_by_index[AHEAD+1:1], issue_by_index};
        f_old_hash[AHEAD+1] <= event_hash[AHEAD];
        f_old_hash[AHEAD+2] <= f_old_hash[AHEAD+1];
        f_event_key[3]  <= match_key;
        f_entry_key[7]  <= f_fetch_key;
        for (i = 4; i <= AHEAD; i = i + 1) f_event_key[i] <= f_event_key[i-1];
        for (i = 8; i <= AHEAD; i = i + 1) f_entry_key[i] <= f_entry_key[i-1];
        f_hit           <= {f_hit[AHEAD-1:7], f_fetch_hit};
        f_insert        <= rst ? 2'd0 : {f_insert[9], decide_insert};
    end
    always @* begin
        f_h = {33*(AHEAD+3){1'b0}};
        for (i = 1; i <= AHEAD; i = i + 1) f_h[33*i +: 33] = event_hash[i];
        for (i = AHEAD+1; i <= AHEAD+2; i = i + 1) f_h[33*i +: 33] = f_old_hash[i];
    end

    // ---------------------------------------------------------------- what the table's surroundings keep
    wire [`KEY_BITS-1:0] f_write_key = write_next_entry[`ENTRY_KEY];
    always @* begin
        // Nothing comes before the memories are filled (status.ready in docs/registers.md).
        assume (!issue_hashed || ready);
        // hdl/formal/dispatcher: no two events with one hash between issue and write.
        for (i = 1; i <= AHEAD; i = i + 1) assume (!(issue_hashed && f_in[i]) || issue_hash != event_hash[i]);
        // A sweep names its entry by index, as all of the walker's events do.
        assume (!issue_sweep || (issue_hashed && issue_by_index));
        // One key has one hash.
        assume (!(f_in[2] && !f_by_index[2] && match_key == f_key) || event_hash[2] == f_hash);
        // requests.vh: what transition.v asks of the table.
        assume (!decide_insert || (f_in[8] && !f_by_index[8] && !f_hit[8] && decide_can_insert));
        assume (write_insert == f_insert[AHEAD]);
        assume (write_hit == (f_in[AHEAD] && f_hit[AHEAD]));
        assume (!write_free || write_hit);
        assume (!(write_insert || write_free) || write_entry);
        assume (!write_entry || write_hit || write_insert);
        assume (!write_entry || f_write_key == (write_insert ? f_event_key[AHEAD] : f_entry_key[AHEAD]));
    end

    // ---------------------------------------------------------------- the entry f_number
    reg        f_out, f_live;                                   // its number is out; it is written, too
    reg [32:0] f_owner;                                         // the hash of the event that inserted it
    wire f_give_it = f_give && f_give_index == f_number;
    always @(posedge clk) begin
        if (f_take && free_index == f_number) begin
            f_out   <= 1'b1;
            f_owner <= event_hash[8];
        end
        if (write_insert && event_entry[AHEAD] == f_number) f_live <= 1'b1;
        if (f_give_it) begin
            f_out  <= 1'b0;
            f_live <= 1'b0;
        end
        if (rst) begin
            f_out  <= 1'b0;
            f_live <= 1'b0;
        end
    end
    // hdl/formal/free_list: no number is offered while it is out.
    always @* assume (!(free_available && f_out) || free_index != f_number);

    wire [`KEY_BITS-1:0] f_number_key = f_entry[`ENTRY_KEY];
    wire                 f_key_lives  = f_live && f_number_key == f_key;

    // ---------------------------------------------------------------- words of the index
    function [ROW_BITS-1:0] f_row(input [32:0] hash, input right);
        f_row = right ? right_row(hash) : left_row(hash);
    endfunction
    reg  [WAYS-1:0]       f_valid, f_here;                      // of the tracked words; it stands for f_hash
    reg  [33*WAYS-1:0]    f_word_hash;                          // which each stands for
    reg  [WAYS-1:0]       f_points;                             // it leads to f_number
    wire [WAYS-1:0]       f_written = write_way & {{4{write_shares_right}}, {4{write_shares_left}}};
    reg  [WAYS-1:0]       f_sampled_match, f_sampled_points;
    reg  [WAYS*(AHEAD+1)-1:0] f_match;                          // what events saw: words that stand for their hash
    reg  [WAYS*4-1:0]     f_free, f_match_points;               // words without an entry; which lead to f_number
    reg  [WAYS*(AHEAD+3)-1:0] f_row_is;                         // an event's row is the tracked one
    wire [32:ROW_BITS]    f_digest = f_hash[32:ROW_BITS];
    always @* begin
        for (u = 0; u < WAYS; u = u + 1) begin
            f_valid[u]  = f_words[u*WORD_BITS + WORD_BITS - 1];
            f_here[u]   = f_valid[u] && f_words[u*WORD_BITS + INDEX_BITS +: DIGEST_BITS] == f_digest;
            f_points[u] = f_valid[u] && f_words[u*WORD_BITS +: INDEX_BITS] == f_number;
            f_word_hash[33*u + ROW_BITS +: DIGEST_BITS] = f_words[u*WORD_BITS + INDEX_BITS +: DIGEST_BITS];
            f_word_hash[33*u +: ROW_BITS] = u < WAYS/2 ? left_row(f_hash)
                : right_row(f_hash) ^ f_words[u*WORD_BITS + INDEX_BITS +: ROW_BITS];
            f_sampled_match[u]  = !f_written[u] && f_sampled[u*WORD_BITS + WORD_BITS - 1] &&
                                  f_sampled[u*WORD_BITS + INDEX_BITS +: DIGEST_BITS] == issue_hash[32:ROW_BITS];
            f_sampled_points[u] = f_sampled_match[u] && f_sampled[u*WORD_BITS +: INDEX_BITS] == f_number;
            f_match[u]        = 1'b0;
            f_match[WAYS+u]   = !index_written[u] && f_array[u*WORD_BITS + WORD_BITS - 1] &&
                                f_array[u*WORD_BITS + INDEX_BITS +: DIGEST_BITS] == f_h[33 + ROW_BITS +: DIGEST_BITS];
            f_match[2*WAYS+u] = !match_written[u] && match_words[u*WORD_BITS + WORD_BITS - 1] &&
                                match_words[u*WORD_BITS + INDEX_BITS +: DIGEST_BITS] == f_h[66 + ROW_BITS +: DIGEST_BITS];
            f_match[3*WAYS+u] = select_match[u];
            f_match[4*WAYS+u] = read_match_way[u];
            for (i = 5; i <= AHEAD; i = i + 1) f_match[i*WAYS+u] = event_way[i][u];
            f_free[u]        = 1'b0;
            f_free[WAYS+u]   = !f_array[u*WORD_BITS + WORD_BITS - 1] && !index_written[u];
            f_free[2*WAYS+u] = !match_words[u*WORD_BITS + WORD_BITS - 1] && !match_written[u];
            f_free[3*WAYS+u] = !select_occupied[u];
            f_match_points[u]        = 1'b0;
            f_match_points[WAYS+u]   = f_match[WAYS+u] && f_array[u*WORD_BITS +: INDEX_BITS] == f_number;
            f_match_points[2*WAYS+u] = f_match[2*WAYS+u] && match_words[u*WORD_BITS +: INDEX_BITS] == f_number;
            f_match_points[3*WAYS+u] = f_match[3*WAYS+u] && select_way_index[u] == f_number;
            f_row_is[u] = 1'b0;
            for (i = 1; i <= AHEAD+2; i = i + 1)
                f_row_is[i*WAYS+u] = f_in[i] && f_row(f_h[33*i +: 33], u >= WAYS/2) == f_row(f_hash, u >= WAYS/2);
        end
    end

    function f_several(input [WAYS-1:0] bits);
        f_several = (bits & (bits - 1'b1)) != 0;
    endfunction
    function f_several_stash(input [STASH-1:0] bits);
        f_several_stash = (bits & (bits - 1'b1)) != 0;
    endfunction

    // ---------------------------------------------------------------- places of the stash
    reg  [STASH-1:0] f_stash_key, f_stash_points;            // places with f_key, f_number
    reg  [STASH-1:0] f_stash_hash, f_stash_hash_1;              // with f_hash, the hash of the event at clock 1
    reg  [STASH*(AHEAD+1)-1:0] f_stash_has;                     // with the hashes of events
    reg  [STASH-1:0] f_stash_asked, f_stash_named;              // with match_key, the number that is asked for
    reg  [STASH*(AHEAD+1)-1:0] f_seen;                          // what events saw
    reg  [3:0]       f_stash_used;
    reg  [INDEX_BITS-1:0] f_select_index;
    always @* begin
        f_stash_used = 4'd0;
        f_seen = {STASH*(AHEAD+1){1'b0}};
        for (v = 0; v < STASH; v = v + 1) begin
            f_stash_hash[v]   = stash_valid[v] && stash_hash[v] == f_hash;
            f_stash_hash_1[v] = stash_valid[v] && stash_hash[v] == event_hash[1];
            f_stash_has[v]    = 1'b0;
            for (i = 1; i <= AHEAD; i = i + 1) f_stash_has[i*STASH+v] = stash_valid[v] && stash_hash[v] == event_hash[i];
            f_stash_key[v]    = stash_valid[v] && stash_key[v] == f_key;
            f_stash_points[v] = stash_valid[v] && stash_index[v] == f_number;
            f_stash_asked[v]  = stash_valid[v] && stash_key[v] == match_key;
            f_stash_named[v]  = stash_valid[v] && stash_index[v] == event_index[2][INDEX_BITS-1:0];
            f_seen[3*STASH+v] = select_stash[v];
            f_seen[4*STASH+v] = read_stash[v];
            for (i = 5; i <= AHEAD; i = i + 1) f_seen[i*STASH+v] = event_stash[i][v];
            f_stash_used = f_stash_used + {3'd0, stash_valid[v]};
        end
        for (i = 9; i <= AHEAD; i = i + 1)
            f_stash_used = f_stash_used +
                {3'd0, f_insert[i] && (event_in_index[i] || event_free_way[i] == {WAYS{1'b0}})};
    end

    // ---------------------------------------------------------------- memory that is not tracked
    wire [`KEY_BITS-1:0] f_sampled_key = f_entry_sampled[`ENTRY_KEY];
    wire f_elsewhere = !issue_hashed || issue_hash == f_hash;
    wire f_ask_else  = !f_in[2] || f_by_index[2] || match_key == f_key;
    always @* begin
        // Index: a hash stands there once, and leads to an entry that was inserted with it (of f_hash: claimed below).
        assume (f_elsewhere || !f_several(f_sampled_match));
        assume (f_elsewhere || f_sampled_points == {WAYS{1'b0}} ||
                (f_live && f_owner == issue_hash && f_stash_points == {STASH{1'b0}}));
        // Stash: a number lies there once; a key lies there once, under its hash.
        assume (!f_in[2] || event_index[2][INDEX_BITS-1:0] == f_number || !f_several_stash(f_stash_named));
        assume (f_ask_else || !f_several_stash(f_stash_asked));
        // Stash: a hash stands there once.
        assume (!f_in[1] || event_hash[1] == f_hash || !f_several_stash(f_stash_hash_1));
        for (v = 0; v < STASH; v = v + 1) begin
            assume (f_ask_else || !f_stash_asked[v] || stash_hash[v] == event_hash[2]);
            // Entries: what lies in the stash has its key there, too.
            assume (!(f_in[4] && read_stash[v] && stash_valid[v] && read_address == stash_index[v]) ||
                    read_address == f_number || f_sampled_key == stash_key[v]);
        end
    end

    // ---------------------------------------------------------------- what is proved
    // Without ifs, for Yosys takes long over many assertions in one tree of them.
`ifdef REACH
`define CLAIM(when, what) assert (1)
`else
`define CLAIM(when, what) assert (!f_on || !(when) || (what))
`endif
    wire f_on = f_started && !rst;
    wire f_write_it = event_entry[AHEAD] == f_number;
    always @* begin
        // A key is never twice in the table: none is inserted while an entry has it,
        `CLAIM(write_insert && f_write_key == f_key, !f_key_lives);
        // and an entry keeps its key until it is freed.
        `CLAIM(f_live && write_entry && f_write_it, !write_insert && f_write_key == f_number_key);
        // What is in the table is found.
        `CLAIM(f_in[6] && !f_by_index[6] && f_event_key[6] == f_key && f_key_lives,
               fetch_selected && fetch_index[INDEX_BITS-1:0] == f_number && f_fetch_key == f_key);
        // Only a freed entry's number comes back, and that always does; it is taken only while there is one (what
        // hdl/formal/free_list assumes).
        `CLAIM(1, f_give_it == (write_free && f_write_it));
        `CLAIM(f_give_it, f_out && f_live);
        `CLAIM(f_take, free_available);
    end

    // ---------------------------------------------------------------- and for the induction
`define HASH(i)  f_h[33*(i) +: 33]
`define MATCH(i) f_match[(i)*WAYS +: WAYS]
`define SEEN(i)  f_seen[(i)*STASH +: STASH]
`define HAS(i)   f_stash_has[(i)*STASH +: STASH]
`define LEADS(u) f_words[(u)*WORD_BITS +: INDEX_BITS]
    reg  [AHEAD:1] f_it;                                        // what an event found is f_number
    reg  [AHEAD:1] f_mine;                                      // it was looked up by f_key
    reg  [AHEAD:1] f_inserts;
    wire f_its = f_live && f_stash_points == 0;
    always @* begin
        f_it = 0; f_mine = 0; f_inserts = 0;
        for (i = 5; i <= AHEAD; i = i + 1) f_it[i] = event_entry[i] == f_number;
        for (i = 3; i <= AHEAD; i = i + 1) f_mine[i] = f_in[i] && !f_by_index[i] && f_event_key[i] == f_key;
        f_inserts[AHEAD:9] = f_insert;
    end
    always @* begin
        `CLAIM(1, fill_row <= {1'b1, {ROW_BITS{1'b0}}});
        for (u = 0; u < WAYS; u = u + 1)
            `CLAIM(!ready && fill_row > {1'b0, f_row(f_hash, u >= WAYS/2)}, !f_valid[u]);
        `CLAIM(!ready, f_in == 0 && !f_out && stash_valid == 0 && f_insert == 0);

        // The entry f_number: out, then live; in the index or in the stash, once.
        `CLAIM(f_live, f_out);
        `CLAIM(1, (f_out && !f_live) == (f_insert[9] && f_it[9] || f_insert[10] && f_it[10]));
        `CLAIM(1, !(f_insert[9] && f_it[9] && f_insert[10] && f_it[10]));
        `CLAIM(f_key_lives, f_owner == f_hash);
        `CLAIM(ready, !f_several(f_here));
        for (u = 0; u < WAYS; u = u + 1) `CLAIM(ready && f_points[u], f_its && f_owner == f_word_hash[33*u +: 33]);
        `CLAIM(ready && f_live && f_owner == f_hash, (f_here & f_points) != 0 || f_stash_points != 0);
        `CLAIM(1, !f_several_stash(f_stash_points));
        `CLAIM(1, !f_several_stash(f_stash_key));
        `CLAIM(1, !f_several_stash(f_stash_hash));
        for (v = 0; v < STASH; v = v + 1) begin
            `CLAIM(f_stash_points[v], f_live && f_owner == stash_hash[v] && f_number_key == stash_key[v]);
            `CLAIM(f_stash_key[v], stash_hash[v] == f_hash);
            `CLAIM(f_stash_key[v] && f_key_lives, f_stash_points[v]);
        end
        `CLAIM(1, stash_used == f_stash_used && f_stash_used <= STASH);

        // An event knows the place in the stash that has its hash.
        `CLAIM(f_in[2], match_stash == `HAS(2) && !f_several_stash(match_stash));
        `CLAIM(f_in[3], select_stash_hash == `HAS(3) && !f_several_stash(select_stash_hash));
        `CLAIM(f_in[4], read_stash_hash == (`HAS(4) != 0) && read_in_stash == (read_stash != 0));
        for (i = 5; i <= 8; i = i + 1) `CLAIM(f_in[i], event_stash_hash[i] == (`HAS(i) != 0));
        for (i = 9; i <= AHEAD; i = i + 1)
            `CLAIM(f_insert[i] && (event_in_index[i] || event_free_way[i] == {WAYS{1'b0}}), `HAS(i) == 0);
        for (v = 0; v < STASH; v = v + 1) begin
            `CLAIM(f_in[3] && select_stash_hash[v], select_stash_index == stash_index[v]);
            `CLAIM(f_in[4] && read_stash[v], read_stash_index == stash_index[v]);
        end

        // An event's view of the table is how the table still is.
        for (i = 1; i <= AHEAD; i = i + 1) begin
            for (j = 1; j < i; j = j + 1) `CLAIM(f_in[i] && f_in[j], `HASH(i) != `HASH(j));
            `CLAIM(f_in[i] && event_sweep[i], f_by_index[i]);
            `CLAIM(f_in[i], !f_several(`MATCH(i)));
            for (u = 0; u < WAYS; u = u + 1)
                `CLAIM(f_row_is[i*WAYS+u], f_match[i*WAYS+u] == (f_valid[u] && f_word_hash[33*u +: 33] == `HASH(i)));
        end
        for (i = 1; i <= 3; i = i + 1) begin
            `CLAIM(f_in[i], event_hashed[i] && event_by_index[i] == f_by_index[i]);
            `CLAIM(f_in[i] && f_match_points[i*WAYS +: WAYS] != 0, f_its && f_owner == `HASH(i));
        end
        for (u = 0; u < WAYS; u = u + 1) begin
            `CLAIM(f_row_is[1*WAYS+u] && f_match[1*WAYS+u], f_array[u*WORD_BITS +: INDEX_BITS] == `LEADS(u));
            `CLAIM(f_row_is[2*WAYS+u] && f_match[2*WAYS+u], match_words[u*WORD_BITS +: INDEX_BITS] == `LEADS(u));
            `CLAIM(f_row_is[3*WAYS+u] && f_match[3*WAYS+u], select_way_index[u] == `LEADS(u));
            `CLAIM(f_row_is[4*WAYS+u] && f_match[4*WAYS+u], read_index == `LEADS(u));
        end
        `CLAIM(f_in[4], read_in_index == (read_match_way != 0));
        `CLAIM(f_in[4] && read_in_index && read_index == f_number, f_its && f_owner == `HASH(4));
        for (i = 5; i <= AHEAD; i = i + 1) begin
            `CLAIM(f_in[i], event_in_index[i] == (event_way[i] != 0) && event_in_stash[i] == (event_stash[i] != 0) &&
                            event_selected[i] == (event_in_index[i] || event_in_stash[i]));
            for (u = 0; u < WAYS; u = u + 1)
                `CLAIM(f_row_is[i*WAYS+u] && f_match[i*WAYS+u] && !event_in_stash[i] && !f_inserts[i],
                       event_entry[i] == `LEADS(u));
            `CLAIM(f_in[i] && event_in_index[i] && !event_in_stash[i] && !f_inserts[i] && f_it[i],
                   f_its && f_owner == `HASH(i));
            for (v = 0; v < STASH; v = v + 1)
                `CLAIM(f_in[i] && event_stash[i][v], event_entry[i] == stash_index[v]);
            `CLAIM(f_mine[i] && f_key_lives, event_selected[i] && f_it[i]);
        end
        for (i = 3; i <= AHEAD; i = i + 1) begin
            `CLAIM(f_mine[i], `HASH(i) == f_hash && (f_stash_key & ~`SEEN(i)) == 0);
            `CLAIM(f_in[i], !f_several_stash(`SEEN(i)));
            for (v = 0; v < STASH; v = v + 1) begin
                `CLAIM(f_in[i] && f_seen[i*STASH+v], stash_valid[v] && stash_hash[v] == `HASH(i));
                `CLAIM(f_in[i] && f_seen[i*STASH+v] && !f_by_index[i], stash_key[v] == f_event_key[i]);
            end
        end
        for (v = 0; v < STASH; v = v + 1) begin
            `CLAIM(f_in[3] && f_by_index[3] && f_seen[3*STASH+v], stash_index[v] == event_index[3][INDEX_BITS-1:0]);
            `CLAIM(f_in[4] && f_by_index[4] && f_seen[4*STASH+v], stash_index[v] == event_index[4][INDEX_BITS-1:0]);
        end
        // its entry
        `CLAIM(f_in[5] && event_selected[5] && f_it[5], f_entry_array[`ENTRY_KEY] == f_number_key);
        `CLAIM(f_in[6] && event_selected[6] && f_it[6], f_fetch_key == f_number_key);
        `CLAIM(f_in[5] && event_in_stash[5] && !f_by_index[5], f_entry_array[`ENTRY_KEY] == f_event_key[5]);
        `CLAIM(f_in[6] && event_in_stash[6] && !f_by_index[6], f_fetch_key == f_event_key[6]);
        for (i = 7; i <= AHEAD; i = i + 1) begin
            `CLAIM(f_in[i] && event_selected[i] && !f_inserts[i] && f_it[i], f_entry_key[i] == f_number_key);
            `CLAIM(f_in[i] && event_in_stash[i] && !f_by_index[i], f_hit[i]);
            `CLAIM(f_in[i] && f_hit[i], event_selected[i]);
            `CLAIM(f_mine[i] && f_key_lives, f_hit[i]);
        end
        for (i = 9; i <= AHEAD; i = i + 1) begin
            `CLAIM(f_insert[i], f_in[i] && !f_by_index[i] && !f_hit[i]);
            `CLAIM(f_insert[i] && f_it[i], f_out && !f_live && f_owner == `HASH(i));
        end

        // Who may insert has a way to itself, which is free.
        `CLAIM(f_in[4], read_free_way == reserved_way[4] && !f_several(read_free_way));
        for (i = 5; i <= AHEAD; i = i + 1)
            `CLAIM(f_in[i], event_free_way[i] == reserved_way[i] && !f_several(event_free_way[i]));
        for (u = 0; u < WAYS; u = u + 1) begin
            for (i = 4; i <= AHEAD; i = i + 1) begin
                `CLAIM(f_row_is[i*WAYS+u] && reserved_way[i][u], !f_valid[u]);
                for (j = 4; j < i; j = j + 1)
                    `CLAIM(f_row_is[i*WAYS+u] && f_row_is[j*WAYS+u], !(reserved_way[i][u] && reserved_way[j][u]));
            end
            // What seemed free before was taken meanwhile only by one whose reservation is still seen.
            `CLAIM(f_row_is[1*WAYS+u] && f_free[1*WAYS+u], !f_valid[u]);
            `CLAIM(f_row_is[2*WAYS+u] && f_free[2*WAYS+u] && f_valid[u], f_row_is[11*WAYS+u] && reserved_way[11][u]);
            `CLAIM(f_row_is[3*WAYS+u] && f_free[3*WAYS+u] && f_valid[u],
                   f_row_is[11*WAYS+u] && reserved_way[11][u] || f_row_is[12*WAYS+u] && reserved_way[12][u]);
        end
        for (i = 3; i <= WATCHED+2; i = i + 1)
            `CLAIM(f_in[i], row_left[i] == left_row(`HASH(i)) && row_right[i] == right_row(`HASH(i)));
        for (i = 1; i <= WATCHED; i = i + 1)
            `CLAIM(f_in[3] && f_in[i+3],
                   select_shares_left[i] == (left_row(`HASH(3)) == left_row(`HASH(i+3))) &&
                   select_shares_right[i] == (right_row(`HASH(3)) == right_row(`HASH(i+3))));
    end

`ifdef REACH
    // The other way round: run.sh wants a run in which this happens.
    reg f_was_freed;
    always @(posedge clk) f_was_freed <= !rst && (f_was_freed || (f_give_it && f_key_lives));
    always @* case (`REACH)
        1: assert (!(f_on && f_mine[AHEAD] && write_hit && !event_in_stash[AHEAD]));    // found in the index
        2: assert (!(f_on && f_mine[AHEAD] && write_hit && event_in_stash[AHEAD]));     // found in the stash
        3: assert (!(f_on && write_drained && f_write_it && f_key_lives));              // moved to the index
        4: assert (!(f_on && f_mine[AHEAD] && write_insert && f_was_freed));            // inserted again
    endcase
`endif
`ifdef HUNT
    // A part of what can happen, in which a fault is found soon: few hashes, which share their rows, few keys, and three
    // events in 11 clocks.
    localparam [39:0] F_FEW = {8'd3, 32'd3};
    reg [3:0] f_clock = 4'd0;
    always @(posedge clk) f_clock <= f_clock == 4'd10 ? 4'd0 : f_clock + 4'd1;
    always @* assume (rst == !f_started && f_hash == 33'd0 && issue_hash[30:0] == 31'd0 && (f_key & ~F_FEW) == 0 &&
                      (match_key & ~F_FEW) == 0 && f_number < 16 && free_index < 16 &&
                      (!issue_hashed || f_clock == 4'd0 || f_clock == 4'd1 || f_clock == 4'd10));
`endif
