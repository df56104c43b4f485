// Two streams of frames into one: the engine's replies and the frames that pass.
//
// Frames stay whole. At a frame's end the other stream is next if it waits, so that neither can starve the other;
// no clock is lost between frames. The output is a register: latency is one clock, throughput a beat a clock, and a
// beat is held while stalled. The inputs' tready follows m_axis_tready within the clock, through two LUTs.

`default_nettype none

module frame_mux #(
    // Bits a beat, a multiple of 8.
    parameter DATA_WIDTH = 512
) (
    input  wire                     clk,
    input  wire                     rst,

    // The engine's replies.
    input  wire [DATA_WIDTH-1:0]    s_axis_reply_tdata,
    input  wire [DATA_WIDTH/8-1:0]  s_axis_reply_tkeep,
    input  wire                     s_axis_reply_tvalid,
    output wire                     s_axis_reply_tready,
    input  wire                     s_axis_reply_tlast,

    // Frames that pass.
    input  wire [DATA_WIDTH-1:0]    s_axis_pass_tdata,
    input  wire [DATA_WIDTH/8-1:0]  s_axis_pass_tkeep,
    input  wire                     s_axis_pass_tvalid,
    output wire                     s_axis_pass_tready,
    input  wire                     s_axis_pass_tlast,

    // Both.
    output reg  [DATA_WIDTH-1:0]    m_axis_tdata,
    output reg  [DATA_WIDTH/8-1:0]  m_axis_tkeep,
    output reg                      m_axis_tvalid,
    input  wire                     m_axis_tready,
    output reg                      m_axis_tlast,

    // A beat is in the register, or a frame has begun and not ended.
    output wire                     busy
);

    generate
        if (DATA_WIDTH < 8 || DATA_WIDTH % 8 != 0) begin : bad_width
            frame_mux_needs_whole_bytes check ();
        end
    endgenerate

    // A frame has begun and has not ended; it came from the passing frames.
    reg  in_frame;
    reg  last_pass;

    // Within a frame its own stream; else what waits, the other one first if both do.
    wire select_pass = in_frame ? last_pass : (s_axis_pass_tvalid && !(s_axis_reply_tvalid && last_pass));
    wire free        = !m_axis_tvalid || m_axis_tready;
    wire valid       = select_pass ? s_axis_pass_tvalid : s_axis_reply_tvalid;
    wire last        = select_pass ? s_axis_pass_tlast : s_axis_reply_tlast;

    assign s_axis_reply_tready = free && !select_pass;
    assign s_axis_pass_tready  = free && select_pass;
    assign busy = m_axis_tvalid || in_frame;

    always @(posedge clk) begin
        if (free) begin
            m_axis_tvalid <= valid;
            m_axis_tdata  <= select_pass ? s_axis_pass_tdata : s_axis_reply_tdata;
            m_axis_tkeep  <= select_pass ? s_axis_pass_tkeep : s_axis_reply_tkeep;
            m_axis_tlast  <= last;
            if (valid) begin
                in_frame  <= !last;
                last_pass <= select_pass;
            end
        end
        if (rst) begin
            m_axis_tvalid <= 1'b0;
            in_frame      <= 1'b0;
            last_pass     <= 1'b0;
        end
    end

endmodule

`default_nettype wire
