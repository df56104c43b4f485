using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using Offload.Programming;

namespace Offload.Bitstream;

/// <summary>`verify`: checks a container, and whatever it is asked to compare it with.</summary>
internal static class VerifyCommand
{
    internal static Command Create(TextWriter output)
    {
        Argument<string> file = new("file") { Description = "The container." };
        Option<string[]> keys = new("--key") { Description = "Public key (PEM); the container has to be signed by one of those given.", HelpName = "FILE" };
        Option<string?> boardFile = new("--board-file") { Description = "boards/NAME/board.yaml; the container has to be for that board.", HelpName = "FILE" };
        Option<string?> map = new("--map") { Description = "Canonical register map that the core has to have been made from.", HelpName = "FILE" };
        Command command = new("verify", "Checks that a container is whole, and that it fits what is named. Never loads it.")
        {
            file, keys, boardFile, map,
        };
        command.SetAction(parsed =>
        {
            TrustedKey[] trusted = [.. (parsed.GetValue(keys) ?? []).Select(ToolFiles.ReadPublicKey)];
            BoardFile? board = parsed.GetValue(boardFile) is { } boardPath ? BoardFile.Read(boardPath) : null;
            string? mapText = parsed.GetValue(map) is { } mapPath ? ToolFiles.ReadText(mapPath) : null;

            BitstreamFile bitstream = ToolFiles.ReadBitstream(parsed.GetRequiredValue(file));
            BitstreamHeader header = bitstream.Header;
            mapText ??= header.Map;
            bitstream.EnsureFits(new BitstreamRequirements
            {
                Board = board?.Name ?? header.Board,
                IdCode = board?.IdCode ?? header.IdCode,
                MapHash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(mapText))),
                Map = mapText,
                PayloadKinds = board?.PayloadKinds ?? [header.PayloadKind],
            });
            if (trusted.Length > 0)
            {
                bitstream.EnsureSigned(new BitstreamTrust(trusted));
            }

            output.WriteLine($"{bitstream.Name} is good: whole{(board is null ? "" : $", for board {board.Name}")}{Signed(bitstream, trusted.Length > 0)}");
            return (int)ExitCode.Ok;
        });
        return command;
    }

    private static string Signed(BitstreamFile bitstream, bool known) => bitstream.Signature switch
    {
        null => ", not signed",
        { } signature when known => $", signed by key {signature.KeyId}",
        { } signature => $", says that key {signature.KeyId} signed it (give that key with --key to check)",
    };
}
