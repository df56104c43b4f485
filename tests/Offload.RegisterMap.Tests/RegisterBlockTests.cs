using System.Globalization;
using System.Text;
using Offload.RegisterMap.Output;
using Offload.Registers;
using Map = Offload.Registers.RegisterMap;

namespace Offload.RegisterMap.Tests;

/// <summary>The generated register block in simulation: one small map that has everything, and the real one.</summary>
public sealed class RegisterBlockTests
{
    /// <summary>Every kind of register once.</summary>
    private const string Everything = """
        layouts:
          - name: wide
            description: 40 bits.
            fields:
              - {name: low, width: 33, description: Low.}
              - {name: high, width: 7, description: High.}
        block:
          name: b
          base: 0x200
          description: Everything.
          registers:
            - name: fields
              offset: 0x00
              access: rw
              strobe: true
              description: Fields with a gap.
              fields:
                - {name: low, bits: "3:0", reset: 5, description: Low.}
                - {name: top, bits: "31", description: Top.}
            - {name: word, offset: 0x04, access: rw, reset: 0xCAFE, description: A word.}
            - {name: vector, offset: 0x08, access: rw, layout: wide, description: A layout.}
            - {name: shown, offset: 0x10, access: ro, layout: wide, description: A layout that the core shows.}
            - {name: secret, offset: 0x18, access: wo, count: 2, description: A secret.}
            - name: act
              offset: 0x20
              access: pulse
              description: Pulses.
              fields:
                - {name: one, bits: "0", description: One.}
                - {name: two, bits: "4", description: Two.}
            - {name: fixed, offset: 0x24, access: constant, value: 0x1234, description: A constant.}
            - {name: pops, offset: 0x28, access: ro, read_effect: side_effect, description: Changes by being read.}
            - {name: hash, offset: 0x40, access: constant, count: 8, value: map_hash, description: The hash.}
            - {name: window, offset: 0x80, access: ro, window: 8, description: Memory.}
        """;

    private const string Monitors = """
            // Memory with two clocks from address to data; the address itself in the upper half.
            reg [31:0] memory_first;
            always @(posedge clk) begin
                memory_first  <= {13'd0, b_window_address, 16'h5a5a};
                b_window_data <= memory_first;
            end

            // Clocks in which each was high, and what stood on the outputs around a strobe.
            integer ones = 0, twos = 0, strobes = 0, reads = 0, phase;
            reg [3:0] before_strobe = 0, at_strobe = 0, previous_low = 0;
            always @(negedge clk) begin
                if (b_act_one) ones = ones + 1;
                if (b_act_two) twos = twos + 1;
                if (b_pops_read) reads = reads + 1;
                if (b_fields_strobe) begin
                    strobes = strobes + 1;
                    at_strobe = b_fields_low;
                    before_strobe = previous_low;
                end
                previous_low = b_fields_low;
            end
        """;

