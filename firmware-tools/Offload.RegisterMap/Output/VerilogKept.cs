using Offload.RegisterMap.Model;

namespace Offload.RegisterMap.Output;

/// <summary>
/// How what software has written is read back: from a memory that is written beside the flip-flops, so that these need
/// no way to the bus. Which words were written since the reset, and which bits of a word have a field, is known beside.
/// </summary>
internal sealed partial class VerilogRegisters
{
    /// <summary>The bits of a word that have a field.</summary>
    private static uint KeptBits(RegisterModel register, int word)
    {
        if (register.Fields.Count > 0)
        {
            return register.Fields.Aggregate(0u, (bits, field) => bits | Bits(field.Msb, field.Lsb));
        }

        var (msb, lsb) = UsedBits(register, word);
        return Bits(msb - lsb, 0);
    }

    private static uint Bits(int msb, int lsb) => (uint)(((1UL << (msb - lsb + 1)) - 1) << lsb);

    private static uint ResetOf(RegisterModel register) => register.Fields.Count == 0
        ? register.Reset
        : register.Fields.Aggregate(0u, (value, field) => value | (field.Reset << field.Lsb));

    /// <summary>The different sets of bits that words have fields in.</summary>
    private List<uint> KeptShapes() => [.. Kept.Select(item => KeptBits(item.Register, item.Word)).Distinct().Order()];

    private void KeptDeclarations()
    {
        var count = Kept.Count();
        _writer.Line();
        if (count == 0)
        {
            _writer.Line("wire [31:0] kept_value = 32'd0;");
            return;
        }

        _writer.Lines("""
            // What was written and can be read lies in a memory, too. It is read a clock later than other words, and not
            // while it is written: then the bus still has what is being written.
            """);
        _writer.Line("(* no_rw_check *)");
        _writer.Line($"reg [31:0] kept [0:{KeptWords - 1}];");
        _writer.Line("reg [31:0] kept_data;");
        _writer.Line("reg        kept_now;");
        _writer.Line($"reg [{count - 1}:0] kept_selected;");
        _writer.Line($"reg [{count - 1}:0] kept_written; // since the reset");
        _writer.Line($"wire [{count - 1}:0] kept_shown = kept_selected & kept_written;");
        _writer.Line($"reg [{KeptShapes().Count - 1}:0] kept_shape; // of the word that is shown: which bits have a field");
    }

    private void KeptSelection()
    {
        var index = 0;
        foreach (var (register, word) in Kept)
        {
            _writer.Line($"kept_selected[{index++}] <= read_address == {Word(register, word)};");
        }
    }

    private void KeptResets()
    {
        var index = 0;
        foreach (var (register, word) in Kept)
        {
            var reset = word == 0 ? ResetOf(register) : 0;
            if (reset != 0)
            {
                _writer.Line($"word_value = word_value | ({{32{{kept_selected[{index}] && !kept_written[{index}]}}}} & 32'h{reset:x8}); // {register.FullName}");
            }

            index++;
        }
    }

    private void KeptMemory()
    {
        var kept = Kept.ToList();
        if (kept.Count == 0)
        {
            return;
        }

        var shapes = KeptShapes();
        var address = int.Log2(KeptWords) + 1;
        _writer.Line("always @(posedge clk) begin");
        _writer.Indent();
        _writer.Line($"if (write_enable && write_kind == KEPT) kept[write_address[{address}:2]] <= write_data;");
        _writer.Line($"kept_data <= kept[read_address[{address}:2]];");
        _writer.Line("kept_now  <= write_enable && write_address == read_address;");
        _writer.Line("`ifndef SYNTHESIS");
        _writer.Line("// Simulated as what is surely wrong, so that a test sees it used.");
        _writer.Line($"if (write_enable && write_address[{address}:2] == read_address[{address}:2]) kept_data <= ~write_data;");
        _writer.Line("`endif");
        for (var shape = 0; shape < shapes.Count; shape++)
        {
            var members = Enumerable.Range(0, kept.Count).Where(index => KeptBits(kept[index].Register, kept[index].Word) == shapes[shape]);
            _writer.Wrapped("", $"kept_shape[{shape}] <= {string.Join(" || ", members.Select(index => $"kept_shown[{index}]"))};", 100);
        }

        for (var index = 0; index < kept.Count; index++)
        {
            _writer.Line($"if (write_whole && write_address == {Word(kept[index].Register, kept[index].Word)}) kept_written[{index}] <= 1'b1;");
        }

        _writer.Line($"if (rst || soft_reset) kept_written <= {kept.Count}'d0;");
        _writer.Outdent();
        _writer.Line("end");
        _writer.Line();
        _writer.Line("reg [31:0] kept_bits;");
        _writer.Line();
        _writer.Line("always @* begin");
        _writer.Indent();
        _writer.Line("kept_bits = 32'd0;");
        for (var shape = 0; shape < shapes.Count; shape++)
        {
            _writer.Line($"kept_bits = kept_bits | ({{32{{kept_shape[{shape}]}}}} & 32'h{shapes[shape]:x8});");
        }

        _writer.Outdent();
        _writer.Line("end");
        _writer.Line();
        _writer.Line("wire [31:0] kept_value = (kept_now ? write_data : kept_data) & kept_bits;");
        _writer.Line();
    }
}
