// One SYN through the whole core, and the clock in which it comes to each stage, counted from the transfer of its last
// beat. Prints a line `stage NAME CLOCK` for each; run.sh compares them with docs/engine.md.

`default_nettype none
`timescale 1ns / 1ns

`include "offload_map.vh"

module stages_bench;
    parameter DATA_WIDTH = 512;
    localparam BYTES  = DATA_WIDTH / 8;
    localparam BEATS  = (60 + BYTES - 1) / BYTES;

    reg         clk = 1'b0, rst = 1'b1;
    reg  [15:0] awaddr;
    reg  [31:0] wdata;
    reg         write = 1'b0;
    wire        awready, wready, bvalid;
    wire [1:0]  bresp;
    reg  [DATA_WIDTH-1:0]   tdata;
    reg  [DATA_WIDTH/8-1:0] tkeep;
    reg         tvalid = 1'b0, tlast = 1'b0;
    wire        tready, answer_valid;
    wire        busy;
    integer     clock = 0, t0 = -1, i, j;

    always #5 clk = !clk;
    always @(posedge clk) clock <= clock + 1;

    offload_core #(.DATA_WIDTH(DATA_WIDTH), .CONNECTIONS(64), .LISTENERS(1), .PARK_SLOTS(0), .EVENT_DEPTH(2), .FRAME_FIFO_BYTES(4096)) core (
        .clk(clk), .rst(rst), .timebase_us(64'd1000000), .busy(busy),
        .s_axil_awaddr(awaddr), .s_axil_awprot(3'd0), .s_axil_awvalid(write), .s_axil_awready(awready),
        .s_axil_wdata(wdata), .s_axil_wstrb(4'hF), .s_axil_wvalid(write), .s_axil_wready(wready),
        .s_axil_bresp(bresp), .s_axil_bvalid(bvalid), .s_axil_bready(1'b1),
        .s_axil_araddr(16'd0), .s_axil_arprot(3'd0), .s_axil_arvalid(1'b0), .s_axil_rready(1'b1),
        .s_axis_net_tdata(tdata), .s_axis_net_tkeep(tkeep), .s_axis_net_tvalid(tvalid), .s_axis_net_tready(tready),
        .s_axis_net_tlast(tlast), .s_axis_net_tuser(1'b0), .m_axis_net_tvalid(answer_valid), .m_axis_net_tready(1'b1),
        .s_axis_host_tdata({DATA_WIDTH{1'b0}}), .s_axis_host_tkeep({DATA_WIDTH/8{1'b0}}), .s_axis_host_tvalid(1'b0),
        .s_axis_host_tlast(1'b0), .s_axis_host_tuser(1'b0), .m_axis_host_tready(1'b1)
    );

    task put(input [15:0] address, input [31:0] value);
        begin
            @(negedge clk);
            awaddr = address; wdata = value; write = 1'b1;
            @(posedge clk);
            while (!(awready && wready)) @(posedge clk);
            @(negedge clk) write = 1'b0;
            while (!bvalid) @(negedge clk);
            if (bresp != 2'd0) begin
                $display("FAIL: write to %h: response %0d", address, bresp);
                $finish;
            end
        end
    endtask

    // ---- the SYN: 192.0.2.9:40000 to 192.0.2.1:80, no options, 54 bytes and padding
    reg [479:0] frame;                                          // first byte on the wire in the most significant bits
    function [15:0] summed(input [159:0] words);
        integer w;
        reg [31:0] sum;
        begin
            sum = 0;
            for (w = 0; w < 10; w = w + 1) sum = sum + words[16*w +: 16];
            sum = sum[15:0] + sum[31:16];
            summed = ~(sum[15:0] + sum[31:16]);
        end
    endfunction
    localparam [31:0]  CLIENT = 32'hC0000209, SERVER = 32'hC0000201;
    localparam [47:0]  MAC    = 48'h02_00_00_00_00_01;
    wire       [159:0] ip  = {16'h4500, 16'd40, 16'd0, 16'h4000, 8'd64, 8'd6, 16'd0, CLIENT, SERVER};
    wire       [159:0] tcp = {16'd40000, 16'd80, 32'h12345678, 32'd0, 16'h5002, 16'd65535, 16'd0, 16'd0};
    // The pseudo header in what the checksum leaves out.
    wire       [15:0]  tcp_sum = summed({CLIENT, SERVER, 16'd6, 16'd20, 64'd0});
    function [15:0] both(input [15:0] one, input [15:0] other);
        reg [16:0] sum;
        begin
            sum  = {1'b0, ~one} + {1'b0, ~other};
            both = ~(sum[15:0] + {15'd0, sum[16]});
        end
    endfunction

    // ---- what the stages see
    reg [11:0] seen = 12'd0;
    task saw(input integer number, input condition);
        if (condition && t0 >= 0 && !seen[number]) begin
            seen[number] <= 1'b1;
            case (number)
                0:  $display("stage key %0d", clock - t0);
                1:  $display("stage hash %0d", clock - t0);
                2:  $display("stage segment %0d", clock - t0);
                3:  $display("stage placement %0d", clock - t0);
                4:  $display("stage issue %0d", clock - t0);
                5:  $display("stage match %0d", clock - t0);
                6:  $display("stage siphash %0d", clock - t0);
                7:  $display("stage fetch %0d", clock - t0);
                8:  $display("stage write %0d", clock - t0);
                9:  $display("stage build %0d", clock - t0);
                10: $display("stage built %0d", clock - t0);
                default: $display("stage sent %0d", clock - t0);
            endcase
        end
    endtask
    reg [2:0] since_issue = 3'd0;
    // The SYN's last beat goes at clock t0; what its first beats set off is before it, at negative clocks.
    always @(posedge clk) if (!rst) begin
        if (core.issue) since_issue <= 3'd1;
        else if (since_issue != 3'd0 && since_issue != 3'd7) since_issue <= since_issue + 3'd1;
        saw(0, core.wide_ports.net_key_valid);
        saw(1, core.net_hash_valid && core.net_hash_ready);
        saw(2, core.wide_ports.net_segment_valid);
        saw(3, core.placement_valid);
        saw(4, core.issue);
        saw(5, since_issue == 3'd2);
        saw(6, core.siphash_valid);
        saw(7, core.in_flight[6]);
        saw(8, core.write_valid);
        saw(9, core.wide_replies.builder.reply_valid && core.wide_replies.builder.reply_ready);
        saw(10, core.reply_tvalid);
        saw(11, answer_valid);
    end

    reg [`LISTENER_BITS-1:0] listener;
    initial begin
        repeat (4) @(posedge clk);
        @(negedge clk) rst = 1'b0;
        for (i = 0; i < 4; i = i + 1) put(`AT_ISN_KEY + 4 * i, 32'h03020100 + 32'h04040404 * i);
        for (i = 0; i < 11; i = i + 1) put(`AT_ISN_PLACEMENT_KEY + 4 * i, 32'h9E3779B9 * (i + 1));
        put(`AT_ISN_KEY_COMMIT, 32'd3);
        listener = 0;
        listener[`LISTENER_ENABLED] = 1'b1;
        listener[`LISTENER_WINDOW]  = 16'd8192;
        listener[`LISTENER_MSS]     = 16'd1460;
        listener[`LISTENER_PORT]    = 16'd80;
        listener[`LISTENER_BACKLOG] = 16'd16;
        listener[`LISTENER_ADDRESS] = {80'd0, 16'hFFFF, SERVER};
        listener[`LISTENER_MAC]     = MAC;
        for (i = 0; i < `LISTENER_WORDS; i = i + 1) put(`AT_LISTENER_STAGING + 4 * i, listener >> 32 * i);
        put(`AT_LISTENER_SLOT, 32'd0);
        put(`AT_LISTENER_ACTION, 32'd1);
        put(`AT_CONTROL_CONTROL, 32'd1);
        while (busy) @(negedge clk);

        frame = {MAC, 48'h02_00_00_00_00_02, 16'h0800, ip[159:80], summed(ip), ip[63:0],
                 tcp[159:32], both(tcp_sum, summed(tcp)), 16'd0, 48'd0};
        for (i = 0; i < BEATS; i = i + 1) begin
            for (j = 0; j < BYTES; j = j + 1) begin
                tkeep[j]        = i * BYTES + j < 60;
                tdata[8*j +: 8] = tkeep[j] ? frame[8 * (59 - (i * BYTES + j)) +: 8] : 8'd0;
            end
            tvalid = 1'b1;
            tlast  = i == BEATS - 1;
            if (i == 0) t0 = clock + BEATS - 1;
            @(negedge clk);
        end
        tvalid = 1'b0;
        repeat (100) @(negedge clk);
        if (!seen[11]) $display("FAIL: the SYN was not answered, the last stage it reached is above");
        $finish;
    end
endmodule

`default_nettype wire
