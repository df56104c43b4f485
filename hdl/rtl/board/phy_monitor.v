// Sets up two Ethernet PHYs over MDIO and asks them, one after the other and without end, what their links are.
//
// It uses no register but those that IEEE 802.3 (22.2.4) gives every PHY, because PHYs need not say between frames what
// their link is, and some don't unless they are told to (Broadcom's B50612D: register 18h, shadow 111, bit 5). A PHY that
// answers for the first time is told to offer full duplex alone, at 10, 100 and 1000 Mbit/s, and to negotiate anew. One
// that does not answer is asked again and again; with SCAN at the next address.

`default_nettype none

module phy_monitor #(
    parameter HALF_PERIOD  = 20,                                // of mdc, in clocks; see mdio.v
    parameter NET_ADDRESS  = 0,                                 // MDIO addresses, 0 to 31
    parameter HOST_ADDRESS = 1,
    parameter SCAN         = 0                                  // 1: a PHY alone on its bus; the addresses are where to begin
) (
    input  wire       clk,
    input  wire       rst,

    // Bit 0: the network's PHY; bit 1: the host's
    input  wire [1:0] power_down,                               // it is to have no link
    output reg  [1:0] present,                                  // it answers; what follows holds
    output reg  [1:0] link,
    output reg  [3:0] speed,                                    // 2 bits each; 0: 10, 1: 100, 2: 1000 Mbit/s
    output reg  [1:0] full_duplex,

    // Pins of the bus, or of the selected PHY's bus
    output reg        select,                                   // which PHY
    output wire       mdc,
    output wire       mdio_out,
    output wire       mdio_drive,
    input  wire       mdio_in
);
    localparam [31:0] NET = NET_ADDRESS, HOST = HOST_ADDRESS;

    localparam [4:0] CONTROL = 5'd0, STATUS = 5'd1, ADVERTISE = 5'd4, PARTNER = 5'd5, GIGABIT = 5'd9, GIGABIT_PARTNER = 5'd10;

    localparam [2:0] READ_STATUS     = 3'd0,
                     WRITE_ADVERTISE = 3'd1,
                     WRITE_GIGABIT   = 3'd2,
                     WRITE_CONTROL   = 3'd3,
                     READ_PARTNER    = 3'd4,
                     READ_GIGABIT    = 3'd5;

    reg  [2:0]  step;
    reg         asked;                                          // this step's access has begun
    reg  [1:0]  set_up;                                         // the PHY has been told what to offer
    reg  [1:0]  down;                                           // what it has been told of power_down
    reg  [4:0]  net_phy, host_phy;                              // addresses
    reg  [8:6]  partner;                                        // of register 5: 100BASE-TX full and half, 10BASE-T full duplex
    reg         up;                                             // of register 1: link, and negotiation complete
    reg         tell_down;                                      // what the PHY is being told of power_down

    wire        start = !asked;
    wire        busy, missing;
    wire [15:0] read_data;
    reg  [4:0]  address;
    reg  [15:0] write_data;
    reg         write;

    wire        to_set_up = !set_up[select] || down[select] != power_down[select];

    always @* begin
        address    = STATUS;
        write      = 1'b0;
        write_data = 16'd0;
        case (step)
            WRITE_ADVERTISE: begin
                address    = ADVERTISE;
                write      = 1'b1;
                write_data = 16'h0141;                          // 100BASE-TX and 10BASE-T in full duplex; IEEE 802.3
            end
            WRITE_GIGABIT: begin
                address    = GIGABIT;
                write      = 1'b1;
                write_data = 16'h0200;                          // 1000BASE-T in full duplex
            end
            WRITE_CONTROL: begin
                address    = CONTROL;
                write      = 1'b1;
                write_data = tell_down ? 16'h1940 : 16'h1340; // power down, or negotiate anew
            end
            READ_PARTNER: address = PARTNER;
            READ_GIGABIT: address = GIGABIT_PARTNER;
            default: ;
        endcase
    end

    mdio #(.HALF_PERIOD(HALF_PERIOD)) mdio (
        .clk(clk), .rst(rst),
        .start(start), .write(write), .phy(select ? host_phy : net_phy), .address(address), .write_data(write_data),
        .busy(busy), .read_data(read_data), .missing(missing),
        .mdc(mdc), .mdio_out(mdio_out), .mdio_drive(mdio_drive), .mdio_in(mdio_in)
    );

    always @(posedge clk)
        if (rst) begin
            step        <= READ_STATUS;
            asked       <= 1'b0;
            select      <= 1'b0;
            present     <= 2'b00;
            link        <= 2'b00;
            speed       <= 4'b1010;
            full_duplex <= 2'b11;
            set_up      <= 2'b00;
            down        <= 2'b00;
            net_phy     <= NET[4:0];
            host_phy    <= HOST[4:0];
        end else if (!asked) begin
            asked <= 1'b1;
        end else if (!busy) begin
            asked <= 1'b0;
            case (step)
                READ_STATUS:
                    if (missing) begin
                        present[select] <= 1'b0;
                        link[select]    <= 1'b0;
                        set_up[select]  <= 1'b0;
                        select          <= !select;
                        if (SCAN != 0 && !select) net_phy  <= net_phy + 5'd1;
                        if (SCAN != 0 && select)  host_phy <= host_phy + 5'd1;
                    end else begin
                        present[select] <= 1'b1;
                        up              <= read_data[2] && read_data[5];
                        tell_down       <= power_down[select];
                        step            <= to_set_up ? WRITE_ADVERTISE : READ_PARTNER;
                    end
                WRITE_ADVERTISE: step <= WRITE_GIGABIT;
                WRITE_GIGABIT:   step <= WRITE_CONTROL;
                WRITE_CONTROL: begin
                    link[select]   <= 1'b0;
                    set_up[select] <= 1'b1;
                    down[select]   <= tell_down;
                    step           <= READ_STATUS;
                    select         <= !select;
                end
                READ_PARTNER: begin
                    partner <= read_data[8:6];
                    step    <= READ_GIGABIT;
                end
                default: begin                                  // READ_GIGABIT
                    link[select]        <= up && !down[select];
                    full_duplex[select] <= read_data[11] || partner[8] || (partner[6] && !partner[7]);
                    if (!select) speed[1:0] <= read_data[11] ? 2'd2 : {1'b0, partner[8] || partner[7]};
                    else         speed[3:2] <= read_data[11] ? 2'd2 : {1'b0, partner[8] || partner[7]};
                    step   <= READ_STATUS;
                    select <= !select;
                end
            endcase
        end

    wire unused = &{1'b0, read_data[15:12], read_data[10:9], read_data[4:3], read_data[1:0]};
endmodule

`default_nettype wire
