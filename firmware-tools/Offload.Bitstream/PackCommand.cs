using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using Offload.Bitstream.Silicon;
using Offload.Programming;

namespace Offload.Bitstream;

/// <summary>`pack`: makes a container.</summary>
internal static class PackCommand
{
    private const string EpochVariable = "SOURCE_DATE_EPOCH";

    internal static Command Create(TextWriter output)
    {
        Option<string> boardFile = new("--board-file") { Description = "boards/NAME/board.yaml, which has the board's name and IDCODE.", HelpName = "FILE", Required = true };
        Option<string> payload = new("--payload") { Description = "What is loaded into the board.", HelpName = "FILE", Required = true };
        Option<string> kind = new("--payload-kind") { Description = "What the payload is; one of those that the board file lists.", HelpName = "KIND", Required = true };
        Option<string> map = new("--map") { Description = "Canonical register map that the core was made from (hdl/rtl/generated/offload_map.txt).", HelpName = "FILE", Required = true };
        Option<string> version = new("--version") { Description = "Version of the bitstream.", HelpName = "VERSION", Required = true };
        Option<string> target = new("--output", "-o") { Description = "The container to write.", HelpName = "FILE", Required = true };
        Option<string?> sign = new("--sign") { Description = "Private key (PEM) to sign with.", HelpName = "FILE" };
        Option<bool> force = new("--force") { Description = "Replace the output where it is there." };
        Command command = new(
            "pack",
            $"Makes a container. The same input gives the same bytes, the signature apart; {EpochVariable}, where it is set, becomes its build time.")
        {
            boardFile, payload, kind, map, version, target, sign, force,
        };
        command.SetAction(parsed =>
        {
            BoardFile board = BoardFile.Read(parsed.GetRequiredValue(boardFile));
            string payloadKind = parsed.GetRequiredValue(kind);
            if (!board.PayloadKinds.Contains(payloadKind))
            {
                throw new ToolException(
                    ExitCode.Usage,
                    $"board '{board.Name}' does not run payloads of kind '{payloadKind}'; its board file lists {string.Join(", ", board.PayloadKinds)}");
            }

            byte[] data = ToolFiles.ReadBytes(parsed.GetRequiredValue(payload));
            if (payloadKind == BitstreamPayload.Ecp5)
            {
                Ecp5Stream.Check(data, parsed.GetRequiredValue(payload), board);
            }

            using ECDsa? key = parsed.GetValue(sign) is { } keyPath ? ToolFiles.ReadPrivateKey(keyPath) : null;
            byte[] container = BitstreamWriter.Pack(
                board.Name,
                board.IdCode,
                parsed.GetRequiredValue(version),
                ToolFiles.ReadText(parsed.GetRequiredValue(map)),
                payloadKind,
                data,
                BuildTime(),
                key);
            string path = parsed.GetRequiredValue(target);
            ToolFiles.Write(path, container, parsed.GetValue(force));
            output.WriteLine($"{path}: board {board.Name}, version {parsed.GetRequiredValue(version)}, {container.Length} bytes, {(key is null ? "not signed" : $"signed by key {TrustedKey.FromKey(key).Id}")}");
            return (int)ExitCode.Ok;
        });
        return command;
    }

    private static DateTimeOffset? BuildTime()
    {
        string? epoch = Environment.GetEnvironmentVariable(EpochVariable);
        if (string.IsNullOrEmpty(epoch))
        {
            return null;
        }

        try
        {
            return DateTimeOffset.FromUnixTimeSeconds(long.Parse(epoch, NumberStyles.None, CultureInfo.InvariantCulture));
        }
        catch (Exception exception) when (exception is FormatException or OverflowException or ArgumentOutOfRangeException)
        {
            throw new ToolException(
                ExitCode.Usage, $"{EpochVariable} is '{epoch}'; it has to be a number of seconds since 1970, or not set", exception);
        }
    }
}
