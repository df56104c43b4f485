// The host's commands, one at a time. A command's key takes the hash like a segment's, and the command then the
// pipeline; a FLUSH is done by the walker. The answer is the entry as the command left it.

`default_nettype none

`include "offload_map.vh"

module command_unit #(
    parameter STILL = 0                                         // 1: the answer is kept and shown by entry_windows.v
) (
    input  wire                             clk,
    input  wire                             rst,

    // registers
    input  wire                             go,
    input  wire [7:0]                       go_code,
    input  wire [7:0]                       go_sequence,
    output wire                             busy,
    output reg  [`COMMAND_STATUS_BITS-1:0] status,
    output reg  [7:0]                       number,
    input  wire [5:0]                       answer_address,
    output wire [31:0]                      answer_data,
    output wire                             answer_keep,        // write_next_entry is the answer
    output wire                             answer_shown,       // there is one
    input  wire [31:0]                      answer_kept,        // its word, with STILL
    output reg  [7:0]                       code,               // of the command under way

    // hash of the command's key
    output wire                             hash_valid,
    input  wire                             hash_ready,
    input  wire                             placement_valid,
    input  wire [32:0]                      placement,
    input  wire                             siphash_valid,
    input  wire [63:0]                      siphash,
    output reg  [63:0]                      hash,               // SipHash of the command's key

    // dispatcher
    output wire                             event_valid,
    input  wire                             event_ready,
    output wire                             event_drained,      // it is the second half of a RELEASE
    output reg  [32:0]                      event_hash,

    // walker
    output reg                              flush_start,
    input  wire                             flush_done,

    // the park store
    output reg                              drain_start,
    output reg  [15:0]                      drain_index,
    input  wire                             drain_done,

    // write stage
    input  wire                             write_valid,        // of a command
    input  wire [`COMMAND_STATUS_BITS-1:0] write_status,
    input  wire [15:0]                      write_index,
    input  wire                             write_again,        // more frames were parked meanwhile
    input  wire [`ENTRY_BITS-1:0]           write_next_entry
);
    localparam [2:0] IDLE  = 3'd0,                              // no command
                     ASK   = 3'd1,                              // the key waits for the hash
                     HASH  = 3'd2,                              // the key is being hashed
                     SEND  = 3'd3,                              // the event waits for the dispatcher
                     WAIT  = 3'd4,                              // the event is in the pipeline
                     FLUSH = 3'd5,                              // the walker flushes
                     DRAIN = 3'd6;                              // the park store empties an entry's slots

    reg [2:0]             state;
    reg                   answered;                             // the answer is this command's
    reg                   drained;                              // the event is a RELEASE's second half
    wire                  found = write_status == `COMMAND_STATUS_OK || write_status == `COMMAND_STATUS_WRONG_STATE ||
                                  write_status == `COMMAND_STATUS_EXISTS;
    wire                  known_code = go_code == `COMMAND_CODE_OPEN || go_code == `COMMAND_CODE_CLOSE ||
                                       go_code == `COMMAND_CODE_ABORT || go_code == `COMMAND_CODE_HOLD ||
                                       go_code == `COMMAND_CODE_RELEASE || go_code == `COMMAND_CODE_TAKE ||
                                       go_code == `COMMAND_CODE_READ || go_code == `COMMAND_CODE_FLUSH;

    assign busy        = state != IDLE;
    assign hash_valid  = state == ASK;
    assign event_valid = state == SEND;
    assign event_drained = drained;
    assign answer_keep   = state == WAIT && write_valid && found;
    assign answer_shown  = answered;

    always @(posedge clk) begin
        flush_start <= 1'b0;
        drain_start <= 1'b0;
        if (siphash_valid) hash <= siphash;
        case (state)
            IDLE: if (go) begin
                code     <= go_code;
                number   <= go_sequence;
                drained  <= 1'b0;
                answered <= 1'b0;
                if (!known_code) begin
                    state  <= IDLE;
                    status <= `COMMAND_STATUS_INVALID;
                end else if (go_code == `COMMAND_CODE_FLUSH) begin
                    state       <= FLUSH;
                    flush_start <= 1'b1;
                end else
                    state <= ASK;
            end
            ASK:  if (hash_ready) state <= HASH;
            HASH: begin
                if (placement_valid) event_hash <= placement;
                if (siphash_valid)   state      <= SEND;
            end
            SEND: if (event_ready) state <= WAIT;
            WAIT: if (write_valid) begin
                status <= write_status;
                if (found) answered <= 1'b1;
                if (write_status == `COMMAND_STATUS_OK && (drained ? write_again : code == `COMMAND_CODE_RELEASE)) begin
                    state       <= DRAIN;
                    drain_start <= 1'b1;
                    drain_index <= write_index;
                end else
                    state <= IDLE;
            end
            DRAIN: if (drain_done) begin
                state   <= SEND;
                drained <= 1'b1;
            end
            FLUSH: if (flush_done) begin
                status <= `COMMAND_STATUS_OK;
                state  <= IDLE;
            end
            default: state <= IDLE;
        endcase
        if (rst) begin
            state       <= IDLE;
            status      <= `COMMAND_STATUS_OK;
            number      <= 8'd0;
            drained     <= 1'b0;
            drain_start <= 1'b0;
            code        <= 8'd0;
            flush_start <= 1'b0;
            answered    <= 1'b0;
        end
    end

    generate
        if (STILL != 0) begin : elsewhere
            assign answer_data = answer_kept;
            wire unused = &{1'b0, write_next_entry, answer_address, 1'b0};
        end else begin : here
            reg [`ENTRY_BITS-1:0] answer;
            always @(posedge clk) if (answer_keep) answer <= write_next_entry;
            word_window #(.BITS(`ENTRY_BITS)) window (
                .clk(clk), .record(answer), .shown(answered), .address(answer_address), .word(answer_data)
            );
            wire unused = &{1'b0, answer_kept, 1'b0};
        end
    endgenerate
endmodule

`default_nettype wire
