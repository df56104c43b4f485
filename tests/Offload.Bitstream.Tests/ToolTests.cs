using System.Text.Json;
using Offload.Programming;
using static Offload.Bitstream.Tests.Samples;

namespace Offload.Bitstream.Tests;

/// <summary>The command offload-bitstream.</summary>
public sealed class ToolTests : IDisposable
{
    private const string BoardYaml = "name: virtual\nidcode: 0x0ff100ff\npayloads:\n  x86_64: verilated-linux-x64\n";

    private readonly TemporaryFolder _folder = new();

    public ToolTests()
    {
        File.WriteAllText(_folder["board.yaml"], BoardYaml);
        File.WriteAllText(_folder["map.txt"], Map);
        File.WriteAllBytes(_folder["payload"], Payload);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_it_packs_is_inspected_and_verified()
    {
        Ok(PackArguments("x.obit"));
        Assert.Equal(Pack(), File.ReadAllBytes(_folder["x.obit"]));
        Assert.Contains("IDCODE      0x0ff100ff", Ok("inspect", _folder["x.obit"]), StringComparison.Ordinal);
        Assert.Equal(Map, Ok("inspect", "--map", _folder["x.obit"]));

        using JsonDocument json = JsonDocument.Parse(Ok("inspect", "--json", _folder["x.obit"]));
        Assert.Equal(1, json.RootElement.GetProperty("schema").GetInt32());
        Assert.Equal("virtual", json.RootElement.GetProperty("board").GetString());
        Assert.Equal(JsonValueKind.Null, json.RootElement.GetProperty("signed_by").ValueKind);
        Assert.Equal(Payload.Length, json.RootElement.GetProperty("payload_bytes").GetInt32());

        Assert.Contains("is good", Ok("verify", _folder["x.obit"], "--board-file", _folder["board.yaml"], "--map", _folder["map.txt"]), StringComparison.Ordinal);
    }

    [Fact]
    public void What_it_packs_can_be_loaded_whatever_the_umask()
    {
        Ok(PackArguments("x.obit"));
        Assert.Equal(
            UnixFileMode.None,
            File.GetUnixFileMode(_folder["x.obit"]) & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite));
        Assert.True(BitstreamFile.Open(_folder["x.obit"]).IsCallersAlone);
    }

    [Fact]
    public void Keys_sign_and_verify()
    {
        Ok("keygen", _folder["mine"]);
        Ok("keygen", _folder["other"]);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder["mine.key.pem"]));
        Ok([.. PackArguments("x.obit"), "--sign", _folder["mine.key.pem"]]);
        Assert.Contains("signed by key", Ok("verify", _folder["x.obit"], "--key", _folder["mine.pub.pem"]), StringComparison.Ordinal);
        Assert.Contains("(wrong-key)", Fails(ExitCode.BitstreamRejected, "verify", _folder["x.obit"], "--key", _folder["other.pub.pem"]), StringComparison.Ordinal);

        Ok([.. PackArguments("unsigned.obit")]);
        Assert.Contains("(not-trusted)", Fails(ExitCode.BitstreamRejected, "verify", _folder["unsigned.obit"], "--key", _folder["mine.pub.pem"]), StringComparison.Ordinal);
        Fails(ExitCode.Usage, "keygen", _folder["mine"]);
        Fails(ExitCode.Usage, [.. PackArguments("y.obit"), "--sign", _folder["mine.pub.pem"]]);
    }

    [Fact]
    public void A_refused_file_is_told_by_reason_and_code()
    {
        byte[] good = Pack();
        byte[] altered = [.. good];
        altered[200] ^= 4;
        foreach ((string name, byte[] data) in new (string, byte[])[]
        {
            ("truncated", good[..^1]), ("altered", altered), ("not-a-bitstream", "ELF..."u8.ToArray()),
        })
        {
            string path = _folder.Write(name + ".obit", data);
            Assert.Contains($"({name})", Fails(ExitCode.BitstreamRejected, "inspect", path), StringComparison.Ordinal);
            Assert.Contains($"({name})", Fails(ExitCode.BitstreamRejected, "verify", path), StringComparison.Ordinal);
        }

        string wrong = _folder.Write("wrong.obit", Pack(board: "other"));
        Ok("verify", wrong);
        Assert.Contains("(wrong-board)", Fails(ExitCode.BitstreamRejected, "verify", wrong, "--board-file", _folder["board.yaml"]), StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_replaced_without_force()
    {
        Ok(PackArguments("x.obit"));
        Assert.Contains("is there already", Fails(ExitCode.Usage, PackArguments("x.obit")), StringComparison.Ordinal);
        Ok([.. PackArguments("x.obit"), "--force"]);
    }

    [Theory]
    [InlineData("name: virtual\npayloads: {a: verilated-linux-x64}\n", "no 'idcode'")]
    [InlineData("name: virtual\nidcode: 17\npayloads: {a: verilated-linux-x64}\n", "hexadecimal")]
    [InlineData("name: virtual\nidcode: 0x1\n", "payloads")]
    [InlineData("name: virtual\nidcode: 0x1\npayloads: {a: other}\n", "does not run payloads of kind")]
    [InlineData("name: Virtual\nidcode: 0x1\npayloads: {a: verilated-linux-x64}\n", "board's name")]
    [InlineData("name: [\n", "board.yaml:2")]
    [InlineData("- name\n", "mapping")]
    public void A_wrong_board_file_is_a_usage_error(string yaml, string expected)
    {
        File.WriteAllText(_folder["board.yaml"], yaml);
        Assert.Contains(expected, Fails(ExitCode.Usage, PackArguments("x.obit")), StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["x.obit"]));
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        Assert.Contains(_folder["none.obit"], Fails(ExitCode.Usage, "inspect", _folder["none.obit"]), StringComparison.Ordinal);
        Fails(ExitCode.Usage, "inspect");
        Fails(ExitCode.Usage, "unknown");
    }

    [Fact]
    public void The_repositorys_board_file_is_read_and_fits_the_virtual_board()
    {
        BoardFile board = BoardFile.Read(Path.Combine(Root(), "boards", "virtual", "board.yaml"));
        Assert.Equal(new BoardFile(Board, IdCode, board.PayloadKinds), board);
        Assert.Equal([BitstreamPayload.VerilatedLinuxX64, BitstreamPayload.VerilatedLinuxArm64], board.PayloadKinds);
    }

    private static string Root()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Offload.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("not in the repository");
        }

        return folder;
    }

    private static string Fails(ExitCode expected, params string[] arguments)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        Assert.Equal(expected, BitstreamTool.Run(arguments, output, error));
        Assert.Empty(output.ToString());
        return error.ToString();
    }

    private static string Ok(params string[] arguments)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        ExitCode code = BitstreamTool.Run(arguments, output, error);
        Assert.True(code == ExitCode.Ok, error.ToString());
        return output.ToString();
    }

    private string[] PackArguments(string target) =>
    [
        "pack", "--board-file", _folder["board.yaml"], "--payload", _folder["payload"], "--payload-kind", "verilated-linux-x64",
        "--map", _folder["map.txt"], "--version", "0.1.0", "--output", _folder[target],
    ];
}
