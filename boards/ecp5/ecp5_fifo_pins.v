// The pins of an FTDI FIFO at an ECP5. With ENABLE 0 nothing is driven: they are pins of a header, and may be another's.

`default_nettype none

module ecp5_fifo_pins #(
    parameter ENABLE = 1
) (
    // Pins
    inout  wire [7:0] ft_data,
    output wire       ft_rd_n,
    output wire       ft_wr_n,
    output wire       ft_oe_n,
    output wire       ft_siwu_n,

    // See register_link.v
    output wire [7:0] data_in,
    input  wire [7:0] data_out,
    input  wire       data_drive,
    input  wire       rd_n,
    input  wire       wr_n,
    input  wire       oe_n,
    input  wire       siwu_n
);
    wire off = ENABLE == 0;

    genvar i;
    generate
        for (i = 0; i < 8; i = i + 1) begin : data
            BB pin (.B(ft_data[i]), .I(data_out[i]), .T(off || !data_drive), .O(data_in[i]));
        end
    endgenerate

    OBZ rd_pin   (.I(rd_n), .T(off), .O(ft_rd_n));
    OBZ wr_pin   (.I(wr_n), .T(off), .O(ft_wr_n));
    OBZ oe_pin   (.I(oe_n), .T(off), .O(ft_oe_n));
    OBZ siwu_pin (.I(siwu_n), .T(off), .O(ft_siwu_n));
endmodule

`default_nettype wire
