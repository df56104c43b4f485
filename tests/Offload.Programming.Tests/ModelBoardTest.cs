using Offload.Boards;
using Offload.Links.Usb;
using Offload.Registers;
using Offload.VirtualBoard;
using Offload.VirtualBoard.Simulation;
using Offload.VirtualBoard.Usb;

namespace Offload.Programming.Tests;

/// <summary>Tests that each have a model of a Versa 5G, with the virtual core in its part, and a USB bus to plug it into.</summary>
public abstract class ModelBoardTest : IAsyncLifetime
{
    private protected const int FlashLength = 1 << 20; // less to read than a real one's
    private protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("offload-");
    private VirtualEcp5Hardware? _model;

    private protected VirtualUsbBus Bus { get; } = new();

    private protected VirtualEcp5Hardware Model => _model!;

    /// <summary>The far end of the board's register link, where it is wired.</summary>
    private protected RegisterLinkEnd? LinkEnd { get; private set; }

    /// <inheritdoc/>
    public Task InitializeAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public virtual async Task DisposeAsync()
    {
        if (LinkEnd is not null)
        {
            await LinkEnd.DisposeAsync();
        }

        if (_model is not null)
        {
            await _model.DisposeAsync();
        }

        _folder.Delete(recursive: true);
    }

    /// <summary>Makes the model. Where the virtual core is not built, the test is passed over.</summary>
    private protected async Task MakeModelAsync(Func<LinkTarget, LinkTarget>? target = null, bool wired = true)
    {
        Skip.IfNot(File.Exists(BoardTests.CoreFile), "the virtual board is not built: firmware-tools/build-virtual-board.sh");
        VirtualEcp5Provider provider = new(new VirtualEcp5Options
        {
            Board = "versa-5g",
            IdCode = Streams.Lfe5um5g45,
            FlashLength = FlashLength,
            CoreFile = BoardTests.CoreFile,
            Ports = new VirtualBoardOptions { Trust = BitstreamTrust.OwnFilesOnly },
        });
        _model = (VirtualEcp5Hardware)await provider.OpenAsync((await provider.DiscoverAsync())[0]);
        LinkTarget core = LinkTarget.Of(_model);
        LinkEnd = wired ? new RegisterLinkEnd(target?.Invoke(core) ?? core, FtdiWiring.Uart) : null;
    }

    /// <summary>Opens a board of the bus.</summary>
    private protected ValueTask<OffloadBoard> OpenAsync(string id, Action<UsbBoardOptions>? configure = null)
    {
        UsbBoardOptions usb = new()
        {
            Bus = Bus,
            Trust = BitstreamTrust.OwnFilesOnly,
            Link = new() { AnswerTimeout = Patience, FirstAnswerTimeout = TimeSpan.FromMilliseconds(200) },
            StartTimeout = Patience,
        };
        configure?.Invoke(usb);
        OffloadBoardOptions options = new() { RuntimeDirectory = _folder.FullName, CommandTimeout = Patience, ReadyTimeout = Patience };
        options.Providers.Add(new UsbBoardProvider(usb));
        return OffloadBoard.OpenAsync(id, options);
    }

    /// <summary>Writes a container whose stream says so of itself; its path.</summary>
    private protected string Write(uint userCode, string board = "versa-5g")
    {
        string path = Path.Combine(_folder.FullName, $"{board}-{userCode}.obit");
        File.WriteAllBytes(path, BitstreamWriter.Pack(
            board, Streams.Lfe5um5g45, "1.2.3", RegisterMap.Canonical, BitstreamPayload.Ecp5, Streams.WithUserCode(Streams.Read("lfe5um5g-45f-compressed"), userCode)));
        return path;
    }
}
