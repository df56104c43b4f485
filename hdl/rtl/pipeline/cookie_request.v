// Whether a key goes to the hash unit with a cookie's message, and with which: while the queue is armed, a SYN's (if
// armed_syn; else it takes the ISN's message) for this period, anything else's for the period that its ACK number names.

`default_nettype none

`include "offload_map.vh"

module cookie_request (
    input  wire                         armed,
    input  wire                         armed_syn,
    input  wire [23:0]                  period,
    input  wire                         is_syn,
    input  wire [4:0]                   named_period,
    input  wire [2:0]                   index,

    output wire                         is_cookie,
    output reg  [`HASH_RESULT_BITS-1:0] hash_result,
    output wire                         hash_previous,          // a cookie of the period before
    output wire [23:0]                  hash_period
);
    wire [4:0] period_before = period[4:0] - 5'd1;

    assign is_cookie     = armed && (armed_syn || !is_syn);
    assign hash_previous = !is_syn && named_period != period[4:0];
    assign hash_period   = hash_previous ? period - 24'd1 : period;

    always @* begin
        hash_result = {`HASH_RESULT_BITS{1'b0}};
        if (is_cookie) begin
            hash_result[`HASH_RESULT_IS_COOKIE]    = 1'b1;
            hash_result[`HASH_RESULT_PERIOD]       = is_syn ? period[4:0] : named_period;
            hash_result[`HASH_RESULT_PERIOD_VALID] = is_syn || named_period == period[4:0] || named_period == period_before;
            hash_result[`HASH_RESULT_INDEX]        = index;
        end
    end
endmodule

`default_nettype wire
