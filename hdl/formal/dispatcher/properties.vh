    // Bound into dispatcher.v by run.sh.
    localparam RECORD = `EVENT_KIND_BITS + 1 + 33 + 16 + SLOT_BITS;

    reg f_started = 1'b0;
    always @(posedge clk) f_started <= 1'b1;
    always @* if (!f_started) assume (rst);

    // ---------------------------------------------------------------- the interlock, for any hash
    (* anyconst *) reg [32:0] f_hash;
    reg  [3:0] f_since;                                         // clocks since an event with it was issued; 11: or more
    wire       f_issue_it = issue && issue_hashed && issue_hash == f_hash;
    always @(posedge clk)
        f_since <= rst ? 4'd11 : f_issue_it ? 4'd1 : f_since == 4'd11 ? 4'd11 : f_since + 4'd1;

    // ---------------------------------------------------------------- a queue of what was taken
    wire f_take_net     = net_valid && net_ready;
    wire f_take_host    = host_valid && host_ready;
    wire f_take_command = command_valid && command_ready;
    wire f_take_walker  = walker_valid && walker_ready;
    wire f_take         = f_take_net || f_take_host || f_take_command || f_take_walker;
    // What a source does not give is not looked at.
    wire [RECORD-1:0] f_taken =
        f_take_walker  ? {walker_kind, 1'b1, walker_hash, walker_index, {SLOT_BITS{1'b0}}} :
        f_take_command ? {`EVENT_KIND_COMMAND, 1'b1, command_hash, 16'd0, {SLOT_BITS{1'b0}}} :
        f_take_host    ? {`EVENT_KIND_HOST, host_hashed, host_hash, 16'd0, host_slot}
                       : {`EVENT_KIND_NET, net_hashed, net_hash, 16'd0, net_slot};
    wire f_issue_port   = issue_kind == `EVENT_KIND_NET || issue_kind == `EVENT_KIND_HOST;
    wire f_issue_plain  = f_issue_port || issue_kind == `EVENT_KIND_COMMAND;
    wire [RECORD-1:0] f_issued = {issue_kind, issue_hashed, issue_hash, f_issue_plain ? 16'd0 : issue_index,
                                  f_issue_port ? issue_slot : {SLOT_BITS{1'b0}}};
    wire f_choice_port  = choice_kind == `EVENT_KIND_NET || choice_kind == `EVENT_KIND_HOST;
    wire f_choice_plain = f_choice_port || choice_kind == `EVENT_KIND_COMMAND;
    wire [RECORD-1:0] f_chosen = {choice_kind, choice_hashed, choice_hash, f_choice_plain ? 16'd0 : choice_index,
                                  f_choice_port ? choice_slot : {SLOT_BITS{1'b0}}};

    reg [1:0]        f_inside;
    reg [RECORD-1:0] f_first, f_second;                         // the older one, and the one behind it
    always @(posedge clk)
        if (rst) f_inside <= 2'd0;
        else begin
            f_inside <= f_inside + {1'b0, f_take} - {1'b0, issue};
            if (issue)  f_first <= f_inside == 2'd2 ? f_second : f_taken;
            if (!issue && f_inside == 2'd0) f_first <= f_taken;
            if (f_inside - {1'b0, issue} == 2'd1) f_second <= f_taken;
        end

    // ---------------------------------------------------------------- how often each was passed over as it waited
    reg [1:0] f_walker_over, f_net_over, f_host_over;
    reg [3:0] f_waited;                                         // clocks for which an event has been held at issue
    always @(posedge clk) begin
        f_walker_over <= rst || !walker_valid || f_take_walker ? 2'd0 : f_walker_over + {1'b0, f_take};
        f_net_over    <= rst || !net_valid || f_take_net ? 2'd0 : f_net_over + {1'b0, f_take_host};
        f_host_over   <= rst || !host_valid || f_take_host ? 2'd0 : f_host_over + {1'b0, f_take_net};
        f_waited      <= rst || issue || !issue_waits ? 4'd0 : f_waited + 4'd1;
    end

    // A walker's events have kinds of their own (walker.v).
    always @* assume (walker_kind == `EVENT_KIND_TIMER || walker_kind == `EVENT_KIND_TABLE_READ ||
                      walker_kind == `EVENT_KIND_FLUSH);

    integer f_k;
    always @* if (f_started && !rst) begin
        // No two events with one hash between issue and write.
        if (f_issue_it) assert (f_since == 4'd11);
        // Everything that is taken is issued, once, as it was, in order.
        assert (f_take_net + f_take_host + f_take_command + f_take_walker <= 1);
        if (issue) assert (f_inside != 2'd0 && f_issued == f_first);
        assert (f_inside <= 2'd2);
        assert (busy == (f_inside != 2'd0));
        // Passed over once at most.
        assert (f_walker_over <= 2'd1 && f_net_over <= 2'd1 && f_host_over <= 2'd1);
        // Held back for the window at most; and what can go on goes on.
        assert (f_waited <= 4'd10);
        if (issue || f_inside < 2'd2)
            assert (f_take == (net_valid || host_valid || command_valid || walker_valid));

        // For the induction.
        for (f_k = 1; f_k <= WINDOW; f_k = f_k + 1) begin
            assert ((flight_hashed[f_k] && flight_hash[f_k] == f_hash) == (f_since == f_k));
            if (issue_waits && issue_hashed && issue_hash == f_hash)
                assert (issue_conflicts[f_k] == (f_since == f_k));
            if (f_waited >= f_k) assert (!issue_conflicts[f_k]);
        end
        assert (f_since >= 4'd1 && f_since <= 4'd11);
        assert (f_inside == {1'b0, choice_valid} + {1'b0, issue_waits});
        if (issue_waits) assert (f_issued == f_first);
        if (choice_valid) assert (f_chosen == (issue_waits ? f_second : f_first));
        if (f_walker_over == 2'd1) assert (!walker_was_last);
        if (f_host_over == 2'd1) assert (!host_was_last);
        if (f_net_over == 2'd1) assert (host_was_last);
    end

    reg f_met;
    always @(posedge clk) f_met <= !rst && (f_met || f_issue_it);
    always @(posedge clk) if (f_started && !rst) begin
        cover (f_met && f_issue_it && f_waited == 4'd10);
        cover (f_walker_over == 2'd1 && f_take_walker);
        cover (f_net_over == 2'd1 && f_take_net);
        cover (f_host_over == 2'd1 && f_take_host);
        cover (f_inside == 2'd2 && issue && f_take);
    end