    private const string Script = """
                // Reset values, and bits without a field.
                read(16'h0200, 0, 0, 32'h00000005);
                check("low at first", b_fields_low, 5);
                read(16'h0204, 0, 0, 32'h0000cafe);
                read(16'h0208, 0, 0, 0);
                read(16'h0224, 3, 0, 32'h00001234);

                // A strobe lasts one clock, the first of the new value.
                write(16'h0200, 32'hffffffff, 4'hf, 0, 0, 0, 0);
                read(16'h0200, 0, 0, 32'h8000000f);
                check("strobes", strobes, 1);
                check("before strobe", before_strobe, 5);
                check("at strobe", at_strobe, 15);
                check("top", b_fields_top, 1);

                // Address before data, data before address, an answer that waits.
                write(16'h0204, 32'h11111111, 4'hf, 0, 5, 0, 0);
                read(16'h0204, 0, 0, 32'h11111111);
                write(16'h0204, 32'h22222222, 4'hf, 5, 0, 4, 0);
                read(16'h0204, 2, 0, 32'h22222222);

                // Not all four bytes: refused, nothing changes.
                write(16'h0204, 32'h33333333, 4'h7, 0, 0, 0, 2);
                write(16'h0204, 32'h33333333, 4'h0, 0, 0, 0, 2);
                read(16'h0204, 0, 0, 32'h22222222);

                // Nothing there.
                write(16'h022c, 32'h33333333, 4'hf, 0, 0, 0, 3);
                write(16'h022c, 32'h33333333, 4'h1, 0, 0, 0, 3);
                write(16'h0304, 32'h33333333, 4'hf, 0, 0, 0, 3);
                read(16'h022c, 0, 3, 0);
                read(16'h0000, 0, 3, 0);
                read(16'h0604, 0, 3, 0);
                read(16'h02a0, 0, 3, 0);
                read(16'hfffc, 0, 3, 0);

                // Only to be read.
                write(16'h0210, 32'h33333333, 4'hf, 0, 0, 0, 2);
                write(16'h0224, 32'h33333333, 4'hf, 0, 0, 0, 2);
                write(16'h0228, 32'h33333333, 4'hf, 0, 0, 0, 2);
                write(16'h0284, 32'h33333333, 4'hf, 0, 0, 0, 2);

                // Layouts end within a word.
                write(16'h0208, 32'hffffffff, 4'hf, 0, 0, 0, 0);
                write(16'h020c, 32'hffffffff, 4'hf, 0, 0, 0, 0);
                read(16'h020c, 0, 0, 32'h000000ff);
                check("vector", b_vector, 64'h000000ffffffffff);
                b_shown = 64'hffffffffffffffff;
                read(16'h0210, 0, 0, 32'hffffffff);
                read(16'h0214, 0, 0, 32'h000000ff);

                // Secrets read as 0, and are cleared by the core.
                write(16'h0218, 32'h01234567, 4'hf, 0, 0, 0, 0);
                write(16'h021c, 32'h89abcdef, 4'hf, 0, 0, 0, 0);
                read(16'h0218, 0, 0, 0);
                check("secret", b_secret, 64'h89abcdef01234567);
                b_secret_clear = 1;
                @(negedge clk) b_secret_clear = 0;
                check("cleared secret", b_secret, 0);

                // Pulses.
                write(16'h0220, 32'h00000001, 4'hf, 0, 0, 0, 0);
                write(16'h0220, 32'h00000010, 4'hf, 0, 0, 6, 0);
                check("first pulse two", twos, 1);
                write(16'h0220, 32'hffffffee, 4'hf, 0, 0, 0, 0);
                write(16'h0220, 32'h00000011, 4'h3, 0, 0, 0, 2);
                read(16'h0220, 0, 0, 0);
                check("pulses one", ones, 1);
                check("pulses two", twos, 1);

                // A window's data comes two clocks after its address.
                read(16'h0280, 0, 0, 32'h00005a5a);
                read(16'h029c, 3, 0, 32'h00075a5a);
                read(16'h0284, 0, 0, 32'h00015a5a);
                read(16'h0204, 0, 0, 32'h22222222);
                read(16'h0298, 0, 0, 32'h00065a5a);

                // A read with a side effect says so, once, and no other does.
                check("effects before", reads, 0);
                b_pops = 32'h77777777;
                read(16'h0228, 5, 0, 32'h77777777);
                check("effects", reads, 1);

                // A read and a write at once, to one address and to two.
                fork
                    write(16'h0204, 32'h44444444, 4'hf, 0, 0, 0, 0);
                    read(16'h0224, 0, 0, 32'h00001234);
                join
                read(16'h0204, 0, 0, 32'h44444444);

                // A word that is written while it is read reads as it was, or as it will be, in every clock of the read.
                for (phase = 0; phase < 6; phase = phase + 1) begin
                    write(16'h0204, 32'h55555555, 4'hf, 0, 0, 0, 0);
                    fork
                        begin
                            repeat (phase) @(negedge clk);
                            s_axil_awaddr = 16'h0204;
                            s_axil_wdata = 32'h12121212;
                            s_axil_wstrb = 4'hf;
                            s_axil_awvalid = 1;
                            s_axil_wvalid = 1;
                            @(negedge clk) s_axil_awvalid = 0;
                            s_axil_wvalid = 0;
                            s_axil_wdata = 32'hxxxxxxxx;
                            repeat (4) @(negedge clk);
                            s_axil_bready = 1;
                            @(negedge clk) s_axil_bready = 0;
                        end
                        begin
                            s_axil_araddr = 16'h0204;
                            s_axil_arvalid = 1;
                            @(negedge clk) s_axil_arvalid = 0;
                            repeat (4) @(negedge clk);
                            check("old or new", s_axil_rdata === 32'h55555555 || s_axil_rdata === 32'h12121212, 1);
                            if (phase == 0) check("new", s_axil_rdata, 32'h12121212);
                            if (phase == 5) check("old", s_axil_rdata, 32'h55555555);
                            s_axil_rready = 1;
                            @(negedge clk) s_axil_rready = 0;
                        end
                    join
                    read(16'h0204, 0, 0, 32'h12121212);
                end

                // soft_reset puts registers back; a write that waits meanwhile is done after it, and answered.
                soft_reset = 1;
                fork
                    write(16'h0208, 32'h55555555, 4'hf, 0, 0, 0, 0);
                    begin
                        repeat (6) @(negedge clk);
                        soft_reset = 0;
                    end
                join
                read(16'h0200, 0, 0, 32'h00000005);
                check("low at last", b_fields_low, 5);
                read(16'h0204, 0, 0, 32'h0000cafe);
                read(16'h0208, 0, 0, 32'h55555555);
                read(16'h020c, 0, 0, 0);
        """;

