// The frames of one port, from their first beat until their verdict is carried out. A frame becomes
// visible to the reading side with its last beat (commit); a frame that turns out bad is taken back
// (rewind) and leaves no trace. The reading side keeps the oldest frame's next beat in a register
// (head), so that a verdict finds it there: `pass` moves a beat a clock to the output register, `park`
// shows a beat a clock to the park store, which always takes it, and `drop` discards a beat a clock. A
// verdict is taken with its frame's last beat.
//
// `space` promises room for one frame of the greatest length, so a frame that is admitted is never
// cut. It lags behind the writes by two beats, and the margin of four below covers that.

`default_nettype none

`include "offload_map.vh"

module frame_fifo #(
    parameter DATA_WIDTH = 64,   // bits of a beat
    parameter DEPTH      = 2048, // beats held; a power of two
    parameter MAX_BEATS  = 191   // beats of the longest frame
) (
    input  wire                              clk,
    input  wire                              rst,

    // Beats in. `write_bytes` is the number of valid bytes less one. Commit comes with the last beat;
    // rewind takes back what was written since the last commit, and the beat beside it.
    input  wire                              write_valid,
    input  wire [            DATA_WIDTH-1:0] write_data,
    input  wire [$clog2(DATA_WIDTH / 8)-1:0] write_bytes,
    input  wire                              write_last,
    input  wire                              write_commit,
    input  wire                              write_rewind,
    output reg                               space,

    // Verdicts, one a frame, in order.
    input  wire                              verdict_valid,
    output wire                              verdict_ready,
    input  wire [         `VERDICT_BITS-1:0] verdict,

    // Frames out.
    output reg  [            DATA_WIDTH-1:0] m_axis_tdata,
    output reg  [        DATA_WIDTH/8 - 1:0] m_axis_tkeep,
    output reg                               m_axis_tvalid,
    input  wire                              m_axis_tready,
    output reg                               m_axis_tlast,

    // Frames to be parked; no back-pressure. `park_bytes` is the number of valid bytes less one.
    output wire                              park_valid,
    output wire [            DATA_WIDTH-1:0] park_data,
    output wire [$clog2(DATA_WIDTH / 8)-1:0] park_bytes,
    output wire                              park_last,

    // Pulses, one a frame (a parked one is consumed), and whether anything is inside.
    output reg                               count_passed,
    output reg                               count_consumed,
    output wire                              busy
);

    localparam BYTES = DATA_WIDTH / 8;
    localparam ADDRESS_WIDTH = $clog2(DEPTH);
    localparam BYTES_WIDTH = $clog2(BYTES);
    localparam WORD_WIDTH = DATA_WIDTH + BYTES_WIDTH + 1;
    localparam MARGIN = 4;

    generate
        if (DEPTH < MAX_BEATS + MARGIN) begin : check_depth
            frame_fifo_must_hold_the_longest_frame invalid ();
        end
    endgenerate

    // Writing side. The pointers have one bit more than an address, so that full is not empty.
    reg [ADDRESS_WIDTH:0] write_pointer;
    reg [ADDRESS_WIDTH:0] commit_pointer;
    reg [ADDRESS_WIDTH:0] read_pointer;

    wire [ADDRESS_WIDTH:0] write_next = write_pointer + {{ADDRESS_WIDTH{1'b0}}, write_valid};
    wire [ADDRESS_WIDTH:0] used = write_pointer - read_pointer;

    localparam USED_LIMIT = DEPTH - MAX_BEATS - MARGIN;

    always @(posedge clk) begin
        if (rst) begin
            write_pointer <= 0;
            commit_pointer <= 0;
            space <= 1'b0;
        end else begin
            write_pointer <= write_rewind ? commit_pointer : write_next;
            if (write_commit) commit_pointer <= write_next;
            space <= used <= USED_LIMIT[ADDRESS_WIDTH:0];
        end
    end

    // Reading side: memory -> its read register (fetch) -> head.
    wire [WORD_WIDTH-1:0] fetch_word;
    reg  fetch_valid;
    reg  head_valid;
    reg  [DATA_WIDTH-1:0] head_data;
    reg  [BYTES_WIDTH-1:0] head_bytes;
    reg  head_last;

    wire verdict_pass = verdict == `VERDICT_PASS;
    wire output_free = !m_axis_tvalid || m_axis_tready;
    wire head_pop = head_valid && verdict_valid && (!verdict_pass || output_free);
    wire head_load = fetch_valid && (!head_valid || head_pop);
    wire fetch_load = read_pointer != commit_pointer && (!fetch_valid || head_load);

    assign verdict_ready = head_pop && head_last;
    assign park_valid = head_pop && verdict == `VERDICT_PARK;
    assign park_data = head_data;
    assign park_bytes = head_bytes;
    assign park_last = head_last;
    assign busy = write_pointer != read_pointer || fetch_valid || head_valid || m_axis_tvalid;

    simple_dual_port_ram #(
        .WIDTH(WORD_WIDTH),
        .DEPTH(DEPTH)
    ) frame_memory (
        .clk          (clk),
        .write_enable (write_valid),
        .write_address(write_pointer[ADDRESS_WIDTH-1:0]),
        .write_data   ({write_last, write_bytes, write_data}),
        .read_enable  (fetch_load),
        .read_address (read_pointer[ADDRESS_WIDTH-1:0]),
        .read_data    (fetch_word)
    );

    integer lane;

    always @(posedge clk) begin
        if (head_load) {head_last, head_bytes, head_data} <= fetch_word;
        if (output_free) begin
            m_axis_tdata <= head_data;
            m_axis_tlast <= head_last;
            for (lane = 0; lane < BYTES; lane = lane + 1)
                m_axis_tkeep[lane] <= lane[BYTES_WIDTH-1:0] <= head_bytes;
        end
        if (rst) begin
            read_pointer <= 0;
            fetch_valid <= 1'b0;
            head_valid <= 1'b0;
            m_axis_tvalid <= 1'b0;
            count_passed <= 1'b0;
            count_consumed <= 1'b0;
        end else begin
            read_pointer <= read_pointer + {{ADDRESS_WIDTH{1'b0}}, fetch_load};
            fetch_valid <= fetch_load || (fetch_valid && !head_load);
            head_valid <= head_load || (head_valid && !head_pop);
            if (output_free) m_axis_tvalid <= head_pop && verdict_pass;
            count_passed <= verdict_ready && verdict_pass;
            count_consumed <= verdict_ready && !verdict_pass;
        end
    end

endmodule

`default_nettype wire
