// Whether the host is alive: it has given a beat within the time that it asked for. Once lost, it stays so until the
// next beat.

`default_nettype none

module heartbeat (
    input  wire        clk,
    input  wire        rst,
    input  wire [31:0] tick,                                    // timebase_us[41:10]
    input  wire        beat,
    input  wire [19:0] timeout,                                 // ticks; 0: no heartbeat is asked for
    output wire        host_alive
);
    reg  [31:0] last_beat;
    reg         lost;
    wire [31:0] since   = tick - last_beat;
    wire        overdue = since >= {12'd0, timeout};

    always @(posedge clk)
        if (rst || beat) begin
            last_beat <= tick;
            lost      <= 1'b0;
        end else if (timeout == 20'd0)
            lost <= 1'b0;
        else if (overdue)
            lost <= 1'b1;

    assign host_alive = timeout == 20'd0 || !(lost || overdue);
endmodule

`default_nettype wire
