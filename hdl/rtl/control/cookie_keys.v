// The keys of SYN cookies: this period's and the one before (rules K1, K3). A period is 64 s, and names its key, so a
// key that the host writes waits for the next period's beginning. The keys go to the hash unit and nowhere else.

`default_nettype none

module cookie_keys (
    input  wire         clk,
    input  wire         rst,
    input  wire [63:0]  timebase_us,

    // registers
    input  wire         commit,                                 // take the staged key
    input  wire [127:0] staging,
    output reg          key_set,                                // a key was committed since reset
    output reg          key_waits,                              // one waits for the next period

    // the hash; period and keys change in one clock
    output reg  [23:0]  period,                                 // modulo 2^24
    output reg  [127:0] current_key,
    output reg  [127:0] previous_key
);
    reg  [127:0] next_key;
    wire         boundary = period != timebase_us[49:26];

    always @(posedge clk) begin
        period <= timebase_us[49:26];
        if (commit) next_key <= staging;
        if (rst) begin
            key_set      <= 1'b0;
            key_waits    <= 1'b0;
            next_key     <= 128'd0;
            current_key  <= 128'd0;
            previous_key <= 128'd0;
        end else if (commit && !key_set) begin
            key_set      <= 1'b1;
            current_key  <= staging;
            previous_key <= staging;
        end else begin
            // A key that is committed in the very clock of a boundary waits for the next one.
            if (boundary) begin
                previous_key <= current_key;
                if (key_waits) current_key <= next_key;
            end
            key_waits <= commit || (key_waits && !boundary);
        end
    end

    wire unused = &{1'b0, timebase_us[63:50], timebase_us[25:0], 1'b0};
endmodule

`default_nettype wire
