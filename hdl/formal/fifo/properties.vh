    // Bound into fifo.v by run.sh.
    reg f_started = 1'b0;
    always @(posedge clk) f_started <= 1'b1;
    always @* if (!f_started) assume (rst);

    // Follows one element, any one: where it stands in the queue, counted from the oldest.
    (* anyseq *) reg     f_follow;                              // follow the element that is being written
    reg                  f_following;
    reg [WIDTH-1:0]      f_element;
    reg [DEPTH_BITS:0]   f_before;                              // elements in front of it
    reg [DEPTH_BITS+1:0] f_held;                                // written less read: what the queue should hold
    wire                 f_write = write && f_held < (1 << DEPTH_BITS);
    wire                 f_read  = read && f_held != 0;
    wire                 f_here  = f_following && f_before == 0;

    always @(posedge clk)
        if (rst) begin
            f_following <= 1'b0;
            f_held      <= 0;
        end else begin
            f_held <= f_held + f_write - f_read;
            if (f_following) begin
                if (f_read) begin
                    f_before <= f_before - 1'b1;
                    if (f_here) f_following <= 1'b0;
                end
            end else if (f_write && f_follow) begin
                f_following <= 1'b1;
                f_element   <= write_data;
                f_before    <= f_held - f_read;
            end
        end

    wire [DEPTH_BITS-1:0] f_place = head + f_before[DEPTH_BITS-1:0];
    always @* if (f_started && !rst) begin
        // It holds what was written and not read, and no more than fits.
        assert (count == f_held && f_held <= (1 << DEPTH_BITS));
        assert (empty == (f_held == 0) && full == (f_held == (1 << DEPTH_BITS)));
        // Each element comes out whole, in its turn.
        if (f_here) assert (!empty && read_data == f_element);
        // For the induction.
        if (f_following) assert (f_before < f_held && memory[f_place] == f_element);
        assert (tail == head + count[DEPTH_BITS-1:0]);
    end

    always @(posedge clk) if (f_started && !rst) begin
        cover (full && f_following && f_before == (1 << DEPTH_BITS) - 1);
        cover (f_here && f_read && full && write);
        cover (f_here && f_read && f_write && tail == 0);
    end
