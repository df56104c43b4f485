# Pins and clocks of the ALINX AX7203 (XC7A200T-2FBG484I), for Vivado. What the sources have was not tried here.
#
# Sources, by their short names below:
#   litex  litex-boards, litex_boards/platforms/alinx_ax7203.py, which its authors run on the board
#   maker  the maker's own examples for the sister board AX7103, whose carrier is the same (alinxalinx/AX7103 at GitHub):
#          SRC/9_ethernet_1g_100M/…/constrs_1/new/ethernet_test.xdc and SRC/18_PCIe_test/…/constrs_1/new/PCIe.xdc
#   nax    BubuPenguin/NaxRiscV-using-LiteX-on-Alinx-AX7203, litex-boards/litex_boards/platforms/alinx_ax7203.py, which
#          says that it took them from the schematic of the AX7203

set_property CFGBVS VCCO [current_design]
set_property CONFIG_VOLTAGE 3.3 [current_design]
set_property CONFIG_MODE SPIx4 [current_design]
set_property BITSTREAM.CONFIG.SPI_BUSWIDTH 4 [current_design]
set_property BITSTREAM.CONFIG.CONFIGRATE 50 [current_design]
set_property BITSTREAM.CONFIG.UNUSEDPIN PULLUP [current_design]
set_property BITSTREAM.GENERAL.COMPRESS TRUE [current_design]

# Clock of 200 MHz, differential: litex ("clk200"), maker ("sys_clk_p").
set_property -dict {PACKAGE_PIN R4 IOSTANDARD DIFF_SSTL15} [get_ports clk200_p]
set_property -dict {PACKAGE_PIN T4 IOSTANDARD DIFF_SSTL15} [get_ports clk200_n]
create_clock -name clk200 -period 5.000 [get_ports clk200_p]

# Button: litex ("cpu_reset_n"), maker ("sys_rst").
set_property -dict {PACKAGE_PIN T6 IOSTANDARD LVCMOS15} [get_ports reset_n]

# LEDs: litex ("user_led").
set_property -dict {PACKAGE_PIN B13 IOSTANDARD LVCMOS33} [get_ports {led[0]}]
set_property -dict {PACKAGE_PIN C13 IOSTANDARD LVCMOS33} [get_ports {led[1]}]
set_property -dict {PACKAGE_PIN D14 IOSTANDARD LVCMOS33} [get_ports {led[2]}]
set_property -dict {PACKAGE_PIN D15 IOSTANDARD LVCMOS33} [get_ports {led[3]}]

# PCI Express: litex ("pcie_x4", lane 0), maker ("sys_rst_n", "sys_clk_clk_p"). The clock comes from the slot, 100 MHz.
set_property PACKAGE_PIN F10 [get_ports pcie_clk_p]
set_property PACKAGE_PIN E10 [get_ports pcie_clk_n]
create_clock -name pcie_clk_in -period 10.000 [get_ports pcie_clk_p]
set_property -dict {PACKAGE_PIN J20 IOSTANDARD LVCMOS33 PULLUP TRUE} [get_ports pcie_reset_n]
set_property PACKAGE_PIN D11 [get_ports {pcie_rx_p[0]}]
set_property PACKAGE_PIN C11 [get_ports {pcie_rx_n[0]}]
set_property PACKAGE_PIN D5 [get_ports {pcie_tx_p[0]}]
set_property PACKAGE_PIN C5 [get_ports {pcie_tx_n[0]}]

# PHY 1, the network port: maker ("rgmii1_", "e1_"), nax ("eth", "eth_clocks").
set_property -dict {PACKAGE_PIN B17 IOSTANDARD LVCMOS33} [get_ports net_rxc]
set_property -dict {PACKAGE_PIN A16 IOSTANDARD LVCMOS33} [get_ports {net_rxd[0]}]
set_property -dict {PACKAGE_PIN B18 IOSTANDARD LVCMOS33} [get_ports {net_rxd[1]}]
set_property -dict {PACKAGE_PIN C18 IOSTANDARD LVCMOS33} [get_ports {net_rxd[2]}]
set_property -dict {PACKAGE_PIN C19 IOSTANDARD LVCMOS33} [get_ports {net_rxd[3]}]
set_property -dict {PACKAGE_PIN A15 IOSTANDARD LVCMOS33} [get_ports net_rx_ctl]
set_property -dict {PACKAGE_PIN E18 IOSTANDARD LVCMOS33 SLEW FAST} [get_ports net_txc]
set_property -dict {PACKAGE_PIN C20 IOSTANDARD LVCMOS33 SLEW FAST} [get_ports {net_txd[0]}]
set_property -dict {PACKAGE_PIN D20 IOSTANDARD LVCMOS33 SLEW FAST} [get_ports {net_txd[1]}]
set_property -dict {PACKAGE_PIN A19 IOSTANDARD LVCMOS33 SLEW FAST} [get_ports {net_txd[2]}]
set_property -dict {PACKAGE_PIN A18 IOSTANDARD LVCMOS33 SLEW FAST} [get_ports {net_txd[3]}]
set_property -dict {PACKAGE_PIN F18 IOSTANDARD LVCMOS33 SLEW FAST} [get_ports net_tx_ctl]
set_property -dict {PACKAGE_PIN D16 IOSTANDARD LVCMOS33} [get_ports net_phy_reset_n]
set_property -dict {PACKAGE_PIN B16 IOSTANDARD LVCMOS33} [get_ports net_mdc]
set_property -dict {PACKAGE_PIN B15 IOSTANDARD LVCMOS33 PULLUP TRUE} [get_ports net_mdio]
create_clock -name net_rx -period 8.000 [get_ports net_rxc]