    [SkippableFact]
    public void Every_kind_of_register_behaves()
    {
        Require("iverilog");
        Assert.Empty(Failures(Repository.Verilog(Repository.Map(Everything))));
    }

    [SkippableTheory]
    [InlineData("if (read_stage[2]) begin", "if (read_stage[1]) begin")]
    [InlineData("(read_kind == NOTHING) ? DECERR : OKAY", "OKAY")]
    [InlineData("write_enable ? OKAY : SLVERR", "OKAY")]
    [InlineData("(write_kind == NOTHING) ? DECERR :", "")]
    [InlineData(" && write_strobe == 4'hf", "")]
    [InlineData("(write_kind == WRITABLE || write_kind == KEPT) &&", "write_kind != NOTHING &&")]
    [InlineData("address_held && data_held &&", "address_held &&")]
    [InlineData("address_held && data_held &&", "data_held &&")]
    [InlineData("else if (s_axil_bready) begin", "else begin")]
    [InlineData("end else if (s_axil_rready) begin", "end else begin")]
    [InlineData("if (rst || soft_reset) begin", "if (rst) begin")]
    [InlineData(" && !soft_reset", "")]
    [InlineData("b_fields_low <= 4'd5", "b_fields_low <= 4'd4")]
    [InlineData("b_fields_strobe <= 1'b1;", "")]
    [InlineData("b_act_two <= write_data[4]", "b_act_two <= write_data[5]")]
    [InlineData("(b_secret_clear &&", "(1'b0 &&")]
    [InlineData("if (rst || soft_reset) kept_written", "if (rst) kept_written")]
    [InlineData("kept_written[0] <= 1'b1;", "")]
    [InlineData("& kept_bits;", ";")]
    [InlineData("(kept_now ? write_data : kept_data)", "kept_data")]
    [InlineData("kept_selected[1] && !kept_written[1]", "kept_selected[1]")]
    [InlineData("b_vector[39:32] <= write_data[7:0]", "b_vector[38:32] <= write_data[6:0]")]
    [InlineData("b_pops_read <= read_stage[2] &&", "b_pops_read <= read_stage[2]; //")]
    [InlineData("if (address[15:5] == 11'h14) kind_of", "if (address[15:6] == 10'ha) kind_of")]
    [InlineData("b_window_address = read_address[4:2]", "b_window_address = read_address[5:3]")]
    public void The_bench_catches_a_broken_block(string right, string wrong)
    {
        Require("iverilog");
        var verilog = Repository.Verilog(Repository.Map(Everything));
        Assert.Contains(right, verilog, StringComparison.Ordinal);
        Assert.NotEmpty(Failures(verilog.Replace(right, wrong, StringComparison.Ordinal)));
    }

    [SkippableFact]
    public void Hash_is_read_from_the_core()
    {
        Require("iverilog");
        var script = new StringBuilder();
        for (var word = 0; word < 8; word++)
        {
            script.AppendLine(Read(Map.Identity.MapHash.Address + (4 * (uint)word), 0, BitConverter.ToUInt32(Map.HashBytes.Slice(4 * word, 4))));
        }

        Assert.Empty(VerilogBench.Failures(Repository.Read("hdl/rtl/generated/offload_registers.v"), "", script.ToString()));
    }

