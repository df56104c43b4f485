// A counter and a small block RAM, so that the stream has frames, a dictionary and an EBR.
`default_nettype none
module tiny (
    input  wire clk,
    output wire led
);
  reg [23:0] count = 0;
  reg [7:0] memory [0:1023];
  reg [7:0] read = 0;
  integer i;
  initial for (i = 0; i < 1024; i = i + 1) memory[i] = i[7:0] ^ 8'h5a;
  always @(posedge clk) begin
    count <= count + 1;
    read <= memory[count[23:14]];
  end
  assign led = ^read ^ count[23];
endmodule
