// What of AMD's "7 Series Integrated Block for PCI Express" (PG054, pcie_7x 3.3) the top level sees, as build.tcl configures
// it: the interfaces AXI4-Stream (64 bits), interrupt, control and status. The block itself is the vendor's, and made by
// Vivado; this is its name for tools that do not have it.

`default_nettype none

(* blackbox *)
module pcie_7x_0 (
    // Lane
    output wire [0:0]  pci_exp_txp,
    output wire [0:0]  pci_exp_txn,
    input  wire [0:0]  pci_exp_rxp,
    input  wire [0:0]  pci_exp_rxn,
    input  wire        sys_clk,
    input  wire        sys_rst_n,

    // User
    output wire        user_clk_out,
    output wire        user_reset_out,
    output wire        user_lnk_up,
    output wire        user_app_rdy,

    // Completions
    input  wire [63:0] s_axis_tx_tdata,
    input  wire [7:0]  s_axis_tx_tkeep,
    input  wire        s_axis_tx_tlast,
    input  wire        s_axis_tx_tvalid,
    output wire        s_axis_tx_tready,
    input  wire [3:0]  s_axis_tx_tuser,
    output wire [5:0]  tx_buf_av,
    output wire        tx_cfg_req,
    output wire        tx_err_drop,
    input  wire        tx_cfg_gnt,

    // Requests
    output wire [63:0] m_axis_rx_tdata,
    output wire [7:0]  m_axis_rx_tkeep,
    output wire        m_axis_rx_tlast,
    output wire        m_axis_rx_tvalid,
    input  wire        m_axis_rx_tready,
    output wire [21:0] m_axis_rx_tuser,
    input  wire        rx_np_ok,
    input  wire        rx_np_req,

    // Interrupt
    input  wire        cfg_interrupt,
    output wire        cfg_interrupt_rdy,
    input  wire        cfg_interrupt_assert,
    input  wire [7:0]  cfg_interrupt_di,
    output wire [7:0]  cfg_interrupt_do,
    output wire [2:0]  cfg_interrupt_mmenable,
    output wire        cfg_interrupt_msienable,
    output wire        cfg_interrupt_msixenable,
    output wire        cfg_interrupt_msixfm,
    input  wire        cfg_interrupt_stat,
    input  wire [4:0]  cfg_pciecap_interrupt_msgnum,

    // Control
    input  wire        cfg_trn_pending,
    input  wire        cfg_pm_halt_aspm_l0s,
    input  wire        cfg_pm_halt_aspm_l1,
    input  wire        cfg_pm_force_state_en,
    input  wire [1:0]  cfg_pm_force_state,
    input  wire [63:0] cfg_dsn,
    input  wire        cfg_pm_send_pme_to,
    input  wire        cfg_pm_wake,
    input  wire        cfg_turnoff_ok,
    input  wire [7:0]  cfg_ds_bus_number,
    input  wire [4:0]  cfg_ds_device_number,
    input  wire [2:0]  cfg_ds_function_number,

    // Status
    output wire        cfg_to_turnoff,
    output wire [7:0]  cfg_bus_number,
    output wire [4:0]  cfg_device_number,
    output wire [2:0]  cfg_function_number
);
endmodule

`default_nettype wire
