// Brings a reset into a second clock domain and keeps the first one in reset until the second one has been in reset
// and left it. So both are in reset together for some clocks of each, and a clock that stands still (a PHY's) keeps its
// domain's partner quiet instead of half reset.

`default_nettype none

module reset_cross (
    input  wire clk,
    input  wire rst,
    output wire rst_here,                                       // for what lives at clk and talks to the other domain
    input  wire other_clk,
    output wire rst_other                                       // for what lives at other_clk
);
    reg  asked;
    wire answered;

    synchronizer ask    (.clk(other_clk), .from(asked), .to(rst_other));
    synchronizer answer (.clk(clk), .from(rst_other), .to(answered));

    assign rst_here = rst || asked || answered;

    always @(posedge clk)
        if (rst) asked <= 1'b1;
        else if (answered) asked <= 1'b0;
endmodule

`default_nettype wire
