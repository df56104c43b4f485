    // Bound into link_receive.v by run.sh.
    reg f_started = 1'b0;
    always @(posedge clk) f_started <= 1'b1;
    always @* if (!f_started) assume (rst); else assume (!rst);

    // The reader frees what is there, and takes nothing back.
    reg [RING_BITS:0] f_free, f_used;
    always @(posedge clk) begin
        f_free <= ring_free;
        f_used <= rst ? 0 : used;
    end
    wire [RING_BITS:0] f_freed = ring_free - f_free;
    always @* if (!f_started) assume (ring_free == 0); else assume (f_freed <= f_used);

    // ---- docs/link.md once more, as the bytes come in ---------------------------------------------------------------
    // The frame that is coming, or the last one.
    reg         f_open, f_bad, f_full;
    reg  [7:0]  f_left;
    reg  [31:0] f_crc;
    reg  [1:0]  f_place;
    reg  [7:0]  f_words;                                        // complete ones; stops at 255
    reg  [15:0] f_length;
    (* anyconst *) reg [7:0] f_index;                           // any word of it
    reg  [31:0] f_word;

    function [31:0] f_step;
        input [31:0] from;
        input [7:0]  data;
        integer i;
        begin
            f_step = from;
            for (i = 0; i < 8; i = i + 1) f_step = (f_step >> 1) ^ ((f_step[0] ^ data[i]) ? 32'hEDB88320 : 32'd0);
        end
    endfunction

    wire       f_byte  = s_valid && s_ready && s_data != 8'd0;
    wire       f_begin = f_byte && !f_open;
    wire       f_end   = f_open && ((s_valid && s_ready && s_data == 8'd0) || expired);
    wire       f_out   = f_byte && f_open && (f_left != 8'd0 || !f_full);
    wire [7:0] f_octet = f_left != 8'd0 ? s_data : 8'd0;

    always @(posedge clk) begin
        if (f_byte) begin
            f_open <= 1'b1;
            f_bad  <= (f_open && f_bad) || s_bad;
            f_left <= f_begin || f_left == 8'd0 ? s_data - 8'd1 : f_left - 8'd1;
            if (f_begin || f_left == 8'd0) f_full <= s_data == 8'd255;
        end
        if (f_begin) begin
            f_crc   <= 32'hFFFFFFFF;
            f_place <= 2'd0;
            f_words <= 8'd0;
        end
        if (f_out) begin
            f_crc   <= f_step(f_crc, f_octet);
            f_place <= f_place + 2'd1;
            if (f_place == 2'd3 && f_words != 8'd255) f_words <= f_words + 8'd1;
            if (f_words == 8'd0 && f_place == 2'd2) f_length[7:0]  <= f_octet;
            if (f_words == 8'd0 && f_place == 2'd3) f_length[15:8] <= f_octet;
            if (f_words == f_index)
                case (f_place)
                    2'd0: f_word[7:0]   <= f_octet;
                    2'd1: f_word[15:8]  <= f_octet;
                    2'd2: f_word[23:16] <= f_octet;
                    2'd3: f_word[31:24] <= f_octet;
                endcase
        end
        if (f_end) begin
            f_open <= 1'b0;
            f_bad  <= f_bad || f_left != 8'd0 || s_bad || expired;
        end
        if (rst) f_open <= 1'b0;
    end

    wire       f_whole  = !f_bad && f_crc == 32'hDEBB20E3 && f_place == 2'd0 && f_words >= 8'd2;
    wire       f_fits   = f_words <= MAX_WORDS + 2;
    wire       f_length_right = f_length == {8'd0, f_words} - 16'd2;
    wire [7:0] f_counted = f_fits ? f_words : MAX_WORDS + 3;

    // The ring's word at any one address.
    (* anyconst *) reg [RING_BITS-1:0] f_address;
    reg [32:0] f_memory;
    always @(posedge clk) if (ring_write && ring_write_address == f_address) f_memory <= ring_write_data;

    // When a frame ends, something comes of it, in two clocks and once.
    reg f_due, f_due_now;
    always @(posedge clk) begin
        f_due     <= f_end && !rst;
        f_due_now <= f_due && !rst;
    end

    wire [RING_BITS-1:0] f_at_index = ring_tail[RING_BITS-1:0] + f_index;
    wire [RING_BITS-1:0] f_distance = ring_write_address - ring_free[RING_BITS-1:0];
    always @* if (f_started && !rst) begin
        // What becomes visible is a whole frame whose CRC-32 and length are right, ...
        if (accept) assert (f_due_now && f_whole && f_fits && f_length_right);
        // ... unchanged, ...
        if (accept && f_index < f_words - 8'd1 && f_address == f_at_index) assert (f_memory == {1'b0, f_word});
        // ... and all of it; what is turned down is whole too, and takes one word.
        if (turn_down) assert (f_due_now && f_whole && (!f_fits || refuse) && ring_write);
        assert (!(accept && turn_down));
        if (accept) assert (words == f_words);
        // What is there and not freed is not overwritten.
        if (ring_write && used != 0) assert (used != RING && f_distance >= used[RING_BITS-1:0]);
        assert (used <= RING);

        // For the induction.
        assert (f_open == in_frame && f_due == end_valid && f_due_now == commit);
        assert (!in_frame || !(end_valid || commit || committed));
        if (!in_frame) assert (group_left == 8'd0 && group_full);
        if (in_frame) assert (group_left == f_left && group_full == f_full && poisoned == f_bad);
        if (in_frame && !refuse) assert (RING - used >= RESERVE);
        if ((end_valid || commit) && !refuse) assert (RING - used >= RESERVE);
        if (settled && room) assert (RING - used >= RESERVE);
        if (in_frame || end_valid) begin
            assert (f_crc == (octet_valid ? crc_next : crc));
            assert (f_place == place + {1'b0, octet_valid});
            assert (f_counted == (word_complete && words <= MAX_FRAME ? words + 8'd1 : words));
            if (words != 8'd0) assert (length == f_length);
            if (words == 8'd0 && place == 2'd3) assert (length[7:0] == f_length[7:0]);
            if (words == 8'd0 && place == 2'd2 && octet_valid) assert (octet == f_length[7:0]);
            if (words == 8'd0 && place == 2'd3 && octet_valid) assert (octet == f_length[15:8]);
        end
        if (end_valid) assert (!octet_valid && poisoned == f_bad);
        if (octet_valid) assert (in_frame);
        if (commit) assert (words == f_counted && whole == f_whole && fits == f_fits);
        if (commit && words != 8'd0) assert (length == f_length && length_right == (length == {8'd0, words} - 16'd2));
        if (!in_frame && !end_valid && !commit) assert (crc == 32'hFFFFFFFF && place == 2'd0 && words == 8'd0 && !octet_valid);
        assert (words <= MAX_FRAME + 8'd1);
        if ((in_frame || end_valid || commit) && !refuse) begin
            if (f_index < words && f_index < MAX_FRAME && f_address == f_at_index) assert (f_memory == {1'b0, f_word});
            if (f_words == f_index && words == f_index && f_index < MAX_FRAME) begin
                if (f_place == 2'd1) assert ((octet_valid ? octet : bytes[23:16]) == f_word[7:0]);
                if (f_place == 2'd2) assert ((octet_valid ? {octet, bytes[23:16]} : bytes[23:8]) == f_word[15:0]);
                if (f_place == 2'd3) assert ((octet_valid ? {octet, bytes[23:8]} : bytes) == f_word[23:0]);
            end
            if (f_index == words && word_complete && f_index < MAX_FRAME) assert ({octet, bytes} == f_word);
        end
    end

    always @(posedge clk) if (f_started && !rst) begin
        cover (accept);
        cover (bad_frame);
        cover (commit && !accept && f_words == 8'd2);
    end
