// Time since reset in microseconds, and a pulse a millisecond. Exact in the long run at any whole number of hertz: what
// is left of a clock's fraction of a microsecond is carried on.

`default_nettype none

module timebase #(
    parameter CLOCK_HZ = 100000000                              // of clk; from 2 MHz on
) (
    input  wire        clk,
    input  wire        rst,

    output reg  [63:0] microseconds,
    output reg         millisecond                              // a pulse
);
    localparam [31:0] HZ = CLOCK_HZ;

    generate
        if (CLOCK_HZ < 2000000) begin : check_clock
            timebase_needs_2_mhz_at_least invalid ();
        end
    endgenerate

    function [31:0] common_divisor;                             // of CLOCK_HZ and a million
        input integer unused;
        reg [31:0] a, b, rest;
        integer i;
        begin
            a = HZ;
            b = 32'd1000000;
            for (i = 0; i < 48; i = i + 1)
                if (b != 32'd0) begin
                    rest = a % b;
                    a    = b;
                    b    = rest;
                end
            common_divisor = a;
        end
    endfunction

    // A clock is STEP / WHOLE of a microsecond.
    localparam [31:0] DIVISOR = common_divisor(0);
    localparam [31:0] STEP    = 32'd1000000 / DIVISOR;
    localparam [31:0] WHOLE   = HZ / DIVISOR;
    localparam        BITS    = $clog2(WHOLE + 1);

    reg  [BITS-1:0] part;                                       // of a microsecond that has begun, in 1 / WHOLE
    reg  [9:0]      left;                                       // microseconds of this millisecond behind this one
    wire            wrap = part >= WHOLE[BITS-1:0] - STEP[BITS-1:0];

    always @(posedge clk) begin
        millisecond <= 1'b0;
        if (rst) begin
            part         <= {BITS{1'b0}};
            left         <= 10'd999;
            microseconds <= 64'd0;
        end else begin
            part <= wrap ? part + STEP[BITS-1:0] - WHOLE[BITS-1:0] : part + STEP[BITS-1:0];
            if (wrap) begin
                microseconds <= microseconds + 64'd1;
                left         <= left == 10'd0 ? 10'd999 : left - 10'd1;
                millisecond  <= left == 10'd0;
            end
        end
    end
endmodule

`default_nettype wire
