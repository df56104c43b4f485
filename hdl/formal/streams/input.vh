    // The stream that comes in holds as well.
    reg                                f_in_stalled;
    reg [DATA_WIDTH+DATA_WIDTH/8+1:0]  f_in_beat;
    always @(posedge clk) begin
        f_in_stalled <= !rst && s_axis_tvalid && !s_axis_tready;
        f_in_beat    <= {s_axis_tdest, s_axis_tlast, s_axis_tkeep, s_axis_tdata};
    end
    always @* if (f_started && f_in_stalled)
        assume (s_axis_tvalid && {s_axis_tdest, s_axis_tlast, s_axis_tkeep, s_axis_tdata} == f_in_beat);