# PHY 2, the host port: maker ("rgmii2_", "e2_").
set_property -dict {PACKAGE_PIN E19 IOSTANDARD LVCMOS33} [get_ports host_rxc]
set_property -dict {PACKAGE_PIN A20 IOSTANDARD LVCMOS33} [get_ports {host_rxd[0]}]
set_property -dict {PACKAGE_PIN B20 IOSTANDARD LVCMOS33} [get_ports {host_rxd[1]}]
set_property -dict {PACKAGE_PIN D19 IOSTANDARD LVCMOS33} [get_ports {host_rxd[2]}]
set_property -dict {PACKAGE_PIN C17 IOSTANDARD LVCMOS33} [get_ports {host_rxd[3]}]
set_property -dict {PACKAGE_PIN F19 IOSTANDARD LVCMOS33} [get_ports host_rx_ctl]
set_property -dict {PACKAGE_PIN A14 IOSTANDARD LVCMOS33 SLEW FAST} [get_ports host_txc]
set_property -dict {PACKAGE_PIN E17 IOSTANDARD LVCMOS33 SLEW FAST} [get_ports {host_txd[0]}]
set_property -dict {PACKAGE_PIN C14 IOSTANDARD LVCMOS33 SLEW FAST} [get_ports {host_txd[1]}]
set_property -dict {PACKAGE_PIN C15 IOSTANDARD LVCMOS33 SLEW FAST} [get_ports {host_txd[2]}]
set_property -dict {PACKAGE_PIN A13 IOSTANDARD LVCMOS33 SLEW FAST} [get_ports {host_txd[3]}]
set_property -dict {PACKAGE_PIN D17 IOSTANDARD LVCMOS33 SLEW FAST} [get_ports host_tx_ctl]
set_property -dict {PACKAGE_PIN B22 IOSTANDARD LVCMOS33} [get_ports host_phy_reset_n]
set_property -dict {PACKAGE_PIN F20 IOSTANDARD LVCMOS33} [get_ports host_mdc]
set_property -dict {PACKAGE_PIN C22 IOSTANDARD LVCMOS33 PULLUP TRUE} [get_ports host_mdio]
create_clock -name host_rx -period 8.000 [get_ports host_rxc]

# What comes in: data change 1.2 ns before their clock (see x7_rgmii.v), give or take the 0.5 ns of RGMII 2.0 (table 2,
# TskewT), which is 2.3 to 3.3 ns behind the edge before it.
set_input_delay -clock net_rx -add_delay -max 3.300 [get_ports {net_rxd[*] net_rx_ctl}]
set_input_delay -clock net_rx -add_delay -min 2.300 [get_ports {net_rxd[*] net_rx_ctl}]
set_input_delay -clock net_rx -clock_fall -add_delay -max 3.300 [get_ports {net_rxd[*] net_rx_ctl}]
set_input_delay -clock net_rx -clock_fall -add_delay -min 2.300 [get_ports {net_rxd[*] net_rx_ctl}]
set_input_delay -clock host_rx -add_delay -max 3.300 [get_ports {host_rxd[*] host_rx_ctl}]
set_input_delay -clock host_rx -add_delay -min 2.300 [get_ports {host_rxd[*] host_rx_ctl}]
set_input_delay -clock host_rx -clock_fall -add_delay -max 3.300 [get_ports {host_rxd[*] host_rx_ctl}]
set_input_delay -clock host_rx -clock_fall -add_delay -min 2.300 [get_ports {host_rxd[*] host_rx_ctl}]

# What crosses between these goes through synchronizers and asynchronous queues in Gray code (hdl/rtl/common).
set_clock_groups -asynchronous \
    -group [get_clocks -of_objects [get_nets clk_core]] \
    -group [get_clocks -of_objects [get_nets {clk_line clk_late}]] \
    -group [get_clocks net_rx] \
    -group [get_clocks host_rx] \
    -group [get_clocks -include_generated_clocks pcie_clk_in]

set_false_path -from [get_ports {reset_n pcie_reset_n}]
set_false_path -to [get_ports {led[*] net_phy_reset_n host_phy_reset_n net_mdc host_mdc net_mdio host_mdio}]
set_false_path -from [get_ports {net_mdio host_mdio}]
