using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Offload.Boards;
using Offload.Links.Gpio;
using Offload.Programming;
using Offload.Programming.Jtag;

namespace Offload.Links.Usb;

/// <summary>What of a board is wired to something else than its register link: a cable to its JTAG, its configuration lines. docs/usb.md describes the file.</summary>
public sealed partial class BoardWiring
{
    /// <summary>Environment variable that names the file, instead of the usual ones.</summary>
    public const string FileVariable = "OFFLOAD_WIRING";

    private readonly Dictionary<string, Wires> _boards;

    private BoardWiring(Dictionary<string, Wires> boards) => _boards = boards;

    /// <summary>What this machine is configured with: the file that <see cref="FileVariable"/> names, else <c>/etc/offload/wiring.json</c>; without one, nothing.</summary>
    /// <exception cref="OffloadException"><see cref="OffloadError.InvalidArgument"/>: the file is not what it should be; <see cref="OffloadError.PermissionDenied"/>.</exception>
    public static BoardWiring FromConfiguration()
    {
        string? named = Environment.GetEnvironmentVariable(FileVariable) is { Length: > 0 } set ? set : null;
        string path = named ?? "/etc/offload/wiring.json";
        try
        {
            return named is null && !File.Exists(path) ? new BoardWiring([]) : Parse(File.ReadAllText(path), path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new OffloadException(OffloadError.PermissionDenied, $"the wiring {path} cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>Reads the text of such a file.</summary>
    /// <param name="text">JSON: members are ids of boards, their values objects with <c>jtag</c> and <c>lines</c>.</param>
    /// <param name="source">What errors call it.</param>
    /// <exception cref="OffloadException"><see cref="OffloadError.InvalidArgument"/>.</exception>
    public static BoardWiring Parse(string text, string source = "the wiring")
    {
        try
        {
            Dictionary<string, WiresText> read = JsonSerializer.Deserialize(text, WiringJson.Default.DictionaryStringWiresText) ?? [];
            return new BoardWiring(read.ToDictionary(one => one.Key, one => Wires.Of(one.Key, one.Value ?? new WiresText(null, null), source)));
        }
        catch (JsonException exception)
        {
            throw new OffloadException(OffloadError.InvalidArgument, $"{source}: {exception.Message}", exception);
        }
    }

    /// <summary>What opens the cable to a board's JTAG; null: it has none but that of its own chip.</summary>
    /// <param name="board">The board.</param>
    /// <param name="bus">Where a probe is plugged in; null: this machine's own bus.</param>
    public Func<CancellationToken, ValueTask<JtagPort>>? Jtag(BoardDescription board, UsbBus? bus = null)
    {
        ArgumentNullException.ThrowIfNull(board);
        return _boards.GetValueOrDefault(board.Id) switch
        {
            { Probe: { } serial } => async cancellationToken =>
                await CmsisDapJtagPort.ConnectAsync(await UsbDapPipe.OpenAsync(bus, serial.Length == 0 ? null : serial, cancellationToken).ConfigureAwait(false), cancellationToken: cancellationToken).ConfigureAwait(false),
            { JtagLines: { } at } => _ =>
            {
                using GpioChip chip = GpioChip.Open(at.Chip);
                return ValueTask.FromResult<JtagPort>(new BitBangJtagPort(new GpioJtagLines(chip, new GpioJtagPins(at.Lines[0], at.Lines[1], at.Lines[2], at.Lines[3]))));
            },
            _ => null,
        };
    }

    /// <summary>Takes a board's PROGRAMN, INITN and DONE; null: nothing drives them.</summary>
    /// <param name="board">The board.</param>
    /// <exception cref="OffloadException">As for <see cref="GpioChip.Open"/> and <see cref="GpioChip.Request"/>.</exception>
    public ConfigurationLines? Lines(BoardDescription board)
    {
        ArgumentNullException.ThrowIfNull(board);
        if (_boards.GetValueOrDefault(board.Id)?.Configuration is not { } at)
        {
            return null;
        }

        using GpioChip chip = GpioChip.Open(at.Chip);
        return new GpioConfigurationLines(chip, at.Lines[0], at.Lines[1], at.Lines[2]);
    }

    private sealed record WiresText(string? Jtag, string? Lines);

    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true)]
    [JsonSerializable(typeof(Dictionary<string, WiresText>))]
    private sealed partial class WiringJson : JsonSerializerContext;

    private sealed record LinesAt(string Chip, int[] Lines);

    private sealed record Wires(string? Probe, LinesAt? JtagLines, LinesAt? Configuration)
    {
        private const string ProbeName = "cmsis-dap";
        private const string GpioName = "gpio:";

        internal static Wires Of(string board, WiresText text, string source)
        {
            string? probe = text.Jtag switch
            {
                ProbeName => "",
                { } named when named.StartsWith(ProbeName + ":", StringComparison.Ordinal) && named.Length > ProbeName.Length + 1 => named[(ProbeName.Length + 1)..],
                _ => null,
            };
            return new Wires(
                probe,
                probe is null && text.Jtag is not null ? LinesOf(text.Jtag, 4) ?? throw Wrong("jtag", text.Jtag, "cmsis-dap, cmsis-dap:SERIAL or gpio:CHIP:TCK,TMS,TDI,TDO") : null,
                text.Lines is null ? null : LinesOf(text.Lines, 3) ?? throw Wrong("lines", text.Lines, "gpio:CHIP:PROGRAMN,INITN,DONE"));

            OffloadException Wrong(string member, string value, string allowed) =>
                new(OffloadError.InvalidArgument, $"{source}: {board}: {member} '{value}' is none of: {allowed}");
        }

        private static LinesAt? LinesOf(string text, int count)
        {
            string[] parts = text.StartsWith(GpioName, StringComparison.Ordinal) ? text[GpioName.Length..].Split(':') : [];
            if (parts is not [{ Length: > 0 } chip, { } numbers])
            {
                return null;
            }

            int[] lines = [.. numbers.Split(',').Select(number => int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int line) ? line : -1)];
            return lines.Length == count && lines.All(line => line >= 0) && lines.Distinct().Count() == count ? new LinesAt(chip.StartsWith('/') ? chip : "/dev/" + chip, lines) : null;
        }
    }
}
