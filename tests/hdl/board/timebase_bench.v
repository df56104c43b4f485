// Bench of timebase.v: after any number of clocks the time is what has passed, rounded down, and every thousandth
// microsecond is told.

`default_nettype none

module timebase_bench;
    parameter CLOCK_HZ = 100000000;

    reg         clk = 1'b0, rst = 1'b1;
    wire [63:0] microseconds;
    wire        millisecond;
    integer     count, told;
    reg  [63:0] clocks, expected;
    reg         failed = 1'b0;

    timebase #(.CLOCK_HZ(CLOCK_HZ)) timebase (.clk(clk), .rst(rst), .microseconds(microseconds), .millisecond(millisecond));

    always #5 clk = !clk;

    initial begin
        if (!$value$plusargs("count=%d", count)) count = 20000;
        told = 0;
        clocks = 64'd0;
        repeat (3) @(posedge clk);
        #1 rst = 1'b0;
        while (clocks < 100 * count && !failed) begin
            @(posedge clk);
            #1 clocks = clocks + 64'd1;
            expected = clocks * 64'd1000000 / CLOCK_HZ;
            if (millisecond) told = told + 1;
            if (microseconds != expected || told != expected / 64'd1000) begin
                failed = 1'b1;
                $display("FAIL clock %0d at %0d Hz: %0d us and %0d ms told, expected %0d us", clocks, CLOCK_HZ, microseconds, told, expected);
            end
        end
        if (!failed) $display("passed: timebase, %0d clocks of %0d Hz", clocks, CLOCK_HZ);
        $finish;
    end
endmodule

`default_nettype wire
