    // Bound into common/fifo.v by run.sh, for the induction; it has a proof of its own.
    reg f_started = 1'b0;
    always @(posedge clk) f_started <= 1'b1;
    always @* if (f_started && !rst) assert (tail == head + count[DEPTH_BITS-1:0] && count <= (1 << DEPTH_BITS));
