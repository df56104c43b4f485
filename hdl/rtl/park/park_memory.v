// The parked frames themselves, in block RAM: each slot has a fixed part of it. Writing takes a beat a clock; reading
// gives a beat a clock from the memory's own output register, and holds it while stalled.

`default_nettype none

module park_memory #(
    parameter DATA_WIDTH = 64,                                  // bits of a beat
    parameter SLOTS      = 8,
    parameter SLOT_BITS  = 3,                                   // bits of a slot's number
    parameter MAX_BEATS  = 191                                  // beats of the longest frame
) (
    input  wire                              clk,
    input  wire                              rst,

    // Beats in, into one slot until the frame's last; `write_bytes` is the number of valid bytes less one.
    input  wire                              write_valid,
    input  wire [SLOT_BITS-1:0]              write_slot,
    input  wire [DATA_WIDTH-1:0]             write_data,
    input  wire [$clog2(DATA_WIDTH / 8)-1:0] write_bytes,
    input  wire                              write_last,

    // While `send` is high, the frame of send_slot goes out; `sent` a clock after the acceptance of its last beat, in the
    // last clock of `send`.
    input  wire                              send,
    input  wire [SLOT_BITS-1:0]              send_slot,
    output reg                               sent,
    output wire [DATA_WIDTH-1:0]             m_axis_tdata,
    output reg  [DATA_WIDTH/8-1:0]           m_axis_tkeep,
    output reg                               m_axis_tvalid,
    input  wire                              m_axis_tready,
    output wire                              m_axis_tlast
);
    localparam BYTES       = DATA_WIDTH / 8;
    localparam BYTES_WIDTH = $clog2(BYTES);
    localparam BEAT_BITS   = $clog2(MAX_BEATS);
    localparam PLACES      = SLOTS > 1 ? SLOTS : 2;             // a slot's number has one bit at least
    localparam WORD_WIDTH  = DATA_WIDTH + BYTES_WIDTH + 1;

    // Never reset, and not read where it is being written: block RAM.
    (* ram_style = "block", no_rw_check *)
    reg [WORD_WIDTH-1:0]   memory [0:(PLACES << BEAT_BITS)-1];
    reg [WORD_WIDTH-1:0]   word;

    reg  [BEAT_BITS-1:0]   write_beat, read_beat;
    wire                   free = !m_axis_tvalid || m_axis_tready;
    wire                   read = send && free;
    wire [BYTES_WIDTH-1:0] word_bytes;
    integer                lane;

    assign {m_axis_tlast, word_bytes, m_axis_tdata} = word;
    wire ends = m_axis_tvalid && m_axis_tready && m_axis_tlast;

    always @* begin
        for (lane = 0; lane < BYTES; lane = lane + 1)
            m_axis_tkeep[lane] = lane[BYTES_WIDTH-1:0] <= word_bytes;
    end

    always @(posedge clk) begin
        if (write_valid) memory[{write_slot, write_beat}] <= {write_last, write_bytes, write_data};
        if (read) word <= memory[{send_slot, read_beat}];
    end

    always @(posedge clk)
        if (rst) begin
            write_beat    <= {BEAT_BITS{1'b0}};
            read_beat     <= {BEAT_BITS{1'b0}};
            m_axis_tvalid <= 1'b0;
            sent          <= 1'b0;
        end else begin
            sent <= ends;
            if (write_valid) write_beat <= write_last ? {BEAT_BITS{1'b0}} : write_beat + 1'b1;
            // The word behind the last is read too, and never shown.
            if (free) m_axis_tvalid <= read && !ends && !sent;
            if (!send || ends || sent) read_beat <= {BEAT_BITS{1'b0}};
            else if (read)     read_beat <= read_beat + 1'b1;
        end
endmodule

`default_nettype wire
