    // Bound into mac_receive.v by run.sh.
    reg f_started = 1'b0;
    always @(posedge rx_clk) f_started <= 1'b1;
    always @* begin
        if (!f_started) assume (rst && rx_rst);
        assume (rst == rx_rst);
    end

    // What goes into the crossing: a frame that has begun is ended once, and nothing is of no frame.
    reg f_open;
    always @(posedge rx_clk)
        if (rx_rst) f_open <= 1'b0;
        else if (push) f_open <= !push_last;
    reg f_pushed, f_pushed_before;
    always @(posedge rx_clk) begin
        f_pushed        <= push && !rx_rst;
        f_pushed_before <= f_pushed && !rx_rst;
    end

    always @* if (f_started && !rx_rst) begin
        if (state != DATA) assert (!f_open);
        if (state == DATA) assert (f_open == started);
        // Nothing is good that is not: a right check sequence, no error, a right length, at the end of the line's frame.
        if (push_last && !push_bad) assert (ended && crc == 32'hDEBB20E3 && !error && length >= 9 + 4 && length <= 17 + 4);
        // One of the counts for each frame, in the clock in which it ends here.
        assert (good_end + bad_end + overflow == (in_frame && (ended || too_long || overflow)));
        if (good_end) assert (push_last && !push_bad);
        // For the induction.
        if (f_open) assert (`F_SPACE);
        if (f_pushed) assert (state != DATA || place == 3'd1);
        if (f_pushed_before) assert (state != DATA || place != 3'd0);
        if (space_for_two && !f_pushed && !f_pushed_before) assert (`F_SPACE_FOR_TWO);
        if (f_stalled) assert (`F_HELD);
        assert (state != 2'd3);
        if (state == DATA) assert (length <= 17 + 4 && started == (length >= 8 + 4 + 1));
    end

    // A beat is held while nobody takes it.
    reg                    f_stalled;
    reg [DATA_WIDTH-1:0]   f_data;
    reg [DATA_WIDTH/8-1:0] f_keep;
    reg                    f_last, f_user;
    always @(posedge clk) begin
        f_stalled <= !rst && m_axis_tvalid && !m_axis_tready;
        {f_data, f_keep, f_last, f_user} <= {m_axis_tdata, m_axis_tkeep, m_axis_tlast, m_axis_tuser};
    end
    always @* if (f_started && !rst && f_stalled && ONE_CLOCK != 0) begin
        assert (m_axis_tvalid);
        assert ({m_axis_tdata, m_axis_tkeep, m_axis_tlast, m_axis_tuser} == {f_data, f_keep, f_last, f_user});
    end

    always @(posedge rx_clk) if (f_started && !rx_rst) begin
        cover (push_last && overflow);
        cover (push_last && too_long);
        cover (ended && started && length == 17 + 4 && !error);
    end
