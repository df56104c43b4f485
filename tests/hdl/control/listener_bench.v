// Both forms of listener_memory against what their rule says: the first enabled slot with the key's address, VLAN and
// port, else the first with its address and VLAN that is for any port. Addresses that differ in one bit, few ports and
// VLANs, slots beyond the last, and commits that are refused.
// Run by Icarus: vvp listener_bench.vvp +count=N +seed=N

`default_nettype none

`include "offload_map.vh"

module listener_bench;
    parameter LISTENERS = 16;

    reg                      clk = 1'b0, rst = 1'b1;
    reg                      commit = 1'b0, search = 1'b0, port = 1'b0, asked_port = 1'b0;
    reg [7:0]                slot = 8'd0;
    reg [`LISTENER_BITS-1:0] staging = {`LISTENER_BITS{1'b0}};
    reg [`KEY_BITS-1:0]      key = {`KEY_BITS{1'b0}};
    wire                     parallel_matched, serial_matched;
    wire [7:0]               parallel_slot, serial_slot;
    always #5 clk = ~clk;

    listener_memory #(.LISTENERS(LISTENERS)) parallel (
        .clk(clk), .rst(rst), .commit(commit), .slot(slot), .staging(staging), .committed(),
        .match_key(key), .match_port(1'b0), .search(1'b0), .search_port(1'b0), .search_key({`KEY_BITS{1'b0}}),
        .matched(parallel_matched), .matched_slot(parallel_slot),
        .read_slot_a(8'd0), .read_a(), .read_slot_b(8'd0), .read_b(), .read_b_written()
    );
    listener_memory #(.LISTENERS(LISTENERS), .SERIAL(1)) serial (
        .clk(clk), .rst(rst), .commit(commit), .slot(slot), .staging(staging), .committed(),
        .match_key({`KEY_BITS{1'b0}}), .match_port(asked_port), .search(search), .search_port(port), .search_key(key),
        .matched(serial_matched), .matched_slot(serial_slot),
        .read_slot_a(8'd0), .read_a(), .read_slot_b(8'd0), .read_b(), .read_b_written()
    );

    reg [`LISTENER_BITS-1:0] known [0:LISTENERS-1];
    reg [`LISTENER_BITS-1:0] one;
    reg [LISTENERS-1:0]      written = 0;
    reg [1:0]                has = 2'b00;                       // what each port's last search found
    reg                      found [0:1];
    reg [7:0]                found_slot [0:1];
    integer                  count, seed, n, i, hits = 0;

    function [127:0] some_address(input integer dice);
        case (dice)                                             // each differs from the first in another word
            0:       some_address = 128'hFD00_0000_0000_0005;
            1:       some_address = 128'hFD00_0000_0000_0005 ^ (128'd1 << 124);
            2:       some_address = 128'hFD00_0000_0000_0005 ^ (128'd1 << 70);
            3:       some_address = 128'hFD00_0000_0000_0005 ^ (128'd1 << 40);
            default: some_address = 128'hFD00_0000_0000_0005 ^ (128'd1 << 3);
        endcase
    endfunction

    task fail(input [8*16-1:0] form, input integer at);
        begin
            $display("FAIL clock %0d: the %0s form is not right about a key of port %0d", $time / 10, form, at);
            $finish;
        end
    endtask

    initial begin
        if (!$value$plusargs("count=%d", count)) count = 3000;
        if (!$value$plusargs("seed=%d", seed)) seed = 1;
        repeat (3) @(negedge clk);
        rst = 1'b0;
        for (n = 0; n < count; n = n + 1) begin
            if (n == count / 2) begin
                rst     = 1'b1;
                written = 0;
                has     = 2'b00;
                @(negedge clk) rst = 1'b0;
            end
            if ($random(seed) % 3 == 0) begin
                for (i = 0; i < `LISTENER_BITS; i = i + 1) staging[i] = $random(seed);
                staging[`LISTENER_ADDRESS]   = some_address({$random(seed)} % 3 ? 0 : {$random(seed)} % 5);
                staging[`LISTENER_PORT]      = {$random(seed)} % 2;
                staging[`LISTENER_VLAN]      = {$random(seed)} % 4 == 0;
                staging[`LISTENER_TAGGED]    = {$random(seed)} % 4 == 0;
                staging[`LISTENER_ENABLED]   = {$random(seed)} % 4 != 0;
                staging[`LISTENER_ACTION]    = {$random(seed)} % 4;
                staging[`LISTENER_HOST_LOST] = {$random(seed)} % 3;
                slot   = {$random(seed)} % (LISTENERS + 2);
                commit = 1'b1;
                @(negedge clk) commit = 1'b0;
                if (slot < LISTENERS && staging[`LISTENER_ACTION] <= `LISTENER_ACTION_DROP &&
                    staging[`LISTENER_HOST_LOST] <= `HOST_LOST_DROP) begin
                    known[slot]   = staging;
                    written[slot] = 1'b1;
                end
            end

            for (i = 0; i < `KEY_BITS; i = i + 1) key[i] = $random(seed);
            key[`KEY_LOCAL_ADDRESS] = some_address({$random(seed)} % 3 ? 0 : {$random(seed)} % 5);
            key[`KEY_LOCAL_PORT]    = {$random(seed)} % 2;
            key[`KEY_VLAN]          = {$random(seed)} % 4 == 0;
            key[`KEY_TAGGED]        = {$random(seed)} % 4 == 0;
            port        = $random(seed);
            has[port]   = 1'b1;
            found[port] = 1'b0;
            for (i = LISTENERS - 1; i >= 0; i = i - 1) begin
                one = known[i];
                if (written[i] && one[`LISTENER_ENABLED] && one[`LISTENER_ADDRESS] == key[`KEY_LOCAL_ADDRESS] &&
                    one[`LISTENER_TAGGED] == key[`KEY_TAGGED] && one[`LISTENER_VLAN] == key[`KEY_VLAN] && one[`LISTENER_ANY_PORT]) begin
                    found[port]      = 1'b1;
                    found_slot[port] = i;
                end
            end
            one = 0;
            for (i = LISTENERS - 1; i >= 0; i = i - 1) begin
                one = known[i];
                if (written[i] && one[`LISTENER_ENABLED] && one[`LISTENER_ADDRESS] == key[`KEY_LOCAL_ADDRESS] &&
                    one[`LISTENER_TAGGED] == key[`KEY_TAGGED] && one[`LISTENER_VLAN] == key[`KEY_VLAN] &&
                    !one[`LISTENER_ANY_PORT] && one[`LISTENER_PORT] == key[`KEY_LOCAL_PORT]) begin
                    found[port]      = 1'b1;
                    found_slot[port] = i;
                end
            end

            search = 1'b1;
            @(negedge clk) search = 1'b0;
            repeat (3) @(negedge clk);
            if (parallel_matched !== found[port] || (found[port] && parallel_slot !== found_slot[port])) fail("parallel", port);
            hits = hits + found[port];
            key  = ~key;                                        // it need not stand still
            repeat (LISTENERS - 1) @(negedge clk);
            for (i = 0; i < 2; i = i + 1) begin
                asked_port = i;
                #1 if (has[i] && (serial_matched !== found[i] || (found[i] && serial_slot !== found_slot[i]))) fail("serial", i);
            end
        end
        if (hits < count / 20) $display("FAIL poor coverage: %0d of %0d keys were found", hits, count);
        else $display("passed: listeners, %0d of %0d keys were found", hits, count);
        $finish;
    end
endmodule

`default_nettype wire
