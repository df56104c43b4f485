    // Bound into park_slots.v by run.sh. f_age counts parked frames: the order in which they were written.
    localparam [2:0] F_IDLE = 3'd0, F_ACK = 3'd1, F_LOOK = 3'd2, F_WAIT = 3'd3, F_SEND = 3'd4;

    reg f_started = 1'b0;
    always @(posedge clk) f_started <= 1'b1;
    always @* if (!f_started) assume (rst); else assume (!rst);

    reg [7:0] f_age;
    reg [7:0] f_stamp [0:SLOTS-1];
    always @(posedge clk)
        if (rst) f_age <= 8'd0;
        else if (write_park) begin
            f_age <= f_age + 8'd1;
            f_stamp[take_slot] <= f_age;
        end
    always @* assume (f_age != 8'hFF);                          // far more than induction's few clocks can tell

    // What hdl/formal/fifo proves of the queue of awaited slots.
    always @* if (next_valid) assume (used[next_slot] && !whole[next_slot]);

    reg [6:0] f_used;
    reg [1:0] f_promised;
    always @(posedge clk) f_promised <= rst ? 2'b00 : {f_promised[0], decide_park};
    always @* assume (write_park == f_promised[1]);             // a promise is taken two clocks later, nothing else is
    integer   i, j;

    wire [SLOTS-1:0] f_mine;                                    // frames of the connection that is drained
    genvar g;
    generate
        for (g = 0; g < SLOTS; g = g + 1) begin : f_of
            assign f_mine[g] = live[g] && slot_index[g] == drain_index;
        end
    endgenerate

    always @* if (f_started && !rst) begin
        // ------------------------------------------------------------ slots
        f_used = 7'd0;
        for (i = 0; i < SLOTS; i = i + 1) f_used = f_used + {6'd0, used[i]};
        assert (in_use == f_used);
        assert (available + in_use + {6'd0, f_promised[0]} + {6'd0, f_promised[1]} == SLOTS);
        assert ((live & ~used) == 0 && (whole & ~used) == 0);
        // A slot that is taken was free, and one becomes free that was used.
        if (write_park) assert (take != 0 && (take & used) == 0);
        if (give) assert (used[give_slot]);
        // Ranks are the order of the writes.
        for (i = 0; i < SLOTS; i = i + 1) if (used[i]) begin
            assert (slot_rank[i] < in_use);
            assert (f_stamp[i] < f_age);
            for (j = 0; j < SLOTS; j = j + 1) if (used[j] && i != j)
                assert (f_stamp[i] != f_stamp[j] && (slot_rank[i] < slot_rank[j]) == (f_stamp[i] < f_stamp[j]));
        end

        // ------------------------------------------------------------ drain
        assert (f_state <= F_SEND);
        // A look begins at the first slot.
        if (f_state == F_ACK || f_state == F_SEND) assert (!f_found && look_slot == 0);
        if (f_state == F_LOOK && !f_over) begin
            // Among the slots before this one, the oldest is the one that was found.
            if (f_found) assert (f_mine[drain_slot]);
            for (i = 0; i < SLOTS; i = i + 1) if (f_mine[i])
                if (f_found) assert (f_stamp[i] >= f_stamp[drain_slot] || i >= look_slot);
                else         assert (i >= look_slot);
        end
        if (f_state == F_WAIT && !f_over) assert (f_mine[drain_slot]);
        if ((f_state == F_WAIT && !f_over) || (f_state == F_SEND && live[drain_slot]))
            for (i = 0; i < SLOTS; i = i + 1) if (f_mine[i])
                assert (f_stamp[i] >= f_stamp[drain_slot]);
        // What is sent is whole, and is either alive or was discarded since its turn came.
        if (f_state == F_SEND) begin
            assert (used[drain_slot] && whole[drain_slot] && slot_index[drain_slot] == drain_index);
            assert (live[drain_slot] || f_over);
        end
        if (f_state == F_IDLE) assert (!drain_sending);
    end

    // The end of a look that found nothing: nothing is there, but for what is parked in this very clock.
    reg f_was_looking, f_was_over;
    always @(posedge clk) begin
        f_was_looking <= !rst && f_look;
        f_was_over    <= f_over;
    end
    always @* if (f_started && !rst && f_state == F_IDLE && f_was_looking && !f_was_over) assert (f_mine == 0);

    // ---------------------------------------------------------------- covers
    reg f_first, f_late;                                        // two frames were sent in turn; one came behind the look
    always @(posedge clk) begin
        f_first <= !rst && (f_first || drain_sent);
        f_late  <= !rst && (f_late || (f_look && !f_found && write_park && write_index == drain_index && take_slot < look_slot));
    end
    always @(posedge clk) if (f_started && !rst) begin
        cover (in_use == SLOTS);
        cover (f_first && drain_sent);
        cover (f_late && drain_sent);
        cover (f_state == F_SEND && f_over && !live[drain_slot]);
        cover (count_discarded);
    end
