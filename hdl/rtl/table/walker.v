// Visits entries by number: the timer sweep, a FLUSH, and the host's reads of the table by index. It keeps which
// entries are in use, and the hash that each lies under, and offers events that join behind the hash stage.
// The sweep visits the entries that a clock runs for (a deadline, or the limit of unsolicited ACKs); so a table full of
// quiet connections costs nothing. What lies in the stash is looked at more often, one entry every 249 clocks, so that it
// moves to the index as soon as there is a way, and the stash has room: where as many come as go, one of 800 finds none.
// Where cookies want room (K2), a pass looks at every entry for the oldest half-open one, else the oldest in TIME-WAIT,
// else the oldest of the host's; that one goes.
//
// An event may find its entry gone or its number given to another connection by the time it is looked up. It then
// selects nothing: a sweep or flush has nothing to do there, and a read goes on to the next entry.

`default_nettype none

`include "offload_map.vh"

module walker #(
    parameter CONNECTIONS = 2048,                               // entries; a power of two
    parameter SINGLE      = 0                                   // 1: a read by index may take a clock more for a group
) (
    input  wire                         clk,
    input  wire                         rst,
    output wire                         ready,                  // memories are filled after a reset
    output wire                         busy,

    // sweep
    input  wire                         enable,
    input  wire [63:0]                  timebase_us,
    input  wire [23:0]                  sweep_period,           // microseconds

    // flush: a pass over every entry; done when the last one is written
    input  wire                         flush_start,
    output reg                          flush_done,             // one clock

    // room for cookies' connections
    input  wire                         evict_wanted,           // an entry is to make room, if one can be found
    input  wire                         evict_again,            // look again, although none was found
    output wire                         evict,                  // the EVICT under way frees its entry

    // read by index
    input  wire                         read_start,
    input  wire [15:0]                  read_index,
    input  wire                         read_next,
    output reg                          read_done,              // one clock, with what follows
    output reg                          read_valid,
    output reg  [15:0]                  read_done_index,

    // the stash's places, one after the other
    input  wire                         stash_waits,
    input  wire [15:0]                  stash_waiting,

    // events
    output reg                          event_valid,
    input  wire                         event_ready,
    output reg  [`EVENT_KIND_BITS-1:0] event_kind,
    output reg  [32:0]                  event_hash,
    output reg  [15:0]                  event_index,

    // write stage: what became of events, and which entries came and went
    input  wire                         write_valid,
    input  wire [`EVENT_KIND_BITS-1:0] write_kind,
    input  wire                         write_hit,
    input  wire                         write_entry,
    input  wire                         write_insert,
    input  wire                         write_free,
    input  wire                         write_timed,            // the entry, as written, wants the sweep
    input  wire [15:0]                  write_index,
    input  wire [32:0]                  write_hash,
    input  wire [`TCP_STATE_BITS-1:0]  write_state,
    input  wire [`OWNER_BITS-1:0]      write_owner,
    input  wire [`ORIGIN_BITS-1:0]     write_origin,
    input  wire [47:0]                  write_created
);
    localparam INDEX_BITS = $clog2(CONNECTIONS);
    localparam GROUP_BITS = INDEX_BITS - 5;                     // groups of 32 entries

    // ---------------------------------------------------------------- which entries are in use
    reg  [31:0]           used  [0:(1<<GROUP_BITS)-1];
    reg  [31:0]           timed [0:(1<<GROUP_BITS)-1];          // those that want the sweep
    reg  [GROUP_BITS:0]   fill;
    assign ready = fill[GROUP_BITS];
    wire [GROUP_BITS-1:0] change_group = write_index[INDEX_BITS-1:5];
    wire [31:0]           change_bit   = 32'd1 << write_index[4:0];
    wire [31:0]           timed_before = timed[change_group];
    wire                  time_it      = write_timed && !write_free;
    wire                  was_timed    = (timed_before & change_bit) != 32'd0;
    reg  [GROUP_BITS-1:0] highest_group;                        // none above was ever used

    always @(posedge clk) begin
        if (!ready)
            used[fill[GROUP_BITS-1:0]] <= 32'd0;
        else if (write_insert)
            used[change_group] <= used[change_group] | change_bit;
        else if (write_free)
            used[change_group] <= used[change_group] & ~change_bit;
        if (!ready)
            timed[fill[GROUP_BITS-1:0]] <= 32'd0;
        else if (write_entry)
            timed[change_group] <= time_it ? timed_before | change_bit : timed_before & ~change_bit;
        if (rst) begin
            fill          <= {(GROUP_BITS+1){1'b0}};
            highest_group <= {GROUP_BITS{1'b0}};
        end else begin
            if (!ready) fill <= fill + 1'b1;
            if (write_insert && change_group > highest_group) highest_group <= change_group;
        end
    end

    // ---------------------------------------------------------------- under which hash
    reg [32:0] hash [0:CONNECTIONS-1];
    always @(posedge clk)
        if (write_insert) hash[write_index[INDEX_BITS-1:0]] <= write_hash;

    // ---------------------------------------------------------------- a pass over the entries
    reg                   pass, pass_flush, pass_evict;         // a pass is under way; it flushes; it looks for room
    reg  [GROUP_BITS:0]   pass_group;                           // next group to look at
    reg  [31:0]           pass_bits;                            // entries of the last one that are still to visit
    reg                   flush_wanted;
    reg  [63:0]           last_sweep;
    reg  [7:0]            outstanding;                          // events of a flush or a look that are not written yet
    reg  [16:0]           to_sweep;                             // entries that want the sweep

    wire [63:0]           since_sweep = timebase_us - last_sweep;
    wire                  sweep_now   = enable && to_sweep != 17'd0 && since_sweep >= {40'd0, sweep_period};
    reg                   sweep_due;                            // a clock behind it
    wire                  pass_empty  = pass_bits == 32'd0;
    wire                  pass_last   = pass_group > {1'b0, highest_group};
    wire                  pass_over   = pass && pass_empty && pass_last;

    // In groups of four: which is the first with a bit, and which is its first bit.
    function [4:0] lowest(input [31:0] bits);
        integer   b;
        reg [7:0] any;
        begin
            for (b = 0; b < 8; b = b + 1) any[b] = bits[4*b +: 4] != 4'd0;
            lowest = 5'd0;
            for (b = 0; b < 8; b = b + 1)
                if (any[b] && (any & ~(8'hFF << b)) == 8'd0)
                    lowest = lowest | {b[2:0], !bits[4*b] && !bits[4*b+1], !bits[4*b] && (bits[4*b+1] || !bits[4*b+2])};
        end
    endfunction

    // ---------------------------------------------------------------- a visit to the stash
    // An EVICT that frees nothing, while nobody has to make room: it only looks, and the table moves what it meets.
    localparam [7:0] VISIT_CLOCKS = 8'd248;                     // and one for the next place to be shown
    reg  [7:0] since_visit;
    reg        visiting;                                        // one is under way
    wire       stash_due = enable && stash_waits && since_visit == VISIT_CLOCKS && !visiting;

    always @(posedge clk) begin
        since_visit <= fetch && choose_stash ? 8'd0 : since_visit + {7'd0, since_visit != VISIT_CLOCKS};
        if (fetch && choose_stash)
            visiting <= 1'b1;
        else if (write_valid && write_kind == `EVENT_KIND_EVICT)
            visiting <= 1'b0;
        if (rst) begin
            since_visit <= 8'd0;
            visiting    <= 1'b0;
        end
    end

    // ---------------------------------------------------------------- who makes room
    localparam [1:0] EVICT_IDLE = 2'd0,                         // nobody has to, or nobody can
                     EVICT_LOOK = 2'd1,                         // a pass looks
                     EVICT_SEND = 2'd2,                         // its find is sent
                     EVICT_WAIT = 2'd3;                         // and goes
    reg  [1:0]            evict_state;
    reg                   evict_vain;                           // the last pass found nobody, and nobody came since
    reg                   evict_news;                           // somebody came since the pass began
    reg                   victim_valid;
    reg  [1:0]            victim_class;
    reg  [47:0]           victim_created;
    reg  [INDEX_BITS-1:0] victim_index;

    wire       evict_due = evict_wanted && !evict_vain && evict_state == EVICT_IDLE && !stash_due && !visiting;
    wire       looked    = write_valid && write_kind == `EVENT_KIND_EVICT && evict_state == EVICT_LOOK;
    wire [1:0] class_    = write_state == `TCP_STATE_SYN_RECEIVED && write_origin == `ORIGIN_SYN ? 2'd0
                         : write_state == `TCP_STATE_TIME_WAIT                                   ? 2'd1
                         : write_owner == `OWNER_HOST                                            ? 2'd2 : 2'd3;
    assign evict = evict_state == EVICT_SEND || evict_state == EVICT_WAIT;
    // Times of creation lie on a circle of 48 bits.
    wire [47:0] created_after = write_created - victim_created;
    wire        goes_before = class_ < victim_class || (class_ == victim_class && created_after[47]);
    wire        unused = &{1'b0, created_after[46:0], stash_waiting, 1'b0};
    // An entry that could not go before may do so now, or there is one more cookie to make room for.
    wire        news = evict_again || (write_entry && !write_free && class_ != 2'd3);

    always @(posedge clk) begin
        if (looked && write_hit && class_ != 2'd3 && (!victim_valid || goes_before)) begin
            victim_valid   <= 1'b1;
            victim_class   <= class_;
            victim_created <= write_created;
            victim_index   <= write_index[INDEX_BITS-1:0];
        end
        if (news) evict_vain <= 1'b0;
        case (evict_state)
            EVICT_IDLE: if (!pass && !flush_wanted && !sweep_due && evict_due) begin
                evict_state  <= EVICT_LOOK;
                victim_valid <= 1'b0;
                evict_news   <= 1'b0;
            end
            EVICT_LOOK: if (pass_over && outstanding == 8'd0) begin
                evict_state <= victim_valid ? EVICT_SEND : EVICT_IDLE;
                if (!victim_valid && !news && !evict_news) evict_vain <= 1'b1;
            end
            EVICT_SEND: if (fetch && choose_victim) evict_state <= EVICT_WAIT;
            EVICT_WAIT: if (write_valid && write_kind == `EVENT_KIND_EVICT) evict_state <= EVICT_IDLE;
        endcase
        if (news) evict_news <= 1'b1;
        if (rst) begin
            evict_state  <= EVICT_IDLE;
            evict_vain   <= 1'b0;
            evict_news   <= 1'b0;
            victim_valid <= 1'b0;
        end
    end

    // ---------------------------------------------------------------- a read by index
    localparam [1:0] READ_IDLE = 2'd0,                          // nothing asked
                     READ_FIND = 2'd1,                          // looking for the entry
                     READ_SEND = 2'd2,                          // the event waits to be taken
                     READ_WAIT = 2'd3;                          // the event is in the pipeline
    reg  [1:0]            read_state;
    reg  [15:0]           read_at;
    reg                   read_on;                              // go on to the next entry in use
    wire                  read_beyond = read_at >= CONNECTIONS[15:0] && CONNECTIONS < 65536;
    wire [31:0]           looked_bits = used[read_at[INDEX_BITS-1:5]] & (32'hFFFF_FFFF << read_at[4:0]);
    wire                  looked_here = used[read_at[INDEX_BITS-1:5]][read_at[4:0]];
    wire [31:0]           read_bits;
    wire                  read_here, read_looked;
    wire                  read_last   = read_at[INDEX_BITS-1:5] >= highest_group;

    generate
        if (SINGLE != 0) begin : look_first
            reg [31:0] kept_bits;
            reg        kept_here, kept;
            always @(posedge clk) begin
                kept_bits <= looked_bits;
                kept_here <= looked_here;
                kept      <= read_state == READ_FIND && !kept;
            end
            assign read_bits   = kept_bits;
            assign read_here   = kept_here;
            assign read_looked = kept;
        end else begin : look_at_once
            assign read_bits   = looked_bits;
            assign read_here   = looked_here;
            assign read_looked = 1'b1;
        end
    endgenerate

    always @(posedge clk) begin
        read_done <= 1'b0;
        case (read_state)
            READ_IDLE: if (read_start) begin
                read_state <= READ_FIND;
                read_at    <= read_index;
                read_on    <= read_next;
            end
            READ_FIND: if (read_looked) begin
                if (read_beyond || (!read_on && !read_here) || (read_on && read_bits == 32'd0 && read_last)) begin
                    read_state      <= READ_IDLE;
                    read_done       <= 1'b1;
                    read_valid      <= 1'b0;
                    read_done_index <= read_at;
                end else if (read_on && read_bits == 32'd0)
                    read_at <= {read_at[15:5] + 11'd1, 5'd0};
                else begin
                    read_state <= READ_SEND;
                    if (read_on) read_at[4:0] <= lowest(read_bits);
                end
            end
            READ_SEND: if (fetch && choose_read) read_state <= READ_WAIT;
            READ_WAIT: if (write_valid && write_kind == `EVENT_KIND_TABLE_READ) begin
                if (write_hit || !read_on) begin
                    read_state      <= READ_IDLE;
                    read_done       <= 1'b1;
                    read_valid      <= write_hit;
                    read_done_index <= read_at;
                end else begin
                    read_state <= READ_FIND;
                    read_at    <= read_at + 16'd1;
                end
            end
        endcase
        if (rst) begin
            read_state <= READ_IDLE;
            read_done  <= 1'b0;
        end
    end

    // ---------------------------------------------------------------- the next event, and its hash
    wire choose_read = read_state == READ_SEND;
    wire choose_victim = evict_state == EVICT_SEND && !choose_read;
    wire choose_stash = stash_due && evict_state == EVICT_IDLE && !choose_read;
    wire choose_pass = pass && !pass_empty && !choose_read && !choose_victim && !choose_stash;
    wire fetch       = (!event_valid || event_ready) && (choose_read || choose_victim || choose_stash || choose_pass);
    wire [INDEX_BITS-1:0] fetch_index = choose_read ? read_at[INDEX_BITS-1:0] : choose_victim ? victim_index
                                      : choose_stash ? stash_waiting[INDEX_BITS-1:0]
                                                    : {pass_group[GROUP_BITS-1:0] - 1'b1, lowest(pass_bits)};

    always @(posedge clk) begin
        flush_done <= 1'b0;
        if (!event_valid || event_ready) begin
            event_valid <= fetch;
            event_kind  <= choose_read                                ? `EVENT_KIND_TABLE_READ
                         : choose_victim || choose_stash || pass_evict ? `EVENT_KIND_EVICT
                         : pass_flush                                  ? `EVENT_KIND_FLUSH : `EVENT_KIND_TIMER;
            event_hash  <= hash[fetch_index];
            event_index <= {{(16-INDEX_BITS){1'b0}}, fetch_index};
        end
        if (flush_start) flush_wanted <= 1'b1;
        sweep_due <= sweep_now && !(sweep_due && !pass && !flush_wanted); // the pass that begins now is that sweep's
        to_sweep <= to_sweep + {16'd0, write_entry && time_it && !was_timed}
                             - {16'd0, write_entry && !time_it && was_timed};

        if (fetch && choose_pass) pass_bits <= pass_bits & (pass_bits - 32'd1);
        outstanding <= outstanding + {7'd0, fetch && choose_pass && (pass_flush || pass_evict)}
                                   - {7'd0, looked || (write_valid && write_kind == `EVENT_KIND_FLUSH)};
        if (pass && pass_empty && !pass_last) begin
            pass_bits  <= pass_flush || pass_evict ? used[pass_group[GROUP_BITS-1:0]] : timed[pass_group[GROUP_BITS-1:0]];
            pass_group <= pass_group + 1'b1;
        end
        if (pass_over && !((pass_flush || pass_evict) && outstanding != 8'd0)) begin
            pass       <= 1'b0;
            flush_done <= pass_flush;
        end
        if (!pass && (flush_wanted || sweep_due || evict_due)) begin
            pass         <= 1'b1;
            pass_flush   <= flush_wanted;
            pass_evict   <= !flush_wanted && !sweep_due;
            flush_wanted <= flush_start;
            pass_group   <= {(GROUP_BITS+1){1'b0}};
            pass_bits    <= 32'd0;
            if (!flush_wanted && sweep_due) last_sweep <= timebase_us;
        end
        if (rst) begin
            event_valid  <= 1'b0;
            pass         <= 1'b0;
            pass_flush   <= 1'b0;
            pass_evict   <= 1'b0;
            flush_wanted <= 1'b0;
            flush_done   <= 1'b0;
            sweep_due    <= 1'b0;
            last_sweep   <= timebase_us;
            outstanding  <= 8'd0;
            to_sweep     <= 17'd0;
        end
    end

    assign busy = pass || evict_due || evict_state != EVICT_IDLE || flush_wanted || sweep_now || sweep_due || event_valid || read_state != READ_IDLE || !ready;
endmodule

`default_nettype wire
