    // Bound into async_fifo.v by run.sh. The two clocks rise and fall as the prover likes.
    reg f_started = 1'b0;
    always @($global_clock) f_started <= 1'b1;

    // From the reset on, which both sides have left.
    always @* assume (!write_rst && !read_rst);
    always @* if (!f_started) begin
        assume (write_pointer == 0 && write_gray == 0 && read_pointer == 0 && read_gray == 0);
        assume (f_write_before == 0 && f_write_first == 0 && write_gray_seen == 0);
        assume (f_read_before == 0 && f_read_first == 0 && read_gray_seen == 0);
        assume (f_written == 0 && f_reads == 0 && !f_following && !f_done && f_write_edges == 0);
    end

    // What the ports say: writes with space and reads of something, counted, with a bit more than the pointers have.
    localparam F_DEPTH = 1 << DEPTH_BITS;
    wire                 f_write = write && write_space != 0;
    wire                 f_read  = read && read_count != 0;
    reg [DEPTH_BITS+1:0] f_written, f_reads;
    wire [DEPTH_BITS+1:0] f_held = f_written - f_reads;
    always @(posedge write_clk) f_written <= f_written + f_write;
    always @(posedge read_clk) f_reads <= f_reads + f_read;

    // Follows one element, any one.
    (* anyseq *) wire    f_follow;
    reg                  f_following, f_done;
    reg [WIDTH-1:0]      f_element;
    reg [DEPTH_BITS+1:0] f_number;
    wire [DEPTH_BITS+1:0] f_before = f_number - f_reads;         // elements in front of it
    wire                 f_here = f_following && !f_done && f_before == 0;
    always @(posedge write_clk)
        if (f_write && f_follow && !f_following) begin
            f_following <= 1'b1;
            f_element   <= write_data;
            f_number    <= f_written;
        end
    always @(posedge read_clk) if (f_here && f_read) f_done <= 1'b1;

    // Edges of each clock since the other side's last deed, up to 3.
    reg       f_write_clk, f_read_clk, f_wrote, f_did_read;
    reg [1:0] f_read_edges, f_write_edges;
    always @($global_clock) begin
        f_write_clk <= write_clk;
        f_read_clk  <= read_clk;
        f_wrote     <= f_write;
        f_did_read  <= f_read;
    end
    wire f_write_edge = f_started && write_clk && !f_write_clk;
    wire f_read_edge  = f_started && read_clk && !f_read_clk;
    always @* if (!f_started) assume (f_read_edges == 0);
    // As they stand after this step's edges.
    wire [1:0] f_read_edges_now = f_write_edge && f_wrote ? 2'd0 : f_read_edge && f_read_edges != 3 ? f_read_edges + 2'd1 : f_read_edges;
    wire [1:0] f_write_edges_now = f_read_edge && f_did_read ? 2'd0 : f_write_edge && f_write_edges != 3 ? f_write_edges + 2'd1 : f_write_edges;
    always @($global_clock) begin
        f_read_edges  <= f_read_edges_now;
        f_write_edges <= f_write_edges_now;
    end

    // Where a pointer is in Gray code, in binary.
    function [DEPTH_BITS:0] f_binary;
        input [DEPTH_BITS:0] gray;
        integer f_i;
        for (f_i = 0; f_i <= DEPTH_BITS; f_i = f_i + 1) f_binary[f_i] = ^(gray >> f_i);
    endfunction
    // How far each is behind the writes, all on the circle.
    wire [DEPTH_BITS:0] f_w0 = write_pointer - f_binary(f_write_before);
    wire [DEPTH_BITS:0] f_w1 = write_pointer - f_binary(f_write_first);
    wire [DEPTH_BITS:0] f_w2 = write_pointer - f_binary(write_gray_seen);
    wire [DEPTH_BITS:0] f_w3 = write_pointer - read_pointer;
    wire [DEPTH_BITS:0] f_r0 = read_pointer - f_binary(f_read_before);
    wire [DEPTH_BITS:0] f_r1 = read_pointer - f_binary(f_read_first);
    wire [DEPTH_BITS:0] f_r2 = read_pointer - f_binary(read_gray_seen);
    wire [DEPTH_BITS:0] f_r3 = read_pointer - (write_pointer - F_DEPTH);

    wire [DEPTH_BITS-1:0] f_place = f_number[DEPTH_BITS-1:0];

    always @* if (f_started) begin
        // It holds what was written and not read, and never more than fits; no side is told of more than there is.
        assert (f_held <= F_DEPTH);
        assert (write_space <= F_DEPTH - f_held);
        assert (read_count <= f_held && read_valid == (read_count != 0));
        // Three clocks after the other side's last deed a side knows all.
        if (f_read_edges_now == 3) assert (read_count == f_held);
        if (f_write_edges_now == 3) assert (write_space == F_DEPTH - f_held);
        // Each element comes out whole, in its turn.
        if (f_here && f_read) assert (read_data == f_element);

`ifdef INDUCTION
        assert (write_pointer == f_written[DEPTH_BITS:0] && read_pointer == f_reads[DEPTH_BITS:0]);
        assert (write_gray == (write_pointer ^ (write_pointer >> 1)) && read_gray == (read_pointer ^ (read_pointer >> 1)));
        assert (f_w0 <= 1 && f_w0 <= f_w1 && f_w1 <= f_w2 && f_w2 <= f_w3 && f_w3 <= F_DEPTH);
        assert (f_r0 <= 1 && f_r0 <= f_r1 && f_r1 <= f_r2 && f_r2 <= f_r3 && f_r3 <= F_DEPTH);
        if (f_following && !f_done) assert (f_before < f_held && memory[f_place] == f_element);
        if (f_done) assert (f_following);
        if (f_read_edges_now >= 2) assert (f_w1 == 0);
        if (f_read_edges_now >= 3) assert (f_w2 == 0);
        if (f_write_edges_now >= 2) assert (f_r1 == 0);
        if (f_write_edges_now >= 3) assert (f_r2 == 0);
        if (f_w0 != 0) assert (f_read_edges_now == 0);
        if (f_r0 != 0) assert (f_write_edges_now == 0);
`endif
    end

    always @($global_clock) if (f_started) begin
        cover (f_held == F_DEPTH && write_space == 0 && read_count == F_DEPTH && f_following && f_before == F_DEPTH - 1);
        cover (f_done && f_written == F_DEPTH + 1 && f_held == 0 && f_read_edges_now == 3);
        cover (f_write_edge && f_read_edge && f_wrote && f_did_read);
    end
