    // Bound into pcie_bridge.v by run.sh: whatever requests come and however the bus behaves, completions and accesses
    // are held while stalled, an access is given once, as many completions leave as requests wanted one, the status tells
    // what the bus has answered, and an MSI has its reason.
    reg f_started = 1'b0;
    always @(posedge clk) f_started <= 1'b1;
    always @* if (!f_started) assume (rst); else assume (!rst);
    always @* assume (s_axis_rx_tkeep == 8'hFF || (s_axis_rx_tkeep == 8'h0F && s_axis_rx_tlast));

    // AXI4-Stream and AXI4-Lite: what is valid stays, unchanged, until it is taken; the same is assumed of what comes in.
    reg         f_tx_stalled, f_rx_stalled, f_aw_stalled, f_w_stalled, f_ar_stalled;
    reg  [72:0] f_tx, f_rx;
    reg  [16:0] f_address;
    reg  [35:0] f_data;
    always @(posedge clk) begin
        f_tx_stalled <= !rst && m_axis_tx_tvalid && !m_axis_tx_tready;
        f_rx_stalled <= !rst && s_axis_rx_tvalid && !s_axis_rx_tready;
        f_aw_stalled <= !rst && m_axil_awvalid && !m_axil_awready;
        f_w_stalled  <= !rst && m_axil_wvalid && !m_axil_wready;
        f_ar_stalled <= !rst && m_axil_arvalid && !m_axil_arready;
        f_tx         <= {m_axis_tx_tlast, m_axis_tx_tkeep, m_axis_tx_tdata};
        f_rx         <= {s_axis_rx_tlast, s_axis_rx_tkeep, s_axis_rx_tdata};
        f_address    <= address;
        f_data       <= {m_axil_wstrb, m_axil_wdata};
    end
    always @* if (f_started) begin
        if (f_tx_stalled) assert (m_axis_tx_tvalid && {m_axis_tx_tlast, m_axis_tx_tkeep, m_axis_tx_tdata} == f_tx);
        if (f_rx_stalled) assume (s_axis_rx_tvalid && {s_axis_rx_tlast, s_axis_rx_tkeep, s_axis_rx_tdata} == f_rx);
        if (f_aw_stalled) assert (m_axil_awvalid && address == f_address);
        if (f_w_stalled)  assert (m_axil_wvalid && {m_axil_wstrb, m_axil_wdata} == f_data);
        if (f_ar_stalled) assert (m_axil_arvalid && address == f_address);
    end

    // The bus answers an access that was given, and no other.
    reg [1:0] f_given;                                          // halves of a write that were taken
    reg       f_asked;
    always @(posedge clk) begin
        f_given <= rst || (m_axil_bvalid && m_axil_bready) ? 2'd0
                 : f_given | {m_axil_awvalid && m_axil_awready, m_axil_wvalid && m_axil_wready};
        f_asked <= !rst && !(m_axil_rvalid && m_axil_rready) && (f_asked || (m_axil_arvalid && m_axil_arready));
    end
    always @* begin
        if (f_given != 2'd3) assume (!m_axil_bvalid);
        if (!f_asked)        assume (!m_axil_rvalid);
    end
    always @* if (f_started) begin
        // One access at a time, each half of it once.
        assert (!(f_given[1] && m_axil_awvalid) && !(f_given[0] && m_axil_wvalid) && !(f_asked && m_axil_arvalid));
        if (state == WRITTEN) assert ((f_given[1] || m_axil_awvalid) && (f_given[0] || m_axil_wvalid));
        else assert (f_given == 2'd0 && !m_axil_awvalid && !m_axil_wvalid);
        if (state == READ) assert (f_asked || m_axil_arvalid);
        else assert (!f_asked && !m_axil_arvalid);
        assert (state <= LOOK);
    end

    // A completion for each request that wants one, none for another. What wants one is told here from the request's
    // first doubleword alone (table 2-3 of the specification).
    reg       f_wants, f_answered, f_begun;
    wire      f_first = taken && state == TYPE;
    wire      f_whole = taken && state == ADDRESS;
    wire [4:0] f_kind = word[28:24];
    always @(posedge clk) begin
        if (f_first) begin
            f_wants    <= (f_kind == 5'd0 && !word[30]) || f_kind == 5'd1 || f_kind == 5'd2 || f_kind == 5'd4 || f_kind == 5'd5 || f_kind[4:2] == 3'd3;
            f_answered <= 1'b0;
        end
        if (f_whole) f_begun <= 1'b1;
        if (state == TYPE) f_begun <= 1'b0;
        if (m_axis_tx_tvalid && m_axis_tx_tready && m_axis_tx_tlast) f_answered <= 1'b1;
        if (rst) begin
            f_wants    <= 1'b0;
            f_answered <= 1'b0;
            f_begun    <= 1'b0;
        end
    end
    always @* if (f_started) begin
        if (m_axis_tx_tvalid) assert (f_wants && !f_answered);
        if (state == TYPE && f_begun) assert (f_answered == f_wants);
        // For the induction.
        if (state == JUDGE || state == LOOK || state == READ || state == ANSWER) assert (!f_answered);
        if (state != TYPE) assert (f_wants == non_posted || state == SENDER);
        if (state == SENDER) assert (f_wants == non_posted && !f_answered && !f_begun);
        if (state == UPPER || state == ADDRESS) assert (!f_answered && !f_begun);
        if (state == LOOK || state == READ || state == ANSWER) assert (non_posted && f_begun);
        if (state == WRITE || state == WRITTEN) assert (!non_posted && f_begun && !f_answered);
        if (state == SKIP) assert (f_begun && f_answered == f_wants);
        if (state == JUDGE) assert (f_begun);
    end

    // What is sent is as long as it says.
    reg [6:0] f_words;                                          // that have left, of the completion under way
    wire [6:0] f_due = 7'd3 + (with_data ? {1'b0, length[5:0]} : 7'd0);
    always @(posedge clk)
        if (rst || state != ANSWER) f_words <= 7'd0;
        else if (m_axis_tx_tready) f_words <= f_words + (m_axis_tx_tkeep == 8'hFF ? 7'd2 : 7'd1);
    always @* if (f_started && state == ANSWER) begin
        if (m_axis_tx_tlast) assert (f_words + (m_axis_tx_tkeep == 8'hFF ? 7'd2 : 7'd1) == f_due);
        else assert (m_axis_tx_tkeep == 8'hFF);
        // For the induction.
        assert (beat != 2'd3 && f_words < f_due);
        assert (beat == 2'd0 ? f_words == 7'd0 : beat == 2'd1 ? f_words == 7'd2 : f_words >= 7'd4);
        assert (with_data ? is_read && length != 10'd0 && length <= (10'd1 << MAX_WORDS_BITS) : to_send == 0);
        assert (beat == 2'd2 ? to_send != 0 && f_words + {1'b0, to_send} == f_due : {1'b0, to_send} + 7'd3 == f_due);
    end
    always @* if (f_started && (state == LOOK || state == READ))
        assert (with_data && is_read && length != 10'd0 && length <= (10'd1 << MAX_WORDS_BITS) && {1'b0, to_send} + 7'd3 == f_due && beat == 2'd0);

    // The status, as the host reads it: it counts what the bus has carried out; it has the first failure until something is
    // written to it; and behind a failure nothing goes to the bus. Where the host has seen the line low, and only then, its
    // rising is an MSI.
    reg  [10:0] f_count;
    reg         f_failed, f_waits;
    reg  [16:0] f_failure;                                      // what it was: address, response, a write
    wire        f_bus      = (m_axil_bvalid && m_axil_bready) || (m_axil_rvalid && m_axil_rready);
    wire        f_error    = m_axil_bready ? m_axil_bresp != 2'd0 : m_axil_rresp != 2'd0;
    wire        f_partial  = state == WRITE && taken && byte_enables != 4'h0 && byte_enables != 4'hF;
    wire        f_clears   = state == WRITE && taken && byte_enables == 4'hF && address == 17'h10004;
    wire        f_told     = state == LOOK && byte_enables == 4'hF && address == 17'h10004;
    always @(posedge clk) begin
        if (f_bus && !f_error) f_count <= f_count + 11'd1;
        if (!f_failed && (f_partial || (f_bus && f_error))) begin
            f_failed  <= 1'b1;
            f_failure <= {address[15:2], f_partial ? 2'd2 : m_axil_bready ? m_axil_bresp : m_axil_rresp, !m_axil_rready};
        end
        if (f_clears) f_failed <= 1'b0;
        if (msi_due) f_waits <= 1'b0;
        else if (f_told && !own[1]) f_waits <= 1'b1;
        if (rst) begin
            f_count  <= 11'd0;
            f_failed <= 1'b0;
            f_waits  <= 1'b1;
        end
    end
    always @* if (f_started) begin
        if (f_told) begin
            assert (!on_bus && own != 32'hFFFFFFFF && own[1] == irq && own[15:5] == f_count && own[0] == f_failed);
            assert ({own[31:18], own[4:2]} == (f_failed ? f_failure : 17'd0) && own[17:16] == 2'd0);
        end
        if (f_failed) assert (!m_axil_awvalid && !m_axil_wvalid && !m_axil_arvalid);
        assert (msi_due == (f_waits && irq));
        // For the induction.
        assert (count == f_count && armed == f_waits && fault == f_failed);
        assert ({fault_word, fault_response, fault_write} == (f_failed ? f_failure : 17'd0));
        if (state == READ || state == WRITTEN) assert (!f_failed);
    end

    always @* if (f_started) begin
        cover (f_told && f_failed);
        cover (f_failed && f_failure[0]);
        cover (f_tx_stalled && m_axis_tx_tready && m_axis_tx_tlast && with_data);
        cover (state == TYPE && f_begun && !f_wants && kind == 5'd0);
    end
