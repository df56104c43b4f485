// Reads and writes a PHY's registers over MDIO (IEEE 802.3, 22.2.4, clause 22 frames), one at a time.
//
// mdc's period is 2 * HALF_PERIOD clocks and at least 400 ns. What goes out changes with mdc's falling edge; what comes in is
// taken before its rising edge, 300 ns and more after the PHY was to answer the rising edge before. Between frames mdc
// stands still. A PHY that is not there leaves the line high in the turnaround of a read: `missing`.

`default_nettype none

module mdio #(
    parameter HALF_PERIOD = 25                                  // of mdc, in clocks; at least 4
) (
    input  wire        clk,
    input  wire        rst,

    // What is to be done: taken with start while not busy
    input  wire        start,
    input  wire        write,
    input  wire [4:0]  phy,
    input  wire [4:0]  address,                              // of the register
    input  wire [15:0] write_data,

    output wire        busy,                                    // low: read_data and missing hold for the last read
    output reg  [15:0] read_data,
    output reg         missing,

    // Pins; mdio_out drives while mdio_drive is high
    output reg         mdc,
    output wire        mdio_out,
    output reg         mdio_drive,
    input  wire        mdio_in
);
    generate
        if (HALF_PERIOD < 4) begin : check_period
            mdio_half_period_must_be_at_least_4 invalid ();
        end
    endgenerate

    localparam [31:0] LAST_CLOCK = HALF_PERIOD - 1;
    localparam [6:0]  PREAMBLE = 7'd32, FRAME = 7'd65, TURNAROUND = 7'd46;  // the last bit is none: the PHY leaves the line in it

    reg  [$clog2(HALF_PERIOD)-1:0] clocks;
    reg  [6:0]  left;                                           // bits that have not ended
    reg  [31:0] frame;                                          // the highest bit is next, behind the preamble
    reg         reading;
    wire        in_here;
    wire        edge_now = clocks == LAST_CLOCK[$clog2(HALF_PERIOD)-1:0];
    wire [6:0]  bit_number = FRAME - left;                      // of the bit on the line, from 0

    synchronizer take (.clk(clk), .from(mdio_in), .to(in_here));

    assign busy     = left != 7'd0;
    assign mdio_out = bit_number < PREAMBLE || frame[31];

    always @(posedge clk) begin
        if (rst) begin
            left       <= 7'd0;
            mdc        <= 1'b0;
            mdio_drive <= 1'b0;
            clocks     <= {$clog2(HALF_PERIOD){1'b0}};
            read_data  <= 16'd0;
            missing    <= 1'b0;
        end else if (!busy) begin
            clocks <= {$clog2(HALF_PERIOD){1'b0}};
            if (start) begin
                left       <= FRAME;
                mdio_drive <= 1'b1;
                reading    <= !write;
                missing    <= 1'b0;
                // Start 01; read 10 or write 01; turnaround 10.
                frame      <= {2'b01, !write, write, phy, address, 2'b10, write_data};
            end
        end else begin
            clocks <= edge_now ? {$clog2(HALF_PERIOD){1'b0}} : clocks + 1'b1;
            if (edge_now) begin
                mdc <= !mdc;
                if (!mdc) begin
                    // The PHY's bits: of the turnaround the second one, and the data.
                    if (reading && bit_number == TURNAROUND + 7'd1) missing <= in_here;
                    if (reading && bit_number > TURNAROUND + 7'd1 && left != 7'd1) read_data <= {read_data[14:0], in_here};
                end else begin
                    left <= left - 7'd1;
                    if (bit_number >= PREAMBLE) frame <= {frame[30:0], 1'b1};
                    if (left == 7'd2 || (reading && bit_number == TURNAROUND - 7'd1)) mdio_drive <= 1'b0;
                end
            end
        end
    end
endmodule

`default_nettype wire
