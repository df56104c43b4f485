# Makes the bitstream of the ALINX AX7203 with Vivado (a free edition has the XC7A200T). Nobody has run this here: there is
# no Vivado where Offload is made. docs/boards/alinx-ax7203.md says what is to be looked at first.
#
#   vivado -mode batch -source boards/alinx-ax7203/build.tcl [-tclargs OUTPUT]
#
# Writes offload_alinx_ax7203.bit (for JTAG) and .bin (for the flash), with reports of area, timing and design rules, to
# OUTPUT, default artifacts/vivado/alinx-ax7203 in the repository. Ends with an error where a clock is too slow.

set board [file dirname [file normalize [info script]]]
set root [file dirname [file dirname $board]]
set top offload_alinx_ax7203
set output [file normalize [expr {$argc > 0 ? [lindex $argv 0] : "$root/artifacts/vivado/alinx-ax7203"}]]

# Verilog files of a folder and all below it, in order.
proc sources {folder} {
    set found [glob -nocomplain -directory $folder -types f *.v]
    foreach below [glob -nocomplain -directory $folder -types d *] {
        set found [concat $found [sources $below]]
    }
    return [lsort $found]
}

# The parameters and the core's clock, as board.yaml states them, for synth_design.
proc parameters {path} {
    set file [open $path]
    set text [read $file]
    close $file
    if {![regexp {\nparameters:\n((?:[ ]+[^\n]*\n)+)} $text -> lines] || ![regexp {\n  core: [^\n]*\mhz: *([0-9]+)} $text -> hertz]} {
        error "$path has no parameters, or no clock of the core; it has to look like boards/versa-5g/board.yaml"
    }
    set generics [list -generic CORE_HZ=$hertz]
    foreach {-> name value} [regexp -all -inline -line {^  ([A-Z_]+): *([0-9]+)} $lines] {
        lappend generics -generic $name=$value
    }
    return $generics
}

file mkdir $output
create_project -in_memory -part xc7a200tfbg484-2
set_property target_language Verilog [current_project]

# The block for PCI Express: an endpoint of one lane at 2.5 GT/s, 64 bits at 125 MHz; what software sees of it is in docs/pcie.md.
create_ip -name pcie_7x -vendor xilinx.com -library ip -module_name pcie_7x_0 -dir $output -force
set_property -dict [list \
    CONFIG.mode_selection Advanced \
    CONFIG.Device_Port_Type PCI_Express_Endpoint_device \
    CONFIG.PCIe_Blk_Locn X0Y0 \
    CONFIG.Maximum_Link_Width X1 \
    CONFIG.Link_Speed 2.5_GT/s \
    CONFIG.Interface_Width 64_bit \
    CONFIG.User_Clk_Freq 125 \
    CONFIG.Ref_Clk_Freq 100_MHz \
    CONFIG.Vendor_ID 10EE \
    CONFIG.Device_ID 4F47 \
    CONFIG.Subsystem_Vendor_ID 10EE \
    CONFIG.Subsystem_ID 7203 \
    CONFIG.Use_Class_Code_Lookup_Assistant false \
    CONFIG.Class_Code_Base 02 \
    CONFIG.Class_Code_Sub 80 \
    CONFIG.Class_Code_Interface 00 \
    CONFIG.Bar0_Enabled true \
    CONFIG.Bar0_Type Memory \
    CONFIG.Bar0_64bit false \
    CONFIG.Bar0_Prefetchable false \
    CONFIG.Bar0_Scale Kilobytes \
    CONFIG.Bar0_Size 128 \
    CONFIG.Expansion_Rom_Enabled false \
    CONFIG.Max_Payload_Size 128_bytes \
    CONFIG.IntX_Generation false \
    CONFIG.Legacy_Interrupt NONE \
    CONFIG.MSI_Enabled true \
    CONFIG.MSI_64b true \
    CONFIG.Multiple_Message_Capable 1_vector \
    CONFIG.MSIx_Enabled false \
    CONFIG.cfg_ctl_if true \
    CONFIG.cfg_status_if true \
    CONFIG.cfg_mgmt_if false \
    CONFIG.cfg_fc_if false \
    CONFIG.err_reporting_if false \
    CONFIG.pl_interface false \
    CONFIG.rcv_msg_if false \
    CONFIG.PCIe_Debug_Ports false \
    CONFIG.en_ext_clk false \
    CONFIG.shared_logic_in_core true \
] [get_ips pcie_7x_0]
set_property generate_synth_checkpoint false [get_files pcie_7x_0.xci]
generate_target all [get_ips pcie_7x_0]

# vendor/ has what stands in for the block elsewhere.
read_verilog [concat [sources $root/hdl/rtl] [lsort [glob -directory $board *.v]]]
read_xdc $board/pins.xdc
synth_design -top $top -part xc7a200tfbg484-2 -include_dirs $root/hdl/rtl/generated {*}[parameters $board/board.yaml]

# The block's own constraints put lane 0 at another transceiver than the board has it; the pins say which (as LitePCIe does,
# litepcie/phy/s7pciephy.py, add_gt_loc_constraints).
set transceiver [get_cells -hierarchical -filter {NAME =~ pcie/*gtp_channel.gtpe2_channel_i}]
reset_property LOC $transceiver
set_property LOC GTPE2_CHANNEL_X0Y5 $transceiver

opt_design
place_design
phys_opt_design
route_design
report_utilization -hierarchical -hierarchical_depth 4 -file $output/area.txt
report_timing_summary -file $output/timing.txt
report_cdc -details -file $output/crossings.txt
report_drc -file $output/rules.txt

set slack [get_property SLACK [get_timing_paths -delay_type min_max -max_paths 1]]
if {$slack < 0} {
    error "the slowest path misses its clock by [expr {-$slack}] ns: see $output/timing.txt"
}

write_bitstream -force -bin_file $output/$top.bit
puts "made $output/$top.bit; [expr {$slack}] ns to spare"
