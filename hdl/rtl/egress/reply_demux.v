// Sends the engine's frames where they belong: to the net port, or through a buffer to the host port.
//
// The buffer has room for one whole frame of the greatest length. The engine has one host-bound frame under way at a
// time, so that a host port that stalls never keeps replies from the net port.
// The net side is combinational; the buffer's output is a beat behind its input.

`default_nettype none

module reply_demux #(
    // Bits a beat: 64, 128, 256 or 512.
    parameter DATA_WIDTH = 512
) (
    input  wire                     clk,
    input  wire                     rst,

    // The engine's frames; tdest: 1 for the host port.
    input  wire [DATA_WIDTH-1:0]    s_axis_tdata,
    input  wire [DATA_WIDTH/8-1:0]  s_axis_tkeep,
    input  wire                     s_axis_tvalid,
    output wire                     s_axis_tready,
    input  wire                     s_axis_tlast,
    input  wire                     s_axis_tdest,

    // Those for the net port.
    output wire [DATA_WIDTH-1:0]    m_axis_net_tdata,
    output wire [DATA_WIDTH/8-1:0]  m_axis_net_tkeep,
    output wire                     m_axis_net_tvalid,
    input  wire                     m_axis_net_tready,
    output wire                     m_axis_net_tlast,

    // Those for the host port.
    output wire [DATA_WIDTH-1:0]    m_axis_host_tdata,
    output wire [DATA_WIDTH/8-1:0]  m_axis_host_tkeep,
    output wire                     m_axis_host_tvalid,
    input  wire                     m_axis_host_tready,
    output wire                     m_axis_host_tlast,

    // A beat is in the buffer.
    output wire                     busy
);

    // Longest frame: 14 Ethernet, 4 tag, 40 IPv6, 20 TCP, 20 options.
    localparam FRAME_BYTES = 98;
    localparam BEATS       = (FRAME_BYTES + DATA_WIDTH / 8 - 1) / (DATA_WIDTH / 8);

    generate
        if (DATA_WIDTH != 64 && DATA_WIDTH != 128 && DATA_WIDTH != 256 && DATA_WIDTH != 512) begin : bad_width
            reply_demux_needs_64_128_256_or_512_bits check ();
        end
    endgenerate

    wire buffer_full;
    wire buffer_empty;

    fifo #(.WIDTH(DATA_WIDTH + DATA_WIDTH / 8 + 1), .DEPTH_BITS($clog2(BEATS))) buffer (
        .clk(clk), .rst(rst),
        .write(s_axis_tvalid && s_axis_tdest), .write_data({s_axis_tlast, s_axis_tkeep, s_axis_tdata}),
        .read(m_axis_host_tready), .read_data({m_axis_host_tlast, m_axis_host_tkeep, m_axis_host_tdata}),
        .empty(buffer_empty), .full(buffer_full)
    );

    assign s_axis_tready      = s_axis_tdest ? !buffer_full : m_axis_net_tready;
    assign m_axis_net_tdata   = s_axis_tdata;
    assign m_axis_net_tkeep   = s_axis_tkeep;
    assign m_axis_net_tlast   = s_axis_tlast;
    assign m_axis_net_tvalid  = s_axis_tvalid && !s_axis_tdest;
    assign m_axis_host_tvalid = !buffer_empty;
    assign busy               = !buffer_empty;

endmodule

`default_nettype wire
