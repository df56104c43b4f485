// Says when SYNs are to be answered with cookies, when cookies are looked for in what comes, and how many may be sent
// (rules K2, K4). What it says holds for a segment whose key goes to the hash now. So SYNs on their way, hashed for an
// entry of their own and not decided yet, count as if they had their entries already.

`default_nettype none

`include "offload_map.vh"

module cookie_control #(
    parameter CONNECTIONS = 2048,                               // entries of the table
    parameter LISTENERS   = 16                                  // listening end points
) (
    input  wire                       clk,
    input  wire                       rst,
    input  wire [63:0]                timebase_us,
    input  wire [23:0]                period,                   // of cookies
    input  wire                       key_set,                  // without a cookie key everything is off

    // settings
    input  wire [`ISN_MODE_BITS-1:0]  isn_mode,
    input  wire [16:0]                threshold,                // half-open entries without cookies
    input  wire [7:0]                 bucket_depth,             // cookies at once, a listener; 0: no limit
    input  wire [3:0]                 bucket_refill_shift,      // 2^n microseconds a cookie, on average

    // how full the table is
    input  wire [16:0]                half_open,
    input  wire [16:0]                in_use,

    // network segments that are hashed with the ISN message: one goes in; one is decided; one turns out void
    input  wire                       isn_hashed,
    input  wire                       isn_decided,
    input  wire                       isn_voided,

    // network segments whose key goes to the hash now
    output reg                        armed_syn,                // a SYN gets a cookie's message
    output wire                       armed,                    // a key waits for its segment
    output wire                       reserve_wanted,           // a cookie is out, and may want a place

    // the decision about a listener's segment
    input  wire [7:0]                 decide_slot,
    output wire                       decide_recent,            // it sent a cookie in this period or the one before
    output wire                       decide_token,             // it may send one now
    input  wire                       decide_sent,              // it sends one

    // for the bucket's randomness
    input  wire                       stir,
    input  wire [31:0]                stir_with
);
    localparam SLOT_BITS = LISTENERS > 1 ? $clog2(LISTENERS) : 1;

    // ---------------------------------------------------------------- when
    reg  [7:0]  undecided;                                      // a port's queue and the pipeline hold fewer
    wire [17:0] half_open_soon = {1'b0, half_open} + {10'd0, undecided};
    wire [17:0] in_use_soon    = {1'b0, in_use} + {10'd0, undecided};
    wire        over           = isn_hashed ? half_open_soon >= {1'b0, threshold} : half_open_soon > {1'b0, threshold};
    wire        full           = isn_hashed ? in_use_soon >= CONNECTIONS[17:0] - 18'd1
                                            : in_use_soon >= CONNECTIONS[17:0];

    always @(posedge clk)
        if (rst) begin
            undecided <= 8'd0;
            armed_syn <= 1'b0;
        end else begin
            undecided <= undecided + {7'd0, isn_hashed} - {7'd0, isn_decided} - {7'd0, isn_voided};
            armed_syn <= key_set && (isn_mode == `ISN_MODE_COOKIE || over || full);
        end

    // ---------------------------------------------------------------- where
    reg  [LISTENERS-1:0]   sent_current, sent_previous;         // by listener
    reg  [23:0]            last_period;
    reg                    recent;
    wire                   boundary = period != last_period;
    wire [LISTENERS-1:0]   sent_both = sent_current | sent_previous;
    wire [LISTENERS-1:0]   sends;

    genvar i;
    generate
        for (i = 0; i < LISTENERS; i = i + 1) begin : each_listener
            assign sends[i] = decide_sent && decide_slot == i;
        end
    endgenerate

    always @(posedge clk) begin
        last_period <= period;
        if (rst) begin
            sent_current  <= {LISTENERS{1'b0}};
            sent_previous <= {LISTENERS{1'b0}};
            recent        <= 1'b0;
        end else begin
            sent_current <= (boundary ? {LISTENERS{1'b0}} : sent_current) | sends;
            if (boundary)
                sent_previous <= period == last_period + 24'd1 ? sent_current : {LISTENERS{1'b0}};
            recent <= decide_sent || sent_both != {LISTENERS{1'b0}};
        end
    end

    assign decide_recent  = {1'b0, decide_slot} < LISTENERS && sent_both[decide_slot[SLOT_BITS-1:0]];
    assign armed          = armed_syn || (recent && key_set);
    assign reserve_wanted = recent;

    // ---------------------------------------------------------------- how many
    wire has_token;
    wire unlimited = bucket_depth == 8'd0;
    reset_limiter #(.LISTENERS(LISTENERS)) bucket (
        .clk(clk), .rst(rst), .timebase_us(timebase_us), .depth(bucket_depth), .refill_shift(bucket_refill_shift),
        .stir(stir), .stir_with(stir_with), .slot(decide_slot), .has_token(has_token), .take(decide_sent && !unlimited)
    );
    assign decide_token = unlimited || has_token;
endmodule

`default_nettype wire
