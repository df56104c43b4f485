using Offload.RegisterMap.Model;

namespace Offload.RegisterMap.Output;

/// <summary>Makes <c>offload_registers.v</c>: the AXI4-Lite slave that holds the registers.</summary>
internal sealed partial class VerilogRegisters
{
    /// <summary>Words of the memory of what was written, from address 0 on.</summary>
    private const int KeptWords = 512;

    private readonly SourceWriter _writer = new();
    private readonly List<RegisterModel> _registers;
    private readonly byte[] _mapHash;

    private VerilogRegisters(MapModel model, byte[] mapHash)
    {
        _registers = [.. model.Blocks.SelectMany(block => block.Registers).OrderBy(register => register.Address)];
        _mapHash = mapHash;
    }

    public static string Of(MapModel model, byte[] mapHash)
    {
        var maker = new VerilogRegisters(model, mapHash);
        maker.Head();
        maker.Ports();
        maker.Decode();
        maker.Unused();
        maker.WriteChannel();
        maker.ReadValue();
        maker.ReadChannel();
        maker.Storage();
        maker._writer.Line("endmodule");
        maker._writer.Line();
        maker._writer.Line("`default_nettype wire");
        return maker._writer.ToString();
    }

    private IEnumerable<RegisterModel> Windows => _registers.Where(register => register.IsWindow);

    private IEnumerable<RegisterModel> ReadEffects => _registers.Where(register => register.HasReadEffect);

    private IEnumerable<RegisterModel> Held => _registers.Where(register => register.Access is AccessKind.ReadWrite or AccessKind.WriteOnly);

    private IEnumerable<RegisterModel> Written => _registers.Where(IsWritable);

    private static bool IsWritable(RegisterModel register) =>
        register.Access is AccessKind.ReadWrite or AccessKind.WriteOnly or AccessKind.Pulse;

    /// <summary>Whether its words are read back from the memory of what was written, one block RAM.</summary>
    private static bool IsKept(RegisterModel register) =>
        register.Access == AccessKind.ReadWrite && (register.Address / 4) + (uint)register.Words <= KeptWords;

    private IEnumerable<(RegisterModel Register, int Word)> Kept => _registers.Where(IsKept).SelectMany(Words);

    private static IEnumerable<(RegisterModel Register, int Word)> Words(RegisterModel register) =>
        Enumerable.Range(0, register.Words).Select(word => (register, word));

    private static string Word(RegisterModel register, int word) => $"14'h{(register.Address / 4) + (uint)word:x4}";

    private void Head()
    {
        _writer.Lines("""
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
            """);
        _writer.Lines(GeneratedNotice.Verilog);
        _writer.Line();
        _writer.Line("`default_nettype none");
        _writer.Line();
    }

    private void Ports()
    {
        _writer.Line("module offload_registers (");
        _writer.Indent();
        _writer.Lines("""
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
            """.TrimEnd());
        var lines = new List<string>();
        foreach (var register in _registers)
        {
            var ports = VerilogPorts.Of(register).ToList();
            if (ports.Count > 0)
            {
                lines.Add("");
                lines.AddRange(SourceWriter.Wrap($"{register.FullName} (0x{register.Address:X4}, {register.AccessWord}): {register.Description}", 111).Select(line => $"// {line}"));
                lines.AddRange(ports.Select(port => port.Declaration + ","));
            }
        }

        if (lines.Count > 0)
        {
            lines[^1] = lines[^1].TrimEnd(',');
            _writer.Line(",");
            lines.ForEach(_writer.Line);
        }

        _writer.Outdent();
        _writer.Line(");");
        _writer.Indent();
        _writer.Line();
    }

    private void Decode()
    {
        _writer.Lines("""
            localparam [1:0] OKAY = 2'b00, SLVERR = 2'b10, DECERR = 2'b11;

            // What is at an address. What is kept can be written, and is read from a memory of what was.
            localparam [1:0] NOTHING = 2'd0, READABLE = 2'd1, WRITABLE = 2'd2, KEPT = 2'd3;

            function [1:0] kind_of(input [15:2] address);
                begin
                    case (address)
            """);
        _writer.Indent();
        _writer.Indent();
        _writer.Indent();
        foreach (var register in _registers.Where(register => !register.IsWindow))
        {
            var words = string.Join(", ", Enumerable.Range(0, register.Words).Select(word => Word(register, word)));
            foreach (var line in SourceWriter.Wrap($"{words}: kind_of = {(IsKept(register) ? "KEPT" : IsWritable(register) ? "WRITABLE" : "READABLE")};", 96))
            {
                _writer.Line(line);
            }
        }

        _writer.Line("default: kind_of = NOTHING;");
        _writer.Outdent();
        _writer.Line("endcase");
        foreach (var window in Windows)
        {
            _writer.Line($"if ({Hit(window, "address")}) kind_of = READABLE;");
        }

        _writer.Outdent();
        _writer.Line("end");
        _writer.Outdent();
        _writer.Line("endfunction");
        _writer.Line();
    }

    /// <summary>Whether a word address lies in a window.</summary>
    private static string Hit(RegisterModel window, string address)
    {
        var low = VerilogPorts.AddressBits(window) + 2;
        return low == 16 ? "1'b1" : $"{address}[15:{low}] == {16 - low}'h{window.Address >> low:x}";
    }

    /// <summary>Whether a word address lies in a register of any kind.</summary>
    private static string Match(RegisterModel register, string address) => register.IsWindow
        ? $"({Hit(register, address)})"
        : "(" + string.Join(" || ", Enumerable.Range(0, register.Words).Select(word => $"{address} == {Word(register, word)}")) + ")";

