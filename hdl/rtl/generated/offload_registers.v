// The register block: an AXI4-Lite slave of 32-bit words that holds what software writes, and gives it what
// the core shows.
//
// One write and one read are under way at a time, beside each other. A write's address and data may come in
// any order; it takes effect in the clock before its answer. A read is answered four clocks after its
// address was taken. Neither ever waits for the core, apart from a write during soft_reset.
//
// Answers: an address without a register gives DECERR; a write to what can only be read, or one that does
// not write all four bytes, gives SLVERR and changes nothing. Bits without a field read as 0.
//
// Ports are named block_register, or block_register_field:
//   ro      input
//   rw      output that holds the value; with _strobe, high for the clock in which a new value begins
//   wo      the same, reads as 0; _clear puts it back to its reset value, a write in that clock wins
//   pulse   output, high for one clock when a 1 is written
//   window  _address out, _data in, valid two clocks after the address and for as long as it stands
// Registers of several words are one vector, the first word in the least significant bits.
//
// Generated from hdl/registers/*.yaml; do not edit. Made by
//   dotnet run --project firmware-tools/Offload.RegisterMap -- generate

`default_nettype none

module offload_registers (
    // Clock and reset. soft_reset (one clock is enough) puts every register back as rst does, and leaves the
    // bus alone, so that the write that asked for it is answered.
    input  wire           clk,
    input  wire           rst,
    input  wire           soft_reset,

    // AXI4-Lite
    input  wire [15:0]    s_axil_awaddr,
    input  wire [2:0]     s_axil_awprot,
    input  wire           s_axil_awvalid,
    output reg            s_axil_awready,
    input  wire [31:0]    s_axil_wdata,
    input  wire [3:0]     s_axil_wstrb,
    input  wire           s_axil_wvalid,
    output reg            s_axil_wready,
    output reg  [1:0]     s_axil_bresp,
    output reg            s_axil_bvalid,
    input  wire           s_axil_bready,
    input  wire [15:0]    s_axil_araddr,
    input  wire [2:0]     s_axil_arprot,
    input  wire           s_axil_arvalid,
    output reg            s_axil_arready,
    output reg  [31:0]    s_axil_rdata,
    output reg  [1:0]     s_axil_rresp,
    output reg            s_axil_rvalid,
    input  wire           s_axil_rready
    ,

    // identity.connections (0x0028, ro): Entries of the connection table (parameter CONNECTIONS).
    input  wire [31:0]    identity_connections,

    // identity.listeners (0x002C, ro): Slots for listeners (parameter LISTENERS).
    input  wire [31:0]    identity_listeners,

    // identity.data_width (0x0030, ro): Width of the frame streams in bits (parameter DATA_WIDTH).
    input  wire [31:0]    identity_data_width,

    // identity.event_depth (0x0034, ro): Events that the queue holds (parameter EVENT_DEPTH).
    input  wire [31:0]    identity_event_depth,

    // identity.park_slots (0x0038, ro): Frames that can be parked for adoption (parameter PARK_SLOTS).
    input  wire [31:0]    identity_park_slots,

    // identity.max_frame (0x003C, ro): Longest frame in bytes, without the FCS, that passes; longer ones are dropped
    // and counted.
    input  wire [31:0]    identity_max_frame,

    // control.control (0x0100, rw): Switches of the whole core.
    output reg            control_control_enable,
    output reg            control_control_test_enable,
    output reg  [7:0]     control_control_epoch,

    // control.reset (0x0104, pulse): Actions that start when a 1 is written.
    output reg            control_reset_soft_reset,

    // control.status (0x0108, ro): State of the whole core.
    input  wire           control_status_ready,
    input  wire           control_status_busy,
    input  wire           control_status_placement_key_set,
    input  wire           control_status_isn_key_set,
    input  wire           control_status_cookie_key_set,
    input  wire           control_status_cookie_key_waits,
    input  wire           control_status_host_alive,

    // control.timebase_low (0x010C, ro): Bits 31..0 of the time since the board's reset, in microseconds. Read high,
    // low, high and repeat where the two highs differ.
    input  wire [31:0]    control_timebase_low,

    // control.timebase_high (0x0110, ro): Bits 63..32 of the time since the board's reset.
    input  wire [31:0]    control_timebase_high,

    // control.entries_in_use (0x0114, ro): Entries of the connection table in use now.
    input  wire [31:0]    control_entries_in_use,

    // control.entries_peak (0x0118, ro): Most entries that were in use at once since reset.
    input  wire [31:0]    control_entries_peak,

    // control.sweep_period (0x011C, rw): Time in microseconds within which the timer sweep visits every entry; a
    // timeout fires at or after its time and within one period.
    output reg  [23:0]    control_sweep_period_microseconds,

    // control.interrupt_enable (0x0120, rw): Which causes raise the interrupt line.
    output reg            control_interrupt_enable_event,

    // control.interrupt_status (0x0124, ro): Causes that are pending, whether enabled or not.
    input  wire           control_interrupt_status_event,

    // control.interrupt_coalesce (0x0128, rw): Time that the interrupt line waits after the first event, so that one
    // interrupt serves several.
    output reg  [15:0]    control_interrupt_coalesce_microseconds,

    // control.reply_header (0x012C, rw): Header fields of the engine's own segments.
    output reg  [7:0]     control_reply_header_hop_limit,
    output reg  [5:0]     control_reply_header_dscp,

    // control.half_open (0x0130, ro): Entries in SYN-RECEIVED now that a SYN made.
    input  wire [31:0]    control_half_open,

    // control.parked_frames (0x0134, ro): Frames that are parked for hosts now, of identity.park_slots.
    input  wire [31:0]    control_parked_frames,

    // control.heartbeat (0x0138, pulse): Actions that start when a 1 is written.
    output reg            control_heartbeat_beat,

    // control.heartbeat_timeout (0x013C, rw): Time without a beat after which the host counts as lost and every
    // listener does what its `host_lost` says.
    output reg  [19:0]    control_heartbeat_timeout_ticks,

    // isn.mode (0x0180, rw): How initial sequence numbers are made.
    output reg  [1:0]     isn_mode_mode,

    // isn.fixed_value (0x0184, rw): The ISN of mode `fixed`.
    output reg  [31:0]    isn_fixed_value,

    // isn.key (0x0190, wo): The SipHash-2-4 key, first byte in the least significant byte of word 0. Takes effect, as
    // a whole, with key_commit.
    output reg  [127:0]   isn_key,
    input  wire           isn_key_clear,

    // isn.key_commit (0x01A0, pulse): Actions that start when a 1 is written.
    output reg            isn_key_commit_isn,
    output reg            isn_key_commit_placement,
    output reg            isn_key_commit_cookie,

    // isn.cookie_threshold (0x01A4, rw): SYN cookies are sent while more connections than this are half open, and
    // while no entry is free.
    output reg  [16:0]    isn_cookie_threshold_half_open,

    // isn.cookie_bucket (0x01A8, rw): Limit of SYN,ACKs with a cookie, one token bucket a listener.
    output reg  [7:0]     isn_cookie_bucket_depth,
    output reg  [3:0]     isn_cookie_bucket_refill_shift,

    // isn.cookie_period (0x01AC, ro): Number of the current cookie period, timebase[49:26]; a period lasts 2^26
    // microseconds, about 67 s.
    input  wire [23:0]    isn_cookie_period_number,

    // isn.placement_key (0x01B0, wo): The key of the hash that places entries in the table (Toeplitz over the entry's
    // key), 333 bits used, least significant bit of word 0 first.
    output reg  [351:0]   isn_placement_key,
    input  wire           isn_placement_key_clear,

    // isn.cookie_key (0x01E0, wo): The SipHash-2-4 key of SYN cookies, first byte in the least significant byte of
    // word 0. Takes effect with key_commit.
    output reg  [127:0]   isn_cookie_key,
    input  wire           isn_cookie_key_clear,

    // tcp.rto_initial (0x0200, rw): First retransmission timeout of a SYN, SYN,ACK or FIN (Linux TCP_TIMEOUT_INIT,
    // RFC 6298).
    output reg  [19:0]    tcp_rto_initial_ticks,

    // tcp.rto_max (0x0204, rw): Longest retransmission timeout (Linux TCP_RTO_MAX, 120 s).
    output reg  [19:0]    tcp_rto_max_ticks,

    // tcp.synack_retries (0x0208, rw): How often a SYN,ACK is sent again before the connection is given up (Linux
    // tcp_synack_retries).
    output reg  [3:0]     tcp_synack_retries_count,

    // tcp.orphan_retries (0x020C, rw): How often a FIN is sent again before the connection is given up (Linux
    // tcp_orphan_retries, whose 0 means 8).
    output reg  [3:0]     tcp_orphan_retries_count,

    // tcp.unsolicited_ack_interval (0x0210, rw): Least time between two unsolicited ACKs of one entry (Linux
    // tcp_invalid_ratelimit, 500 ms).
    output reg  [13:0]    tcp_unsolicited_ack_interval_ticks,

    // tcp.reset_bucket (0x0214, rw): Limit of resets that no entry answers for, one token bucket a listener (RFC 9293
    // 3.10.7.1; CVE-2016-5696).
    output reg  [7:0]     tcp_reset_bucket_depth,
    output reg  [3:0]     tcp_reset_bucket_refill_shift,

    // tcp.syn_retries (0x0218, rw): How often the SYN of an active open is sent again before it is given up (Linux
    // tcp_syn_retries).
    output reg  [3:0]     tcp_syn_retries_count,

    // tcp.fin_timeout (0x021C, rw): How long FIN-WAIT-2 lasts (Linux tcp_fin_timeout, 60 s).
    output reg  [19:0]    tcp_fin_timeout_ticks,

    // tcp.time_wait (0x0220, rw): How long TIME-WAIT lasts, 2MSL (Linux TCP_TIMEWAIT_LEN, 60 s; RFC 9293 3.4.2 has
    // four minutes).
    output reg  [19:0]    tcp_time_wait_ticks,

    // tcp.adoption_timeout (0x0224, rw): How long a connection waits for its adoption, and how long it stays held,
    // before it is reset.
    output reg  [19:0]    tcp_adoption_timeout_ticks,

    // tcp.watch_idle (0x0228, rw): How long a connection that the host owns is watched while no segment of it passes.
    output reg  [30:0]    tcp_watch_idle_ticks,

    // listener.staging (0x0280, rw): The layout `listener`, least significant word first.
    output reg  [287:0]   listener_staging,

    // listener.slot (0x02C0, rw): Which slot a commit writes and `committed` shows.
    output reg  [7:0]     listener_slot_index,

    // listener.action (0x02C4, pulse): Actions that start when a 1 is written.
    output reg            listener_action_commit,

    // listener.committed (0x02C8, ro): The slot's own words, as the engine uses them.
    input  wire [287:0]   listener_committed,

    // command.key (0x0400, rw): The layout `key`, least significant word first.
    output reg  [319:0]   command_key,

    // command.created_low (0x0428, rw): Bits 31..0 of the entry's creation time in microseconds.
    output reg  [31:0]    command_created_low,

    // command.created_high (0x042C, rw): Bits 47..32 of the entry's creation time.
    output reg  [15:0]    command_created_high_value,

    // command.listener (0x0430, rw): Argument of FLUSH and of OPEN.
    output reg  [7:0]     command_listener_index,
    output reg            command_listener_all,

    // command.go (0x0434, rw): Writing starts the command. A write while one is under way is ignored.
    output reg  [7:0]     command_go_code,
    output reg  [7:0]     command_go_sequence,
    output reg            command_go_strobe,

    // command.status (0x0438, ro): State and answer of the last command.
    input  wire           command_status_busy,
    input  wire [3:0]     command_status_status,
    input  wire [7:0]     command_status_sequence,

    // command.remote_mac_low (0x043C, rw): Argument of OPEN: bits 31..0 of the next hop's MAC.
    output reg  [31:0]    command_remote_mac_low,

    // command.remote_mac_high (0x0440, rw): Argument of OPEN: bits 47..32 of the next hop's MAC, the first byte on
    // the wire in the most significant byte.
    output reg  [15:0]    command_remote_mac_high_value,

    // command.options (0x0444, rw): Arguments of RELEASE and TAKE.
    output reg            command_options_forget,
    output reg            command_options_peer_closed,

    // command.take_snd_nxt (0x0448, rw): Argument of TAKE: SND.NXT, all of which is acknowledged.
    output reg  [31:0]    command_take_snd_nxt,

    // command.take_rcv_nxt (0x044C, rw): Argument of TAKE: RCV.NXT.
    output reg  [31:0]    command_take_rcv_nxt,

    // command.take_ts_val (0x0450, rw): Argument of TAKE: the host's next TSval, where timestamps are agreed.
    output reg  [31:0]    command_take_ts_val,

    // command.take_window (0x0454, rw): Argument of TAKE.
    output reg  [15:0]    command_take_window_value,

    // command.answer (0x0500, ro): The layout `entry`, as it stood after the command; zero where there was none.
    output wire [5:0]     command_answer_address,
    input  wire [31:0]    command_answer_data,

    // table_read.go (0x0600, rw): Writing starts a read. A write while one is under way is ignored.
    output reg  [15:0]    table_read_go_index,
    output reg            table_read_go_next,
    output reg            table_read_go_strobe,

    // table_read.status (0x0604, ro): State and answer of the last read.
    input  wire [15:0]    table_read_status_index,
    input  wire           table_read_status_valid,
    input  wire           table_read_status_busy,

    // table_read.entry (0x0700, ro): The layout `entry`; zero where valid is 0.
    output wire [5:0]     table_read_entry_address,
    input  wire [31:0]    table_read_entry_data,

    // event.status (0x0800, ro): State of the queue.
    input  wire [15:0]    event_status_available,
    input  wire [15:0]    event_status_head,

    // event.lost_low (0x0804, ro): Events lost since reset because the queue was full, bits 31..0. The table holds
    // the truth.
    input  wire [31:0]    event_lost_low,

    // event.lost_high (0x0808, ro): Bits 63..32 of the lost events.
    input  wire [31:0]    event_lost_high,

    // event.pop (0x080C, rw): Writing the head's number drops the oldest event; any other number is ignored, so that
    // a repeated write drops nothing twice.
    output reg  [15:0]    event_pop_number,
    output reg            event_pop_strobe,

    // event.event (0x0900, ro): The layout `event` of the oldest event, least significant word first; undefined while
    // none waits.
    output wire [5:0]     event_event_address,
    input  wire [31:0]    event_event_data,

    // counter.action (0x0A00, pulse): Actions that start when a 1 is written.
    output reg            counter_action_snapshot,

    // counter.status (0x0A04, ro): State of the snapshot.
    input  wire           counter_status_busy,

    // counter.values (0x0C00, ro): The snapshot, two words a counter.
    output wire [7:0]     counter_values_address,
    input  wire [31:0]    counter_values_data
);

    localparam [1:0] OKAY = 2'b00, SLVERR = 2'b10, DECERR = 2'b11;

    // What is at an address. What is kept can be written, and is read from a memory of what was.
    localparam [1:0] NOTHING = 2'd0, READABLE = 2'd1, WRITABLE = 2'd2, KEPT = 2'd3;

    function [1:0] kind_of(input [15:2] address);
        begin
            case (address)
                14'h0000: kind_of = READABLE;
                14'h0001: kind_of = READABLE;
                14'h0002, 14'h0003, 14'h0004, 14'h0005, 14'h0006, 14'h0007, 14'h0008, 14'h0009: kind_of =
                READABLE;
                14'h000a: kind_of = READABLE;
                14'h000b: kind_of = READABLE;
                14'h000c: kind_of = READABLE;
                14'h000d: kind_of = READABLE;
                14'h000e: kind_of = READABLE;
                14'h000f: kind_of = READABLE;
                14'h0040: kind_of = KEPT;
                14'h0041: kind_of = WRITABLE;
                14'h0042: kind_of = READABLE;
                14'h0043: kind_of = READABLE;
                14'h0044: kind_of = READABLE;
                14'h0045: kind_of = READABLE;
                14'h0046: kind_of = READABLE;
                14'h0047: kind_of = KEPT;
                14'h0048: kind_of = KEPT;
                14'h0049: kind_of = READABLE;
                14'h004a: kind_of = KEPT;
                14'h004b: kind_of = KEPT;
                14'h004c: kind_of = READABLE;
                14'h004d: kind_of = READABLE;
                14'h004e: kind_of = WRITABLE;
                14'h004f: kind_of = KEPT;
                14'h0060: kind_of = KEPT;
                14'h0061: kind_of = KEPT;
                14'h0064, 14'h0065, 14'h0066, 14'h0067: kind_of = WRITABLE;
                14'h0068: kind_of = WRITABLE;
                14'h0069: kind_of = KEPT;
                14'h006a: kind_of = KEPT;
                14'h006b: kind_of = READABLE;
                14'h006c, 14'h006d, 14'h006e, 14'h006f, 14'h0070, 14'h0071, 14'h0072, 14'h0073, 14'h0074,
                14'h0075, 14'h0076: kind_of = WRITABLE;
                14'h0078, 14'h0079, 14'h007a, 14'h007b: kind_of = WRITABLE;
                14'h0080: kind_of = KEPT;
                14'h0081: kind_of = KEPT;
                14'h0082: kind_of = KEPT;
                14'h0083: kind_of = KEPT;
                14'h0084: kind_of = KEPT;
                14'h0085: kind_of = KEPT;
                14'h0086: kind_of = KEPT;
                14'h0087: kind_of = KEPT;
                14'h0088: kind_of = KEPT;
                14'h0089: kind_of = KEPT;
                14'h008a: kind_of = KEPT;
                14'h00a0, 14'h00a1, 14'h00a2, 14'h00a3, 14'h00a4, 14'h00a5, 14'h00a6, 14'h00a7, 14'h00a8:
                kind_of = KEPT;
                14'h00b0: kind_of = KEPT;
                14'h00b1: kind_of = WRITABLE;
                14'h00b2, 14'h00b3, 14'h00b4, 14'h00b5, 14'h00b6, 14'h00b7, 14'h00b8, 14'h00b9, 14'h00ba:
                kind_of = READABLE;
                14'h0100, 14'h0101, 14'h0102, 14'h0103, 14'h0104, 14'h0105, 14'h0106, 14'h0107, 14'h0108,
                14'h0109: kind_of = KEPT;
                14'h010a: kind_of = KEPT;
                14'h010b: kind_of = KEPT;
                14'h010c: kind_of = KEPT;
                14'h010d: kind_of = KEPT;
                14'h010e: kind_of = READABLE;
                14'h010f: kind_of = KEPT;
                14'h0110: kind_of = KEPT;
                14'h0111: kind_of = KEPT;
                14'h0112: kind_of = KEPT;
                14'h0113: kind_of = KEPT;
                14'h0114: kind_of = KEPT;
                14'h0115: kind_of = KEPT;
                14'h0180: kind_of = KEPT;
                14'h0181: kind_of = READABLE;
                14'h0200: kind_of = READABLE;
                14'h0201: kind_of = READABLE;
                14'h0202: kind_of = READABLE;
                14'h0203: kind_of = WRITABLE;
                14'h0280: kind_of = WRITABLE;
                14'h0281: kind_of = READABLE;
                default: kind_of = NOTHING;
            endcase
            if (address[15:8] == 8'h5) kind_of = READABLE;
            if (address[15:8] == 8'h7) kind_of = READABLE;
            if (address[15:8] == 8'h9) kind_of = READABLE;
            if (address[15:10] == 6'h3) kind_of = READABLE;
        end
    endfunction

    // Without meaning here: protection, the bytes of an address, bits of ro vectors beyond their layout.
    wire unused = &{1'b0, s_axil_awprot, s_axil_awaddr[1:0], s_axil_arprot, s_axil_araddr[1:0],
    listener_committed[287:269]};

    // ------------------------------------------------------------------------------------------------------
    // Write channel. Address and data are taken as they come; with both here, the write is done and answered.

    reg         address_held;
    reg         data_held;
    reg  [15:2] write_address;
    reg  [31:0] write_data;
    reg  [3:0]  write_strobe;

    wire [1:0]  write_kind   = kind_of(write_address);
    wire        write_commit = address_held && data_held && !s_axil_bvalid && !soft_reset;
    wire        write_enable = write_commit && (write_kind == WRITABLE || write_kind == KEPT) && write_strobe == 4'hf;
    wire        write_whole  = write_commit && write_strobe == 4'hf; // enough where a whole address that can be written is compared

    always @(posedge clk) begin
        if (s_axil_awvalid && s_axil_awready) begin
            s_axil_awready <= 1'b0;
            address_held   <= 1'b1;
            write_address  <= s_axil_awaddr[15:2];
        end else if (write_commit || !address_held) begin
            s_axil_awready <= 1'b1;
            address_held   <= 1'b0;
        end

        if (s_axil_wvalid && s_axil_wready) begin
            s_axil_wready <= 1'b0;
            data_held     <= 1'b1;
            write_data    <= s_axil_wdata;
            write_strobe  <= s_axil_wstrb;
        end else if (write_commit || !data_held) begin
            s_axil_wready <= 1'b1;
            data_held     <= 1'b0;
        end

        if (write_commit) begin
            s_axil_bvalid <= 1'b1;
            s_axil_bresp  <= (write_kind == NOTHING) ? DECERR : write_enable ? OKAY : SLVERR;
        end else if (s_axil_bready) begin
            s_axil_bvalid <= 1'b0;
        end

        if (rst) begin
            s_axil_awready <= 1'b0;
            s_axil_wready  <= 1'b0;
            s_axil_bvalid  <= 1'b0;
            address_held   <= 1'b0;
            data_held      <= 1'b0;
        end
    end

    // ------------------------------------------------------------------------------------------------------
    // What a word reads as. read_address is still while a read is under way; a clock later one of `selected` says
    // which word it is, for sums of products are smaller than a choice by number.

    reg [15:2] read_address;
    reg [40:0] selected;
    reg [31:0] word_value;

    // What was written and can be read lies in a memory, too. It is read a clock later than other words, and not
    // while it is written: then the bus still has what is being written.
    (* no_rw_check *)
    reg [31:0] kept [0:511];
    reg [31:0] kept_data;
    reg        kept_now;
    reg [52:0] kept_selected;
    reg [52:0] kept_written; // since the reset
    wire [52:0] kept_shown = kept_selected & kept_written;
    reg [14:0] kept_shape; // of the word that is shown: which bits have a field

    always @(posedge clk) begin
        selected[0] <= read_address == 14'h0000;
        selected[1] <= read_address == 14'h0001;
        selected[2] <= read_address == 14'h0002;
        selected[3] <= read_address == 14'h0003;
        selected[4] <= read_address == 14'h0004;
        selected[5] <= read_address == 14'h0005;
        selected[6] <= read_address == 14'h0006;
        selected[7] <= read_address == 14'h0007;
        selected[8] <= read_address == 14'h0008;
        selected[9] <= read_address == 14'h0009;
        selected[10] <= read_address == 14'h000a;
        selected[11] <= read_address == 14'h000b;
        selected[12] <= read_address == 14'h000c;
        selected[13] <= read_address == 14'h000d;
        selected[14] <= read_address == 14'h000e;
        selected[15] <= read_address == 14'h000f;
        selected[16] <= read_address == 14'h0042;
        selected[17] <= read_address == 14'h0043;
        selected[18] <= read_address == 14'h0044;
        selected[19] <= read_address == 14'h0045;
        selected[20] <= read_address == 14'h0046;
        selected[21] <= read_address == 14'h0049;
        selected[22] <= read_address == 14'h004c;
        selected[23] <= read_address == 14'h004d;
        selected[24] <= read_address == 14'h006b;
        selected[25] <= read_address == 14'h00b2;
        selected[26] <= read_address == 14'h00b3;
        selected[27] <= read_address == 14'h00b4;
        selected[28] <= read_address == 14'h00b5;
        selected[29] <= read_address == 14'h00b6;
        selected[30] <= read_address == 14'h00b7;
        selected[31] <= read_address == 14'h00b8;
        selected[32] <= read_address == 14'h00b9;
        selected[33] <= read_address == 14'h00ba;
        selected[34] <= read_address == 14'h010e;
        selected[35] <= read_address == 14'h0181;
        selected[36] <= read_address == 14'h0200;
        selected[37] <= read_address == 14'h0201;
        selected[38] <= read_address == 14'h0202;
        selected[39] <= read_address == 14'h0203;
        selected[40] <= read_address == 14'h0281;
        kept_selected[0] <= read_address == 14'h0040;
        kept_selected[1] <= read_address == 14'h0047;
        kept_selected[2] <= read_address == 14'h0048;
        kept_selected[3] <= read_address == 14'h004a;
        kept_selected[4] <= read_address == 14'h004b;
        kept_selected[5] <= read_address == 14'h004f;
        kept_selected[6] <= read_address == 14'h0060;
        kept_selected[7] <= read_address == 14'h0061;
        kept_selected[8] <= read_address == 14'h0069;
        kept_selected[9] <= read_address == 14'h006a;
        kept_selected[10] <= read_address == 14'h0080;
        kept_selected[11] <= read_address == 14'h0081;
        kept_selected[12] <= read_address == 14'h0082;
        kept_selected[13] <= read_address == 14'h0083;
        kept_selected[14] <= read_address == 14'h0084;
        kept_selected[15] <= read_address == 14'h0085;
        kept_selected[16] <= read_address == 14'h0086;
        kept_selected[17] <= read_address == 14'h0087;
        kept_selected[18] <= read_address == 14'h0088;
        kept_selected[19] <= read_address == 14'h0089;
        kept_selected[20] <= read_address == 14'h008a;
        kept_selected[21] <= read_address == 14'h00a0;
        kept_selected[22] <= read_address == 14'h00a1;
        kept_selected[23] <= read_address == 14'h00a2;
        kept_selected[24] <= read_address == 14'h00a3;
        kept_selected[25] <= read_address == 14'h00a4;
        kept_selected[26] <= read_address == 14'h00a5;
        kept_selected[27] <= read_address == 14'h00a6;
        kept_selected[28] <= read_address == 14'h00a7;
        kept_selected[29] <= read_address == 14'h00a8;
        kept_selected[30] <= read_address == 14'h00b0;
        kept_selected[31] <= read_address == 14'h0100;
        kept_selected[32] <= read_address == 14'h0101;
        kept_selected[33] <= read_address == 14'h0102;
        kept_selected[34] <= read_address == 14'h0103;
        kept_selected[35] <= read_address == 14'h0104;
        kept_selected[36] <= read_address == 14'h0105;
        kept_selected[37] <= read_address == 14'h0106;
        kept_selected[38] <= read_address == 14'h0107;
        kept_selected[39] <= read_address == 14'h0108;
        kept_selected[40] <= read_address == 14'h0109;
        kept_selected[41] <= read_address == 14'h010a;
        kept_selected[42] <= read_address == 14'h010b;
        kept_selected[43] <= read_address == 14'h010c;
        kept_selected[44] <= read_address == 14'h010d;
        kept_selected[45] <= read_address == 14'h010f;
        kept_selected[46] <= read_address == 14'h0110;
        kept_selected[47] <= read_address == 14'h0111;
        kept_selected[48] <= read_address == 14'h0112;
        kept_selected[49] <= read_address == 14'h0113;
        kept_selected[50] <= read_address == 14'h0114;
        kept_selected[51] <= read_address == 14'h0115;
        kept_selected[52] <= read_address == 14'h0180;
    end

    always @* begin
        word_value = 32'd0;
        word_value = word_value | ({32{selected[0]}} & 32'h4f46464c); // identity.magic
        word_value = word_value | ({32{selected[1]}} & 32'h00020000); // identity.core_version
        word_value = word_value | ({32{selected[2]}} & 32'hbb8f72d5); // identity.map_hash word 0
        word_value = word_value | ({32{selected[3]}} & 32'ha5ff53b5); // identity.map_hash word 1
        word_value = word_value | ({32{selected[4]}} & 32'h9863db12); // identity.map_hash word 2
        word_value = word_value | ({32{selected[5]}} & 32'h65a1f0bc); // identity.map_hash word 3
        word_value = word_value | ({32{selected[6]}} & 32'hbd148624); // identity.map_hash word 4
        word_value = word_value | ({32{selected[7]}} & 32'h64ece14f); // identity.map_hash word 5
        word_value = word_value | ({32{selected[8]}} & 32'h1a1bdfd5); // identity.map_hash word 6
        word_value = word_value | ({32{selected[9]}} & 32'hd4e8b96e); // identity.map_hash word 7
        word_value = word_value | ({32{selected[10]}} & identity_connections); // identity.connections
        word_value = word_value | ({32{selected[11]}} & identity_listeners); // identity.listeners
        word_value = word_value | ({32{selected[12]}} & identity_data_width); // identity.data_width
        word_value = word_value | ({32{selected[13]}} & identity_event_depth); // identity.event_depth
        word_value = word_value | ({32{selected[14]}} & identity_park_slots); // identity.park_slots
        word_value = word_value | ({32{selected[15]}} & identity_max_frame); // identity.max_frame
        word_value = word_value | ({32{selected[16]}} & {25'd0, control_status_host_alive, control_status_cookie_key_waits, control_status_cookie_key_set, control_status_isn_key_set, control_status_placement_key_set, control_status_busy, control_status_ready}); // control.status
        word_value = word_value | ({32{selected[17]}} & control_timebase_low); // control.timebase_low
        word_value = word_value | ({32{selected[18]}} & control_timebase_high); // control.timebase_high
        word_value = word_value | ({32{selected[19]}} & control_entries_in_use); // control.entries_in_use
        word_value = word_value | ({32{selected[20]}} & control_entries_peak); // control.entries_peak
        word_value = word_value | ({32{selected[21]}} & {31'd0, control_interrupt_status_event}); // control.interrupt_status
        word_value = word_value | ({32{selected[22]}} & control_half_open); // control.half_open
        word_value = word_value | ({32{selected[23]}} & control_parked_frames); // control.parked_frames
        word_value = word_value | ({32{selected[24]}} & {8'd0, isn_cookie_period_number}); // isn.cookie_period
        word_value = word_value | ({32{selected[25]}} & listener_committed[31:0]); // listener.committed word 0
        word_value = word_value | ({32{selected[26]}} & listener_committed[63:32]); // listener.committed word 1
        word_value = word_value | ({32{selected[27]}} & listener_committed[95:64]); // listener.committed word 2
        word_value = word_value | ({32{selected[28]}} & listener_committed[127:96]); // listener.committed word 3
        word_value = word_value | ({32{selected[29]}} & listener_committed[159:128]); // listener.committed word 4
        word_value = word_value | ({32{selected[30]}} & listener_committed[191:160]); // listener.committed word 5
        word_value = word_value | ({32{selected[31]}} & listener_committed[223:192]); // listener.committed word 6
        word_value = word_value | ({32{selected[32]}} & listener_committed[255:224]); // listener.committed word 7
        word_value = word_value | ({32{selected[33]}} & {19'd0, listener_committed[268:256]}); // listener.committed word 8
        word_value = word_value | ({32{selected[34]}} & {16'd0, command_status_sequence, command_status_status, 3'd0, command_status_busy}); // command.status
        word_value = word_value | ({32{selected[35]}} & {table_read_status_busy, table_read_status_valid, 14'd0, table_read_status_index}); // table_read.status
        word_value = word_value | ({32{selected[36]}} & {event_status_head, event_status_available}); // event.status
        word_value = word_value | ({32{selected[37]}} & event_lost_low); // event.lost_low
        word_value = word_value | ({32{selected[38]}} & event_lost_high); // event.lost_high
        word_value = word_value | ({32{selected[39]}} & {16'd0, event_pop_number}); // event.pop
        word_value = word_value | ({32{selected[40]}} & {31'd0, counter_status_busy}); // counter.status
        word_value = word_value | ({32{kept_selected[1] && !kept_written[1]}} & 32'h00002710); // control.sweep_period
        word_value = word_value | ({32{kept_selected[4] && !kept_written[4]}} & 32'h00000040); // control.reply_header
        word_value = word_value | ({32{kept_selected[8] && !kept_written[8]}} & 32'h0001ffff); // isn.cookie_threshold
        word_value = word_value | ({32{kept_selected[10] && !kept_written[10]}} & 32'h000003d1); // tcp.rto_initial
        word_value = word_value | ({32{kept_selected[11] && !kept_written[11]}} & 32'h0001c9c4); // tcp.rto_max
        word_value = word_value | ({32{kept_selected[12] && !kept_written[12]}} & 32'h00000005); // tcp.synack_retries
        word_value = word_value | ({32{kept_selected[13] && !kept_written[13]}} & 32'h00000008); // tcp.orphan_retries
        word_value = word_value | ({32{kept_selected[14] && !kept_written[14]}} & 32'h000001e9); // tcp.unsolicited_ack_interval
        word_value = word_value | ({32{kept_selected[15] && !kept_written[15]}} & 32'h00000d64); // tcp.reset_bucket
        word_value = word_value | ({32{kept_selected[16] && !kept_written[16]}} & 32'h00000006); // tcp.syn_retries
        word_value = word_value | ({32{kept_selected[17] && !kept_written[17]}} & 32'h0000e4e2); // tcp.fin_timeout
        word_value = word_value | ({32{kept_selected[18] && !kept_written[18]}} & 32'h0000e4e2); // tcp.time_wait
        word_value = word_value | ({32{kept_selected[19] && !kept_written[19]}} & 32'h00002626); // tcp.adoption_timeout
    end

    always @(posedge clk) begin
        if (write_enable && write_kind == KEPT) kept[write_address[10:2]] <= write_data;
        kept_data <= kept[read_address[10:2]];
        kept_now  <= write_enable && write_address == read_address;
        `ifndef SYNTHESIS
        // Simulated as what is surely wrong, so that a test sees it used.
        if (write_enable && write_address[10:2] == read_address[10:2]) kept_data <= ~write_data;
        `endif
        kept_shape[0] <= kept_shown[2];
        kept_shape[1] <= kept_shown[6] || kept_shown[47];
        kept_shape[2] <= kept_shown[12] || kept_shown[13] || kept_shown[16];
        kept_shape[3] <= kept_shown[30];
        kept_shape[4] <= kept_shown[43];
        kept_shape[5] <= kept_shown[9] || kept_shown[15];
        kept_shape[6] <= kept_shown[29] || kept_shown[40];
        kept_shape[7] <= kept_shown[4] || kept_shown[14];
        kept_shape[8] <= kept_shown[0];
        kept_shape[9] <= kept_shown[3] || kept_shown[42] || kept_shown[44] || kept_shown[46] ||
        kept_shown[51];
        kept_shape[10] <= kept_shown[8] || kept_shown[52];
        kept_shape[11] <= kept_shown[5] || kept_shown[10] || kept_shown[11] || kept_shown[17] ||
        kept_shown[18] || kept_shown[19];
        kept_shape[12] <= kept_shown[1];
        kept_shape[13] <= kept_shown[20];
        kept_shape[14] <= kept_shown[7] || kept_shown[21] || kept_shown[22] || kept_shown[23] ||
        kept_shown[24] || kept_shown[25] || kept_shown[26] || kept_shown[27] || kept_shown[28] ||
        kept_shown[31] || kept_shown[32] || kept_shown[33] || kept_shown[34] || kept_shown[35] ||
        kept_shown[36] || kept_shown[37] || kept_shown[38] || kept_shown[39] || kept_shown[41] ||
        kept_shown[45] || kept_shown[48] || kept_shown[49] || kept_shown[50];
        if (write_whole && write_address == 14'h0040) kept_written[0] <= 1'b1;
        if (write_whole && write_address == 14'h0047) kept_written[1] <= 1'b1;
        if (write_whole && write_address == 14'h0048) kept_written[2] <= 1'b1;
        if (write_whole && write_address == 14'h004a) kept_written[3] <= 1'b1;
        if (write_whole && write_address == 14'h004b) kept_written[4] <= 1'b1;
        if (write_whole && write_address == 14'h004f) kept_written[5] <= 1'b1;
        if (write_whole && write_address == 14'h0060) kept_written[6] <= 1'b1;
        if (write_whole && write_address == 14'h0061) kept_written[7] <= 1'b1;
        if (write_whole && write_address == 14'h0069) kept_written[8] <= 1'b1;
        if (write_whole && write_address == 14'h006a) kept_written[9] <= 1'b1;
        if (write_whole && write_address == 14'h0080) kept_written[10] <= 1'b1;
        if (write_whole && write_address == 14'h0081) kept_written[11] <= 1'b1;
        if (write_whole && write_address == 14'h0082) kept_written[12] <= 1'b1;
        if (write_whole && write_address == 14'h0083) kept_written[13] <= 1'b1;
        if (write_whole && write_address == 14'h0084) kept_written[14] <= 1'b1;
        if (write_whole && write_address == 14'h0085) kept_written[15] <= 1'b1;
        if (write_whole && write_address == 14'h0086) kept_written[16] <= 1'b1;
        if (write_whole && write_address == 14'h0087) kept_written[17] <= 1'b1;
        if (write_whole && write_address == 14'h0088) kept_written[18] <= 1'b1;
        if (write_whole && write_address == 14'h0089) kept_written[19] <= 1'b1;
        if (write_whole && write_address == 14'h008a) kept_written[20] <= 1'b1;
        if (write_whole && write_address == 14'h00a0) kept_written[21] <= 1'b1;
        if (write_whole && write_address == 14'h00a1) kept_written[22] <= 1'b1;
        if (write_whole && write_address == 14'h00a2) kept_written[23] <= 1'b1;
        if (write_whole && write_address == 14'h00a3) kept_written[24] <= 1'b1;
        if (write_whole && write_address == 14'h00a4) kept_written[25] <= 1'b1;
        if (write_whole && write_address == 14'h00a5) kept_written[26] <= 1'b1;
        if (write_whole && write_address == 14'h00a6) kept_written[27] <= 1'b1;
        if (write_whole && write_address == 14'h00a7) kept_written[28] <= 1'b1;
        if (write_whole && write_address == 14'h00a8) kept_written[29] <= 1'b1;
        if (write_whole && write_address == 14'h00b0) kept_written[30] <= 1'b1;
        if (write_whole && write_address == 14'h0100) kept_written[31] <= 1'b1;
        if (write_whole && write_address == 14'h0101) kept_written[32] <= 1'b1;
        if (write_whole && write_address == 14'h0102) kept_written[33] <= 1'b1;
        if (write_whole && write_address == 14'h0103) kept_written[34] <= 1'b1;
        if (write_whole && write_address == 14'h0104) kept_written[35] <= 1'b1;
        if (write_whole && write_address == 14'h0105) kept_written[36] <= 1'b1;
        if (write_whole && write_address == 14'h0106) kept_written[37] <= 1'b1;
        if (write_whole && write_address == 14'h0107) kept_written[38] <= 1'b1;
        if (write_whole && write_address == 14'h0108) kept_written[39] <= 1'b1;
        if (write_whole && write_address == 14'h0109) kept_written[40] <= 1'b1;
        if (write_whole && write_address == 14'h010a) kept_written[41] <= 1'b1;
        if (write_whole && write_address == 14'h010b) kept_written[42] <= 1'b1;
        if (write_whole && write_address == 14'h010c) kept_written[43] <= 1'b1;
        if (write_whole && write_address == 14'h010d) kept_written[44] <= 1'b1;
        if (write_whole && write_address == 14'h010f) kept_written[45] <= 1'b1;
        if (write_whole && write_address == 14'h0110) kept_written[46] <= 1'b1;
        if (write_whole && write_address == 14'h0111) kept_written[47] <= 1'b1;
        if (write_whole && write_address == 14'h0112) kept_written[48] <= 1'b1;
        if (write_whole && write_address == 14'h0113) kept_written[49] <= 1'b1;
        if (write_whole && write_address == 14'h0114) kept_written[50] <= 1'b1;
        if (write_whole && write_address == 14'h0115) kept_written[51] <= 1'b1;
        if (write_whole && write_address == 14'h0180) kept_written[52] <= 1'b1;
        if (rst || soft_reset) kept_written <= 53'd0;
    end

    reg [31:0] kept_bits;

    always @* begin
        kept_bits = 32'd0;
        kept_bits = kept_bits | ({32{kept_shape[0]}} & 32'h00000001);
        kept_bits = kept_bits | ({32{kept_shape[1]}} & 32'h00000003);
        kept_bits = kept_bits | ({32{kept_shape[2]}} & 32'h0000000f);
        kept_bits = kept_bits | ({32{kept_shape[3]}} & 32'h000000ff);
        kept_bits = kept_bits | ({32{kept_shape[4]}} & 32'h000001ff);
        kept_bits = kept_bits | ({32{kept_shape[5]}} & 32'h00000fff);
        kept_bits = kept_bits | ({32{kept_shape[6]}} & 32'h00001fff);
        kept_bits = kept_bits | ({32{kept_shape[7]}} & 32'h00003fff);
        kept_bits = kept_bits | ({32{kept_shape[8]}} & 32'h0000ff03);
        kept_bits = kept_bits | ({32{kept_shape[9]}} & 32'h0000ffff);
        kept_bits = kept_bits | ({32{kept_shape[10]}} & 32'h0001ffff);
        kept_bits = kept_bits | ({32{kept_shape[11]}} & 32'h000fffff);
        kept_bits = kept_bits | ({32{kept_shape[12]}} & 32'h00ffffff);
        kept_bits = kept_bits | ({32{kept_shape[13]}} & 32'h7fffffff);
        kept_bits = kept_bits | ({32{kept_shape[14]}} & 32'hffffffff);
    end

    wire [31:0] kept_value = (kept_now ? write_data : kept_data) & kept_bits;

    assign command_answer_address = read_address[7:2];
    assign table_read_entry_address = read_address[7:2];
    assign event_event_address = read_address[7:2];
    assign counter_values_address = read_address[9:2];

    // ------------------------------------------------------------------------------------------------------
    // Read channel. read_stage counts the clocks since the address was taken, one-hot: in the third, a window's
    // data is there; every other value was registered a clock before.

    reg [2:0]  read_stage;
    reg [31:0] read_value;
    reg [1:0]  read_kind;
    reg [31:0] answer_value;

    always @* begin
        answer_value = read_value | kept_value;
        if (read_address[15:8] == 8'h5) answer_value = command_answer_data;
        if (read_address[15:8] == 8'h7) answer_value = table_read_entry_data;
        if (read_address[15:8] == 8'h9) answer_value = event_event_data;
        if (read_address[15:10] == 6'h3) answer_value = counter_values_data;
    end

    always @(posedge clk) begin
        read_stage <= {read_stage[1:0], 1'b0};

        if (s_axil_arvalid && s_axil_arready) begin
            s_axil_arready <= 1'b0;
            read_address   <= s_axil_araddr[15:2];
            read_stage     <= 3'b001;
        end else if (read_stage == 3'b000 && (!s_axil_rvalid || s_axil_rready)) begin
            s_axil_arready <= 1'b1;
        end

        read_value <= word_value;
        read_kind  <= kind_of(read_address);

        if (read_stage[2]) begin
            s_axil_rvalid <= 1'b1;
            s_axil_rdata  <= answer_value;
            s_axil_rresp  <= (read_kind == NOTHING) ? DECERR : OKAY;
        end else if (s_axil_rready) begin
            s_axil_rvalid <= 1'b0;
        end

        if (rst) begin
            s_axil_arready <= 1'b0;
            s_axil_rvalid  <= 1'b0;
            read_stage     <= 3'b000;
        end
    end

    // ------------------------------------------------------------------------------------------------------
    // What software has written.

    always @(posedge clk) begin
        // Pulses and strobes last one clock.
        control_reset_soft_reset <= 1'b0;
        control_heartbeat_beat <= 1'b0;
        isn_key_commit_isn <= 1'b0;
        isn_key_commit_placement <= 1'b0;
        isn_key_commit_cookie <= 1'b0;
        listener_action_commit <= 1'b0;
        command_go_strobe <= 1'b0;
        table_read_go_strobe <= 1'b0;
        event_pop_strobe <= 1'b0;
        counter_action_snapshot <= 1'b0;

        if (write_whole) begin
            case (write_address)
                14'h0040: begin
                    control_control_enable <= write_data[0];
                    control_control_test_enable <= write_data[1];
                    control_control_epoch <= write_data[15:8];
                end
                14'h0041: control_reset_soft_reset <= write_data[0];
                14'h0047: control_sweep_period_microseconds <= write_data[23:0];
                14'h0048: control_interrupt_enable_event <= write_data[0];
                14'h004a: control_interrupt_coalesce_microseconds <= write_data[15:0];
                14'h004b: begin
                    control_reply_header_hop_limit <= write_data[7:0];
                    control_reply_header_dscp <= write_data[13:8];
                end
                14'h004e: control_heartbeat_beat <= write_data[0];
                14'h004f: control_heartbeat_timeout_ticks <= write_data[19:0];
                14'h0060: isn_mode_mode <= write_data[1:0];
                14'h0061: isn_fixed_value <= write_data;
                14'h0068: begin
                    isn_key_commit_isn <= write_data[0];
                    isn_key_commit_placement <= write_data[1];
                    isn_key_commit_cookie <= write_data[2];
                end
                14'h0069: isn_cookie_threshold_half_open <= write_data[16:0];
                14'h006a: begin
                    isn_cookie_bucket_depth <= write_data[7:0];
                    isn_cookie_bucket_refill_shift <= write_data[11:8];
                end
                14'h0080: tcp_rto_initial_ticks <= write_data[19:0];
                14'h0081: tcp_rto_max_ticks <= write_data[19:0];
                14'h0082: tcp_synack_retries_count <= write_data[3:0];
                14'h0083: tcp_orphan_retries_count <= write_data[3:0];
                14'h0084: tcp_unsolicited_ack_interval_ticks <= write_data[13:0];
                14'h0085: begin
                    tcp_reset_bucket_depth <= write_data[7:0];
                    tcp_reset_bucket_refill_shift <= write_data[11:8];
                end
                14'h0086: tcp_syn_retries_count <= write_data[3:0];
                14'h0087: tcp_fin_timeout_ticks <= write_data[19:0];
                14'h0088: tcp_time_wait_ticks <= write_data[19:0];
                14'h0089: tcp_adoption_timeout_ticks <= write_data[19:0];
                14'h008a: tcp_watch_idle_ticks <= write_data[30:0];
                14'h00a0: listener_staging[31:0] <= write_data;
                14'h00a1: listener_staging[63:32] <= write_data;
                14'h00a2: listener_staging[95:64] <= write_data;
                14'h00a3: listener_staging[127:96] <= write_data;
                14'h00a4: listener_staging[159:128] <= write_data;
                14'h00a5: listener_staging[191:160] <= write_data;
                14'h00a6: listener_staging[223:192] <= write_data;
                14'h00a7: listener_staging[255:224] <= write_data;
                14'h00a8: listener_staging[268:256] <= write_data[12:0];
                14'h00b0: listener_slot_index <= write_data[7:0];
                14'h00b1: listener_action_commit <= write_data[0];
                14'h0100: command_key[31:0] <= write_data;
                14'h0101: command_key[63:32] <= write_data;
                14'h0102: command_key[95:64] <= write_data;
                14'h0103: command_key[127:96] <= write_data;
                14'h0104: command_key[159:128] <= write_data;
                14'h0105: command_key[191:160] <= write_data;
                14'h0106: command_key[223:192] <= write_data;
                14'h0107: command_key[255:224] <= write_data;
                14'h0108: command_key[287:256] <= write_data;
                14'h0109: command_key[300:288] <= write_data[12:0];
                14'h010a: command_created_low <= write_data;
                14'h010b: command_created_high_value <= write_data[15:0];
                14'h010c: begin
                    command_listener_index <= write_data[7:0];
                    command_listener_all <= write_data[8];
                end
                14'h010d: begin
                    command_go_code <= write_data[7:0];
                    command_go_sequence <= write_data[15:8];
                    command_go_strobe <= 1'b1;
                end
                14'h010f: command_remote_mac_low <= write_data;
                14'h0110: command_remote_mac_high_value <= write_data[15:0];
                14'h0111: begin
                    command_options_forget <= write_data[0];
                    command_options_peer_closed <= write_data[1];
                end
                14'h0112: command_take_snd_nxt <= write_data;
                14'h0113: command_take_rcv_nxt <= write_data;
                14'h0114: command_take_ts_val <= write_data;
                14'h0115: command_take_window_value <= write_data[15:0];
                14'h0180: begin
                    table_read_go_index <= write_data[15:0];
                    table_read_go_next <= write_data[16];
                    table_read_go_strobe <= 1'b1;
                end
                14'h0203: begin
                    event_pop_number <= write_data[15:0];
                    event_pop_strobe <= 1'b1;
                end
                14'h0280: counter_action_snapshot <= write_data[0];
                default: ;
            endcase
        end

        if (rst || soft_reset) begin
            control_reset_soft_reset <= 1'b0;
            control_heartbeat_beat <= 1'b0;
            isn_key_commit_isn <= 1'b0;
            isn_key_commit_placement <= 1'b0;
            isn_key_commit_cookie <= 1'b0;
            listener_action_commit <= 1'b0;
            command_go_strobe <= 1'b0;
            table_read_go_strobe <= 1'b0;
            event_pop_strobe <= 1'b0;
            counter_action_snapshot <= 1'b0;
            control_control_enable <= 1'd0;
            control_control_test_enable <= 1'd0;
            control_control_epoch <= 8'd0;
            control_sweep_period_microseconds <= 24'd10000;
            control_interrupt_enable_event <= 1'd0;
            control_interrupt_coalesce_microseconds <= 16'd0;
            control_reply_header_hop_limit <= 8'd64;
            control_reply_header_dscp <= 6'd0;
            control_heartbeat_timeout_ticks <= 20'd0;
            isn_mode_mode <= 2'd0;
            isn_fixed_value <= 32'd0;
            isn_cookie_threshold_half_open <= 17'd131071;
            isn_cookie_bucket_depth <= 8'd0;
            isn_cookie_bucket_refill_shift <= 4'd0;
            tcp_rto_initial_ticks <= 20'd977;
            tcp_rto_max_ticks <= 20'd117188;
            tcp_synack_retries_count <= 4'd5;
            tcp_orphan_retries_count <= 4'd8;
            tcp_unsolicited_ack_interval_ticks <= 14'd489;
            tcp_reset_bucket_depth <= 8'd100;
            tcp_reset_bucket_refill_shift <= 4'd13;
            tcp_syn_retries_count <= 4'd6;
            tcp_fin_timeout_ticks <= 20'd58594;
            tcp_time_wait_ticks <= 20'd58594;
            tcp_adoption_timeout_ticks <= 20'd9766;
            tcp_watch_idle_ticks <= 31'd0;
            listener_staging <= 288'd0;
            listener_slot_index <= 8'd0;
            command_key <= 320'd0;
            command_created_low <= 32'd0;
            command_created_high_value <= 16'd0;
            command_listener_index <= 8'd0;
            command_listener_all <= 1'd0;
            command_go_code <= 8'd0;
            command_go_sequence <= 8'd0;
            command_remote_mac_low <= 32'd0;
            command_remote_mac_high_value <= 16'd0;
            command_options_forget <= 1'd0;
            command_options_peer_closed <= 1'd0;
            command_take_snd_nxt <= 32'd0;
            command_take_rcv_nxt <= 32'd0;
            command_take_ts_val <= 32'd0;
            command_take_window_value <= 16'd0;
            table_read_go_index <= 16'd0;
            table_read_go_next <= 1'd0;
            event_pop_number <= 16'd0;
        end
    end

    always @(posedge clk) begin
        if (rst || soft_reset || (isn_key_clear && !(write_whole && write_address == 14'h0064))) begin
            isn_key[31:0] <= 32'd0;
        end else if (write_whole && write_address == 14'h0064) begin
            isn_key[31:0] <= write_data;
        end
        if (rst || soft_reset || (isn_key_clear && !(write_whole && write_address == 14'h0065))) begin
            isn_key[63:32] <= 32'd0;
        end else if (write_whole && write_address == 14'h0065) begin
            isn_key[63:32] <= write_data;
        end
        if (rst || soft_reset || (isn_key_clear && !(write_whole && write_address == 14'h0066))) begin
            isn_key[95:64] <= 32'd0;
        end else if (write_whole && write_address == 14'h0066) begin
            isn_key[95:64] <= write_data;
        end
        if (rst || soft_reset || (isn_key_clear && !(write_whole && write_address == 14'h0067))) begin
            isn_key[127:96] <= 32'd0;
        end else if (write_whole && write_address == 14'h0067) begin
            isn_key[127:96] <= write_data;
        end
    end

    always @(posedge clk) begin
        if (rst || soft_reset || (isn_placement_key_clear && !(write_whole && write_address == 14'h006c))) begin
            isn_placement_key[31:0] <= 32'd0;
        end else if (write_whole && write_address == 14'h006c) begin
            isn_placement_key[31:0] <= write_data;
        end
        if (rst || soft_reset || (isn_placement_key_clear && !(write_whole && write_address == 14'h006d))) begin
            isn_placement_key[63:32] <= 32'd0;
        end else if (write_whole && write_address == 14'h006d) begin
            isn_placement_key[63:32] <= write_data;
        end
        if (rst || soft_reset || (isn_placement_key_clear && !(write_whole && write_address == 14'h006e))) begin
            isn_placement_key[95:64] <= 32'd0;
        end else if (write_whole && write_address == 14'h006e) begin
            isn_placement_key[95:64] <= write_data;
        end
        if (rst || soft_reset || (isn_placement_key_clear && !(write_whole && write_address == 14'h006f))) begin
            isn_placement_key[127:96] <= 32'd0;
        end else if (write_whole && write_address == 14'h006f) begin
            isn_placement_key[127:96] <= write_data;
        end
        if (rst || soft_reset || (isn_placement_key_clear && !(write_whole && write_address == 14'h0070))) begin
            isn_placement_key[159:128] <= 32'd0;
        end else if (write_whole && write_address == 14'h0070) begin
            isn_placement_key[159:128] <= write_data;
        end
        if (rst || soft_reset || (isn_placement_key_clear && !(write_whole && write_address == 14'h0071))) begin
            isn_placement_key[191:160] <= 32'd0;
        end else if (write_whole && write_address == 14'h0071) begin
            isn_placement_key[191:160] <= write_data;
        end
        if (rst || soft_reset || (isn_placement_key_clear && !(write_whole && write_address == 14'h0072))) begin
            isn_placement_key[223:192] <= 32'd0;
        end else if (write_whole && write_address == 14'h0072) begin
            isn_placement_key[223:192] <= write_data;
        end
        if (rst || soft_reset || (isn_placement_key_clear && !(write_whole && write_address == 14'h0073))) begin
            isn_placement_key[255:224] <= 32'd0;
        end else if (write_whole && write_address == 14'h0073) begin
            isn_placement_key[255:224] <= write_data;
        end
        if (rst || soft_reset || (isn_placement_key_clear && !(write_whole && write_address == 14'h0074))) begin
            isn_placement_key[287:256] <= 32'd0;
        end else if (write_whole && write_address == 14'h0074) begin
            isn_placement_key[287:256] <= write_data;
        end
        if (rst || soft_reset || (isn_placement_key_clear && !(write_whole && write_address == 14'h0075))) begin
            isn_placement_key[319:288] <= 32'd0;
        end else if (write_whole && write_address == 14'h0075) begin
            isn_placement_key[319:288] <= write_data;
        end
        if (rst || soft_reset || (isn_placement_key_clear && !(write_whole && write_address == 14'h0076))) begin
            isn_placement_key[351:320] <= 32'd0;
        end else if (write_whole && write_address == 14'h0076) begin
            isn_placement_key[351:320] <= write_data;
        end
    end

    always @(posedge clk) begin
        if (rst || soft_reset || (isn_cookie_key_clear && !(write_whole && write_address == 14'h0078))) begin
            isn_cookie_key[31:0] <= 32'd0;
        end else if (write_whole && write_address == 14'h0078) begin
            isn_cookie_key[31:0] <= write_data;
        end
        if (rst || soft_reset || (isn_cookie_key_clear && !(write_whole && write_address == 14'h0079))) begin
            isn_cookie_key[63:32] <= 32'd0;
        end else if (write_whole && write_address == 14'h0079) begin
            isn_cookie_key[63:32] <= write_data;
        end
        if (rst || soft_reset || (isn_cookie_key_clear && !(write_whole && write_address == 14'h007a))) begin
            isn_cookie_key[95:64] <= 32'd0;
        end else if (write_whole && write_address == 14'h007a) begin
            isn_cookie_key[95:64] <= write_data;
        end
        if (rst || soft_reset || (isn_cookie_key_clear && !(write_whole && write_address == 14'h007b))) begin
            isn_cookie_key[127:96] <= 32'd0;
        end else if (write_whole && write_address == 14'h007b) begin
            isn_cookie_key[127:96] <= write_data;
        end
    end


endmodule

`default_nettype wire
