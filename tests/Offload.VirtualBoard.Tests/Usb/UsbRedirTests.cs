using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using Offload.VirtualBoard.Usb;

namespace Offload.VirtualBoard.Tests.Usb;

/// <summary>The usbredir server against a client written from the protocol's text alone; QEMU is its client in the guest's tests.</summary>
public sealed class UsbRedirTests : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly UsbRedirServer _server;

    public UsbRedirTests() => _server = UsbRedirServer.Listen(_folder["usb"]);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_device_is_shown_with_its_endpoints_before_it_connects()
    {
        _server.Plug(new EchoDevice("one"));
        using RedirClient client = await RedirClient.ConnectAsync(_folder["usb"]);
        Packet endpoints = await client.ReceiveAsync(5);
        Assert.Equal([0, 2, 2, 0xFF], [endpoints.Body[0], endpoints.Body[2], endpoints.Body[16 + 1], endpoints.Body[1]]);
        Assert.Equal((3, 4), (endpoints.Body[16 + 3], endpoints.Body[32 + 16 + 3]));
        Assert.Equal(512, BinaryPrimitives.ReadUInt16LittleEndian(endpoints.Body.AsSpan(96 + 4)));
        Packet interfaces = await client.ReceiveAsync(4);
        Assert.Equal([1, 0xFF], [interfaces.Body[0], interfaces.Body[4 + 32]]);
        Packet connect = await client.ReceiveAsync(1);
        Assert.Equal([2, 0, 0, 0, 0x09, 0x12, 0x01, 0x00, 0x00, 0x01], connect.Body);
    }

    [Fact]
    public async Task Control_transfers_answer_and_stall()
    {
        using RedirClient client = await PluggedAsync(new EchoDevice("one"));
        Packet answer = await client.ControlAsync(0xC0, 0x10, 0, 3, []);
        Assert.Equal((0, 3), (answer.Body[3], answer.Body.Length - 10));
        Assert.Equal([1, 2, 3], answer.Body[10..]);
        Assert.Equal(0, (await client.ControlAsync(0x40, 0x11, 0, 2, [5, 6])).Body[3]);
        Assert.Equal(4, (await client.ControlAsync(0x40, 0x12, 0, 0, [])).Body[3]);

        Packet serial = await client.ControlAsync(0x80, 6, 0x0303, 255, []);
        Assert.Equal("one", Encoding.Unicode.GetString(serial.Body[12..]));
        Assert.Equal(0x80 | 4, (await client.ControlAsync(0x80, 6, 0x0900, 255, [])).Body[3] | 0x80);

        await client.SendAsync(6, 99, [1]);
        _ = await client.ReceiveAsync(5);
        _ = await client.ReceiveAsync(4);
        Assert.Equal([0, 1], (await client.ReceiveAsync(8)).Body);
    }

    [Fact]
    public async Task Bulk_transfers_are_carried_out_in_order_and_taken_back()
    {
        using RedirClient client = await PluggedAsync(new EchoDevice("one"));
        for (ulong id = 1; id <= 4; id++)
        {
            await client.SendAsync(101, id, RedirClient.Bulk(0x81, 0x20000, []));
        }

        await client.SendAsync(21, 1, []); // which is waiting
        await client.SendAsync(21, 3, []); // which waits for its turn
        Packet first = await client.ReceiveAsync(101);
        Assert.Equal((1ul, 1), (first.Id, first.Body[1]));
        byte[] data = [.. Enumerable.Range(0, 70_000).Select(i => (byte)(i * 7))];
        await client.SendAsync(101, 10, RedirClient.Bulk(0x02, data.Length, data));
        await client.SendAsync(101, 11, RedirClient.Bulk(0x02, 3, [1, 2, 3]));
        List<Packet> done = [];
        for (int i = 0; i < 5; i++)
        {
            done.Add(await client.ReceiveAsync(101));
        }

        Packet Of(ulong id) => done.Single(packet => packet.Id == id);
        Assert.Equal((0, 70_000), (Of(10).Body[1], RedirClient.Length(Of(10))));
        Assert.Equal(data, Of(2).Body[10..]);
        Assert.Equal(70_000, RedirClient.Length(Of(2)));
        Assert.Equal(1, Of(3).Body[1]);
        Assert.Equal([1, 2, 3], Of(4).Body[10..]);
    }

    [Fact]
    public async Task A_halted_endpoint_stalls_until_it_is_cleared()
    {
        EchoDevice device = new("one");
        using RedirClient client = await PluggedAsync(device);
        device.Fault = endpoint => endpoint == 0x02 ? UsbFault.Stall : UsbFault.None;
        Assert.Equal(4, (await client.BulkAsync(0x02, [1])).Body[1]);
        device.Fault = null;
        Assert.Equal(4, (await client.BulkAsync(0x02, [1])).Body[1]);
        Assert.Equal(1, (await client.ControlAsync(0x82, 0, 0, 2, [], index: 2)).Body[10]);
        Assert.Equal(0, (await client.ControlAsync(0x02, 1, 0, 0, [], index: 2)).Body[3]);
        Assert.Equal(0, (await client.BulkAsync(0x02, [1])).Body[1]);
        device.Fault = _ => UsbFault.Error;
        Assert.Equal(3, (await client.BulkAsync(0x02, [1])).Body[1]);
        Assert.Equal(2, (await client.BulkAsync(0x07, [1])).Body[1]);
    }

    [Fact]
    public async Task Interrupts_come_by_themselves_until_they_are_stopped()
    {
        using RedirClient client = await PluggedAsync(new EchoDevice("one"));
        await client.SendAsync(15, 7, [0x83]);
        Assert.Equal([0, 0x83], (await client.ReceiveAsync(17)).Body);
        Assert.Equal(0, (await client.BulkAsync(0x02, [1, 2])).Body[1]);
        Assert.Equal(0, (await client.BulkAsync(0x02, [1, 2, 3])).Body[1]);
        Packet first = await client.ReceiveAsync(103);
        Packet second = await client.ReceiveAsync(103);
        Assert.Equal((0ul, 2, 1ul, 5), (first.Id, first.Body[4], second.Id, second.Body[4]));
        await client.SendAsync(16, 8, [0x83]);
        Assert.Equal([0, 0x83], (await client.ReceiveAsync(17)).Body);
        await client.SendAsync(15, 9, [0x81]);
        Assert.Equal([2, 0x81], (await client.ReceiveAsync(17)).Body);
    }

    [Fact]
    public async Task What_is_pulled_out_is_gone_and_the_next_device_waits_until_the_client_has_seen_it()
    {
        EchoDevice device = new("one");
        using RedirClient client = await PluggedAsync(device);
        await client.SendAsync(101, 1, RedirClient.Bulk(0x81, 512, []));
        _server.Plug(new EchoDevice("two"));
        Assert.True(device.Unplugged.IsCancellationRequested);
        Assert.Empty((await client.ReceiveAsync(2)).Body);
        await client.SendAsync(101, 2, RedirClient.Bulk(0x02, 1, [1])); // meant for what is no longer there
        Assert.False(await client.HasMoreAsync());
        await client.SendAsync(24, 0, []);
        _ = await client.ReceiveAsync(5);
        _ = await client.ReceiveAsync(4);
        _ = await client.ReceiveAsync(1);
        Assert.Equal("two", Encoding.Unicode.GetString((await client.ControlAsync(0x80, 6, 0x0303, 255, [])).Body[12..]));
    }

    [Fact]
    public async Task Whoever_speaks_otherwise_is_cut_off_and_the_next_client_is_served()
    {
        _server.Plug(new EchoDevice("one"));
        using (Socket stranger = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            await stranger.ConnectAsync(new UnixDomainSocketEndPoint(_folder["usb"]));
            await stranger.SendAsync(Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\n\r\n"));
            byte[] sink = new byte[4096];
            while (await stranger.ReceiveAsync(sink) != 0)
            {
            }
        }

        using RedirClient client = await RedirClient.ConnectAsync(_folder["usb"]);
        _ = await client.ReceiveAsync(5);
    }

    private async Task<RedirClient> PluggedAsync(EchoDevice device)
    {
        _server.Plug(device);
        RedirClient client = await RedirClient.ConnectAsync(_folder["usb"]);
        _ = await client.ReceiveAsync(5);
        _ = await client.ReceiveAsync(4);
        _ = await client.ReceiveAsync(1);
        return client;
    }

    private sealed record Packet(uint Type, ulong Id, byte[] Body);

    private sealed class RedirClient(NetworkStream stream) : IDisposable
    {
        private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
        private readonly List<Packet> _early = [];
        private ulong _id = 1000;

        internal static async Task<RedirClient> ConnectAsync(string path)
        {
            Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
            NetworkStream stream = new(socket, ownsSocket: true);
            byte[] hello = new byte[80];
            hello[4] = 68;
            hello[76] = 0b0111_1010;
            await stream.WriteAsync(hello);
            await stream.ReadExactlyAsync(hello);
            Assert.Equal(68, hello[4]);
            return new RedirClient(stream);
        }

        internal static byte[] Bulk(byte endpoint, int length, byte[] data) =>
            [endpoint, 0, (byte)length, (byte)(length >> 8), 0, 0, 0, 0, (byte)(length >> 16), (byte)(length >> 24), .. data];

        internal static int Length(Packet packet) => packet.Body[2] | (packet.Body[3] << 8) | (packet.Body[8] << 16);

        internal async Task SendAsync(uint type, ulong id, byte[] body)
        {
            byte[] packet = [.. BitConverter.GetBytes(type), .. BitConverter.GetBytes(body.Length), .. BitConverter.GetBytes(id), .. body];
            await stream.WriteAsync(packet);
        }

        internal async Task<Packet> ControlAsync(byte requestType, byte request, ushort value, ushort length, byte[] data, byte index = 0)
        {
            await SendAsync(100, ++_id, [0, request, requestType, 0, (byte)value, (byte)(value >> 8), index, 0, (byte)length, (byte)(length >> 8), .. data]);
            Packet answer = await ReceiveAsync(100);
            Assert.Equal(_id, answer.Id);
            Assert.Equal(answer.Body[8] | (answer.Body[9] << 8), (requestType & 0x80) != 0 ? answer.Body.Length - 10 : answer.Body[3] == 0 ? length : 0);
            return answer;
        }

        internal async Task<Packet> BulkAsync(byte endpoint, byte[] data)
        {
            await SendAsync(101, ++_id, Bulk(endpoint, data.Length, data));
            Packet answer = await ReceiveAsync(101);
            Assert.Equal(_id, answer.Id);
            return answer;
        }

        internal async Task<Packet> ReceiveAsync(uint type)
        {
            if (_early.Find(packet => packet.Type == type) is { } early)
            {
                _ = _early.Remove(early);
                return early;
            }

            while (true)
            {
                using CancellationTokenSource late = new(Patience);
                byte[] header = new byte[16];
                await stream.ReadExactlyAsync(header, late.Token);
                byte[] body = new byte[BitConverter.ToInt32(header, 4)];
                await stream.ReadExactlyAsync(body, late.Token);
                Packet packet = new(BitConverter.ToUInt32(header), BitConverter.ToUInt64(header, 8), body);
                if (packet.Type == type)
                {
                    return packet;
                }

                _early.Add(packet);
            }
        }

        internal async Task<bool> HasMoreAsync()
        {
            await Task.Delay(50);
            return stream.DataAvailable;
        }

        public void Dispose() => stream.Dispose();
    }
}
