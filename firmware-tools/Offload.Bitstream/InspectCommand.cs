using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Offload.Programming;

namespace Offload.Bitstream;

/// <summary>`inspect`: shows what a container says of itself.</summary>
internal static class InspectCommand
{
    /// <summary>Raised when a member of the JSON output is removed or changes its meaning; new members do not raise it.</summary>
    private const int Schema = 1;

    internal static Command Create(TextWriter output)
    {
        Argument<string> file = new("file") { Description = "The container." };
        Option<bool> json = new("--json") { Description = "Write one JSON object." };
        Option<bool> map = new("--map") { Description = "Write its register map, and nothing else." };
        Command command = new("inspect", "Shows what a container says of itself, once its lengths and digests are found right. Never loads it.")
        {
            file, json, map,
        };
        command.SetAction(parsed =>
        {
            BitstreamFile bitstream = ToolFiles.ReadBitstream(parsed.GetRequiredValue(file));
            if (parsed.GetValue(map))
            {
                output.Write(bitstream.Header.Map);
            }
            else if (parsed.GetValue(json))
            {
                output.WriteLine(ToJson(bitstream).ToJsonString());
            }
            else
            {
                WriteText(output, bitstream);
            }

            return (int)ExitCode.Ok;
        });
        return command;
    }

    /// <summary>What is known of a container, as JSON.</summary>
    internal static JsonObject ToJson(BitstreamFile bitstream)
    {
        BitstreamHeader header = bitstream.Header;
        return new JsonObject
        {
            ["schema"] = Schema,
            ["file"] = bitstream.Name,
            ["board"] = header.Board,
            ["idcode"] = IdCode(header),
            ["version"] = header.Version,
            ["built"] = Built(header),
            ["map_hash"] = header.MapHash,
            ["payload_kind"] = header.PayloadKind,
            ["payload_bytes"] = bitstream.Payload.Length,
            ["payload_sha256"] = header.PayloadSha256,
            ["signed_by"] = bitstream.Signature?.KeyId,
        };
    }

    private static void WriteText(TextWriter output, BitstreamFile bitstream)
    {
        BitstreamHeader header = bitstream.Header;
        output.WriteLine($"board       {header.Board}");
        output.WriteLine($"IDCODE      {IdCode(header)}");
        output.WriteLine($"version     {header.Version}");
        output.WriteLine($"built       {Built(header) ?? "not stated"}");
        output.WriteLine($"map         {header.MapHash}");
        output.WriteLine($"payload     {header.PayloadKind}, {bitstream.Payload.Length} bytes");
        output.WriteLine($"SHA-256     {header.PayloadSha256}");
        output.WriteLine($"signed by   {(bitstream.Signature is { } signature ? $"{signature.KeyId} (not checked; see `offload-bitstream verify --key`)" : "nobody")}");
    }

    private static string IdCode(BitstreamHeader header) => "0x" + header.IdCode.ToString("x8", CultureInfo.InvariantCulture);

    private static string? Built(BitstreamHeader header) =>
        header.Built?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