    private void Unused()
    {
        List<string> unused = ["s_axil_awprot", "s_axil_awaddr[1:0]", "s_axil_arprot", "s_axil_araddr[1:0]"];
        unused.AddRange(_registers
            .Where(register => register is { Access: AccessKind.ReadOnly, IsWindow: false, Layout: { } layout } && layout.Bits < 32 * layout.Words)
            .Select(register => $"{register.PortName}[{(32 * register.Words) - 1}:{register.Layout!.Bits}]"));
        _writer.Line("// Without meaning here: protection, the bytes of an address, bits of ro vectors beyond their layout.");
        _writer.Wrapped("", $"wire unused = &{{1'b0, {string.Join(", ", unused)}}};", 100);
        _writer.Line();
    }

    private void ReadValue()
    {
        var words = _registers
            .Where(register => !register.IsWindow && !IsKept(register) && register.Access is not (AccessKind.WriteOnly or AccessKind.Pulse))
            .SelectMany(Words)
            .ToList();
        _writer.Lines("""
            // ------------------------------------------------------------------------------------------------------
            // What a word reads as. read_address is still while a read is under way; a clock later one of `selected` says
            // which word it is, for sums of products are smaller than a choice by number.

            reg [15:2] read_address;
            """);
        if (words.Count > 0)
        {
            _writer.Line($"reg [{words.Count - 1}:0] selected;");
        }

        _writer.Line("reg [31:0] word_value;");
        KeptDeclarations();
        _writer.Line();
        _writer.Line("always @(posedge clk) begin");
        _writer.Indent();
        for (var index = 0; index < words.Count; index++)
        {
            _writer.Line($"selected[{index}] <= read_address == {Word(words[index].Register, words[index].Word)};");
        }

        KeptSelection();
        _writer.Outdent();
        _writer.Line("end");
        _writer.Line();
        _writer.Line("always @* begin");
        _writer.Indent();
        _writer.Line("word_value = 32'd0;");
        for (var index = 0; index < words.Count; index++)
        {
            var (register, word) = words[index];
            _writer.Line($"word_value = word_value | ({{32{{selected[{index}]}}}} & {ReadExpression(register, word)}); // {register.FullName}{(register.Words > 1 ? $" word {word}" : "")}");
        }

        KeptResets();
        _writer.Outdent();
        _writer.Line("end");
        _writer.Line();
        KeptMemory();
        foreach (var window in Windows)
        {
            _writer.Line($"assign {window.PortName}_address = read_address[{VerilogPorts.AddressBits(window) + 1}:2];");
        }

        _writer.Line();
    }

    private string ReadExpression(RegisterModel register, int word)
    {
        if (register.Access == AccessKind.Constant)
        {
            var value = register.IsMapHash
                ? BitConverter.ToUInt32(_mapHash, 4 * word)
                : register.ConstantValue;
            return $"32'h{value:x8}";
        }

        if (register.Fields.Count == 0)
        {
            var (msb, lsb) = UsedBits(register, word);
            var part = register.Words == 1 && msb == 31 ? register.PortName : Select(register.PortName, msb, lsb);
            return msb - lsb == 31 ? part : $"{{{31 - (msb - lsb)}'d0, {part}}}";
        }

        List<string> parts = [];
        var top = 32;
        foreach (var field in register.Fields.OrderByDescending(field => field.Lsb))
        {
            if (field.Msb + 1 < top)
            {
                parts.Add($"{top - field.Msb - 1}'d0");
            }

            parts.Add(VerilogPorts.FieldPort(register, field));
            top = field.Lsb;
        }

        if (top > 0)
        {
            parts.Add($"{top}'d0");
        }

        return parts.Count == 1 ? parts[0] : $"{{{string.Join(", ", parts)}}}";
    }

    /// <summary>The bits of a register's vector that a word holds; fewer than 32 in the last word of a layout.</summary>
    private static (int Msb, int Lsb) UsedBits(RegisterModel register, int word) =>
        (Math.Min((32 * word) + 31, (register.Layout?.Bits ?? (32 * register.Words)) - 1), 32 * word);

    private static string Select(string vector, int msb, int lsb) => $"{vector}[{CanonicalText.Range(msb, lsb)}]";

    private void ReadChannel()
    {
        _writer.Lines("""
            // ------------------------------------------------------------------------------------------------------
            // Read channel. read_stage counts the clocks since the address was taken, one-hot: in the third, a window's
            // data is there; every other value was registered a clock before.

            reg [2:0]  read_stage;
            reg [31:0] read_value;
            reg [1:0]  read_kind;
            reg [31:0] answer_value;

            always @* begin
                answer_value = read_value | kept_value;
            """);
        _writer.Indent();
        foreach (var window in Windows)
        {
            _writer.Line($"if ({Hit(window, "read_address")}) answer_value = {window.PortName}_data;");
        }

        _writer.Outdent();
        _writer.Lines("""
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
            """);
        _writer.Indent();
        if (ReadEffects.Any())
        {
            _writer.Line();
            foreach (var register in ReadEffects)
            {
                _writer.Line($"{register.PortName}_read <= read_stage[2] && {Match(register, "read_address")};");
            }
        }

        _writer.Line();
        _writer.Line("if (rst) begin");
        _writer.Indent();
        _writer.Line("s_axil_arready <= 1'b0;");
        _writer.Line("s_axil_rvalid  <= 1'b0;");
        _writer.Line("read_stage     <= 3'b000;");
        foreach (var register in ReadEffects)
        {
            _writer.Line($"{register.PortName}_read <= 1'b0;");
        }

        _writer.Outdent();
        _writer.Line("end");
        _writer.Outdent();
        _writer.Line("end");
        _writer.Line();
    }

    private void WriteChannel() => _writer.Lines("""
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

        """);
}
