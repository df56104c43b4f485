using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Offload.Programming;

/// <summary>The header as it stands in a container. Unknown, repeated and missing members are errors.</summary>
internal sealed record BitstreamHeaderJson(
    [property: JsonRequired] string Board,
    [property: JsonRequired] string Idcode,
    [property: JsonRequired] string MapHash,
    [property: JsonRequired] string Version,
    [property: JsonRequired] string? Built,
    [property: JsonRequired] string PayloadKind,
    [property: JsonRequired] string PayloadSha256,
    [property: JsonRequired] string Map)
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    /// <summary>The bytes of a header.</summary>
    public static byte[] Serialize(BitstreamHeader header) => JsonSerializer.SerializeToUtf8Bytes(
        new BitstreamHeaderJson(
            header.Board,
            FormatIdCode(header.IdCode),
            header.MapHash,
            header.Version,
            header.Built?.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture),
            header.PayloadKind,
            header.PayloadSha256,
            header.Map),
        BitstreamJsonContext.Default.BitstreamHeaderJson);

    /// <summary>Reads a header and checks every member, but not the payload's digest.</summary>
    /// <param name="utf8">The bytes.</param>
    /// <param name="name">What messages call the file.</param>
    /// <exception cref="BitstreamRejectedException">It is not a header, or contradicts itself.</exception>
    public static BitstreamHeader Parse(ReadOnlySpan<byte> utf8, string name)
    {
        BitstreamHeaderJson json;
        try
        {
            json = JsonSerializer.Deserialize(utf8, BitstreamJsonContext.Default.BitstreamHeaderJson)
                ?? throw BitstreamFormat.Malformed(name, "its header is empty");
        }
        catch (JsonException exception)
        {
            throw BitstreamFormat.Malformed(name, "its header cannot be read (" + exception.Message + ")", exception);
        }

        Check(IsName(json.Board), "board");
        Check(TryParseIdCode(json.Idcode, out uint idCode), "idcode");
        Check(IsDigest(json.MapHash), "mapHash");
        Check(IsVersion(json.Version), "version");
        DateTimeOffset built = default;
        Check(json.Built is null || DateTimeOffset.TryParseExact(
            json.Built, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out built), "built");
        Check(IsName(json.PayloadKind), "payloadKind");
        Check(IsDigest(json.PayloadSha256), "payloadSha256");
        Check(HashOf(json.Map) == json.MapHash, "mapHash (it is not the hash of the map beside it)");
        return new BitstreamHeader
        {
            Board = json.Board,
            IdCode = idCode,
            MapHash = json.MapHash,
            Version = json.Version,
            Built = json.Built is null ? null : built,
            PayloadKind = json.PayloadKind,
            PayloadSha256 = json.PayloadSha256,
            Map = json.Map,
        };

        void Check(bool good, string member)
        {
            if (!good)
            {
                throw BitstreamFormat.Malformed(name, "its header has an impossible " + member);
            }
        }
    }

    /// <summary>SHA-256 of a text's UTF-8 bytes, as lower-case hexadecimal digits.</summary>
    public static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>An IDCODE as headers, board files and messages have it.</summary>
    public static string FormatIdCode(uint idCode) => "0x" + idCode.ToString("x8", CultureInfo.InvariantCulture);

    /// <summary>Whether a text is a lower-case name of letters, digits and inner hyphens, of at most 64 characters.</summary>
    public static bool IsName(string text) =>
        text.Length is > 0 and <= 64
        && text.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-')
        && text[0] != '-' && text[^1] != '-';

    /// <summary>Whether a text can be a version: printable ASCII without spaces, of at most 64 characters.</summary>
    public static bool IsVersion(string text) => text.Length is > 0 and <= 64 && text.All(c => c is > ' ' and < '\u007f');

    private static bool IsDigest(string text) =>
        text.Length == 64 && text.All(c => c is (>= 'a' and <= 'f') or (>= '0' and <= '9'));

    private static bool TryParseIdCode(string text, out uint idCode)
    {
        idCode = 0;
        return text.Length == 10
            && text.StartsWith("0x", StringComparison.Ordinal)
            && uint.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out idCode);
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(BitstreamHeaderJson))]
internal sealed partial class BitstreamJsonContext : JsonSerializerContext;
