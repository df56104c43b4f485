// The small modules of hdl/rtl/control whose timing the lock-step cannot see, side by side: heartbeat, occupancy,
// reset_limiter and counters, with five listeners, so that slots without one are common.

`default_nettype none

`include "offload_map.vh"

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
    output wire [16:0] half_open,

    input  wire [63:0] timebase_us,
    input  wire [7:0]  depth,
    input  wire [3:0]  refill_shift,
    input  wire        stir,
    input  wire [31:0] stir_with,
    output wire        has_token,
    input  wire        take,

    output wire [7:0]  counters_number,
    input  wire [`COUNTERS-1:0] count,
    input  wire        snapshot,
    output wire        busy,
    input  wire [7:0]  value_address,
    output wire [31:0] value_data
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

    reset_limiter #(.LISTENERS(5)) limiter (
        .clk(clk), .rst(rst), .timebase_us(timebase_us), .depth(depth), .refill_shift(refill_shift),
        .stir(stir), .stir_with(stir_with), .slot(decide_slot), .has_token(has_token), .take(take)
    );

    assign counters_number = `COUNTERS;
    counters counters (
        .clk(clk), .rst(rst), .count(count), .snapshot(snapshot), .busy(busy),
        .value_address(value_address), .value_data(value_data)
    );
endmodule

`default_nettype wire
