// tcp_options for boards whose ports bring the ends of two frames no less than 48 clocks apart: the same rules (O3),
// one byte a clock, in a tenth of the area.
//
// A segment is given with all its bytes of options; `done` follows when they are read, at once if there are none, 40
// clocks later at most. A segment that comes earlier than that ends the scan of the one before, which is then marked as
// cut; nobody can tell what its options are.

`default_nettype none

module tcp_options_serial (
    input  wire         clk,
    input  wire         rst,

    // A segment, and in the clock before it
    input  wire         merge_soon,
    input  wire         merge_valid,
    input  wire [319:0] merge_options,                          // from the end of the fixed header, byte 0 lowest
    input  wire [5:0]   merge_length,                           // bytes of them: 0 to 40

    output reg          done,                                   // one clock, in which what follows is the segment's
    output reg          cut,                                    // the scan was not finished
    output reg          mss_present,
    output reg  [15:0]  mss,
    output reg          scale_present,
    output reg  [ 3:0]  scale,
    output reg          sack_permitted,
    output reg          ts_present,
    output reg  [31:0]  ts_val,
    output reg  [31:0]  ts_ecr,
    output wire         busy
);
    localparam [1:0] KIND = 2'd0, LENGTH = 2'd1, BODY = 2'd2;

    reg         scanning;
    reg [1:0]   part;                                           // of an option: what the byte is
    reg [319:0] bytes;                                          // what is not read yet, the next one lowest
    reg [5:0]   left;                                           // how many, at least one while scanning
    reg [7:0]   kind;
    reg [5:0]   body;                                           // bytes of this option left, at least one in BODY

    wire [7:0]  next      = bytes[7:0];
    wire        last      = left == 6'd1;
    wire [7:0]  body_next = next - 8'd2;
    wire        fits      = next >= 8'd2 && body_next < {2'd0, left};   // ends in front of the options' end
    // A list's end, an error, or an option that goes beyond the end: nothing behind it counts.
    wire        stop      = (part == KIND && next == 8'd0) || (part == LENGTH && !fits);

    assign busy = scanning || done;

    always @(posedge clk) begin
        bytes <= bytes >> 8;
        left  <= left - 6'd1;
        done  <= scanning && (stop || last || merge_soon);
        cut   <= scanning && !stop && !last;
        if (scanning && (stop || last || merge_soon)) scanning <= 1'b0;

        if (scanning)
            case (part)
                KIND: begin
                    kind <= next;
                    if (next != 8'd1) part <= LENGTH;
                end
                LENGTH: begin
                    body <= body_next[5:0];
                    part <= next == 8'd2 ? KIND : BODY;
                    if (!stop) begin
                        if (kind == 8'd4 && next == 8'd2) sack_permitted <= 1'b1;
                        if (kind == 8'd2 && next == 8'd4) mss_present <= 1'b1;
                        if (kind == 8'd3 && next == 8'd3) scale_present <= 1'b1;
                        if (kind == 8'd8 && next == 8'd10) ts_present <= 1'b1;
                        // Of another length it is another option.
                        if (!(kind == 8'd2 && next == 8'd4) && !(kind == 8'd3 && next == 8'd3) &&
                            !(kind == 8'd8 && next == 8'd10)) kind <= 8'd0;
                    end
                end
                default: begin
                    body <= body - 6'd1;
                    if (body == 6'd1) part <= KIND;
                    if (kind == 8'd2) mss <= {mss[7:0], next};
                    if (kind == 8'd3) scale <= next[7:4] != 4'd0 || next[3:0] == 4'd15 ? 4'd14 : next[3:0];
                    if (kind == 8'd8) {ts_val, ts_ecr} <= {ts_val[23:0], ts_ecr, next};
                end
            endcase

        if (merge_valid) begin
            scanning       <= merge_length != 6'd0;
            done           <= merge_length == 6'd0;
            cut            <= 1'b0;
            part           <= KIND;
            bytes          <= merge_options;
            left           <= merge_length;
            mss_present    <= 1'b0;
            mss            <= 16'd0;
            scale_present  <= 1'b0;
            scale          <= 4'd0;
            sack_permitted <= 1'b0;
            ts_present     <= 1'b0;
            ts_val         <= 32'd0;
            ts_ecr         <= 32'd0;
        end
        if (rst) begin
            scanning <= 1'b0;
            done     <= 1'b0;
        end
    end
endmodule

`default_nettype wire
