// The connection table: entries in one memory, addressed by number; an index of 8 ways that leads from the hash of a
// key to a number; and a small stash for what finds no way.
//
// The placement hash gives a row of the left half and a digest; the row of the right half is left XOR digest bits.
// So equal digests that share a row share the hash, and as a hash stands in the index at most once, a look-up has at
// most one candidate there. A key whose hash is taken, or whose 8 ways are, lies in the stash; a visit of the walker
// moves it to the index as soon as it can. There, too, a hash stands at most once (a third key of one hash has no room), so that
// one whole key is compared to see whether the candidate is the stash's or the index's. A digest selects, it never
// decides: the whole key of the selected entry is compared by the transition stage.
//
//     issue ─▶ (index, 2 clocks) ─▶ match ─▶ select ─▶ (entry, 2 clocks) ─▶ fetch … decide … write
//       0                             2        3-4                            6        8       10
//
// The signals' numbers are clocks since issue. The interlock in front guarantees that no two events with one hash
// are between issue and write; two keys that want one way are kept apart here, by reservation.

`default_nettype none

`include "offload_map.vh"

module connection_table #(
    parameter CONNECTIONS = 2048,                               // entries; a power of two, 64 to 65536
    parameter STASH       = 8,                                  // places in the stash, at most 8
    parameter SINGLE      = 0                                   // 1: one event between issue and write at a time, and
                                                                // issue_hash and issue_index stand still until its write
) (
    input  wire                           clk,
    input  wire                           rst,
    output wire                           ready,                // memories are filled after a reset

    // issue (clock 0)
    input  wire                           issue_hashed,         // the event looks an entry up
    input  wire                           issue_by_index,       // the event names an entry by index
    input  wire                           issue_sweep,          // it may move an entry from the stash to the index
    input  wire [32:0]                    issue_hash,
    input  wire [15:0]                    issue_index,

    // match (clock 2)
    input  wire [`KEY_BITS-1:0]           match_key,
    input  wire                           match_may_insert,

    // fetch (clock 6)
    output wire                           fetch_selected,
    output wire                           fetch_same_index,
    output wire [15:0]                    fetch_index,          // of the entry that is selected
    output wire [`ENTRY_BITS-1:0]         fetch_entry,

    // decide (clock 8)
    output wire                           decide_can_insert,
    input  wire                           decide_insert,        // with SINGLE a clock later

    // write (clock 10)
    input  wire                           write_hit,
    input  wire                           write_entry,
    input  wire                           write_insert,
    input  wire                           write_free,
    input  wire [`ENTRY_BITS-1:0]         write_next_entry,
    output wire                           write_drained,        // it goes from the stash to the index
    output wire [15:0]                    write_index,
    output wire [32:0]                    write_hash,

    // the stash's places, one after the other
    output reg                            stash_waits,          // an entry lies there,
    output reg  [15:0]                    stash_waiting,        // with this number

    // occupancy
    output reg  [16:0]                    in_use,
    output reg  [16:0]                    peak
);
    localparam INDEX_BITS  = $clog2(CONNECTIONS);
    localparam ROW_BITS    = INDEX_BITS - 2;                    // 8 ways, half full
    localparam DIGEST_BITS = 33 - ROW_BITS;
    localparam WORD_BITS   = 1 + INDEX_BITS + DIGEST_BITS;
    localparam WAYS        = 8;
    localparam AHEAD       = 10;                                // events between issue and write
    localparam PARTS       = (`KEY_BITS + 31) / 32;

    generate
        if (CONNECTIONS < 64 || CONNECTIONS > 65536 || (1 << INDEX_BITS) != CONNECTIONS)
            CONNECTIONS_must_be_a_power_of_two_from_64_to_65536 invalid_parameter();
        if (STASH < 1 || STASH > 8)
            STASH_must_be_1_to_8 invalid_parameter();
    endgenerate

    // ---------------------------------------------------------------- filling after a reset
    reg [ROW_BITS:0] fill_row;
    assign ready = fill_row[ROW_BITS];
    always @(posedge clk) begin
        if (rst)         fill_row <= {(ROW_BITS+1){1'b0}};
        else if (!ready) fill_row <= fill_row + 1'b1;
    end

    // ---------------------------------------------------------------- issue and the clocks after it
    reg [3:1]          event_hashed, event_by_index;            // asked for until select
    reg [AHEAD:1]      event_sweep;
    reg [32:0]         event_hash  [1:AHEAD];
    reg [15:0]         event_index [1:AHEAD];
    integer            c;
    always @(posedge clk) begin
        event_hashed   <= {event_hashed[2:1], issue_hashed && !rst};
        event_by_index <= {event_by_index[2:1], issue_by_index};
        event_sweep    <= {event_sweep[AHEAD-1:1], issue_sweep};
        if (rst) event_hashed <= 3'd0;
    end
    generate
        if (SINGLE != 0) begin : still
            always @*
                for (c = 1; c <= AHEAD; c = c + 1) begin
                    event_hash[c]  = issue_hash;
                    event_index[c] = issue_index;
                end
        end else begin : moving
            always @(posedge clk) begin
                event_hash[1]  <= issue_hash;
                event_index[1] <= issue_index;
                for (c = 2; c <= AHEAD; c = c + 1) begin
                    event_hash[c]  <= event_hash[c-1];
                    event_index[c] <= event_index[c-1];
                end
            end
        end
    endgenerate

    function [ROW_BITS-1:0] left_row(input [32:0] hash);
        left_row = hash[ROW_BITS-1:0];
    endfunction
    function [ROW_BITS-1:0] right_row(input [32:0] hash);
        right_row = hash[ROW_BITS-1:0] ^ hash[2*ROW_BITS-1:ROW_BITS];
    endfunction

    // ---------------------------------------------------------------- index
    wire [WAYS*WORD_BITS-1:0] match_words;
    reg  [WAYS-1:0]           write_way;                        // combinational, below
    reg  [WORD_BITS-1:0]      write_word;
    wire [32:0]               write_event_hash = event_hash[AHEAD];

    genvar w;
    generate
        for (w = 0; w < WAYS; w = w + 1) begin : way
            block_ram #(.WIDTH(WORD_BITS), .ADDRESS_BITS(ROW_BITS), .READ_OLD(0)) words (
                .clk(clk),
                .write(!ready || write_way[w]),
                .write_address(!ready ? fill_row[ROW_BITS-1:0]
                               : w < WAYS/2 ? left_row(write_event_hash) : right_row(write_event_hash)),
                .write_data(!ready ? {WORD_BITS{1'b0}} : write_word),
                .read_address(w < WAYS/2 ? left_row(issue_hash) : right_row(issue_hash)),
                .read_data(match_words[w*WORD_BITS +: WORD_BITS])
            );
        end
    endgenerate

    // A word that is written while it is read may read as anything. It belonged, or belongs from now on, to the event
    // that writes it, whose hash is another. So it does not match; and it is not free for the reader, either for it was
    // not before, or because the writer had reserved it.
    wire                      write_shares_left  = left_row(issue_hash)  == left_row(write_event_hash);
    wire                      write_shares_right = right_row(issue_hash) == right_row(write_event_hash);
    reg  [WAYS-1:0]           index_written, match_written;      // clocks 1 and 2
    always @(posedge clk) begin
        index_written <= SINGLE != 0 ? {WAYS{1'b0}} : write_way & {{4{write_shares_right}}, {4{write_shares_left}}};
        match_written <= index_written;
    end

    // ---------------------------------------------------------------- stash
    localparam PLACE_BITS = 3;
    reg  [STASH-1:0]      stash_valid;
    reg  [32:0]           stash_hash  [0:STASH-1];
    reg  [`KEY_BITS-1:0]  stash_key   [0:(1<<PLACE_BITS)-1];
    reg  [INDEX_BITS-1:0] stash_index [0:(1<<PLACE_BITS)-1];
    reg  [3:0]            stash_used;                           // places taken or promised

    function [PLACE_BITS-1:0] place(input [STASH-1:0] one);
        integer o;
        begin
            place = {PLACE_BITS{1'b0}};
            for (o = 0; o < STASH; o = o + 1) if (one[o]) place = place | o[PLACE_BITS-1:0];
        end
    endfunction

    // The place that has the event's hash, if there is one, is known at clock 2: no other event in flight changes it.
    reg  [STASH-1:0]      match_stash;
    integer               h;
    always @(posedge clk)
        for (h = 0; h < STASH; h = h + 1)
            match_stash[h] <= stash_valid[h] && stash_hash[h] == event_hash[1];
    wire [PLACE_BITS-1:0] match_place       = place(match_stash);
    wire [`KEY_BITS-1:0]  match_stash_key   = stash_key[match_place];
    wire [INDEX_BITS-1:0] match_stash_index = stash_index[match_place];

    // ---------------------------------------------------------------- match (clock 2): what the words say
    reg  [WAYS-1:0]       select_match, select_occupied;
    reg  [INDEX_BITS-1:0] select_way_index [0:WAYS-1];
    reg  [STASH-1:0]      select_stash_hash;                    // the place that has the hash
    reg                   select_stash_same_index;
    reg  [PARTS-1:0]      select_stash_part_differs;
    reg  [INDEX_BITS-1:0] select_stash_index;
    // Of the event that is AHEAD clocks ahead the words themselves tell: it wrote them while they were read.
    localparam WATCHED = AHEAD - 1;                             // events ahead whose reservations are seen
    reg  [WATCHED:1]         select_shares_left, select_shares_right;  // a row with the k-th event ahead
    reg                   select_may_insert;
    reg  [ROW_BITS-1:0]   row_left  [3:WATCHED+2];                 // of events at these clocks
    reg  [ROW_BITS-1:0]   row_right [3:WATCHED+2];

    wire [32:0]           match_hash = event_hash[2];
    wire [PARTS*32-1:0]   match_key_differs = {{(PARTS*32-`KEY_BITS){1'b0}}, match_key ^ match_stash_key};
    integer m, p, k;
    always @(posedge clk) begin
        for (m = 0; m < WAYS; m = m + 1) begin
            select_match[m]     <= event_hashed[2] && match_words[m*WORD_BITS + WORD_BITS - 1] && !match_written[m] &&
                                   match_words[m*WORD_BITS + INDEX_BITS +: DIGEST_BITS] == match_hash[32:ROW_BITS];
            select_occupied[m]  <= match_words[m*WORD_BITS + WORD_BITS - 1] || match_written[m];
            select_way_index[m] <= match_words[m*WORD_BITS +: INDEX_BITS];
        end
        select_stash_hash       <= match_stash;
        select_stash_index      <= match_stash_index;
        select_stash_same_index <= match_stash_index == event_index[2][INDEX_BITS-1:0];
        for (p = 0; p < PARTS; p = p + 1)
            select_stash_part_differs[p] <= match_key_differs[p*32 +: 32] != 32'd0;
        row_left[3]  <= left_row(match_hash);
        row_right[3] <= right_row(match_hash);
        for (k = 4; k <= WATCHED + 2; k = k + 1) begin
            row_left[k]  <= row_left[k-1];
            row_right[k] <= row_right[k-1];
        end
        for (k = 1; k <= WATCHED; k = k + 1) begin
            select_shares_left[k]  <= row_left[k+2]  == left_row(match_hash);
            select_shares_right[k] <= row_right[k+2] == right_row(match_hash);
        end
        select_may_insert <= event_hashed[2] && (match_may_insert || (event_sweep[2] && stash_valid != {STASH{1'b0}}));
    end

    // ---------------------------------------------------------------- select (clock 3): one entry, one free way
    reg  [WAYS-1:0]       reserved_way [4:WATCHED+3];              // of events at these clocks; 0 where none
    reg  [WAYS-1:0]       select_reserved;
    reg  [WAYS-1:0]       select_free;
    reg                   select_prefer_right;
    reg  [WAYS-1:0]       select_way;
    reg  [STASH-1:0]      select_stash;
    reg  [INDEX_BITS-1:0] select_index;
    integer r;

    function [2:0] ones(input [3:0] bits);
        ones = {2'd0, bits[0]} + {2'd0, bits[1]} + {2'd0, bits[2]} + {2'd0, bits[3]};
    endfunction
    function [3:0] lowest(input [3:0] bits);
        lowest = bits & (~bits + 4'd1);
    endfunction

    always @* begin
        select_reserved = {WAYS{1'b0}};
        for (r = 1; r <= WATCHED && SINGLE == 0; r = r + 1)
            select_reserved = select_reserved | (reserved_way[r+3] &
                              {{4{select_shares_right[r]}}, {4{select_shares_left[r]}}});
        select_free         = ~(select_occupied | select_reserved);
        select_prefer_right = ones(select_free[7:4]) > ones(select_free[3:0]);
        select_way          = select_prefer_right ? {lowest(select_free[7:4]), 4'd0}
                                                  : {4'd0, lowest(select_free[3:0])};
        select_stash = select_stash_hash & {STASH{event_hashed[3] &&
                       (event_by_index[3] ? select_stash_same_index : select_stash_part_differs == {PARTS{1'b0}})}};
        select_index = {INDEX_BITS{1'b0}};
        for (r = 0; r < WAYS; r = r + 1)
            select_index = select_index | (select_way_index[r] & {INDEX_BITS{select_match[r]}});
    end

    reg  [INDEX_BITS-1:0] read_index;
    reg  [STASH-1:0]      read_stash;
    reg  [INDEX_BITS-1:0] read_stash_index;
    reg                   read_in_stash, read_stash_hash;
    reg                   read_in_index;
    reg  [WAYS-1:0]       read_match_way, read_free_way;
    always @(posedge clk) begin
        read_index     <= select_index;
        read_stash     <= select_stash;
        read_in_stash  <= select_stash != {STASH{1'b0}};
        read_stash_index <= select_stash_index;
        read_stash_hash  <= select_stash_hash != {STASH{1'b0}};
        read_in_index  <= select_match != {WAYS{1'b0}};
        read_match_way <= select_match;
        // Without a reservation there is no way: an event that turns out to insert all the same goes to the stash.
        read_free_way   <= select_may_insert ? select_way : {WAYS{1'b0}};
        reserved_way[4] <= select_may_insert ? select_way : {WAYS{1'b0}};
        for (k = 5; k <= WATCHED + 3; k = k + 1)
            reserved_way[k] <= reserved_way[k-1];
        if (rst)
            for (k = 4; k <= WATCHED + 3; k = k + 1) reserved_way[k] <= {WAYS{1'b0}};
    end

    // ---------------------------------------------------------------- entry read (clock 4)
    wire [INDEX_BITS-1:0] read_address = read_in_stash ? read_stash_index : read_index;

    localparam            INSERTED = SINGLE != 0 ? 10 : 9;      // clock in which an event has the number of a new entry
    reg  [INDEX_BITS-1:0] event_entry    [5:AHEAD];             // what the look-up found, as the event goes on
    reg  [AHEAD:5]        event_selected, event_in_index, event_in_stash;
    reg  [8:5]            event_stash_hash;                     // the stash has its hash
    reg  [STASH-1:0]      event_stash    [5:AHEAD];
    reg  [WAYS-1:0]       event_way      [5:AHEAD];
    reg  [WAYS-1:0]       event_free_way [5:AHEAD];
    always @(posedge clk) begin
        event_entry[5]    <= read_address;
        event_selected[5] <= read_in_index || read_in_stash;
        event_in_index[5] <= read_in_index;
        event_in_stash[5] <= read_in_stash;
        event_stash_hash  <= {event_stash_hash[7:5], read_stash_hash};
        event_stash[5]    <= read_stash;
        event_way[5]      <= read_match_way;
        event_free_way[5] <= read_free_way;
        for (k = 6; k <= AHEAD; k = k + 1) begin
            event_entry[k]    <= k == INSERTED && decide_insert ? free_index : event_entry[k-1];
            event_selected[k] <= event_selected[k-1];
            event_in_index[k] <= event_in_index[k-1];
            event_in_stash[k] <= event_in_stash[k-1];
            event_stash[k]    <= event_stash[k-1];
            event_way[k]      <= event_way[k-1];
            event_free_way[k] <= event_free_way[k-1];
        end
    end

    // An entry that is written is not fetched, for who selects it has the hash of who writes it.
    block_ram #(.WIDTH(`ENTRY_BITS), .ADDRESS_BITS(INDEX_BITS), .READ_OLD(0)) entries (
        .clk(clk),
        .write(write_entry), .write_address(event_entry[AHEAD]), .write_data(write_next_entry),
        .read_address(read_address), .read_data(fetch_entry)
    );

    assign fetch_selected   = event_selected[6];
    assign fetch_index      = {{(16-INDEX_BITS){1'b0}}, event_entry[6]};
    assign fetch_same_index = event_entry[6] == event_index[6][INDEX_BITS-1:0];

    // ---------------------------------------------------------------- decide (clock 8): is there room
    wire                  free_available;
    wire [INDEX_BITS-1:0] free_index;
    wire                  decide_to_index = event_free_way[8] != {WAYS{1'b0}} && !event_in_index[8];
    wire                  stash_has_room  = stash_used < STASH && !event_stash_hash[8];
    assign decide_can_insert = free_available && (decide_to_index || stash_has_room);

    // Of the event that decide_insert belongs to.
    wire                  insert_to_index = event_free_way[INSERTED-1] != {WAYS{1'b0}} && !event_in_index[INSERTED-1];

    wire write_to_stash   = write_insert && (event_in_index[AHEAD] || event_free_way[AHEAD] == {WAYS{1'b0}});
    assign write_drained  = event_sweep[AHEAD] && write_hit && event_in_stash[AHEAD] && !event_in_index[AHEAD] &&
                            event_free_way[AHEAD] != {WAYS{1'b0}} && !write_free;
    wire write_from_stash = event_in_stash[AHEAD] && (write_free || write_drained);

    free_list #(.INDEX_BITS(INDEX_BITS)) numbers (
        .clk(clk), .rst(rst),
        .available(free_available), .index(free_index), .take(decide_insert),
        .give(write_free), .give_index(event_entry[AHEAD])
    );

    // ---------------------------------------------------------------- write (clock 10)
    reg [STASH-1:0] stash_take;
    always @* begin
        write_word = {1'b1, write_event_hash[32:ROW_BITS], event_entry[AHEAD]};
        write_way  = {WAYS{1'b0}};
        if ((write_insert && !write_to_stash) || write_drained)
            write_way = event_free_way[AHEAD];
        else if (write_free && !event_in_stash[AHEAD]) begin
            write_way  = event_way[AHEAD];
            write_word = {WORD_BITS{1'b0}};
        end
        stash_take = ~stash_valid & (stash_valid + {{(STASH-1){1'b0}}, 1'b1});
    end

    integer q;
    always @(posedge clk) begin
        if (write_to_stash) begin
            stash_key[place(stash_take)]   <= write_next_entry[`ENTRY_KEY];
            stash_index[place(stash_take)] <= event_entry[AHEAD];
        end
        for (q = 0; q < STASH; q = q + 1)
            if (write_to_stash && stash_take[q]) stash_hash[q] <= write_event_hash;
        if (rst) begin
            stash_valid <= {STASH{1'b0}};
            stash_used  <= 4'd0;
            in_use      <= 17'd0;
            peak        <= 17'd0;
        end else begin
            stash_valid <= (stash_valid | (write_to_stash ? stash_take : {STASH{1'b0}}))
                         & ~(write_from_stash ? event_stash[AHEAD] : {STASH{1'b0}});
            stash_used  <= stash_used + {3'd0, decide_insert && !insert_to_index} - {3'd0, write_from_stash};
            in_use      <= in_use + {16'd0, write_insert} - {16'd0, write_free};
            if (in_use > peak) peak <= in_use;
        end
    end

    reg  [PLACE_BITS-1:0]      shown;
    reg  [(1<<PLACE_BITS)-1:0] shown_valid;                     // combinational; of places that there are not, too
    always @* begin
        shown_valid            = {(1<<PLACE_BITS){1'b0}};
        shown_valid[STASH-1:0] = stash_valid;
    end
    always @(posedge clk) begin
        shown         <= rst ? {PLACE_BITS{1'b0}} : shown + 1'b1;
        stash_waits   <= shown_valid[shown];
        stash_waiting <= {{(16-INDEX_BITS){1'b0}}, stash_index[shown]};
    end

    assign write_index = {{(16-INDEX_BITS){1'b0}}, event_entry[AHEAD]};
    assign write_hash  = write_event_hash;

endmodule

`default_nettype wire
