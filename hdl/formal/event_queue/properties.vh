    // Bound into event_queue.v by run.sh, with events of 64 bits.
    reg f_started = 1'b0;
    always @(posedge clk) f_started <= 1'b1;
    always @* if (!f_started) assume (rst); else assume (!rst);

    // Follows one event, any one.
    (* anyseq *) reg    f_follow;
    reg                 f_following;
    reg [`EVENT_BITS-1:0] f_event;
    reg [DEPTH_BITS:0]  f_before, f_held;
    reg [15:0]          f_number;                               // of the oldest
    reg [63:0]          f_lost;
    reg [3:0]           f_stood;                                // clocks for which the followed one has been the oldest
    reg [5:0]           f_address;                              // of the clock before
    reg [3:0]           f_asked;                                // clocks for which the address has stood
    wire f_push = push && f_held < DEPTH;
    wire f_pop  = pop && pop_number == f_number && f_held != 0;
    wire f_here = f_following && f_before == 0;

    always @(posedge clk) begin
        f_address <= event_address;
        f_asked   <= f_started && event_address == f_address ? f_asked + (f_asked != 4'hF) : 4'd0;
        f_stood   <= f_here && !f_pop ? f_stood + (f_stood != 4'hF) : 4'd0;
        if (rst) begin
            f_following <= 1'b0;
            f_held      <= 0;
            f_number    <= 16'd0;
            f_lost      <= 64'd0;
            f_stood     <= 4'd0;
        end else begin
            f_held   <= f_held + f_push - f_pop;
            f_number <= f_number + f_pop;
            f_lost   <= f_lost + (push && !f_push);
            if (f_following) begin
                if (f_pop) begin
                    f_before <= f_before - 1'b1;
                    if (f_here) f_following <= 1'b0;
                end
            end else if (f_push && f_follow) begin
                f_following <= 1'b1;
                f_event     <= push_event;
                f_before    <= f_held - f_pop;
            end
        end
    end

    always @* if (f_started && !rst) begin
        assert (available == f_held && head_number == f_number && lost == f_lost);
        assert (!(count_queued && count_lost));
        if (f_held == DEPTH && push) assert (!do_push);
        // The oldest event can be read, whole, five clocks after it became so and its address was given (the register
        // block takes longer).
        if (f_here && f_stood >= 4'd5 && event_address == f_address && f_asked >= 4'd4)
            assert (event_data == (event_address == 6'd0 ? f_event[31:0] : event_address == 6'd1 ? f_event[63:32] : event_data));
    end

    always @(posedge clk) if (f_started && !rst) begin
        cover (f_lost == 64'd2 && f_number == 16'd1);
        cover (pop && pop_number != f_number && f_held == DEPTH);
        cover (f_here && f_stood >= 4'd5 && event_address == f_address && f_asked >= 4'd4 && f_number == 16'd1 && event_data != 32'd0);
        cover (push && f_pop && f_held == DEPTH);
    end
