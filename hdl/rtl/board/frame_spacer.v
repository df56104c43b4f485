// Keeps the ends of two frames CLOCKS clocks apart at least. A line at its full rate keeps them apart on its own, but a gap
// may shrink on the way (IEEE 802.3, 4.4.2: to 8 byte times), and what a broken sender makes may be shorter than a frame.
// The last beat of a frame that is early waits here; what comes behind it waits in the MAC's crossing, and what has no
// place there is counted as an overflow.

`default_nettype none

module frame_spacer #(
    parameter DATA_WIDTH = 64,                                  // bits of the streams
    parameter CLOCKS     = 1                                    // 1 to 255; 1: beats pass as they come, a clock later
) (
    input  wire                    clk,
    input  wire                    rst,

    input  wire [DATA_WIDTH-1:0]   s_axis_tdata,
    input  wire [DATA_WIDTH/8-1:0] s_axis_tkeep,
    input  wire                    s_axis_tvalid,
    output wire                    s_axis_tready,
    input  wire                    s_axis_tlast,
    input  wire                    s_axis_tuser,

    output reg  [DATA_WIDTH-1:0]   m_axis_tdata,
    output reg  [DATA_WIDTH/8-1:0] m_axis_tkeep,
    output wire                    m_axis_tvalid,
    input  wire                    m_axis_tready,
    output reg                     m_axis_tlast,
    output reg                     m_axis_tuser
);
    generate
        if (CLOCKS < 1 || CLOCKS > 255) begin : check_clocks
            frame_spacer_clocks_must_be_1_to_255 invalid ();
        end
    endgenerate

    localparam [31:0] LEAST = CLOCKS - 1;

    reg       valid;
    reg [7:0] left;                                             // clocks until a frame may end
    wire      waits = m_axis_tlast && left != 8'd0;
    wire      leaves = m_axis_tvalid && m_axis_tready;

    assign m_axis_tvalid = valid && !waits;
    assign s_axis_tready = !valid || leaves;

    always @(posedge clk) begin
        if (s_axis_tready) begin
            m_axis_tdata <= s_axis_tdata;
            m_axis_tkeep <= s_axis_tkeep;
            m_axis_tlast <= s_axis_tlast;
            m_axis_tuser <= s_axis_tuser;
        end
        if (rst) begin
            valid <= 1'b0;
            left  <= 8'd0;
        end else begin
            if (s_axis_tready) valid <= s_axis_tvalid;
            if (leaves && m_axis_tlast) left <= LEAST[7:0];
            else if (left != 8'd0) left <= left - 8'd1;
        end
    end
endmodule

`default_nettype wire