    /// <summary>Random accesses to the real block against a memory of what was written, made from what C# knows of the map.</summary>
    [SkippableFact]
    public void Random_accesses_find_what_the_map_says()
    {
        Require("iverilog");
        var random = new Random(5);
        var words = Map.All.SelectMany(register => Enumerable.Range(0, register.Words), (register, word) => (register, word)).ToDictionary(
            item => item.register.Address + (4 * (uint)item.word));
        var memory = words.ToDictionary(item => item.Key, item => item.Value.register is { Access: RegisterAccess.Constant } constant
            ? constant.Constant ?? BitConverter.ToUInt32(Map.HashBytes.Slice(4 * item.Value.word, 4))
            : item.Value.register.Reset);
        var known = words.Keys.ToArray();
        var script = new StringBuilder();
        for (var step = 0; step < 3000; step++)
        {
            var address = random.Next(4) == 0 ? (uint)random.Next(0x4000) * 4 : known[random.Next(known.Length)];
            var found = words.TryGetValue(address, out var item);
            if (random.Next(2) == 0)
            {
                script.AppendLine(Read(address, found ? 0 : 3, found ? memory[address] : 0));
                continue;
            }

            var data = (uint)random.NextInt64(1L << 32);
            var strobe = random.Next(4) == 0 ? random.Next(16) : 15;
            var isWritable = found && item.register.Access is RegisterAccess.ReadWrite or RegisterAccess.WriteOnly or RegisterAccess.Pulse;
            var response = !found ? 3 : isWritable && strobe == 15 ? 0 : 2;
            if (response == 0 && item.register.Access == RegisterAccess.ReadWrite)
            {
                memory[address] = data & Mask(item.register, item.word);
            }

            script.AppendLine(CultureInfo.InvariantCulture, $"write(16'h{address:x4}, 32'h{data:x8}, 4'h{strobe:x}, {random.Next(3)}, {random.Next(3)}, {random.Next(3)}, {response});");
        }

        Assert.Empty(VerilogBench.Failures(Repository.Read("hdl/rtl/generated/offload_registers.v"), "", script.ToString()));
    }

    [SkippableFact]
    public void Lint_is_clean()
    {
        Require("verilator");
        foreach (var verilog in new[] { Repository.Verilog(Repository.Map(Everything)), Repository.Read("hdl/rtl/generated/offload_registers.v") })
        {
            var (code, output) = VerilogBench.Lint(verilog);
            Assert.True(code == 0, output);
        }
    }

    [SkippableFact]
    public void Header_selects_the_bits_of_its_layouts()
    {
        Require("iverilog");
        var script = new StringBuilder();
        foreach (var (path, lsb, width) in NaiveLayouts.Of("entry"))
        {
            var macro = $"ENTRY_{path.Replace('.', '_').ToUpperInvariant()}";
            script.AppendLine("entry = 0;");
            script.AppendLine(CultureInfo.InvariantCulture, $"for (i = 0; i < {width}; i = i + 1) entry[{lsb} + i] = 1;");
            script.AppendLine(CultureInfo.InvariantCulture, $"check(\"{macro}\", &entry[`{macro}], 1);");
            script.AppendLine(CultureInfo.InvariantCulture, $"entry[`{macro}] = 0;");
            script.AppendLine(CultureInfo.InvariantCulture, $"check(\"rest of {macro}\", |entry, 0);");
            script.AppendLine(CultureInfo.InvariantCulture, $"check(\"width of {macro}\", `{macro}_WIDTH, {width});");
        }

        script.AppendLine("check(\"state\", `TCP_STATE_SYN_RECEIVED, 3); check(\"bits of state\", `TCP_STATE_BITS, 4);");
        script.AppendLine(CultureInfo.InvariantCulture, $"check(\"counters\", `COUNTERS, {Map.CounterCount}); check(\"last counter\", `COUNTER_EVENTS_LOST, {(int)CounterId.EventsLost});");
        var header = VerilogHeader.Of(Repository.Map());
        var block = header + header + Repository.Verilog(Repository.Map(Everything));
        Assert.Empty(VerilogBench.Failures(block, $"{header}\n    reg [`ENTRY_BITS-1:0] entry;\n    integer i;", script.ToString()));
    }

    private static IReadOnlyList<string> Failures(string verilog) => VerilogBench.Failures(verilog, Monitors, Script);

    private static string Read(uint address, int response, uint expected) =>
        string.Create(CultureInfo.InvariantCulture, $"read(16'h{address:x4}, {address / 4 % 3}, {response}, 32'h{expected:x8});");

    /// <summary>The bits of a word that software can write.</summary>
    private static uint Mask(RegisterInfo register, int word)
    {
        if (register.Fields.Count > 0)
        {
            return register.Fields.Aggregate(0u, (mask, field) => mask | field.Mask);
        }

        var bits = register.Layout switch
        {
            "key" => KeyLayout.Bits,
            "listener" => ListenerLayout.Bits,
            _ => 32 * register.Words,
        };
        return bits >= 32 * (word + 1) ? uint.MaxValue : (1u << (bits - (32 * word))) - 1;
    }

    private static void Require(string tool)
    {
        var reason = VerilogBench.MissingTool(tool);
        Skip.If(reason is not null, reason);
    }
}
