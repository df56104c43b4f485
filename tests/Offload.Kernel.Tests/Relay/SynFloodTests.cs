using System.Buffers.Binary;
using Offload.Connections;
using Offload.Engine.Tests.Frames;
using Offload.Kernel.Tests.Bench;

namespace Offload.Kernel.Tests.Relay;

/// <summary>The flood itself. Needs no rights.</summary>
public sealed class SynFloodTests
{
    [Theory]
    [InlineData(Ip.V4)]
    [InlineData(Ip.V6)]
    public void The_floods_frames_are_right_and_do_not_come_twice(Ip ip)
    {
        TcpFrame target = new()
        {
            DestinationMac = 0x020000000001,
            Source = NetworkAddress.FromIPAddress(KernelRig.ClientAddress(ip)).Value,
            Destination = NetworkAddress.FromIPAddress(KernelRig.HostAddress(ip)).Value,
            DestinationPort = 80,
        };
        SynFlood flood = new(1, target);
        SynFlood other = new(2, target);
        HashSet<(NetworkAddress, ushort)> sources = [];
        HashSet<int> lengths = [];
        byte[] buffer = new byte[2000];
        for (int i = 0; i < 3000; i++)
        {
            SynFlood source = i % 2 == 0 ? flood : other;
            ReadOnlySpan<byte> frame = buffer.AsSpan(0, source.Next(buffer));
            Assert.True(CableGuest.IsOurs(frame));
            Assert.False(source.Take(frame));
            Assert.True(WireSegment.TryRead(frame, out WireSegment segment));
            Assert.True(segment.IsSyn && segment.DestinationPort == 80 && segment.Source != segment.Destination);
            sources.Add((segment.Source, segment.SourcePort));
            int packet = BinaryPrimitives.ReadUInt16BigEndian(frame[(ip == Ip.V4 ? 16 : 18)..]);
            lengths.Add(packet);
            ReadOnlySpan<byte> tcp = ip == Ip.V4 ? frame[34..(14 + packet)] : frame.Slice(54, packet);
            Assert.Equal(0, InternetChecksum.OfTcp(segment.Source.Value, segment.Destination.Value, ip == Ip.V6, tcp));
            Assert.Equal(0, ip == Ip.V4 ? InternetChecksum.Of(frame.Slice(14, 20)) : 0);
        }

        Assert.Equal(3000, sources.Count);
        Assert.Equal(3, lengths.Count);
        flood.Stop();
        Assert.Equal((1500L, 0), (flood.Sent, flood.Next(buffer)));
    }
}
