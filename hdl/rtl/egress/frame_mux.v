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

`ifdef FORMAL
    // Whatever the inputs do: a beat that comes out went in the clock before or was held, and frames stay whole.
    reg f_started = 1'b0;
    reg f_stalled;
    reg f_took_reply;
    reg f_took_pass;
    reg f_reply_open;
    reg f_pass_open;
    reg f_reply_passed_over;
    reg f_pass_passed_over;
    reg [DATA_WIDTH+DATA_WIDTH/8:0] f_beat;
    reg [DATA_WIDTH+DATA_WIDTH/8:0] f_held;

    wire f_take_reply = s_axis_reply_tvalid && s_axis_reply_tready;
    wire f_take_pass  = s_axis_pass_tvalid && s_axis_pass_tready;
    wire [DATA_WIDTH+DATA_WIDTH/8:0] f_out = {m_axis_tlast, m_axis_tkeep, m_axis_tdata};

    always @(posedge clk) begin
        f_started <= 1'b1;
        f_stalled <= m_axis_tvalid && !m_axis_tready && !rst;
        f_held    <= f_out;
        f_took_reply <= f_take_reply && !rst;
        f_took_pass  <= f_take_pass && !rst;
        f_beat <= f_take_pass ? {s_axis_pass_tlast, s_axis_pass_tkeep, s_axis_pass_tdata}
                              : {s_axis_reply_tlast, s_axis_reply_tkeep, s_axis_reply_tdata};
        if (f_take_reply) f_reply_open <= !s_axis_reply_tlast;
        if (f_take_pass) f_pass_open <= !s_axis_pass_tlast;
        // A frame of the other one was begun while this one waited.
        if (f_take_pass && !in_frame) f_reply_passed_over <= s_axis_reply_tvalid;
        if (f_take_reply) f_reply_passed_over <= 1'b0;
        if (f_take_reply && !in_frame) f_pass_passed_over <= s_axis_pass_tvalid;
        if (f_take_pass) f_pass_passed_over <= 1'b0;
        if (rst) begin
            f_reply_open <= 1'b0;
            f_pass_open  <= 1'b0;
            f_reply_passed_over <= 1'b0;
            f_pass_passed_over  <= 1'b0;
        end
    end

    always @* if (!f_started) assume (rst);

    always @* if (f_started && !rst) begin
        // Hold while stalled.
        if (f_stalled) assert (m_axis_tvalid && f_out == f_held);
        // Neither lost, nor made up, nor doubled.
        assert (m_axis_tvalid == (f_stalled || f_took_reply || f_took_pass));
        if (f_took_reply || f_took_pass) assert (f_out == f_beat);
        // One at a time, at frame boundaries.
        assert (!(f_take_reply && f_take_pass));
        assert (!(f_reply_open && f_take_pass) && !(f_pass_open && f_take_reply));
        // Passed over once at most while it waits.
        if (f_reply_passed_over && s_axis_reply_tvalid && !in_frame) assert (!f_take_pass);
        if (f_pass_passed_over && s_axis_pass_tvalid && !in_frame) assert (!f_take_reply);
        // For the induction.
        assert (f_reply_open == (in_frame && !last_pass) && f_pass_open == (in_frame && last_pass));
        assert (!f_reply_passed_over || last_pass);
        assert (!f_pass_passed_over || !last_pass);
    end

    always @(posedge clk) if (f_started && !rst) begin
        cover (f_took_pass && f_take_reply && f_reply_passed_over);
        cover (f_took_reply && f_take_pass && f_pass_passed_over);
        cover (f_stalled && m_axis_tready && m_axis_tlast);
    end
`endif

endmodule

`default_nettype wire
