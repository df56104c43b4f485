using System.Buffers.Binary;
using System.Net.Sockets;
using Offload.Boards;
using Offload.Serving;
using Offload.Tests.Contract;
using Offload.Tests.Fakes;

namespace Offload.Tests;

/// <summary>Hostile bytes on a holder's socket: an error or a closed connection, never a hang, and the board works on for others.</summary>
public sealed class ProtocolTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("00000000")]
    [InlineData("ffffffff0100")]
    [InlineData("010000000100")]
    [InlineData("08000000010000000000010000000000")]
    [InlineData("080000000100" + "4f464c44" + "0100")]
    [InlineData("090000000100" + "4f464c44" + "020000")]
    [InlineData("0200000002000000")]
    [InlineData("474554202f20485454502f312e310d0a0d0a")]
    public async Task A_bad_beginning_closes_the_connection(string hex)
    {
        await using FakeBoardUnderTest test = await FakeBoardUnderTest.OpenAsync(throughSocket: true);
        using Socket socket = await ConnectAsync(test);
        await socket.SendAsync(Convert.FromHexString(hex));
        socket.Shutdown(SocketShutdown.Send);
        await ReadToEndAsync(socket);
        Assert.NotNull(await test.Board.Counters.SnapshotAsync());
    }

    [Fact]
    public async Task Unknown_requests_and_wrong_bodies_close_the_connection()
    {
        await using FakeBoardUnderTest test = await FakeBoardUnderTest.OpenAsync(throughSocket: true);
        for (ushort code = 0; code < 24; code++)
        {
            foreach (int length in new[] { 0, 1, 3, 7, 200, Protocol.MaxRequest })
            {
                if ((length == 0 && (code is 2 or 3 or 8 or 9 or 13 or 14 or 19)) || (code == 12 && length == 1))
                {
                    // These are right.
                    continue;
                }

                using Socket socket = await GreetAsync(test);
                byte[] body = new byte[length];
                body.AsSpan().Fill(0xA5);
                await socket.SendAsync(FrameOf(code, body));
                socket.Shutdown(SocketShutdown.Send);
                byte[] answer = await ReadToEndAsync(socket);
                Assert.True(answer.Length == 0 || CodeOf(answer) == (ushort)ReplyCode.Error, $"request {code} with {length} bytes was done");
            }
        }

        Assert.NotNull(await test.Board.Counters.SnapshotAsync());
    }

    [Fact]
    public async Task Random_bytes_neither_stop_nor_hang_the_holder()
    {
        await using FakeBoardUnderTest test = await FakeBoardUnderTest.OpenAsync(throughSocket: true);
        Random random = new(20260101);
        for (int round = 0; round < 300; round++)
        {
            using Socket socket = round % 2 == 0 ? await ConnectAsync(test) : await GreetAsync(test);
            byte[] bytes = new byte[random.Next(1, 400)];
            random.NextBytes(bytes);
            if (round % 3 == 0 && bytes.Length > 6)
            {
                // A right frame of a random request.
                BinaryPrimitives.WriteInt32LittleEndian(bytes, bytes.Length - 4);
                BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(4), (ushort)random.Next(1, 21));
            }

            await socket.SendAsync(bytes);
            socket.Shutdown(SocketShutdown.Send);
            await ReadToEndAsync(socket);
        }

        Assert.NotNull(await test.Board.Counters.SnapshotAsync());
    }

    [Fact]
    public async Task A_frame_that_never_ends_blocks_nobody()
    {
        await using FakeBoardUnderTest test = await FakeBoardUnderTest.OpenAsync(throughSocket: true);
        using Socket silent = await ConnectAsync(test);
        using Socket half = await GreetAsync(test);
        await half.SendAsync(new byte[] { 100, 0, 0, 0, 4, 0, 1, 2 });
        Assert.NotNull(await test.Board.Counters.SnapshotAsync());
    }

    [Fact]
    public async Task Waiting_for_input_ends_by_input_alone()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("offload-test-").FullName, "s");
        using Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        using Socket client = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await client.ConnectAsync(new UnixDomainSocketEndPoint(path));
        using FrameSocket server = new(await listener.AcceptAsync(), Protocol.MaxRequest);
        for (int round = 0; round < 300; round++)
        {
            // The frame is there before it is asked for, so it is read before the runtime's own thread has notice of it.
            client.Send(FrameOf(1, [1, 2, 3]));
            Assert.NotNull(await server.ReadAsync(CancellationToken.None));
            using CancellationTokenSource stop = new();
            Task waiting = server.WaitForInputAsync(stop.Token).AsTask();
            await Task.Delay(1);
            Assert.False(waiting.IsCompleted, $"round {round}");
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        }

        Task last = server.WaitForInputAsync(CancellationToken.None).AsTask();
        await client.SendAsync(new byte[] { 1 });
        await last.WaitAsync(Patience);
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    [Fact]
    public async Task A_subscriber_that_reads_nothing_blocks_nobody_and_knows_what_it_lost()
    {
        await using FakeBoardUnderTest test = await FakeBoardUnderTest.OpenAsync(throughSocket: true);
        await using Connections.ConnectionSubscription subscription = await test.Board.Connections.SubscribeAsync(capacity: 4);
        const int Total = 20_000;
        int raised = 0;
        for (uint i = 0; i < Total; i++)
        {
            while (test.Core.EventsWaiting == FakeCore.EventDepth)
            {
                await Task.Delay(1);
            }

            test.Core.Raise(Samples.Event(Samples.Entry(Samples.Key((int)(i & 0xFFFF)), i), 1));
            raised++;
        }

        ulong accounted = 0;
        ulong lost = 0;
        using CancellationTokenSource limit = new(Patience);
        while (accounted < Total)
        {
            Connections.ConnectionEvent item = await subscription.ReadAsync(limit.Token);
            lost += item.LostEvents;
            accounted += item.LostEvents + (item.Kind == Connections.ConnectionEventKind.Connection ? 1u : 0u);
        }

        Assert.Equal((ulong)raised, accounted);
        Assert.NotEqual(0ul, lost);
    }

    [Fact]
    public async Task What_the_core_lost_every_subscriber_is_told()
    {
        await using FakeBoardUnderTest test = await FakeBoardUnderTest.OpenAsync(throughSocket: true);
        await using Connections.ConnectionSubscription subscription = await test.Board.Connections.SubscribeAsync();
        test.Core.HoldInterrupt = true;
        for (uint i = 0; i < FakeCore.EventDepth + 5; i++)
        {
            test.Core.Raise(Samples.Event(Samples.Entry(Samples.Key(20000), i), 1));
        }

        test.Core.HoldInterrupt = false;
        using CancellationTokenSource limit = new(Patience);
        ulong lost = 0;
        for (uint i = 0; i < FakeCore.EventDepth;)
        {
            Connections.ConnectionEvent item = await subscription.ReadAsync(limit.Token);
            lost += item.LostEvents;
            if (item.Kind != Connections.ConnectionEventKind.Lost)
            {
                // A reader that is quick is told of the lost ones before the first event is there.
                Assert.Equal(i++, item.Connection.CreatedMicroseconds);
            }
        }

        Assert.Equal(5ul, lost);
    }

    [Fact]
    public async Task More_connections_than_allowed_are_closed()
    {
        await using FakeBoardUnderTest test = await FakeBoardUnderTest.OpenAsync(throughSocket: true);
        List<Socket> sockets = [];
        for (int i = 0; i < 256; i++)
        {
            sockets.Add(await ConnectAsync(test));
        }

        Assert.Empty(await ReadToEndAsync(sockets[^1]));
        sockets.ForEach(socket => socket.Dispose());
    }

    [Fact]
    public void A_reader_never_goes_beyond_its_body()
    {
        Random random = new(7);
        for (int round = 0; round < 20_000; round++)
        {
            byte[] bytes = new byte[random.Next(0, 90)];
            random.NextBytes(bytes);
            foreach (Action<byte[]> read in Readers)
            {
                try
                {
                    read(bytes);
                }
                catch (OffloadException exception)
                {
                    Assert.Equal(OffloadError.ProtocolError, exception.Code);
                }
            }
        }
    }

    private static Action<byte[]>[] Readers =>
    [
        static bytes => { MessageReader reader = new(bytes); Wire.ReadOptions(ref reader); },
        static bytes => { MessageReader reader = new(bytes); Wire.ReadOpen(ref reader); },
        static bytes => { MessageReader reader = new(bytes); Wire.ReadListener(ref reader); },
        static bytes => { MessageReader reader = new(bytes); Wire.ReadCommand(ref reader); },
        static bytes => { MessageReader reader = new(bytes); Wire.ReadIdentity(ref reader); },
        static bytes => { MessageReader reader = new(bytes); Wire.ReadPart(ref reader); },
        static bytes => { MessageReader reader = new(bytes); Wire.ReadIsn(ref reader); },
        static bytes => { MessageReader reader = new(bytes); Wire.ReadError(ref reader); },
        static bytes => { MessageReader reader = new(bytes); Wire.ReadDescription(ref reader); },
    ];

    private static ushort CodeOf(byte[] answer) => BinaryPrimitives.ReadUInt16LittleEndian(answer.AsSpan(4));

    private static byte[] FrameOf(ushort code, byte[] body)
    {
        byte[] frame = new byte[body.Length + Protocol.HeaderLength];
        BinaryPrimitives.WriteInt32LittleEndian(frame, body.Length + 2);
        BinaryPrimitives.WriteUInt16LittleEndian(frame.AsSpan(4), code);
        body.CopyTo(frame, Protocol.HeaderLength);
        return frame;
    }

    private static async Task<Socket> ConnectAsync(FakeBoardUnderTest test)
    {
        while (true)
        {
            Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(test.Board.Description.SocketPath!));
                return socket;
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.WouldBlock)
            {
                // The backlog is full for a moment.
                socket.Dispose();
                await Task.Delay(5);
            }
        }
    }

    private static async Task<Socket> GreetAsync(FakeBoardUnderTest test)
    {
        Socket socket = await ConnectAsync(test);
        await socket.SendAsync(Convert.FromHexString("080000000100" + "4f464c44" + "0300"));
        byte[] header = new byte[4];
        await ReadExactlyAsync(socket, header);
        await ReadExactlyAsync(socket, new byte[BinaryPrimitives.ReadInt32LittleEndian(header)]);
        return socket;
    }

    private static async Task ReadExactlyAsync(Socket socket, byte[] buffer)
    {
        for (int done = 0; done < buffer.Length;)
        {
            int received = await socket.ReceiveAsync(buffer.AsMemory(done)).AsTask().WaitAsync(Patience);
            Assert.NotEqual(0, received);
            done += received;
        }
    }

    private static async Task<byte[]> ReadToEndAsync(Socket socket)
    {
        List<byte> all = [];
        byte[] buffer = new byte[4096];
        try
        {
            while (await socket.ReceiveAsync(buffer.AsMemory()).AsTask().WaitAsync(Patience) is var received and > 0)
            {
                all.AddRange(buffer.AsSpan(0, received));
            }
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionReset)
        {
            // Closed while our bytes lay unread there: closed all the same.
        }

        return [.. all];
    }
}
