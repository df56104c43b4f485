// Bench of frame_spacer.v: random frames with random gaps and a receiver that stalls. Every beat comes out once, in order
// and as it was; what is offered is held while stalled; ends are CLOCKS apart at least, and not held back without need.

`default_nettype none

module frame_spacer_bench;
    parameter CLOCKS = 66;

    reg         clk = 1'b0, rst = 1'b1;
    reg  [63:0] s_data = 64'd0;
    reg         s_valid = 1'b0, s_last = 1'b0;
    wire        s_ready, m_valid, m_last, m_user;
    wire [63:0] m_data;
    wire [7:0]  m_keep;
    reg         m_ready = 1'b0;

    integer seed, count, given, taken, clocks, last_end, offered;
    reg     failed = 1'b0;

    // What a beat of a number is like.
    function [63:0] data;
        input integer number;
        data = {number[15:0] ^ 16'h5A5A, number, number[15:0]};
    endfunction

    frame_spacer #(.DATA_WIDTH(64), .CLOCKS(CLOCKS)) spacer (
        .clk(clk), .rst(rst),
        .s_axis_tdata(s_data), .s_axis_tkeep(s_data[7:0]), .s_axis_tvalid(s_valid), .s_axis_tready(s_ready), .s_axis_tlast(s_last), .s_axis_tuser(s_data[0]),
        .m_axis_tdata(m_data), .m_axis_tkeep(m_keep), .m_axis_tvalid(m_valid), .m_axis_tready(m_ready), .m_axis_tlast(m_last), .m_axis_tuser(m_user)
    );

    task check;
        input       holds;
        input [8*40-1:0] what;
        if (!holds && !failed) begin
            failed = 1'b1;
            $display("FAIL %0s, beat %0d, clock %0d", what, taken, clocks);
        end
    endtask

    reg        before_valid = 1'b0, before_ready = 1'b0, before_last = 1'b0;
    reg [63:0] before_data = 64'd0;
    reg [1:0]  pace = 2'd0;                                     // of the sender and the receiver, for a while each

    always #5 clk = !clk;

    initial begin
        if (!$value$plusargs("count=%d", count)) count = 20000;
        if (!$value$plusargs("seed=%d", seed)) seed = 1;
        given = 0; taken = 0; clocks = 0; last_end = -1000; offered = 0;
        repeat (3) @(posedge clk);
        #1 rst = 1'b0;
        while (taken < count && !failed && clocks < 400 * count) begin
            @(negedge clk);
            if ($random(seed) % 512 == 0) pace = $random(seed);
            if (!s_valid && (pace[0] || $random(seed) % 4 == 0)) begin
                s_valid = 1'b1;
                s_data  = data(given);
                s_last  = $random(seed) % 5 == 0;
            end
            m_ready = pace[1] || $random(seed) % 3 == 0;
            #1;
            if (before_valid && !before_ready) check(m_valid && m_data == before_data && m_last == before_last, "not held while stalled");
            if (m_valid) check(m_data == data(taken) && m_keep == m_data[7:0] && m_user == m_data[0], "another beat");
            // Only an end waits, and not longer than it has to.
            check(m_valid || m_last || !spacer.valid, "held back in the middle");
            offered = m_valid ? 0 : spacer.valid ? offered + 1 : 0;
            check(offered < CLOCKS, "held back too long");
            before_valid = m_valid; before_ready = m_ready; before_data = m_data; before_last = m_last;
            if (m_valid && m_ready) begin
                if (m_last) begin
                    check(clocks - last_end >= CLOCKS, "ends too close");
                    last_end = clocks;
                end
                taken = taken + 1;
            end
            if (s_valid && s_ready) given = given + 1;
            if (s_valid && s_ready) begin
                @(posedge clk);
                #1 s_valid = 1'b0;
            end else begin
                @(posedge clk);
            end
            clocks = clocks + 1;
        end
        check(taken == count, "beats are missing");
        if (!failed) $display("passed: frame_spacer, %0d beats, ends %0d clocks apart at least", taken, CLOCKS);
        $finish;
    end
endmodule

`default_nettype wire
