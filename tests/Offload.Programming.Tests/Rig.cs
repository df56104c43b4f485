using System.Security.Cryptography;
using Offload.Programming.Ecp5;
using Offload.Programming.Flash;
using Offload.Programming.Jtag;
using Offload.Registers;
using Offload.VirtualBoard.Parts;

namespace Offload.Programming.Tests;

/// <summary>A board of models: an LFE5U-25F, its flash, a JTAG chain; and its programmer.</summary>
internal sealed class Rig
{
    internal const string Board = "tiny";
    internal const int FlashLength = 1 << 20;

    internal Rig(JtagPart? behind = null, JtagPart? before = null, uint idCode = Streams.Lfe5u25)
    {
        Flash = new SpiFlashPart(FlashLength);
        Part = new Ecp5Part(idCode, Flash);
        Chain = new VirtualJtagChain([.. new[] { behind, Part, before }.OfType<JtagPart>()]);
        Part.PowerOn();
    }

    internal static FlashLayout Layout { get; } = new(FlashLength);

    internal SpiFlashPart Flash { get; }

    internal Ecp5Part Part { get; }

    internal VirtualJtagChain Chain { get; }

    internal static BitstreamFile Container(
        byte[] stream, string board = Board, uint idCode = Streams.Lfe5u25, ECDsa? key = null, string kind = BitstreamPayload.Ecp5, string? map = null) =>
        BitstreamFile.Parse(BitstreamWriter.Pack(board, idCode, "1.2.3", map ?? RegisterMap.Canonical, kind, stream, signingKey: key), "tiny.obit");

    /// <summary>A whole stream that can be told from others by its USERCODE.</summary>
    internal static byte[] Image(uint userCode) => Streams.WithUserCode(Streams.Small, userCode);

    internal ValueTask<Ecp5Programmer> OpenAsync(BitstreamTrust? trust = null, Func<VirtualJtagChain, ValueTask<JtagPort>>? port = null, SpiFlashTimeouts? timeouts = null) =>
        Ecp5Programmer.OpenAsync(new Ecp5ProgrammerOptions
        {
            BoardName = Board,
            IdCode = Streams.Lfe5u25,
            FlashLength = FlashLength,
            OpenPort = _ => port?.Invoke(Chain) ?? ValueTask.FromResult<JtagPort>(new VirtualJtagPort(Chain)),
            Trust = trust ?? BitstreamTrust.OwnFilesOnly,
            FlashTimeouts = timeouts ?? SpiFlashTimeouts.Default,
        });

    /// <summary>Puts images where the layout has them, and starts the board.</summary>
    internal void Install(byte[]? working, byte[]? golden, int? jump = null, byte[]? spare = null)
    {
        Flash.Cells.Fill(0xFF);
        working?.CopyTo(Flash.Cells[FlashLayout.Working..]);
        golden?.CopyTo(Flash.Cells[Layout.Golden..]);
        spare?.CopyTo(Flash.Cells[Layout.Spare..]);
        if (golden is not null || jump is not null)
        {
            FlashLayout.JumpPage(jump ?? Layout.Golden).CopyTo(Flash.Cells[Layout.Jump..]);
        }

        PowerCycle();
    }

    internal void PowerCycle()
    {
        Part.PowerOff();
        Chain.UnplugAfter = null;
        Part.PowerOn();
    }

    internal byte[] GoldenBytes() => Flash.Cells.Slice(Layout.Golden, Layout.SlotLength).ToArray();
}

/// <summary>Progress that is told at once, in the loader's own thread.</summary>
internal sealed class ImmediateProgress(Action<LoadProgress> action) : IProgress<LoadProgress>
{
    public void Report(LoadProgress value) => action(value);
}
