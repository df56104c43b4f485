// The rules of tcp_options.v (O3), one byte a clock as they come, in a tenth of the area. What is found stands there when
// all bytes are in, and until the next `start`; what is absent is 0.

`default_nettype none

module tcp_options_bytes (
    input  wire        clk,

    // The bytes between the fixed header and the data; `left` counts them down to 1
    input  wire        start,
    input  wire        valid,
    input  wire [ 7:0] data,
    input  wire [ 5:0] left,

    output reg         mss_present,
    output reg  [15:0] mss,
    output reg         scale_present,
    output reg  [ 3:0] scale,
    output reg         sack_permitted,
    output reg         ts_present,
    output reg  [31:0] ts_val,
    output reg  [31:0] ts_ecr
);
    localparam [1:0] KIND = 2'd0, LENGTH = 2'd1, BODY = 2'd2, STOPPED = 2'd3;

    reg  [1:0] part;                                                // of an option: what the byte is
    reg  [5:0] body;                                                // bytes of this option left, at least one in BODY
    reg        mss_kind, scale_kind, sack_kind, ts_kind;

    wire [7:0] body_next = data - 8'd2;
    wire       fits      = data >= 8'd2 && body_next < {2'd0, left};    // ends in front of the options' end

    always @(posedge clk) begin
        if (valid)
            case (part)
                KIND: begin
                    mss_kind   <= data == 8'd2;
                    scale_kind <= data == 8'd3;
                    sack_kind  <= data == 8'd4;
                    ts_kind    <= data == 8'd8;
                    // The list's end; a no-operation, which has no length.
                    if (data == 8'd0) part <= STOPPED;
                    else if (data != 8'd1) part <= LENGTH;
                end
                LENGTH: begin
                    body <= body_next[5:0];
                    // An option that is shorter than its own header, or goes beyond the end: nothing behind it counts.
                    part <= !fits ? STOPPED : data == 8'd2 ? KIND : BODY;
                    if (fits) begin
                        if (mss_kind && data == 8'd4) mss_present <= 1'b1;
                        if (scale_kind && data == 8'd3) scale_present <= 1'b1;
                        if (sack_kind && data == 8'd2) sack_permitted <= 1'b1;
                        if (ts_kind && data == 8'd10) ts_present <= 1'b1;
                        // Of another length it is another option.
                        mss_kind   <= mss_kind && data == 8'd4;
                        scale_kind <= scale_kind && data == 8'd3;
                        ts_kind    <= ts_kind && data == 8'd10;
                    end
                end
                BODY: begin
                    body <= body - 6'd1;
                    if (body == 6'd1) part <= KIND;
                    if (mss_kind) mss <= {mss[7:0], data};
                    if (scale_kind) scale <= data[7:4] != 4'd0 || data[3:0] == 4'd15 ? 4'd14 : data[3:0];
                    if (ts_kind) {ts_val, ts_ecr} <= {ts_val[23:0], ts_ecr, data};
                end
                default: ;
            endcase

        if (start) begin
            part           <= KIND;
            mss_present    <= 1'b0;
            mss            <= 16'd0;
            scale_present  <= 1'b0;
            scale          <= 4'd0;
            sack_permitted <= 1'b0;
            ts_present     <= 1'b0;
            ts_val         <= 32'd0;
            ts_ecr         <= 32'd0;
        end
    end
endmodule

`default_nettype wire
