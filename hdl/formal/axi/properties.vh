    // Bound into offload_registers.v by run.sh.
    reg f_started = 1'b0;
    always @(posedge clk) f_started <= 1'b1;
    always @* if (!f_started) assume (rst); else assume (!rst);

    // The master keeps to AXI: what is valid stays until it is taken. soft_reset is a pulse.
    reg        f_aw_stalled, f_w_stalled, f_ar_stalled, f_b_stalled, f_r_stalled, f_was_soft_reset;
    reg [15:0] f_awaddr, f_araddr;
    reg [35:0] f_w;
    reg [1:0]  f_bresp;
    reg [33:0] f_r;
    always @(posedge clk) begin
        f_aw_stalled <= !rst && s_axil_awvalid && !s_axil_awready;
        f_w_stalled  <= !rst && s_axil_wvalid && !s_axil_wready;
        f_ar_stalled <= !rst && s_axil_arvalid && !s_axil_arready;
        f_b_stalled  <= !rst && s_axil_bvalid && !s_axil_bready;
        f_r_stalled  <= !rst && s_axil_rvalid && !s_axil_rready;
        f_awaddr <= s_axil_awaddr;
        f_araddr <= s_axil_araddr;
        f_w      <= {s_axil_wstrb, s_axil_wdata};
        f_bresp  <= s_axil_bresp;
        f_r      <= {s_axil_rresp, s_axil_rdata};
        f_was_soft_reset <= soft_reset;
    end
    always @* begin
        if (f_started && f_aw_stalled) assume (s_axil_awvalid && s_axil_awaddr == f_awaddr);
        if (f_started && f_w_stalled)  assume (s_axil_wvalid && {s_axil_wstrb, s_axil_wdata} == f_w);
        if (f_started && f_ar_stalled) assume (s_axil_arvalid && s_axil_araddr == f_araddr);
        if (f_started && f_was_soft_reset) assume (!soft_reset);
    end

    // What was taken and is not answered; clocks for which the slave alone has been waited for.
    reg       f_aw_open, f_w_open, f_ar_open;
    reg [3:0] f_write_wait, f_read_wait, f_aw_wait, f_w_wait, f_ar_wait;
    wire f_aw = s_axil_awvalid && s_axil_awready;
    wire f_wr = s_axil_wvalid && s_axil_wready;
    wire f_ar = s_axil_arvalid && s_axil_arready;
    wire f_b  = s_axil_bvalid && !f_b_stalled;                  // an answer begins
    wire f_rd = s_axil_rvalid && !f_r_stalled;
    always @(posedge clk) begin
        f_aw_open <= !rst && (f_aw || (f_aw_open && !f_b));
        f_w_open  <= !rst && (f_wr || (f_w_open && !f_b));
        f_ar_open <= !rst && (f_ar || (f_ar_open && !f_rd));
        f_write_wait <= !rst && f_aw_open && f_w_open && !s_axil_bvalid ? f_write_wait + 4'd1 : 4'd0;
        f_read_wait  <= !rst && f_ar_open && !s_axil_rvalid ? f_read_wait + 4'd1 : 4'd0;
        f_aw_wait    <= !rst && f_aw_stalled && !s_axil_awready && !(f_aw_open && !f_w_open) && !f_b_stalled ? f_aw_wait + 4'd1 : 4'd0;
        f_w_wait     <= !rst && f_w_stalled && !s_axil_wready && !(f_w_open && !f_aw_open) && !f_b_stalled ? f_w_wait + 4'd1 : 4'd0;
        f_ar_wait    <= !rst && f_ar_stalled && !s_axil_arready && !f_r_stalled ? f_ar_wait + 4'd1 : 4'd0;
    end

    always @* if (f_started && !rst) begin
        // Hold while stalled.
        if (f_b_stalled) assert (s_axil_bvalid && s_axil_bresp == f_bresp);
        if (f_r_stalled) assert (s_axil_rvalid && {s_axil_rresp, s_axil_rdata} == f_r);
        // An answer to what was asked, and to nothing else.
        if (f_b) assert (f_aw_open && f_w_open);
        if (f_rd) assert (f_ar_open);
        // Nothing taken on top of what is not answered.
        if (f_aw_open && !f_b) assert (!s_axil_awready);
        if (f_w_open && !f_b) assert (!s_axil_wready);
        if (f_ar_open) assert (!s_axil_arready);
        // Answers in time, if the master takes the ones before; and addresses and data are taken in time.
        assert (f_write_wait <= 4'd3 && f_read_wait <= 4'd4);
        assert (f_aw_wait <= 4'd5 && f_w_wait <= 4'd5 && f_ar_wait <= 4'd6);
        if (s_axil_bvalid) assert (s_axil_bresp != 2'b01);
        if (s_axil_rvalid) assert (s_axil_rresp == OKAY || s_axil_rresp == DECERR);
    end

    always @(posedge clk) if (f_started && !rst) begin
        cover (f_b_stalled && s_axil_bready && s_axil_bresp == OKAY && f_aw_open);
        cover (f_r_stalled && s_axil_rready && s_axil_rresp == DECERR);
        cover (f_b && s_axil_bresp == SLVERR);
        cover (f_w_open && !f_aw_open && f_aw);
    end
