// The TCP options of a reply, in the order in which Linux sends them: MSS; SACK-permitted and timestamps, or
// NOP NOP timestamps, or NOP NOP SACK-permitted; NOP and window scale. Each piece is made of whole 32-bit words,
// so that no padding is left to do. Combinational.

`default_nettype none

module reply_options (
    // What is sent, and its values.
    input  wire         mss_present,
    input  wire [15:0]  mss,
    input  wire         sack_permitted,
    input  wire         ts_present,
    input  wire [31:0]  ts_val,
    input  wire [31:0]  ts_ecr,
    input  wire         scale_present,
    input  wire [3:0]   scale,

    // Five words, the first on the wire in the most significant bits; those that are not sent are zero.
    output wire [159:0] options
);

    // RFC 9293 3.2, RFC 2018 2, RFC 7323 2.2 and 3.2: kind and length of each option.
    localparam [7:0]  NOP            = 8'd1;
    localparam [15:0] MSS            = {8'd2, 8'd4};
    localparam [15:0] WINDOW_SCALE   = {8'd3, 8'd3};
    localparam [15:0] SACK_PERMITTED = {8'd4, 8'd2};
    localparam [15:0] TIMESTAMPS     = {8'd8, 8'd10};

    wire [31:0] mss_word   = {MSS, mss};
    wire [31:0] scale_word = scale_present ? {NOP, WINDOW_SCALE, 4'd0, scale} : 32'd0;
    wire [15:0] leading    = sack_permitted ? SACK_PERMITTED : {NOP, NOP};

    // Everything behind the MSS.
    reg [127:0] rest;

    always @* begin
        if (ts_present)
            rest = {leading, TIMESTAMPS, ts_val, ts_ecr, scale_word};
        else if (sack_permitted)
            rest = {NOP, NOP, SACK_PERMITTED, scale_word, 64'd0};
        else
            rest = {scale_word, 96'd0};
    end

    assign options = mss_present ? {mss_word, rest} : {rest, 32'd0};

endmodule

`default_nettype wire
