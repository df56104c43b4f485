// The small modules of hdl/rtl/control whose timing the lock-step cannot see, side by side: heartbeat and occupancy,
// with five listeners, so that slots without one are common.

`default_nettype none

module control_bench (
    input  wire        clk,
    input  wire        rst,

    input  wire [31:0] tick,
    input  wire        beat,
    input  wire [19:0] timeout,
    output wire        host_alive,

    input  wire [7:0]  decide_slot,
    input  wire        half_open_more,
    input  wire        half_open_less,
    input  wire        waiting_more,
    input  wire        waiting_less,
    input  wire [15:0] backlog,
    output wire        backlog_full,
    output wire [16:0] half_open
);
    heartbeat heartbeat (
        .clk(clk), .rst(rst), .tick(tick), .beat(beat), .timeout(timeout), .host_alive(host_alive)
    );

    occupancy #(.LISTENERS(5)) occupancy (
        .clk(clk), .rst(rst), .decide_slot(decide_slot),
        .half_open_more(half_open_more), .half_open_less(half_open_less),
        .waiting_more(waiting_more), .waiting_less(waiting_less),
        .backlog(backlog), .backlog_full(backlog_full), .half_open(half_open)
    );
endmodule

`default_nettype wire
