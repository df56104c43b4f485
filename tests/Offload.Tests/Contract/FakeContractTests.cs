using System.Net;
using Offload.Boards;
using Offload.Connections;
using Offload.Listeners;
using Offload.Registers;
using Offload.Tests.Fakes;

namespace Offload.Tests.Contract;

/// <summary>The contract over the holder itself.</summary>
public sealed class HolderContractTests : BoardContractTests
{
    protected override async ValueTask<BoardUnderTest> OpenAsync() => await FakeBoardUnderTest.OpenAsync(throughSocket: false);
}

/// <summary>The contract over the holder's socket.</summary>
public sealed class ClientContractTests : BoardContractTests
{
    protected override async ValueTask<BoardUnderTest> OpenAsync() => await FakeBoardUnderTest.OpenAsync(throughSocket: true);
}

internal sealed class FakeBoardUnderTest : BoardUnderTest
{
    private readonly TemporaryDirectory _directory;
    private readonly OffloadBoard _holder;
    private readonly OffloadBoard _tested;
    private int _next;

    private FakeBoardUnderTest(FakeCore core, TemporaryDirectory directory, OffloadBoard holder, OffloadBoard tested)
    {
        Core = core;
        _directory = directory;
        _holder = holder;
        _tested = tested;
    }

    public FakeCore Core { get; }

    public override OffloadBoard Board => _tested;

    public static async ValueTask<FakeBoardUnderTest> OpenAsync(bool throughSocket)
    {
        TemporaryDirectory directory = new();
        FakeCore core = new();
        OffloadBoardOptions options = new() { RuntimeDirectory = directory.Path };
        options.Providers.Add(new FakeProvider(new FakeBoard(core, "fake:0", hostPort: null)));
        OffloadBoard holder = await OffloadBoard.OpenAsync("fake:0", options);
        Assert.True(holder.IsHolder);
        OffloadBoard tested = throughSocket ? await OffloadBoard.OpenAsync("fake:0", options) : holder;
        Assert.NotEqual(throughSocket, tested.IsHolder);
        return new FakeBoardUnderTest(core, directory, holder, tested);
    }

    public override ListenerOptions ListenerOn(int port) =>
        new() { EndPoint = new IPEndPoint(Samples.Local, port), Mac = new MacAddress(0x020000000002) };

    public override ValueTask<ConnectionKey> EstablishAsync(Listener listener, int remotePort)
    {
        ConnectionKey key = ConnectionKey.FromEndPoints(listener.EndPoint, new IPEndPoint(IPAddress.Parse("192.168.1.116"), remotePort));
        uint[] entry = Samples.EntryUnder(Core.IsnKey, key, Core.Timebase);
        EntryLayout.Fields.First(field => field.Name == "listener").Set(entry, (uint)listener.Slot);
        int index = _next += 3;
        Core.Put(index, entry);
        Core.Counters[(int)CounterId.Established]++;
        Core.Raise(Samples.Event(entry, index));
        return new(key);
    }

    public override ConnectionOpenOptions OpenTo(int remotePort) => new()
    {
        RemoteEndPoint = new IPEndPoint(IPAddress.Parse("192.168.1.116"), remotePort),
        LocalAddress = Samples.Local,
        LocalPort = 40000,
        LocalMac = new MacAddress(0x020000000002),
        NextHopMac = new MacAddress(0x020000000001),
    };

    public override async ValueTask AnswerOpenAsync(ConnectionOpenOptions options, bool accept)
    {
        ConnectionKey key = ConnectionKey.FromEndPoints(new IPEndPoint(options.LocalAddress!, options.LocalPort!.Value), options.RemoteEndPoint);
        using CancellationTokenSource late = new(TimeSpan.FromSeconds(60));
        while (await _holder.Connections.GetAsync(key, late.Token) is null)
        {
            await Task.Delay(1, late.Token);
        }

        Core.AnswerOpen(key, accept ? null : CloseReason.Refused);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _holder.DisposeAsync();
        _directory.Dispose();
    }
}

/// <summary>A folder for one test, mode 0700.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("offload-test-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
