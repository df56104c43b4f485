// The numbers of the free entries. Used ones come back in any order and are given out again before fresh ones, so
// that the numbers in use stay as low as the table ever was full, and a sweep stays short. Nothing has to be filled
// after a reset: fresh numbers come from a counter.

`default_nettype none

module free_list #(
    parameter INDEX_BITS = 11                                   // there are 2^INDEX_BITS entries
) (
    input  wire                  clk,
    input  wire                  rst,

    output wire                  available,                     // `index` is free
    output wire [INDEX_BITS-1:0] index,
    input  wire                  take,                          // only while available

    input  wire                  give,
    input  wire [INDEX_BITS-1:0] give_index
);
    reg  [INDEX_BITS-1:0] memory [0:(1<<INDEX_BITS)-1];
    reg  [INDEX_BITS-1:0] head, tail;
    reg  [INDEX_BITS:0]   returned;                             // how many lie in the memory
    reg  [INDEX_BITS:0]   fresh;                                // numbers from here on were never given out

    reg                   pending, pending_fresh;               // an element is on its way to the outlet
    reg  [INDEX_BITS-1:0] pending_returned, pending_number;
    wire [2:0]            waiting;
    wire                  outlet_empty;

    wire has_returned = returned != {(INDEX_BITS+1){1'b0}};
    wire has_fresh    = !fresh[INDEX_BITS];
    wire refill       = waiting + {2'd0, pending} < 3'd3 && (has_returned || has_fresh);
    wire take_returned = refill && has_returned;

    fifo #(.WIDTH(INDEX_BITS), .DEPTH_BITS(2)) outlet (
        .clk(clk), .rst(rst),
        .write(pending), .write_data(pending_fresh ? pending_number : pending_returned),
        .read(take), .read_data(index), .empty(outlet_empty), .count(waiting)
    );
    assign available = !outlet_empty;

    always @(posedge clk) begin
        if (give) memory[tail] <= give_index;
        pending_returned <= memory[head];
        pending_number   <= fresh[INDEX_BITS-1:0];
        pending_fresh    <= !has_returned;
        if (rst) begin
            head     <= {INDEX_BITS{1'b0}};
            tail     <= {INDEX_BITS{1'b0}};
            returned <= {(INDEX_BITS+1){1'b0}};
            fresh    <= {(INDEX_BITS+1){1'b0}};
            pending  <= 1'b0;
        end else begin
            pending  <= refill;
            if (give)          tail <= tail + 1'b1;
            if (take_returned) head <= head + 1'b1;
            returned <= returned + {{INDEX_BITS{1'b0}}, give} - {{INDEX_BITS{1'b0}}, take_returned};
            if (refill && !has_returned) fresh <= fresh + 1'b1;
        end
    end
endmodule

`default_nettype wire
