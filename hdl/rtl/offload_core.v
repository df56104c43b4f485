// The TCP handshake engine, between a network port and a host port.
//
//     net rx  ─▶ ingress ─▶ queue ─┐                                             ┌─▶ reply builder ─▶ net tx
//     host rx ─▶ ingress ─▶ queue ─┤   dispatcher     connection                 ├─▶ verdicts (pass, drop) ─▶ both ingresses
//     command unit ────────────────┼─▶ (interlock) ─▶ table look-up ─▶ transition┼─▶ event queue
//     walker (sweep, flush, read) ─┘                       ▲─────── write ───────┴─▶ answers
//
// Everything that touches a connection is an event, and every event takes this one pipeline, in order, one a clock.
// Keys go through the hash unit while their frames are still arriving. What the engine does not own passes, in order,
// from one port to the other. Clock numbers of the pipeline are given in connection_table.v.

`default_nettype none

`include "offload_map.vh"

module offload_core #(
    parameter DATA_WIDTH       = 512,                           // bits of the frame streams: 64, 128, 256 or 512
    parameter CONNECTIONS      = 2048,                          // entries of the table; a power of two, 64 to 65536
    parameter LISTENERS        = 16,                            // listening end points; 1 to 256
    parameter PARK_SLOTS       = 8,                             // frames that can be parked for the host; 0 to 64
    parameter EVENT_DEPTH      = 512,                           // events in the queue; a power of two, 2 to 32768
    parameter FRAME_FIFO_BYTES = 65536,                         // bytes of each port's frame FIFO
    parameter MAX_FRAME_BYTES  = 1522,                          // longest frame that passes, without FCS
    parameter FRAME_CLOCKS     = 1                              // least clocks between two frames' ends at a port; from 66
                                                                // on (gigabit at 100 MHz: 67), for which DATA_WIDTH is
                                                                // 64, much is done step by step, in half of the area
) (
    input  wire                    clk,
    input  wire                    rst,
    input  wire [63:0]             timebase_us,                 // microseconds since the board's reset; never goes back
    output wire                    irq,
    output wire                    busy,                        // a frame or an event is inside

    // AXI4-Lite: registers
    input  wire [15:0]             s_axil_awaddr,
    input  wire [2:0]              s_axil_awprot,
    input  wire                    s_axil_awvalid,
    output wire                    s_axil_awready,
    input  wire [31:0]             s_axil_wdata,
    input  wire [3:0]              s_axil_wstrb,
    input  wire                    s_axil_wvalid,
    output wire                    s_axil_wready,
    output wire [1:0]              s_axil_bresp,
    output wire                    s_axil_bvalid,
    input  wire                    s_axil_bready,
    input  wire [15:0]             s_axil_araddr,
    input  wire [2:0]              s_axil_arprot,
    input  wire                    s_axil_arvalid,
    output wire                    s_axil_arready,
    output wire [31:0]             s_axil_rdata,
    output wire [1:0]              s_axil_rresp,
    output wire                    s_axil_rvalid,
    input  wire                    s_axil_rready,

    // AXI4-Stream: network port
    input  wire [DATA_WIDTH-1:0]   s_axis_net_tdata,
    input  wire [DATA_WIDTH/8-1:0] s_axis_net_tkeep,
    input  wire                    s_axis_net_tvalid,
    output wire                    s_axis_net_tready,
    input  wire                    s_axis_net_tlast,
    input  wire                    s_axis_net_tuser,
    output wire [DATA_WIDTH-1:0]   m_axis_net_tdata,
    output wire [DATA_WIDTH/8-1:0] m_axis_net_tkeep,
    output wire                    m_axis_net_tvalid,
    input  wire                    m_axis_net_tready,
    output wire                    m_axis_net_tlast,

    // AXI4-Stream: host port
    input  wire [DATA_WIDTH-1:0]   s_axis_host_tdata,
    input  wire [DATA_WIDTH/8-1:0] s_axis_host_tkeep,
    input  wire                    s_axis_host_tvalid,
    output wire                    s_axis_host_tready,
    input  wire                    s_axis_host_tlast,
    input  wire                    s_axis_host_tuser,
    output wire [DATA_WIDTH-1:0]   m_axis_host_tdata,
    output wire [DATA_WIDTH/8-1:0] m_axis_host_tkeep,
    output wire                    m_axis_host_tvalid,
    input  wire                    m_axis_host_tready,
    output wire                    m_axis_host_tlast
);
    localparam SPARSE       = FRAME_CLOCKS >= 66 ? 1 : 0;       // two ports, and 33 clocks a key
    localparam SLOT_BITS    = 6;                                // of a port's queue
    localparam VERDICT_BITS = 9;                                // of the verdicts that wait for a port's frames
    // Once cookies are out, so many entries are kept free for them, as far as others may make room (K2).
    localparam [16:0] RESERVE = 17'd8;
    localparam [1:0] FROM_NET = 2'd0, FROM_HOST = 2'd1, FROM_COMMAND = 2'd2;

    generate
        if (SPARSE != 0 && DATA_WIDTH != 64) begin : check_frame_clocks
            offload_core_needs_64_bits_with_frame_clocks_from_66_on invalid ();
        end
    endgenerate

    // ================================================================ registers
    wire                             enable, test_enable, soft_reset, event_pending, irq_enable;
    wire [7:0]                       epoch, hop_limit;
    wire [5:0]                       dscp;
    wire [23:0]                      sweep_period;
    wire [15:0]                      coalesce;
    wire [16:0]                      in_use, peak;
    wire [`ISN_MODE_BITS-1:0]       isn_mode;
    wire [31:0]                      isn_fixed;
    wire [127:0]                     isn_key_staging;
    wire                             isn_key_commit, placement_key_commit;
    wire [351:0]                     placement_key_staging;
    wire [19:0]                      rto_initial, rto_max;
    wire [19:0]                      fin_timeout, time_wait, adoption_timeout, heartbeat_timeout;
    wire [30:0]                      watch_idle;
    wire                             heartbeat_beat, host_alive;
    reg                              was_busy;                  // a clock ago
    wire [6:0]                       parked_frames;
    wire [3:0]                       syn_retries, synack_retries, orphan_retries, refill_shift;
    wire [13:0]                      ack_interval;
    wire [7:0]                       bucket_depth;
    wire [287:0]                     listener_staging;
    wire [7:0]                       listener_slot;
    wire                             listener_commit;
    wire [`LISTENER_BITS-1:0]        listener_committed;
    wire [319:0]                     command_key;
    wire [31:0]                      command_created_low;
    wire [15:0]                      command_created_high;
    wire [31:0]                      open_mac_low, take_snd_nxt, take_rcv_nxt, take_ts_val;
    wire [15:0]                      open_mac_high, take_window;
    wire                             release_forget, take_peer_closed;
    wire [7:0]                       flush_listener, command_go_code, command_go_sequence, command_sequence;
    wire                             flush_all, command_go, command_busy;
    wire [`COMMAND_STATUS_BITS-1:0] command_status;
    wire [5:0]                       answer_address, read_entry_address, event_address;
    wire [31:0]                      answer_data, read_entry_data, event_data, counter_data;
    wire [15:0]                      read_go_index, read_index, events_available, events_head, event_pop_number;
    wire                             read_go_next, read_go, read_busy, read_valid, event_pop;
    wire [63:0]                      events_lost;
    wire                             answer_busy, read_entry_busy; // what was kept is still being copied
    wire                             counter_snapshot, counter_busy, table_ready, walker_ready_to_work;
    wire [7:0]                       counter_address;

    reg          core_rst;                                      // of everything behind the registers
    always @(posedge clk) core_rst <= rst || soft_reset;

    reg          isn_key_set, placement_key_set, placement_locked;
    reg  [127:0] isn_key;
    reg  [351:0] placement_key;
    wire         ready = table_ready && walker_ready_to_work && !core_rst;

    always @(posedge clk) begin
        if (isn_key_commit) isn_key <= isn_key_staging;
        if (placement_key_commit && !placement_locked) placement_key <= placement_key_staging;
        if (core_rst) begin
            isn_key           <= 128'd0;
            placement_key     <= 352'd0;
            isn_key_set       <= 1'b0;
            placement_key_set <= 1'b0;
            placement_locked  <= 1'b0;
        end else begin
            if (isn_key_commit)                            isn_key_set       <= 1'b1;
            if (placement_key_commit && !placement_locked) placement_key_set <= 1'b1;
            if (placement_key_commit || enable)            placement_locked  <= 1'b1;
        end
    end

    // SYN cookies: keys, and when they are wanted
    wire         cookie_key_commit, cookie_key_set, cookie_key_waits;
    wire [127:0] cookie_key_staging, cookie_key_current, cookie_key_previous;
    wire [23:0]  cookie_period;
    wire [16:0]  cookie_threshold, half_open;
    wire [7:0]   cookie_bucket_depth;
    wire [3:0]   cookie_refill_shift;
    wire         cookie_armed, cookie_armed_syn, cookie_reserve_wanted;

    offload_registers registers (
        .clk(clk), .rst(rst), .soft_reset(soft_reset),
        .s_axil_awaddr(s_axil_awaddr), .s_axil_awprot(s_axil_awprot), .s_axil_awvalid(s_axil_awvalid),
        .s_axil_awready(s_axil_awready), .s_axil_wdata(s_axil_wdata), .s_axil_wstrb(s_axil_wstrb),
        .s_axil_wvalid(s_axil_wvalid), .s_axil_wready(s_axil_wready), .s_axil_bresp(s_axil_bresp),
        .s_axil_bvalid(s_axil_bvalid), .s_axil_bready(s_axil_bready), .s_axil_araddr(s_axil_araddr),
        .s_axil_arprot(s_axil_arprot), .s_axil_arvalid(s_axil_arvalid), .s_axil_arready(s_axil_arready),
        .s_axil_rdata(s_axil_rdata), .s_axil_rresp(s_axil_rresp), .s_axil_rvalid(s_axil_rvalid),
        .s_axil_rready(s_axil_rready),
        .identity_connections(CONNECTIONS), .identity_listeners(LISTENERS), .identity_data_width(DATA_WIDTH),
        .identity_event_depth(EVENT_DEPTH), .identity_park_slots(PARK_SLOTS), .identity_max_frame(MAX_FRAME_BYTES),
        .control_control_enable(enable), .control_control_test_enable(test_enable), .control_control_epoch(epoch),
        .control_reset_soft_reset(soft_reset),
        .control_status_ready(ready), .control_status_busy(was_busy),
        .control_status_placement_key_set(placement_key_set), .control_status_isn_key_set(isn_key_set),
        .control_timebase_low(timebase_us[31:0]), .control_timebase_high(timebase_us[63:32]),
        .control_entries_in_use({15'd0, in_use}), .control_entries_peak({15'd0, peak}),
        .control_sweep_period_microseconds(sweep_period),
        .control_interrupt_enable_event(irq_enable), .control_interrupt_status_event(event_pending),
        .control_interrupt_coalesce_microseconds(coalesce),
        .control_reply_header_hop_limit(hop_limit), .control_reply_header_dscp(dscp),
        .isn_mode_mode(isn_mode), .isn_fixed_value(isn_fixed),
        .isn_key(isn_key_staging), .isn_key_clear(isn_key_commit),
        .isn_key_commit_isn(isn_key_commit), .isn_key_commit_placement(placement_key_commit),
        .isn_placement_key(placement_key_staging), .isn_placement_key_clear(placement_key_commit),
        .isn_cookie_key(cookie_key_staging), .isn_cookie_key_clear(cookie_key_commit),
        .isn_key_commit_cookie(cookie_key_commit), .isn_cookie_threshold_half_open(cookie_threshold),
        .isn_cookie_bucket_depth(cookie_bucket_depth), .isn_cookie_bucket_refill_shift(cookie_refill_shift),
        .isn_cookie_period_number(cookie_period),
        .control_status_cookie_key_set(cookie_key_set), .control_status_cookie_key_waits(cookie_key_waits),
        .tcp_rto_initial_ticks(rto_initial), .tcp_rto_max_ticks(rto_max),
        .tcp_synack_retries_count(synack_retries), .tcp_orphan_retries_count(orphan_retries),
        .tcp_unsolicited_ack_interval_ticks(ack_interval),
        .tcp_reset_bucket_depth(bucket_depth), .tcp_reset_bucket_refill_shift(refill_shift),
        .tcp_syn_retries_count(syn_retries), .tcp_fin_timeout_ticks(fin_timeout), .tcp_time_wait_ticks(time_wait),
        .tcp_adoption_timeout_ticks(adoption_timeout), .tcp_watch_idle_ticks(watch_idle),
        .control_half_open({15'd0, half_open}), .control_parked_frames({25'd0, parked_frames}),
        .control_heartbeat_beat(heartbeat_beat), .control_heartbeat_timeout_ticks(heartbeat_timeout),
        .control_status_host_alive(host_alive),
        .command_remote_mac_low(open_mac_low), .command_remote_mac_high_value(open_mac_high),
        .command_options_forget(release_forget), .command_options_peer_closed(take_peer_closed),
        .command_take_snd_nxt(take_snd_nxt), .command_take_rcv_nxt(take_rcv_nxt), .command_take_ts_val(take_ts_val),
        .command_take_window_value(take_window),
        .listener_staging(listener_staging), .listener_slot_index(listener_slot),
        .listener_action_commit(listener_commit), .listener_committed({{(288-`LISTENER_BITS){1'b0}}, listener_committed}),
        .command_key(command_key), .command_created_low(command_created_low),
        .command_created_high_value(command_created_high),
        .command_listener_index(flush_listener), .command_listener_all(flush_all),
        .command_go_code(command_go_code), .command_go_sequence(command_go_sequence), .command_go_strobe(command_go),
        .command_status_busy(command_busy || answer_busy), .command_status_status(command_status),
        .command_status_sequence(command_sequence),
        .command_answer_address(answer_address), .command_answer_data(answer_data),
        .table_read_go_index(read_go_index), .table_read_go_next(read_go_next), .table_read_go_strobe(read_go),
        .table_read_status_index(read_index), .table_read_status_valid(read_valid),
        .table_read_status_busy(read_busy || read_entry_busy),
        .table_read_entry_address(read_entry_address), .table_read_entry_data(read_entry_data),
        .event_status_available(events_available), .event_status_head(events_head),
        .event_lost_low(events_lost[31:0]), .event_lost_high(events_lost[63:32]),
        .event_pop_number(event_pop_number), .event_pop_strobe(event_pop),
        .event_event_address(event_address), .event_event_data(event_data),
        .counter_action_snapshot(counter_snapshot), .counter_status_busy(counter_busy),
        .counter_values_address(counter_address), .counter_values_data(counter_data)
    );

    assign irq = event_pending && irq_enable;

    // ================================================================ ports
    wire                     net_verdict_valid, net_verdict_ready;
    wire [`VERDICT_BITS-1:0] net_verdict;
    wire                     net_received, net_passed, net_consumed, net_full, net_length, net_ingress_busy;
    wire                     host_verdict_valid, host_verdict_ready;
    wire [`VERDICT_BITS-1:0] host_verdict;
    wire                     host_received, host_passed, host_consumed, host_full, host_length, host_ingress_busy;
    wire [DATA_WIDTH-1:0]    up_tdata;                          // frames that pass from the host to the network
    wire [DATA_WIDTH/8-1:0]  up_tkeep;
    wire                     up_tvalid, up_tready, up_tlast;
    wire [DATA_WIDTH-1:0]    down_tdata;                        // frames that pass from the network to the host
    wire [DATA_WIDTH/8-1:0]  down_tkeep;
    wire                     down_tvalid, down_tready, down_tlast;
    wire                     park_valid, park_last;             // frames on their way to a park slot
    wire [DATA_WIDTH-1:0]    park_data;
    wire [$clog2(DATA_WIDTH/8)-1:0] park_bytes;
    wire [VERDICT_BITS:0]    net_verdicts_waiting, host_verdicts_waiting;
    wire                     net_verdicts_empty, host_verdicts_empty;

    wire                         net_head_valid, net_head_ready, net_head_hashed, net_queue_busy;
    wire [32:0]                  net_head_hash;
    wire [SLOT_BITS-1:0]         net_head_slot;
    wire [`SEGMENT_BITS-1:0]     net_record;
    wire [63:0]                  net_siphash;
    wire                         host_head_valid, host_head_ready, host_head_hashed, host_queue_busy;
    wire [32:0]                  host_head_hash;
    wire [SLOT_BITS-1:0]         host_head_slot;
    wire [`SEGMENT_BITS-1:0]     host_record;
    wire [63:0]                  host_siphash;
    wire [`HASH_RESULT_BITS-1:0] net_result, host_result;
    wire                         net_isn_hashed, net_isn_voided;
    wire                         issue, issue_hashed, dispatcher_busy;
    wire [`EVENT_KIND_BITS-1:0] issue_kind;
    wire [32:0]                  issue_hash;
    wire [15:0]                  issue_index;
    wire [SLOT_BITS-1:0]         issue_slot;

    wire                     net_hash_valid, net_hash_ready, host_hash_valid, host_hash_ready;
    wire                     command_hash_valid, command_hash_ready;
    wire [`KEY_BITS-1:0]     net_hash_key, host_hash_key;
    reg                      hashed_host_last;
    wire                     placement_valid, siphash_valid;
    wire [1:0]               placement_source, siphash_source;
    wire [32:0]              placement;
    wire [63:0]              siphash;
    wire [`HASH_RESULT_BITS-1:0] net_hash_result, host_hash_result, siphash_result;
    wire                     net_hash_previous, placement_is_cookie;
    wire [31:0]              net_hash_sequence;
    wire [23:0]              net_hash_period;

    generate
        if (SPARSE == 0) begin : wide_ports
            wire                 net_room, net_key_valid, net_segment_valid;
            wire [`KEY_BITS-1:0] net_key;
            wire                 host_room, host_key_valid, host_segment_valid;
            wire [`KEY_BITS-1:0] host_key;
            wire [`SEGMENT_BITS-1:0] net_segment, host_segment;

            ingress #(
                .DATA_WIDTH(DATA_WIDTH), .FRAME_FIFO_BYTES(FRAME_FIFO_BYTES), .MAX_FRAME_BYTES(MAX_FRAME_BYTES), .FROM_HOST(0)
            ) net_ingress (
                .clk(clk), .rst(core_rst),
                .s_axis_tdata(s_axis_net_tdata), .s_axis_tkeep(s_axis_net_tkeep), .s_axis_tvalid(s_axis_net_tvalid),
                .s_axis_tready(s_axis_net_tready), .s_axis_tlast(s_axis_net_tlast), .s_axis_tuser(s_axis_net_tuser),
                .room(net_room && ready && !net_verdicts_waiting[VERDICT_BITS-1]),
                .key_valid(net_key_valid), .key(net_key), .segment_valid(net_segment_valid), .segment(net_segment),
                .verdict_valid(net_verdict_valid), .verdict_ready(net_verdict_ready), .verdict(net_verdict),
                .m_axis_tdata(down_tdata), .m_axis_tkeep(down_tkeep), .m_axis_tvalid(down_tvalid),
                .m_axis_tready(down_tready), .m_axis_tlast(down_tlast),
                .park_valid(park_valid), .park_data(park_data), .park_bytes(park_bytes), .park_last(park_last),
                .count_received(net_received), .count_passed(net_passed), .count_consumed(net_consumed),
                .count_dropped_full(net_full), .count_dropped_length(net_length), .busy(net_ingress_busy)
            );

            ingress #(
                .DATA_WIDTH(DATA_WIDTH), .FRAME_FIFO_BYTES(FRAME_FIFO_BYTES), .MAX_FRAME_BYTES(MAX_FRAME_BYTES), .FROM_HOST(1)
            ) host_ingress (
                .clk(clk), .rst(core_rst),
                .s_axis_tdata(s_axis_host_tdata), .s_axis_tkeep(s_axis_host_tkeep), .s_axis_tvalid(s_axis_host_tvalid),
                .s_axis_tready(s_axis_host_tready), .s_axis_tlast(s_axis_host_tlast), .s_axis_tuser(s_axis_host_tuser),
                .room(host_room && ready && !host_verdicts_waiting[VERDICT_BITS-1]),
                .key_valid(host_key_valid), .key(host_key), .segment_valid(host_segment_valid), .segment(host_segment),
                .verdict_valid(host_verdict_valid), .verdict_ready(host_verdict_ready), .verdict(host_verdict),
                .m_axis_tdata(up_tdata), .m_axis_tkeep(up_tkeep), .m_axis_tvalid(up_tvalid),
                .m_axis_tready(up_tready), .m_axis_tlast(up_tlast),
                .count_received(host_received), .count_passed(host_passed), .count_consumed(host_consumed),
                .count_dropped_full(host_full), .count_dropped_length(host_length), .busy(host_ingress_busy)
            );

            port_queue #(.DEPTH_BITS(SLOT_BITS)) net_queue (
                .clk(clk), .rst(core_rst), .busy(net_queue_busy), .room(net_room),
                .key_valid(net_key_valid), .key(net_key), .segment_valid(net_segment_valid), .segment(net_segment),
                .hash_valid(net_hash_valid), .hash_ready(net_hash_ready), .hash_key(net_hash_key),
                .hash_result(net_hash_result), .hash_previous(net_hash_previous), .hash_sequence(net_hash_sequence),
                .hash_period(net_hash_period),
                .may_arm(cookie_key_set), .armed(cookie_armed), .armed_syn(cookie_armed_syn), .period(cookie_period),
                .isn_hashed(net_isn_hashed), .isn_voided(net_isn_voided),
                .placement_valid(placement_valid && placement_source == FROM_NET), .placement(placement),
                .placement_is_cookie(placement_is_cookie),
                .siphash_valid(siphash_valid && siphash_source == FROM_NET), .siphash(siphash), .siphash_result(siphash_result),
                .head_valid(net_head_valid), .head_ready(net_head_ready), .head_hashed(net_head_hashed),
                .head_placement(net_head_hash), .head_hash_slot(net_head_slot),
                .issue(issue && issue_kind == `EVENT_KIND_NET), .record(net_record),
                .siphash_slot(fetch_hash_slot), .siphash_data(net_siphash), .result_data(net_result)
            );

            port_queue #(.DEPTH_BITS(SLOT_BITS)) host_queue (
                .clk(clk), .rst(core_rst), .busy(host_queue_busy), .room(host_room),
                .key_valid(host_key_valid), .key(host_key), .segment_valid(host_segment_valid), .segment(host_segment),
                .hash_valid(host_hash_valid), .hash_ready(host_hash_ready), .hash_key(host_hash_key),
                .hash_result(host_hash_result),
                .may_arm(1'b0), .armed(1'b0), .armed_syn(1'b0), .period(24'd0),
                .placement_valid(placement_valid && placement_source == FROM_HOST), .placement(placement),
                .placement_is_cookie(placement_is_cookie),
                .siphash_valid(siphash_valid && siphash_source == FROM_HOST), .siphash(siphash), .siphash_result(siphash_result),
                .head_valid(host_head_valid), .head_ready(host_head_ready), .head_hashed(host_head_hashed),
                .head_placement(host_head_hash), .head_hash_slot(host_head_slot),
                .issue(issue && issue_kind == `EVENT_KIND_HOST), .record(host_record),
                .siphash_slot(fetch_hash_slot), .siphash_data(host_siphash), .result_data(host_result)
            );
        end else begin : gigabit_ports
            wire                     net_key_valid, net_segment_valid, net_take;
            wire                     host_key_valid, host_segment_valid, host_take;
            wire [`SEGMENT_BITS-1:0] net_segment, host_segment;
            wire                     unused = &{1'b0, fetch_hash_slot, 1'b0};

            ingress_words #(
                .FRAME_FIFO_BYTES(FRAME_FIFO_BYTES), .MAX_FRAME_BYTES(MAX_FRAME_BYTES), .FROM_HOST(0)
            ) net_ingress (
                .clk(clk), .rst(core_rst),
                .s_axis_tdata(s_axis_net_tdata), .s_axis_tkeep(s_axis_net_tkeep), .s_axis_tvalid(s_axis_net_tvalid),
                .s_axis_tready(s_axis_net_tready), .s_axis_tlast(s_axis_net_tlast), .s_axis_tuser(s_axis_net_tuser),
                .room(ready && !net_verdicts_waiting[VERDICT_BITS-1]),
                .key_valid(net_key_valid), .segment_valid(net_segment_valid), .segment(net_segment), .take(net_take),
                .verdict_valid(net_verdict_valid), .verdict_ready(net_verdict_ready), .verdict(net_verdict),
                .m_axis_tdata(down_tdata), .m_axis_tkeep(down_tkeep), .m_axis_tvalid(down_tvalid),
                .m_axis_tready(down_tready), .m_axis_tlast(down_tlast),
                .park_valid(park_valid), .park_data(park_data), .park_bytes(park_bytes), .park_last(park_last),
                .count_received(net_received), .count_passed(net_passed), .count_consumed(net_consumed),
                .count_dropped_full(net_full), .count_dropped_length(net_length), .busy(net_ingress_busy)
            );

            port_slot net_slot (
                .clk(clk), .rst(core_rst), .busy(net_queue_busy),
                .armed(cookie_armed), .armed_syn(cookie_armed_syn), .period(cookie_period),
                .isn_hashed(net_isn_hashed), .isn_voided(net_isn_voided),
                .key_valid(net_key_valid), .segment_valid(net_segment_valid), .segment(net_segment), .take(net_take),
                .hash_valid(net_hash_valid), .hash_ready(net_hash_ready), .hash_result(net_hash_result),
                .hash_previous(net_hash_previous), .hash_sequence(net_hash_sequence),
                .hash_period(net_hash_period),
                .placement_valid(placement_valid && placement_source == FROM_NET), .placement(placement),
                .placement_is_cookie(placement_is_cookie),
                .siphash_valid(siphash_valid && siphash_source == FROM_NET), .siphash(siphash), .siphash_result(siphash_result),
                .head_valid(net_head_valid), .head_ready(net_head_ready), .head_hashed(net_head_hashed),
                .head_placement(net_head_hash), .written(write_valid && write_kind == `EVENT_KIND_NET),
                .record(net_record), .siphash_data(net_siphash), .result_data(net_result)
            );
            assign net_hash_key  = net_segment[`SEGMENT_KEY];
            assign net_head_slot = {SLOT_BITS{1'b0}};

            ingress_words #(
                .FRAME_FIFO_BYTES(FRAME_FIFO_BYTES), .MAX_FRAME_BYTES(MAX_FRAME_BYTES), .FROM_HOST(1)
            ) host_ingress (
                .clk(clk), .rst(core_rst),
                .s_axis_tdata(s_axis_host_tdata), .s_axis_tkeep(s_axis_host_tkeep), .s_axis_tvalid(s_axis_host_tvalid),
                .s_axis_tready(s_axis_host_tready), .s_axis_tlast(s_axis_host_tlast), .s_axis_tuser(s_axis_host_tuser),
                .room(ready && !host_verdicts_waiting[VERDICT_BITS-1]),
                .key_valid(host_key_valid), .segment_valid(host_segment_valid), .segment(host_segment), .take(host_take),
                .verdict_valid(host_verdict_valid), .verdict_ready(host_verdict_ready), .verdict(host_verdict),
                .m_axis_tdata(up_tdata), .m_axis_tkeep(up_tkeep), .m_axis_tvalid(up_tvalid),
                .m_axis_tready(up_tready), .m_axis_tlast(up_tlast),
                .count_received(host_received), .count_passed(host_passed), .count_consumed(host_consumed),
                .count_dropped_full(host_full), .count_dropped_length(host_length), .busy(host_ingress_busy)
            );

            port_slot host_slot (
                .clk(clk), .rst(core_rst), .busy(host_queue_busy),
                .armed(1'b0), .armed_syn(1'b0), .period(24'd0),
                .key_valid(host_key_valid), .segment_valid(host_segment_valid), .segment(host_segment), .take(host_take),
                .hash_valid(host_hash_valid), .hash_ready(host_hash_ready), .hash_result(host_hash_result),
                .placement_valid(placement_valid && placement_source == FROM_HOST), .placement(placement),
                .placement_is_cookie(placement_is_cookie),
                .siphash_valid(siphash_valid && siphash_source == FROM_HOST), .siphash(siphash), .siphash_result(siphash_result),
                .head_valid(host_head_valid), .head_ready(host_head_ready), .head_hashed(host_head_hashed),
                .head_placement(host_head_hash), .written(write_valid && write_kind == `EVENT_KIND_HOST),
                .record(host_record), .siphash_data(host_siphash), .result_data(host_result)
            );
            assign host_hash_key  = host_segment[`SEGMENT_KEY];
            assign host_head_slot = {SLOT_BITS{1'b0}};
        end
    endgenerate

    // ================================================================ hash
    cookie_keys cookie_keys (
        .clk(clk), .rst(core_rst), .timebase_us(timebase_us),
        .commit(cookie_key_commit), .staging(cookie_key_staging), .key_set(cookie_key_set),
        .key_waits(cookie_key_waits), .period(cookie_period),
        .current_key(cookie_key_current), .previous_key(cookie_key_previous)
    );

    // Commands come first, the ports in turn.
    wire                         hash_ready;
    wire                         hash_host = host_hash_valid && (!net_hash_valid || !hashed_host_last);
    wire                         hash_valid = command_hash_valid || net_hash_valid || host_hash_valid;
    wire [1:0]                   hash_source = command_hash_valid ? FROM_COMMAND : hash_host ? FROM_HOST : FROM_NET;
    wire [`KEY_BITS-1:0]         hash_key = command_hash_valid ? command_key[`KEY_BITS-1:0]
                                          : hash_host ? host_hash_key : net_hash_key;
    wire [`HASH_RESULT_BITS-1:0] hash_result = command_hash_valid ? {`HASH_RESULT_BITS{1'b0}}
                                             : hash_host ? host_hash_result : net_hash_result;

    assign command_hash_ready = hash_ready;
    assign host_hash_ready    = hash_ready && !command_hash_valid && hash_host;
    assign net_hash_ready     = hash_ready && !command_hash_valid && !hash_host;
    always @(posedge clk)
        if (core_rst) hashed_host_last <= 1'b0;
        else if (hash_ready && !command_hash_valid) hashed_host_last <= hash_host;

    generate
        if (SPARSE == 0) begin : pipelined
            hash_unit hashes (
                .clk(clk), .rst(core_rst), .isn_key(isn_key), .placement_key(placement_key[`KEY_BITS+31:0]),
                .cookie_key_current(cookie_key_current), .cookie_key_previous(cookie_key_previous),
                .key_valid(hash_valid), .key_ready(hash_ready), .key_source(hash_source), .key(hash_key),
                .key_result(hash_result), .cookie_previous(net_hash_previous), .cookie_sequence(net_hash_sequence),
                .cookie_period(net_hash_period),
                .placement_valid(placement_valid), .placement_source(placement_source), .placement(placement),
                .placement_is_cookie(placement_is_cookie),
                .siphash_valid(siphash_valid), .siphash_source(siphash_source), .siphash(siphash),
                .siphash_result(siphash_result)
            );
        end else begin : folded
            hash_unit_folded hashes (
                .clk(clk), .rst(core_rst), .isn_key(isn_key), .placement_key(placement_key[`KEY_BITS+31:0]),
                .cookie_key_current(cookie_key_current), .cookie_key_previous(cookie_key_previous),
                .key_valid(hash_valid), .key_ready(hash_ready), .key_source(hash_source), .key(hash_key),
                .key_result(hash_result), .cookie_previous(net_hash_previous), .cookie_sequence(net_hash_sequence),
                .cookie_period(net_hash_period),
                .placement_valid(placement_valid), .placement_source(placement_source), .placement(placement),
                .placement_is_cookie(placement_is_cookie),
                .siphash_valid(siphash_valid), .siphash_source(siphash_source), .siphash(siphash),
                .siphash_result(siphash_result)
            );
        end
    endgenerate

    // ================================================================ commands, walker
    wire                         command_event_valid, command_event_ready, flush_start, flush_done;
    wire [32:0]                  command_event_hash;
    wire [7:0]                   command_code;
    wire [63:0]                  command_siphash;
    wire                         command_drained, drain_start, drain_done, drain_any, drain_fin;
    wire [15:0]                  drain_index;
    wire [31:0]                  drain_end;
    wire                         walker_valid, walker_ready, walker_busy, read_start, read_done, read_done_valid;
    wire [15:0]                  read_done_index, walker_index;
    wire [`EVENT_KIND_BITS-1:0] walker_kind;
    wire [32:0]                  walker_hash;

    wire                             write_valid, write_hit, write_entry, write_insert, write_free;
    wire [`EVENT_KIND_BITS-1:0]     write_kind;
    wire [`ENTRY_BITS-1:0]           write_next_entry;
    wire [`VERDICT_BITS-1:0]        write_verdict;
    wire                             write_reply_valid, write_event;
    wire [`REPLY_BITS-1:0]           write_reply;
    wire                             write_established, write_peer_closed, write_closed, write_icmp;
    wire [7:0]                       write_icmp_type, write_icmp_code;
    wire                             write_park, write_discard, write_again;
    wire [`CLOSE_REASON_BITS-1:0]   write_reason;
    wire [47:0]                      write_time;
    wire [`COMMAND_STATUS_BITS-1:0] write_status;
    wire [`COUNTERS-1:0]             write_count;
    wire                             write_drained, stash_waits;
    wire                             reply_waits;               // of two events' replies, the builder has to take one
    wire                             walker_may;                // there is room for what its event may reply
    wire [15:0]                      stash_waiting;
    wire [15:0]                      write_index;
    wire [32:0]                      write_hash;
    wire                             evict;                     // an EVICT frees its entry

    wire                         answer_keep, answer_shown, read_entry_shown;
    wire                         read_entry_keep = write_valid && write_hit && write_kind == `EVENT_KIND_TABLE_READ;
    wire [31:0]                  answer_kept, read_entry_kept;

    command_unit #(.STILL(SPARSE)) commands (
        .clk(clk), .rst(core_rst),
        .go(command_go), .go_code(command_go_code), .go_sequence(command_go_sequence), .busy(command_busy),
        .status(command_status), .number(command_sequence),
        .answer_address(answer_address), .answer_data(answer_data), .code(command_code),
        .answer_keep(answer_keep), .answer_shown(answer_shown), .answer_kept(answer_kept),
        .hash_valid(command_hash_valid), .hash_ready(command_hash_ready),
        .placement_valid(placement_valid && placement_source == FROM_COMMAND), .placement(placement),
        .siphash_valid(siphash_valid && siphash_source == FROM_COMMAND), .siphash(siphash), .hash(command_siphash),
        .event_valid(command_event_valid), .event_ready(command_event_ready), .event_drained(command_drained),
        .event_hash(command_event_hash),
        .flush_start(flush_start), .flush_done(flush_done),
        .drain_start(drain_start), .drain_index(drain_index), .drain_done(drain_done),
        .write_valid(write_valid && (write_kind == `EVENT_KIND_COMMAND || write_kind == `EVENT_KIND_DRAINED)),
        .write_status(write_status), .write_index(write_index), .write_again(write_again),
        .write_next_entry(write_next_entry)
    );

    table_reader #(.STILL(SPARSE)) reader (
        .clk(clk), .rst(core_rst), .go(read_go), .busy(read_busy), .valid(read_valid), .index(read_index),
        .entry_address(read_entry_address), .entry_data(read_entry_data),
        .entry_shown(read_entry_shown), .entry_kept(read_entry_kept),
        .read_start(read_start), .read_done(read_done), .read_valid(read_done_valid), .read_index(read_done_index),
        .write_valid(read_entry_keep),
        .write_next_entry(write_next_entry)
    );

    walker #(.CONNECTIONS(CONNECTIONS), .SINGLE(SPARSE)) walker (
        .clk(clk), .rst(core_rst), .ready(walker_ready_to_work), .busy(walker_busy),
        .enable(enable), .timebase_us(timebase_us), .sweep_period(sweep_period),
        .flush_start(flush_start), .flush_done(flush_done),
        .evict_wanted(cookie_reserve_wanted && in_use + RESERVE > CONNECTIONS), .evict_again(decide_cookie_sent),
        .evict(evict),
        .stash_waits(stash_waits), .stash_waiting(stash_waiting),
        .read_start(read_start), .read_index(read_go_index), .read_next(read_go_next),
        .read_done(read_done), .read_valid(read_done_valid), .read_done_index(read_done_index),
        .event_valid(walker_valid), .event_ready(walker_ready), .event_kind(walker_kind),
        .event_hash(walker_hash), .event_index(walker_index),
        .write_valid(write_valid), .write_kind(write_kind), .write_hit(write_hit),
        .write_entry(write_entry || write_drained), .write_insert(write_insert), .write_free(write_free),
        .write_timed(write_next_entry[`ENTRY_DEADLINE_SET] || write_next_entry[`ENTRY_ACK_LIMITED]),
        .write_index(write_index), .write_hash(write_hash),
        .write_state(write_next_entry[`ENTRY_STATE]), .write_owner(write_next_entry[`ENTRY_OWNER]),
        .write_origin(write_next_entry[`ENTRY_ORIGIN]), .write_created(write_next_entry[`ENTRY_CREATED])
    );

    dispatcher #(.SLOT_BITS(SLOT_BITS), .SINGLE(SPARSE)) dispatcher (
        .clk(clk), .rst(core_rst), .busy(dispatcher_busy), .hold(reply_waits),
        .net_valid(net_head_valid), .net_ready(net_head_ready), .net_hashed(net_head_hashed),
        .net_hash(net_head_hash), .net_slot(net_head_slot),
        .host_valid(host_head_valid), .host_ready(host_head_ready), .host_hashed(host_head_hashed),
        .host_hash(host_head_hash), .host_slot(host_head_slot),
        .command_valid(command_event_valid), .command_ready(command_event_ready), .command_hash(command_event_hash),
        .walker_valid(walker_valid && walker_may), .walker_ready(walker_ready), .walker_kind(walker_kind),
        .walker_hash(walker_hash), .walker_index(walker_index),
        .issue(issue), .issue_kind(issue_kind), .issue_hashed(issue_hashed), .issue_hash(issue_hash),
        .issue_index(issue_index), .issue_slot(issue_slot)
    );

    // ================================================================ look-up
    localparam FETCH = 6;                                       // clocks from issue to fetch
    reg  [10:1]                      in_flight;                 // by clocks since issue
    reg  [`EVENT_KIND_BITS-1:0]      first_kind;                // of the event that was issued one clock ago
    reg  [`SEGMENT_BITS-1:0]         match_record, select_record; // two clocks after issue, three
    wire [`EVENT_KIND_BITS-1:0]      match_kind, fetch_kind;
    wire [`SEGMENT_BITS-1:0]         fetch_record;
    wire [SLOT_BITS-1:0]             fetch_hash_slot;

    always @* begin
        case (match_kind)
            `EVENT_KIND_NET:  match_record = net_record;
            `EVENT_KIND_HOST: match_record = host_record;
            default: begin
                match_record = {`SEGMENT_BITS{1'b0}};
                match_record[`SEGMENT_KEY] = command_key[`KEY_BITS-1:0];
                // The end of what a RELEASE gave to the host.
                match_record[`SEGMENT_SEQ] = drain_end - {31'd0, drain_fin};
                match_record[`SEGMENT_FLAGS] = {7'd0, drain_fin};
            end
        endcase
    end

    always @(posedge clk) begin
        in_flight     <= core_rst ? 10'd0 : {in_flight[9:1], issue};
        first_kind    <= issue_kind == `EVENT_KIND_COMMAND && command_drained ? `EVENT_KIND_DRAINED : issue_kind;
        if (SPARSE == 0 || in_flight[2]) select_record <= match_record;
    end

    // Where one event is in flight at a time, all that belongs to it stands still until it is written.
    delay #(.WIDTH(`EVENT_KIND_BITS), .CLOCKS(1), .STILL(SPARSE)) to_match (.clk(clk), .from(first_kind), .to(match_kind));
    delay #(.WIDTH(`EVENT_KIND_BITS), .CLOCKS(FETCH - 2), .STILL(SPARSE)) to_fetch (.clk(clk), .from(match_kind), .to(fetch_kind));
    delay #(.WIDTH(SLOT_BITS), .CLOCKS(FETCH), .STILL(SPARSE)) slot_to_fetch (.clk(clk), .from(issue_slot), .to(fetch_hash_slot));
    delay #(.WIDTH(`SEGMENT_BITS), .CLOCKS(FETCH - 3), .STILL(SPARSE)) record_to_fetch (
        .clk(clk), .from(select_record), .to(fetch_record)
    );

    wire [7:0] match_flags = match_record[`SEGMENT_FLAGS];
    // A SYN, the ACK of a cookie, or an active open.
    wire match_may_insert = match_kind == `EVENT_KIND_COMMAND ? command_code == `COMMAND_CODE_OPEN
                          : match_kind == `EVENT_KIND_NET && !match_flags[2] &&
                            (match_flags[4] ? cookie_reserve_wanted && !match_flags[1] : match_flags[1]);
    wire [15:0] fetch_index;
    wire       fetch_selected, fetch_same_index, fetch_matched, decide_can_insert, decide_insert;
    wire [7:0] fetch_slot;
    wire [`ENTRY_BITS-1:0] fetch_entry;

    connection_table #(.CONNECTIONS(CONNECTIONS), .SINGLE(SPARSE)) table_of_connections (
        .clk(clk), .rst(core_rst), .ready(table_ready),
        .issue_hashed(issue && issue_hashed),
        .issue_by_index(issue_kind == `EVENT_KIND_TIMER || issue_kind == `EVENT_KIND_TABLE_READ ||
                        issue_kind == `EVENT_KIND_FLUSH || issue_kind == `EVENT_KIND_EVICT),
        .issue_sweep(issue && (issue_kind == `EVENT_KIND_TIMER || issue_kind == `EVENT_KIND_EVICT)), .issue_hash(issue_hash), .issue_index(issue_index),
        .match_key(match_record[`SEGMENT_KEY]),
        .match_may_insert(match_may_insert),
        .fetch_selected(fetch_selected), .fetch_same_index(fetch_same_index), .fetch_index(fetch_index),
        .fetch_entry(fetch_entry),
        .decide_can_insert(decide_can_insert), .decide_insert(decide_insert),
        .write_hit(write_valid && write_hit), .write_entry(write_entry), .write_insert(write_insert),
        .write_free(write_free), .write_next_entry(write_next_entry),
        .write_drained(write_drained),
        .write_index(write_index), .write_hash(write_hash), .stash_waits(stash_waits), .stash_waiting(stash_waiting),
        .in_use(in_use), .peak(peak)
    );

    // ================================================================ listeners, limits
    wire [7:0]                config_entry_slot, config_match_slot, decide_slot;
    wire [`LISTENER_BITS-1:0] config_entry, config_match;
    wire                      has_token, use_token, config_match_written;
    wire                      half_open_more, half_open_less, waiting_more, waiting_less, backlog_full;
    wire [15:0]               decide_backlog;

    // A key is at the hash for 33 clocks where its listener is searched meanwhile.
    listener_memory #(.LISTENERS(LISTENERS), .SERIAL(SPARSE != 0 && LISTENERS <= 30 ? 1 : 0)) listeners (
        .clk(clk), .rst(core_rst),
        .commit(listener_commit), .slot(listener_slot), .staging(listener_staging[`LISTENER_BITS-1:0]),
        .committed(listener_committed),
        .match_key(match_record[`SEGMENT_KEY]), .matched(fetch_matched), .matched_slot(fetch_slot),
        .match_port(fetch_kind == `EVENT_KIND_HOST),
        .search(hash_valid && hash_ready && !command_hash_valid), .search_port(hash_host), .search_key(hash_key),
        .read_slot_a(config_entry_slot), .read_a(config_entry),
        .read_slot_b(config_match_slot), .read_b(config_match), .read_b_written(config_match_written)
    );

    occupancy #(.LISTENERS(LISTENERS)) occupancy (
        .clk(clk), .rst(core_rst), .decide_slot(decide_slot),
        .half_open_more(half_open_more), .half_open_less(half_open_less),
        .waiting_more(waiting_more), .waiting_less(waiting_less),
        .backlog(decide_backlog), .backlog_full(backlog_full), .half_open(half_open)
    );

    heartbeat heartbeat (
        .clk(clk), .rst(core_rst), .tick(timebase_us[41:10]), .beat(heartbeat_beat), .timeout(heartbeat_timeout),
        .host_alive(host_alive)
    );

    reset_limiter #(.LISTENERS(LISTENERS)) limiter (
        .clk(clk), .rst(core_rst), .timebase_us(timebase_us), .depth(bucket_depth), .refill_shift(refill_shift),
        .stir(siphash_valid), .stir_with(siphash[31:0]),
        .slot(decide_slot), .has_token(has_token), .take(use_token)
    );

    // A network segment that was hashed with the ISN message is decided when what it wrote has been counted.
    reg  [FETCH:1]               flight_keyed;                  // network segments that have a key, by clocks since issue
    reg  [6:1]                   isn_decided;                   // by clocks since fetch
    wire [63:0]                  fetch_hash = fetch_kind == `EVENT_KIND_HOST ? host_siphash : net_siphash;
    wire [`HASH_RESULT_BITS-1:0] fetch_hash_result = fetch_kind == `EVENT_KIND_HOST ? host_result : net_result;
    wire                         decide_cookie_recent, decide_cookie_token, decide_cookie_sent;
    always @(posedge clk) begin
        flight_keyed <= {flight_keyed[FETCH-1:1], issue_hashed && issue_kind == `EVENT_KIND_NET};
        isn_decided  <= core_rst ? 6'd0 : {isn_decided[5:1], in_flight[FETCH] && flight_keyed[FETCH] &&
                                                             !fetch_hash_result[`HASH_RESULT_IS_COOKIE]};
    end

    cookie_control #(.CONNECTIONS(CONNECTIONS), .LISTENERS(LISTENERS)) cookie_control (
        .clk(clk), .rst(core_rst), .timebase_us(timebase_us), .period(cookie_period), .key_set(cookie_key_set),
        .isn_mode(isn_mode), .threshold(cookie_threshold),
        .bucket_depth(cookie_bucket_depth), .bucket_refill_shift(cookie_refill_shift),
        .half_open(half_open), .in_use(in_use + (cookie_reserve_wanted ? RESERVE : 17'd0)),
        .isn_hashed(net_isn_hashed), .isn_decided(isn_decided[6]), .isn_voided(net_isn_voided),
        .armed_syn(cookie_armed_syn), .armed(cookie_armed), .reserve_wanted(cookie_reserve_wanted),
        .decide_slot(decide_slot), .decide_recent(decide_cookie_recent), .decide_token(decide_cookie_token),
        .decide_sent(decide_cookie_sent), .stir(siphash_valid), .stir_with(siphash[63:32])
    );

    // ================================================================ transition
    transition #(.STILL(SPARSE)) transition (
        .clk(clk), .rst(core_rst),
        .fetch_valid(in_flight[FETCH]), .fetch_kind(fetch_kind), .fetch_segment(fetch_record),
        .fetch_entry(fetch_entry), .fetch_selected(fetch_selected), .fetch_same_index(fetch_same_index),
        .fetch_hash(fetch_hash), .fetch_hash_result(fetch_hash_result),
        .fetch_matched(fetch_matched), .fetch_slot(fetch_slot),
        .enable(enable), .test_enable(test_enable), .epoch(epoch), .isn_mode(isn_mode), .isn_fixed(isn_fixed),
        .host_alive(host_alive), .fin_timeout(fin_timeout), .time_wait(time_wait),
        .adoption_timeout(adoption_timeout), .watch_idle(watch_idle),
        .rto_initial(rto_initial), .rto_max(rto_max), .syn_retries(syn_retries), .synack_retries(synack_retries),
        .orphan_retries(orphan_retries), .unsolicited_ack_interval(ack_interval),
        .hop_limit(hop_limit), .dscp(dscp), .timebase_us(timebase_us),
        .command_code(command_code), .command_created({command_created_high, command_created_low}),
        .command_listener(flush_listener), .command_hash(command_siphash), .flush_all(flush_all),
        .open_mac({open_mac_high, open_mac_low}), .release_forget(release_forget), .take_peer_closed(take_peer_closed),
        .take_snd_nxt(take_snd_nxt), .take_rcv_nxt(take_rcv_nxt), .take_ts_val(take_ts_val), .take_window(take_window),
        .drained_any(drain_any), .evict(evict),
        .config_entry_slot(config_entry_slot), .config_entry(config_entry),
        .config_match_slot(config_match_slot), .config_match(config_match),
        .config_match_written(config_match_written),
        .decide_can_insert(decide_can_insert), .decide_insert(decide_insert),
        .decide_slot(decide_slot), .decide_has_token(has_token), .decide_use_token(use_token),
        .decide_backlog_full(backlog_full), .decide_backlog(decide_backlog),
        .decide_cookie_recent(decide_cookie_recent), .decide_cookie_token(decide_cookie_token),
        .decide_cookie_sent(decide_cookie_sent),
        .decide_park_repeat(decide_park_repeat), .decide_park_any(decide_park_any),
        .decide_park_room(decide_park_room), .decide_park(decide_park),
        .decide_half_open_more(half_open_more), .decide_half_open_less(half_open_less),
        .decide_waiting_more(waiting_more), .decide_waiting_less(waiting_less),
        .write_valid(write_valid), .write_kind(write_kind), .write_hit(write_hit), .write_entry(write_entry),
        .write_insert(write_insert), .write_free(write_free), .write_next_entry(write_next_entry),
        .write_verdict(write_verdict), .write_reply_valid(write_reply_valid), .write_reply(write_reply),
        .write_event(write_event), .write_event_established(write_established),
        .write_event_peer_closed(write_peer_closed), .write_event_closed(write_closed),
        .write_event_icmp(write_icmp), .write_event_icmp_type(write_icmp_type), .write_event_icmp_code(write_icmp_code),
        .write_park(write_park), .write_discard(write_discard), .write_again(write_again),
        .write_event_reason(write_reason), .write_time(write_time), .write_status(write_status),
        .write_count(write_count)
    );

    // ================================================================ frames that wait for the host
    wire                    decide_park_repeat, decide_park_any, decide_park_room, decide_park;
    wire [7:0]              fetch_flags = fetch_record[`SEGMENT_FLAGS];
    wire [DATA_WIDTH-1:0]   drained_tdata;
    wire [DATA_WIDTH/8-1:0] drained_tkeep;
    wire                    drained_tvalid, drained_tready, drained_tlast, unparked, park_discarded, park_busy;
    reg                     host_ack;                           // the engine's ACK is on its way to the host port

    park_store #(.DATA_WIDTH(DATA_WIDTH), .PARK_SLOTS(PARK_SLOTS), .MAX_FRAME_BYTES(MAX_FRAME_BYTES)) park_store (
        .clk(clk), .rst(core_rst),
        .fetch_index(fetch_index), .fetch_seq(fetch_record[`SEGMENT_SEQ]),
        .fetch_length(fetch_record[`SEGMENT_DATA_LENGTH]), .fetch_fin(fetch_flags[0]),
        .decide_park_repeat(decide_park_repeat), .decide_park_any(decide_park_any),
        .decide_park_room(decide_park_room), .decide_park(decide_park),
        .write_park(write_park), .write_discard(write_discard || write_free), .write_index(write_index),
        .park_valid(park_valid), .park_data(park_data), .park_bytes(park_bytes), .park_last(park_last),
        .drain_start(drain_start), .drain_index(drain_index), .drain_hold(host_ack), .drain_done(drain_done),
        .drain_any(drain_any), .drain_end(drain_end), .drain_fin(drain_fin),
        .m_axis_tdata(drained_tdata), .m_axis_tkeep(drained_tkeep), .m_axis_tvalid(drained_tvalid),
        .m_axis_tready(drained_tready), .m_axis_tlast(drained_tlast),
        .parked_frames(parked_frames), .count_unparked(unparked), .count_discarded(park_discarded), .busy(park_busy)
    );

    // ================================================================ what comes out: verdicts
    fifo #(.WIDTH(`VERDICT_BITS), .DEPTH_BITS(VERDICT_BITS)) net_verdicts (
        .clk(clk), .rst(core_rst), .write(write_valid && write_kind == `EVENT_KIND_NET), .write_data(write_verdict),
        .read(net_verdict_ready), .read_data(net_verdict), .empty(net_verdicts_empty),
        .count(net_verdicts_waiting)
    );
    assign net_verdict_valid = !net_verdicts_empty;

    fifo #(.WIDTH(`VERDICT_BITS), .DEPTH_BITS(VERDICT_BITS)) host_verdicts (
        .clk(clk), .rst(core_rst), .write(write_valid && write_kind == `EVENT_KIND_HOST), .write_data(write_verdict),
        .read(host_verdict_ready), .read_data(host_verdict), .empty(host_verdicts_empty),
        .count(host_verdicts_waiting)
    );
    assign host_verdict_valid = !host_verdicts_empty;

    // ================================================================ replies
    wire                    reply_lost, builder_busy, mux_busy;
    wire [DATA_WIDTH-1:0]   reply_tdata;
    wire [DATA_WIDTH/8-1:0] reply_tkeep;
    wire                    reply_tvalid, reply_tready, reply_tlast, reply_to_host, demux_busy;
    wire [DATA_WIDTH-1:0]   answer_tdata, ack_tdata, own_tdata; // replies to the network, to the host; all for the host
    wire [DATA_WIDTH/8-1:0] answer_tkeep, ack_tkeep, own_tkeep;
    wire                    answer_tvalid, answer_tready, answer_tlast;
    wire                    ack_tvalid, ack_tready, ack_tlast, own_tvalid, own_tready, own_tlast;
    wire                    own_mux_busy, host_mux_busy;

    always @(posedge clk)
        if (core_rst) host_ack <= 1'b0;
        else if (write_reply_valid && write_reply[`REPLY_TO_HOST] && (SPARSE != 0 || !reply_lost)) host_ack <= 1'b1;
        else if ((ack_tvalid && ack_tready && ack_tlast) || (SPARSE != 0 && reply_lost)) host_ack <= 1'b0;

    // A port that takes nothing must not stop the pipeline: what does not fit is dropped, and TCP sends again.
    generate
        if (SPARSE == 0) begin : wide_replies
            wire [`REPLY_BITS-1:0] queued_reply;
            wire                   replies_empty, replies_full, reply_ready, frame_busy;
            wire [5:0]             replies_waiting;

            fifo #(.WIDTH(`REPLY_BITS), .DEPTH_BITS(5)) replies (
                .clk(clk), .rst(core_rst), .write(write_reply_valid), .write_data(write_reply),
                .read(reply_ready), .read_data(queued_reply), .empty(replies_empty), .full(replies_full),
                .count(replies_waiting)
            );

            // Half of a table may have to say something again in one sweep. A timer's event waits while half of the queue is
            // taken; not for longer than a port that works needs, for a sweep ends in time whatever the port does.
            localparam [5:0] PATIENCE = 6'd63;
            reg  [5:0] timer_waits;                             // clocks
            reg        timer_shown;                             // to the dispatcher; then it stays
            assign walker_may = walker_kind != `EVENT_KIND_TIMER || replies_waiting < 6'd16 || timer_waits == PATIENCE || timer_shown;
            always @(posedge clk) begin
                timer_waits <= !walker_valid || walker_may ? 6'd0 : timer_waits + 6'd1;
                timer_shown <= walker_valid && walker_may && !walker_ready && !core_rst;
            end

            reply_builder #(.DATA_WIDTH(DATA_WIDTH)) builder (
                .clk(clk), .rst(core_rst), .reply_valid(!replies_empty), .reply_ready(reply_ready), .reply(queued_reply),
                .m_axis_tdata(reply_tdata), .m_axis_tkeep(reply_tkeep), .m_axis_tvalid(reply_tvalid),
                .m_axis_tready(reply_tready), .m_axis_tlast(reply_tlast), .m_axis_tdest(reply_to_host),
                .busy(frame_busy)
            );
            assign reply_lost   = write_reply_valid && replies_full;
            assign reply_waits  = 1'b0;
            assign builder_busy = frame_busy || !replies_empty;
        end else begin : gigabit_replies
            // A reply stays where it was written until the builder takes it; no event is issued meanwhile.
            reg  waits;
            wire reply_ready, frame_busy;
            wire ready_now = reply_ready && (waits || write_reply_valid);
            always @(posedge clk) waits <= (waits || write_reply_valid) && !ready_now && !core_rst;

            reply_words builder (
                .clk(clk), .rst(core_rst), .reply_valid(waits || write_reply_valid), .reply_ready(reply_ready), .reply(write_reply),
                .m_axis_tdata(reply_tdata), .m_axis_tkeep(reply_tkeep), .m_axis_tvalid(reply_tvalid),
                .m_axis_tready(reply_tready), .m_axis_tlast(reply_tlast), .m_axis_tdest(reply_to_host),
                .count_dropped(reply_lost), .busy(frame_busy)
            );
            assign reply_waits  = waits;
            assign walker_may   = 1'b1;                         // no event is issued while a reply waits
            assign builder_busy = frame_busy || waits;
        end
    endgenerate

    reply_demux #(.DATA_WIDTH(DATA_WIDTH)) demux (
        .clk(clk), .rst(core_rst),
        .s_axis_tdata(reply_tdata), .s_axis_tkeep(reply_tkeep), .s_axis_tvalid(reply_tvalid),
        .s_axis_tready(reply_tready), .s_axis_tlast(reply_tlast), .s_axis_tdest(reply_to_host),
        .m_axis_net_tdata(answer_tdata), .m_axis_net_tkeep(answer_tkeep), .m_axis_net_tvalid(answer_tvalid),
        .m_axis_net_tready(answer_tready), .m_axis_net_tlast(answer_tlast),
        .m_axis_host_tdata(ack_tdata), .m_axis_host_tkeep(ack_tkeep), .m_axis_host_tvalid(ack_tvalid),
        .m_axis_host_tready(ack_tready), .m_axis_host_tlast(ack_tlast), .busy(demux_busy)
    );

    frame_mux #(.DATA_WIDTH(DATA_WIDTH)) own_mux (
        .clk(clk), .rst(core_rst),
        .s_axis_reply_tdata(ack_tdata), .s_axis_reply_tkeep(ack_tkeep), .s_axis_reply_tvalid(ack_tvalid),
        .s_axis_reply_tready(ack_tready), .s_axis_reply_tlast(ack_tlast),
        .s_axis_pass_tdata(drained_tdata), .s_axis_pass_tkeep(drained_tkeep), .s_axis_pass_tvalid(drained_tvalid),
        .s_axis_pass_tready(drained_tready), .s_axis_pass_tlast(drained_tlast),
        .m_axis_tdata(own_tdata), .m_axis_tkeep(own_tkeep), .m_axis_tvalid(own_tvalid),
        .m_axis_tready(own_tready), .m_axis_tlast(own_tlast), .busy(own_mux_busy)
    );

    frame_mux #(.DATA_WIDTH(DATA_WIDTH)) host_mux (
        .clk(clk), .rst(core_rst),
        .s_axis_reply_tdata(own_tdata), .s_axis_reply_tkeep(own_tkeep), .s_axis_reply_tvalid(own_tvalid),
        .s_axis_reply_tready(own_tready), .s_axis_reply_tlast(own_tlast),
        .s_axis_pass_tdata(down_tdata), .s_axis_pass_tkeep(down_tkeep), .s_axis_pass_tvalid(down_tvalid),
        .s_axis_pass_tready(down_tready), .s_axis_pass_tlast(down_tlast),
        .m_axis_tdata(m_axis_host_tdata), .m_axis_tkeep(m_axis_host_tkeep), .m_axis_tvalid(m_axis_host_tvalid),
        .m_axis_tready(m_axis_host_tready), .m_axis_tlast(m_axis_host_tlast), .busy(host_mux_busy)
    );

    frame_mux #(.DATA_WIDTH(DATA_WIDTH)) net_mux (
        .clk(clk), .rst(core_rst),
        .s_axis_reply_tdata(answer_tdata), .s_axis_reply_tkeep(answer_tkeep), .s_axis_reply_tvalid(answer_tvalid),
        .s_axis_reply_tready(answer_tready), .s_axis_reply_tlast(answer_tlast),
        .s_axis_pass_tdata(up_tdata), .s_axis_pass_tkeep(up_tkeep), .s_axis_pass_tvalid(up_tvalid),
        .s_axis_pass_tready(up_tready), .s_axis_pass_tlast(up_tlast),
        .m_axis_tdata(m_axis_net_tdata), .m_axis_tkeep(m_axis_net_tkeep), .m_axis_tvalid(m_axis_net_tvalid),
        .m_axis_tready(m_axis_net_tready), .m_axis_tlast(m_axis_net_tlast), .busy(mux_busy)
    );

    // ================================================================ events, counters
    reg [`EVENT_BITS-1:0] event_record;
    always @* begin
        event_record                      = {`EVENT_BITS{1'b0}};
        event_record[`EVENT_ENTRY]        = write_next_entry;
        event_record[`EVENT_INDEX]        = write_index;
        event_record[`EVENT_ESTABLISHED]  = write_established;
        event_record[`EVENT_PEER_CLOSED]  = write_peer_closed;
        event_record[`EVENT_CLOSED]       = write_closed;
        event_record[`EVENT_ICMP_ERROR]   = write_icmp;
        event_record[`EVENT_ICMP_TYPE]    = write_icmp_type;
        event_record[`EVENT_ICMP_CODE]    = write_icmp_code;
        event_record[`EVENT_REASON]       = write_reason;
        event_record[`EVENT_TIME]         = write_time;
    end
    wire event_queued, event_lost, events_busy;

    event_queue #(.DEPTH(EVENT_DEPTH), .STILL(SPARSE)) events (
        .clk(clk), .rst(core_rst), .push(write_event), .push_event(event_record),
        .count_queued(event_queued), .count_lost(event_lost),
        .available(events_available), .head_number(events_head), .lost(events_lost),
        .pop(event_pop), .pop_number(event_pop_number), .event_address(event_address), .event_data(event_data),
        .write(write_valid), .keep_answer(answer_keep), .keep_entry(read_entry_keep),
        .answer_shown(answer_shown), .answer_address(answer_address), .answer_data(answer_kept),
        .entry_shown(read_entry_shown), .entry_address(read_entry_address), .entry_data(read_entry_kept),
        .busy(events_busy), .answer_busy(answer_busy), .entry_busy(read_entry_busy),
        .timebase_us(timebase_us), .coalesce(coalesce), .pending(event_pending)
    );

    reg [`COUNTERS-1:0] count;
    always @* begin
        count = write_count;                                    // of what the transition function counts
        count[`COUNTER_NET_FRAMES_RECEIVED]  = net_received;
        count[`COUNTER_NET_FRAMES_PASSED]    = net_passed;
        count[`COUNTER_NET_FRAMES_CONSUMED]  = net_consumed;
        count[`COUNTER_NET_DROPPED_FULL]     = net_full;
        count[`COUNTER_NET_DROPPED_LENGTH]   = net_length;
        count[`COUNTER_HOST_FRAMES_RECEIVED] = host_received;
        count[`COUNTER_HOST_FRAMES_PASSED]   = host_passed;
        count[`COUNTER_HOST_FRAMES_CONSUMED] = host_consumed;
        count[`COUNTER_HOST_DROPPED_FULL]    = host_full;
        count[`COUNTER_HOST_DROPPED_LENGTH]  = host_length;
        count[`COUNTER_FRAMES_SENT]          = answer_tvalid && answer_tready && answer_tlast;
        count[`COUNTER_REPLIES_DROPPED]      = reply_lost;
        count[`COUNTER_UNPARKED]             = unparked;
        count[`COUNTER_PARK_DISCARDED]       = park_discarded;
        count[`COUNTER_EVENTS_QUEUED]        = event_queued;
        count[`COUNTER_EVENTS_LOST]          = event_lost;
    end

    counters counters (
        .clk(clk), .rst(core_rst), .count(count), .snapshot(counter_snapshot), .busy(counter_busy),
        .value_address(counter_address), .value_data(counter_data)
    );

    always @(posedge clk) was_busy <= busy;
    assign busy = !ready || net_ingress_busy || host_ingress_busy || net_queue_busy || host_queue_busy ||
                  dispatcher_busy || in_flight != 10'd0 || write_valid || walker_busy || command_busy || read_busy ||
                  !net_verdicts_empty || !host_verdicts_empty || builder_busy || mux_busy ||
                  demux_busy || own_mux_busy || host_mux_busy || park_busy || own_tvalid ||
                  m_axis_net_tvalid || m_axis_host_tvalid || event_queued || event_lost || events_busy || counter_busy;
endmodule

`default_nettype wire
