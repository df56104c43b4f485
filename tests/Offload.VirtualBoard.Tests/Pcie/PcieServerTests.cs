using System.Buffers.Binary;
using System.Net.Sockets;
using Offload.VirtualBoard.Pcie;

namespace Offload.VirtualBoard.Tests.Pcie;

/// <summary>The server of the PCI function, spoken to by hand; QEMU speaks to it in tests/Offload.Rig.</summary>
public sealed class PcieServerTests
{
    private const ushort Version = 1;
    private const ushort RegionInfo = 5;
    private const ushort ReadRegion = 9;
    private const ushort WriteRegion = 10;

    [Fact]
    public async Task A_machine_finds_a_memory_function_with_an_msi()
    {
        await using Bench bench = await Bench.OpenAsync();
        using TemporaryFolder folder = new();
        await using PcieServer server = PcieServer.Start(bench.Board.Link, folder["pcie"]);
        using Client client = new(folder["pcie"]);
        Assert.Equal((0u, 0u), (client.Ask(Version, [0, 0, 1, 0, (byte)'{', (byte)'}', 0]).Error, 0u));
        byte[] configuration = client.Read(7, 0, 256);
        Assert.Equal(PcieServer.Ids, (BitConverter.ToUInt16(configuration), BitConverter.ToUInt16(configuration, 2)));
        Assert.Equal(5, configuration[configuration[0x34]]); // the first capability is MSI

        // The size of BAR 0, as software finds it out.
        client.Write(7, 0x10, [0xFF, 0xFF, 0xFF, 0xFF]);
        Assert.Equal(0xFFFE0000u, BitConverter.ToUInt32(client.Read(7, 0x10, 4)));
        client.Write(7, 0, [0, 0]); // the ids stay
        Assert.Equal(PcieServer.Ids.Vendor, BitConverter.ToUInt16(client.Read(7, 0, 2)));

        byte[] info = client.Ask(RegionInfo, Words(32, 0, 0, 0, 0, 0, 0, 0)).Content;
        Assert.Equal(0x20000u, BinaryPrimitives.ReadUInt32LittleEndian(info.AsSpan(16)));
        Assert.Equal("BPFO"u8.ToArray(), client.Read(0, 0x10000, 4));
    }

    [Fact]
    public async Task What_is_wrong_is_refused_and_the_next_machine_is_served()
    {
        await using Bench bench = await Bench.OpenAsync();
        using TemporaryFolder folder = new();
        await using PcieServer server = PcieServer.Start(bench.Board.Link, folder["pcie"]);
        using (Client client = new(folder["pcie"]))
        {
            Assert.Equal(22u, client.Ask(99, []).Error); // no such command
            Assert.Equal(22u, client.Ask(ReadRegion, [1, 2, 3]).Error); // too short
            Assert.Equal(22u, client.Ask(ReadRegion, [.. BitConverter.GetBytes(0ul), .. Words(0, 1 << 20)]).Error); // too much
            Assert.Equal(22u, client.Ask(WriteRegion, [.. BitConverter.GetBytes(0ul), .. Words(0, 4)]).Error); // without what is written
            Assert.Equal(22u, client.Ask(ReadRegion, [.. BitConverter.GetBytes(0ul), .. Words(5, 4)]).Error); // no such region
            Assert.Equal([0xFF, 0xFF], client.Read(0, 1, 2)); // not a word
            client.SendRaw([1, 0, 1, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]); // a message shorter than its own header
            Assert.True(client.IsClosed());
        }

        using Client next = new(folder["pcie"]);
        Assert.Equal("BPFO"u8.ToArray(), next.Read(0, 0x10000, 4));
    }

    private static byte[] Words(params ReadOnlySpan<uint> words)
    {
        byte[] bytes = new byte[words.Length * 4];
        for (int i = 0; i < words.Length; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(i * 4), words[i]);
        }

        return bytes;
    }

    private sealed class Client : IDisposable
    {
        private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { ReceiveTimeout = 60_000 };
        private ushort _number;

        internal Client(string path) => _socket.Connect(new UnixDomainSocketEndPoint(path));

        internal void SendRaw(byte[] bytes) => _socket.Send(bytes);

        internal bool IsClosed() => _socket.Receive(new byte[1]) == 0;

        internal (uint Error, byte[] Content) Ask(ushort command, byte[] content)
        {
            byte[] header = new byte[16];
            BinaryPrimitives.WriteUInt16LittleEndian(header, ++_number);
            BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(2), command);
            BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(4), 16 + content.Length);
            _socket.Send([.. header, .. content]);
            byte[] reply = Receive(16);
            Assert.Equal((_number, command), (BinaryPrimitives.ReadUInt16LittleEndian(reply), BinaryPrimitives.ReadUInt16LittleEndian(reply.AsSpan(2))));
            return (BinaryPrimitives.ReadUInt32LittleEndian(reply.AsSpan(12)), Receive(BinaryPrimitives.ReadInt32LittleEndian(reply.AsSpan(4)) - 16));
        }

        internal byte[] Read(uint region, ulong offset, uint count)
        {
            (uint error, byte[] content) = Ask(ReadRegion, [.. BitConverter.GetBytes(offset), .. Words(region, count)]);
            Assert.Equal(0u, error);
            return content[16..];
        }

        internal void Write(uint region, ulong offset, byte[] bytes) =>
            Assert.Equal(0u, Ask(WriteRegion, [.. BitConverter.GetBytes(offset), .. Words(region, (uint)bytes.Length), .. bytes]).Error);

        public void Dispose() => _socket.Dispose();

        private byte[] Receive(int count)
        {
            byte[] bytes = new byte[count];
            for (int done = 0; done < count;)
            {
                int part = _socket.Receive(bytes.AsSpan(done));
                Assert.NotEqual(0, part);
                done += part;
            }

            return bytes;
        }
    }
}
