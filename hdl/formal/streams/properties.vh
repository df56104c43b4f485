    // Bound into each module by run.sh, which puts a stream's name for STREAM (and INPUT).
    // AXI4-Stream: what is valid stays, unchanged, until it is taken.
    reg f_started = 1'b0;
    always @(posedge clk) f_started <= 1'b1;
    always @* if (!f_started) assume (rst); else assume (!rst);

    reg                                f_stalled;
    reg [DATA_WIDTH+DATA_WIDTH/8:0]    f_beat;
    always @(posedge clk) begin
        f_stalled <= !rst && STREAM_tvalid && !STREAM_tready;
        f_beat    <= {STREAM_tlast, STREAM_tkeep, STREAM_tdata};
    end
    always @* if (f_started && f_stalled)
        assert (STREAM_tvalid && {STREAM_tlast, STREAM_tkeep, STREAM_tdata} == f_beat);
    always @* if (f_started) cover (f_stalled && STREAM_tready && STREAM_tlast);
