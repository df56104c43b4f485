// Whether the host is alive: it has given a beat within the time that it asked for. Once lost, it stays so until the
// next beat.

`default_nettype none

module heartbeat (
    input  wire        clk,
    input  wire        rst,
    input  wire [31:0] tick,                                    // timebase_us[41:10]
    input  wire        beat,
    input  wire [19:0] timeout,                                 // ticks; 0: no heartbeat is asked for
    output reg         host_alive
);
    reg  [31:0] last_beat;
    wire [31:0] since   = tick - last_beat;
    wire        overdue = since >= {12'd0, timeout};

    always @(posedge clk) begin
        if (rst || beat) last_beat <= tick;
        host_alive <= rst || beat || timeout == 20'd0 || (host_alive && !overdue);
    end
endmodule

`default_nettype wire
