    // Bound into free_list.v by run.sh.
    localparam F_NUMBERS = 1 << INDEX_BITS;

    reg f_started = 1'b0;
    always @(posedge clk) f_started <= 1'b1;
    always @* if (!f_started) assume (rst); else assume (!rst);

    reg [F_NUMBERS-1:0] f_out;                                  // the numbers that are out
    reg [INDEX_BITS:0]  f_used;                                 // how many
    reg [2:0]           f_dry;                                  // clocks without a number though some are not out
    always @* begin
        if (take) assume (available);
        if (give) assume (f_out[give_index]);
    end
    always @(posedge clk)
        if (rst) begin
            f_out <= {F_NUMBERS{1'b0}};
            f_used <= 0;
            f_dry <= 3'd0;
        end else begin
            f_used <= f_used + take - give;
            f_out <= (f_out | (take ? {{(F_NUMBERS-1){1'b0}}, 1'b1} << index : {F_NUMBERS{1'b0}}))
                   & ~(give ? {{(F_NUMBERS-1){1'b0}}, 1'b1} << give_index : {F_NUMBERS{1'b0}});
            f_dry <= available || f_out == {F_NUMBERS{1'b1}} ? 3'd0 : f_dry + 3'd1;
        end

    always @* if (f_started && !rst) begin
        // What is offered is not out.
        if (available) assert (!f_out[index]);
        // Every number can be had (again), within three clocks.
        assert (f_dry <= 3'd3);
        // None falls out between counter, memory and outlet.
        assert (f_used + waiting + pending + returned + (F_NUMBERS - fresh) == F_NUMBERS);
    end

    reg f_was_full;
    always @(posedge clk) f_was_full <= !rst && (f_was_full || f_out == {F_NUMBERS{1'b1}});
    always @(posedge clk) if (f_started && !rst) begin
        cover (f_out == {F_NUMBERS{1'b1}});
        cover (f_was_full && give && available);
        cover (f_was_full && take && give && available);
    end
