using Offload.RegisterMap.Model;

namespace Offload.RegisterMap.Output;

/// <summary>What software has written.</summary>
internal sealed partial class VerilogRegisters
{
    private void Storage()
    {
        _writer.Lines("""
            // ------------------------------------------------------------------------------------------------------
            // What software has written.

            always @(posedge clk) begin
            """);
        _writer.Indent();
        _writer.Line("// Pulses and strobes last one clock.");
        foreach (var port in Momentary())
        {
            _writer.Line($"{port} <= 1'b0;");
        }

        _writer.Line();
        _writer.Line("if (write_whole) begin");
        _writer.Indent();
        _writer.Line("case (write_address)");
        _writer.Indent();
        foreach (var register in Written.Where(register => register.Access != AccessKind.WriteOnly))
        {
            Writes(register);
        }

        _writer.Line("default: ;");
        _writer.Outdent();
        _writer.Line("endcase");
        _writer.Outdent();
        _writer.Line("end");
        _writer.Line();
        _writer.Line("if (rst || soft_reset) begin");
        _writer.Indent();
        foreach (var port in Momentary())
        {
            _writer.Line($"{port} <= 1'b0;");
        }

        foreach (var register in Held.Where(register => register.Access != AccessKind.WriteOnly))
        {
            Resets(register);
        }

        _writer.Outdent();
        _writer.Line("end");
        _writer.Outdent();
        _writer.Line("end");
        _writer.Line();
        Secrets();
        _writer.Outdent();
        _writer.Line();
    }

    /// <summary>What is only written, word by word, for a reset that yields to a write.</summary>
    private void Secrets()
    {
        foreach (var register in _registers.Where(register => register.Access == AccessKind.WriteOnly))
        {
            _writer.Line("always @(posedge clk) begin");
            _writer.Indent();
            foreach (var (_, word) in Words(register))
            {
                var written = $"write_whole && write_address == {Word(register, word)}";
                _writer.Line($"if (rst || soft_reset || ({register.PortName}_clear && !({written}))) begin");
                _writer.Indent();
                ForEachPart(register, word, (target, _, reset) => $"{target} <= {reset};");
                _writer.Outdent();
                _writer.Line($"end else if ({written}) begin");
                _writer.Indent();
                ForEachPart(register, word, (target, data, _) => $"{target} <= {data};");
                _writer.Outdent();
                _writer.Line("end");
            }

            _writer.Outdent();
            _writer.Line("end");
            _writer.Line();
        }
    }

    /// <summary>A line for each part of a word: what holds it, the data it is written with, and its reset value.</summary>
    private void ForEachPart(RegisterModel register, int word, Func<string, string, string, string> line)
    {
        if (register.Fields.Count == 0)
        {
            var (msb, lsb) = UsedBits(register, word);
            var target = register.Words == 1 && msb == 31 ? register.PortName : Select(register.PortName, msb, lsb);
            var reset = word == 0 ? register.Reset : 0;
            _writer.Line(line(target, msb - lsb == 31 ? "write_data" : Select("write_data", msb - lsb, 0), $"{msb - lsb + 1}'d{reset}"));
        }

        foreach (var field in register.Fields.OrderBy(field => field.Lsb))
        {
            _writer.Line(line(
                VerilogPorts.FieldPort(register, field),
                field.Width == 32 ? "write_data" : Select("write_data", field.Msb, field.Lsb),
                $"{field.Width}'d{field.Reset}"));
        }
    }

    private IEnumerable<string> Momentary() => _registers.SelectMany(register =>
        (register.Access == AccessKind.Pulse ? register.Fields.Select(field => VerilogPorts.FieldPort(register, field)) : [])
        .Concat(register.Strobe ? [$"{register.PortName}_strobe"] : []));

    private void Writes(RegisterModel register)
    {
        for (var word = 0; word < register.Words; word++)
        {
            List<string> actions = [];
            if (register.Fields.Count == 0)
            {
                var (msb, lsb) = UsedBits(register, word);
                var target = register.Words == 1 && msb == 31 ? register.PortName : Select(register.PortName, msb, lsb);
                actions.Add($"{target} <= {(msb - lsb == 31 ? "write_data" : Select("write_data", msb - lsb, 0))};");
            }

            actions.AddRange(register.Fields.OrderBy(field => field.Lsb).Select(field =>
                $"{VerilogPorts.FieldPort(register, field)} <= {(field.Width == 32 ? "write_data" : Select("write_data", field.Msb, field.Lsb))};"));
            if (register.Strobe)
            {
                actions.Add($"{register.PortName}_strobe <= 1'b1;");
            }

            if (actions.Count == 1)
            {
                _writer.Line($"{Word(register, word)}: {actions[0]}");
                continue;
            }

            _writer.Line($"{Word(register, word)}: begin");
            _writer.Indent();
            actions.ForEach(_writer.Line);
            _writer.Outdent();
            _writer.Line("end");
        }
    }

    private void Resets(RegisterModel register)
    {
        if (register.Fields.Count == 0)
        {
            _writer.Line($"{register.PortName} <= {32 * register.Words}'d{register.Reset};");
        }

        foreach (var field in register.Fields.OrderBy(field => field.Lsb))
        {
            _writer.Line($"{VerilogPorts.FieldPort(register, field)} <= {field.Width}'d{field.Reset};");
        }
    }
}
