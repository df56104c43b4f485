// reply_builder and frame_mux at all four widths under one top, so that one simulation checks them all. Instance i
// is 64 << i bits wide and has slot i of every port, in slots of 512 bits whatever its width. With WORDS, reply_words
// takes the place of the first reply_builder.

`default_nettype none

`include "offload_map.vh"

module egress_bench #(
    parameter WORDS = 0
) (
    input  wire                       clk,
    input  wire                       rst,

    // reply_builder.
    input  wire [3:0]                 reply_valid,
    output wire [3:0]                 reply_ready,
    input  wire [4*608-1:0]           reply,
    output wire [2047:0]              built_tdata,
    output wire [255:0]               built_tkeep,
    output wire [3:0]                 built_tvalid,
    input  wire [3:0]                 built_tready,
    output wire [3:0]                 built_tlast,
    output wire [3:0]                 built_sent,
    output wire                       built_dropped,            // of reply_words
    output wire [3:0]                 built_busy,

    // frame_mux.
    input  wire [2047:0]              reply_tdata,
    input  wire [255:0]               reply_tkeep,
    input  wire [3:0]                 reply_tvalid,
    output wire [3:0]                 reply_tready,
    input  wire [3:0]                 reply_tlast,
    input  wire [2047:0]              pass_tdata,
    input  wire [255:0]               pass_tkeep,
    input  wire [3:0]                 pass_tvalid,
    output wire [3:0]                 pass_tready,
    input  wire [3:0]                 pass_tlast,
    output wire [2047:0]              mux_tdata,
    output wire [255:0]               mux_tkeep,
    output wire [3:0]                 mux_tvalid,
    input  wire [3:0]                 mux_tready,
    output wire [3:0]                 mux_tlast,
    output wire [3:0]                 mux_busy
);

    genvar i;
    generate
        for (i = 0; i < 4; i = i + 1) begin : each_width
            localparam WIDTH = 64 << i;

            wire [WIDTH-1:0]   built_data;
            wire [WIDTH/8-1:0] built_keep;
            wire [WIDTH-1:0]   mux_data;
            wire [WIDTH/8-1:0] mux_keep;

            if (WIDTH == 512) begin : whole_slot
                assign built_tdata[512*i +: 512] = built_data;
                assign built_tkeep[64*i +: 64]   = built_keep;
                assign mux_tdata[512*i +: 512]   = mux_data;
                assign mux_tkeep[64*i +: 64]     = mux_keep;
            end else begin : part_of_slot
                assign built_tdata[512*i +: 512] = {{(512 - WIDTH){1'b0}}, built_data};
                assign built_tkeep[64*i +: 64]   = {{(64 - WIDTH / 8){1'b0}}, built_keep};
                assign mux_tdata[512*i +: 512]   = {{(512 - WIDTH){1'b0}}, mux_data};
                assign mux_tkeep[64*i +: 64]     = {{(64 - WIDTH / 8){1'b0}}, mux_keep};
            end

            wire unused_tdest;                                  // of a record that is for the network, 0
            if (i == 0 && WORDS != 0) begin : words
                reply_words builder (
                    .clk(clk),
                    .rst(rst),
                    .reply_valid(reply_valid[i]),
                    .reply_ready(reply_ready[i]),
                    .reply(reply[608*i +: `REPLY_BITS]),
                    .m_axis_tdata(built_data),
                    .m_axis_tkeep(built_keep),
                    .m_axis_tvalid(built_tvalid[i]),
                    .m_axis_tready(built_tready[i]),
                    .m_axis_tlast(built_tlast[i]),
                    .m_axis_tdest(unused_tdest),
                    .count_sent(built_sent[i]),
                    .count_dropped(built_dropped),
                    .busy(built_busy[i])
                );
            end else begin : frames
                reply_builder #(
                    .DATA_WIDTH(WIDTH)
                ) builder (
                    .clk(clk),
                    .rst(rst),
                    .reply_valid(reply_valid[i]),
                    .reply_ready(reply_ready[i]),
                    .reply(reply[608*i +: `REPLY_BITS]),
                    .m_axis_tdata(built_data),
                    .m_axis_tkeep(built_keep),
                    .m_axis_tvalid(built_tvalid[i]),
                    .m_axis_tready(built_tready[i]),
                    .m_axis_tlast(built_tlast[i]),
                    .m_axis_tdest(unused_tdest),
                    .count_sent(built_sent[i]),
                    .busy(built_busy[i])
                );
            end
            if (i == 0 && WORDS == 0) begin : none_dropped
                assign built_dropped = 1'b0;
            end

            frame_mux #(
                .DATA_WIDTH(WIDTH)
            ) mux (
                .clk(clk),
                .rst(rst),
                .s_axis_reply_tdata(reply_tdata[512*i +: WIDTH]),
                .s_axis_reply_tkeep(reply_tkeep[64*i +: WIDTH/8]),
                .s_axis_reply_tvalid(reply_tvalid[i]),
                .s_axis_reply_tready(reply_tready[i]),
                .s_axis_reply_tlast(reply_tlast[i]),
                .s_axis_pass_tdata(pass_tdata[512*i +: WIDTH]),
                .s_axis_pass_tkeep(pass_tkeep[64*i +: WIDTH/8]),
                .s_axis_pass_tvalid(pass_tvalid[i]),
                .s_axis_pass_tready(pass_tready[i]),
                .s_axis_pass_tlast(pass_tlast[i]),
                .m_axis_tdata(mux_data),
                .m_axis_tkeep(mux_keep),
                .m_axis_tvalid(mux_tvalid[i]),
                .m_axis_tready(mux_tready[i]),
                .m_axis_tlast(mux_tlast[i]),
                .busy(mux_busy[i])
            );
        end
    endgenerate

    // Slots are wider than a reply and than the narrower buses.
    wire unused = &{1'b0, reply, reply_tdata, reply_tkeep, pass_tdata, pass_tkeep, 1'b0};

endmodule

`default_nettype wire
