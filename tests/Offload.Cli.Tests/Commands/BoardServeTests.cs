using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Offload.Boards;
using Offload.Cli.Shell;
using Offload.Cli.Tests.Harness;
using Offload.Links.Usb;
using Offload.Programming;
using Offload.Registers;
using Offload.VirtualBoard;
using Offload.VirtualBoard.Usb;
using Xunit;

namespace Offload.Cli.Tests.Commands;

/// <summary><c>offload board serve</c>, in this process, with a board at a USB bus of models.</summary>
public sealed class BoardServeTests : IAsyncLifetime, IDisposable
{
    private const string Id = "versa-5g:OFF00001";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("offload-cli-");
    private readonly VirtualUsbBus _bus = new();
    private readonly CancellationTokenSource _end = new();
    private VirtualBoardHardware? _board;
    private RegisterLinkEnd? _link;
    private FtdiChip? _chip;
    private bool _loaded;

    public async Task InitializeAsync()
    {
        VirtualBoardProvider provider = new(new VirtualBoardOptions { Trust = BitstreamTrust.OwnFilesOnly });
        _board = (VirtualBoardHardware)await provider.OpenAsync((await provider.DiscoverAsync())[0]);
        _link = new RegisterLinkEnd(LinkTarget.Of(_board), FtdiWiring.Uart);
        _bus.Plug(0, _chip = new FtdiChip(new FtdiChipOptions { ChannelB = _link }));
    }

    public async Task DisposeAsync()
    {
        _chip!.Unplug();
        await _link!.DisposeAsync();
        await _board!.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    public void Dispose() => _end.Dispose();

    [SkippableFact]
    public async Task A_board_is_served_to_others_until_it_is_ended()
    {
        await LoadAsync();
        Lines output = new();
        var serving = ServeAsync(output, "board", "serve", Id, "--json");
        var running = JsonNode.Parse(await output.NextAsync(serving))!;
        Assert.Equal(("running", Id, "USB virtual-0"), ((string?)running["event"], (string?)running["board"], (string?)running["location"]));

        await using (var client = await OffloadBoard.OpenAsync(Id, Options()))
        {
            Assert.False(client.IsHolder);
            Assert.Equal(RegisterMap.Hash, (await client.GetIdentityAsync()).MapHash);
        }

        Lines second = new();
        Assert.Equal((int)ExitCode.Busy, await ServeAsync(second, "board", "serve").WaitAsync(Patience));

        await _end.CancelAsync();
        Assert.Equal((int)ExitCode.Ok, await serving.WaitAsync(Patience));
        Assert.Equal("stopped", (string?)JsonNode.Parse(await output.NextAsync(serving))!["event"]);
        Assert.False(Assert.Single(await OffloadBoard.DiscoverAsync(Options())).IsServed);
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_board_that_goes_away_ends_it(bool loaded)
    {
        if (loaded)
        {
            await LoadAsync();
        }

        Lines output = new();
        var serving = ServeAsync(output, "board", "serve", "--socket", Path.Combine(_folder.FullName, "here.sock"));
        Assert.Contains("here.sock", await output.NextAsync(serving), StringComparison.Ordinal);
        _chip!.Unplug();
        Assert.Equal((int)ExitCode.BoardNotFound, await serving.WaitAsync(Patience));
    }

    [Fact]
    public async Task A_board_that_is_not_there_is_told()
    {
        Assert.Equal((int)ExitCode.BoardNotFound, await ServeAsync(new Lines(), "board", "serve", "versa-5g:NONE").WaitAsync(Patience));
    }

    private async Task LoadAsync()
    {
        Rights.NeedBitstream();
        await _board!.Programmer.LoadAsync(BitstreamFile.Open(Repository.Bitstream));
        _loaded = true;
    }

    private OffloadBoardOptions Options()
    {
        OffloadBoardOptions options = new() { RuntimeDirectory = _folder.FullName, CommandTimeout = Patience, ReadyTimeout = Patience };
        options.Providers.Add(new UsbBoardProvider(new UsbBoardOptions { Bus = _bus, Link = new() { AnswerTimeout = Patience, FirstAnswerTimeout = _loaded ? Patience : TimeSpan.FromMilliseconds(200) } }));
        return options;
    }

    private Task<int> ServeAsync(Lines output, params string[] arguments) =>
        new OffloadCommand(new Terminal { Output = output, Error = TextWriter.Null }, Options).RunAsync(arguments, _end.Token);

    /// <summary>Output whose lines are waited for.</summary>
    private sealed class Lines : TextWriter
    {
        private readonly StringBuilder _line = new();
        private readonly ConcurrentQueue<string> _lines = new();

        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value)
        {
            lock (_line)
            {
                if (value != '\n')
                {
                    _line.Append(value);
                    return;
                }

                _lines.Enqueue(_line.ToString());
                _line.Clear();
            }
        }

        internal async Task<string> NextAsync(Task<int> writer)
        {
            using var limit = new CancellationTokenSource(Patience);
            while (true)
            {
                var ended = writer.IsCompleted;
                if (_lines.TryDequeue(out var line))
                {
                    return line;
                }

                Assert.False(ended, "it ended without that line");
                await Task.Delay(10, limit.Token);
            }
        }
    }
}
