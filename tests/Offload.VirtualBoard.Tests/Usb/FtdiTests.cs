using Offload.Links.Usb;
using Offload.VirtualBoard.Usb;

namespace Offload.VirtualBoard.Tests.Usb;

/// <summary>FTDI's protocol: the host's side of it against the model of the chip, and both against published numbers.</summary>
public sealed class FtdiTests
{
    // Divisors of FTDI AN_120 and of Linux's ftdi_sio for the 12 MHz of the H series.
    [Theory]
    [InlineData(12_000_000, 0x0000, 0x0200)]
    [InlineData(8_000_000, 0x0001, 0x0200)]
    [InlineData(6_000_000, 0x0002, 0x0200)]
    [InlineData(4_000_000, 0x0003, 0x0200)]
    [InlineData(3_000_000, 0x0004, 0x0200)]
    [InlineData(115_200, 0xC068, 0x0200)]
    [InlineData(9_600, 0x04E2, 0x0200)]
    public async Task Baud_rates_have_the_published_divisors_and_the_chip_takes_them_so(int baud, int value, int index)
    {
        (ushort Value, ushort Index) encoded = FtdiBaud.Encode(baud);
        Assert.Equal((value, index), (encoded.Value, encoded.Index));
        await using Loop loop = new(FtdiChipKind.Ft2232H);
        await using FtdiStream stream = await FtdiStream.OpenAsync(loop.Transport, 1, FtdiMode.Uart, baud);
        Assert.InRange(loop.Chip.Channels[1].Baud / baud, 0.999, 1.001);
        Assert.Equal(9600, loop.Chip.Channels[0].Baud);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(300)]
    [InlineData(10_000_000)]
    [InlineData(13_000_000)]
    public void A_rate_without_a_divisor_is_refused(int baud) => Assert.Throws<ArgumentOutOfRangeException>(() => FtdiBaud.Encode(baud));

    [Fact]
    public async Task A_channel_is_set_up_for_its_mode()
    {
        await using Loop loop = new(FtdiChipKind.Ft2232H);
        await using (FtdiStream fifo = await FtdiStream.OpenAsync(loop.Transport, 0, FtdiMode.SyncFifo))
        {
            Assert.True(loop.Chip.Channels[0] is { BitMode: FtdiChannel.SyncFifoMode, HardwareFlow: true, Latency: 16 });
        }

        await using FtdiStream uart = await FtdiStream.OpenAsync(loop.Transport, 0, FtdiMode.Uart);
        Assert.True(loop.Chip.Channels[0] is { BitMode: FtdiChannel.ResetMode, HardwareFlow: false, Latency: 1, DataFormat: 8 });
    }

    [Theory]
    [InlineData(FtdiChipKind.Ft2232H, 0)]
    [InlineData(FtdiChipKind.Ft2232H, 1)]
    [InlineData(FtdiChipKind.Ft232H, 0)]
    public async Task What_is_written_comes_back_whole_and_in_order(FtdiChipKind kind, int channel)
    {
        Random random = new(3);
        await using Loop loop = new(kind);
        await using FtdiStream stream = await FtdiStream.OpenAsync(loop.Transport, channel, FtdiMode.SyncFifo);
        byte[] sent = new byte[300_000];
        random.NextBytes(sent);
        Task writing = Task.Run(async () =>
        {
            for (int at = 0; at < sent.Length;)
            {
                int count = Math.Min(random.Next(1, 5000), sent.Length - at);
                await stream.WriteAsync(sent.AsMemory(at, count));
                at += count;
            }
        });
        byte[] received = new byte[sent.Length];
        await stream.ReadExactlyAsync(received).AsTask().WaitAsync(TimeSpan.FromSeconds(60));
        await writing;
        Assert.Equal(sent, received);
    }

    // Around the 510 bytes of data in a packet, and the 32 packets of a transfer.
    [Theory]
    [InlineData(1)]
    [InlineData(509)]
    [InlineData(510)]
    [InlineData(511)]
    [InlineData(1020)]
    [InlineData((32 * 510) - 1)]
    [InlineData(32 * 510)]
    [InlineData((32 * 510) + 1)]
    public async Task No_status_byte_is_taken_for_data(int length)
    {
        await using Loop loop = new(FtdiChipKind.Ft2232H);
        await using FtdiStream stream = await FtdiStream.OpenAsync(loop.Transport, 0, FtdiMode.SyncFifo);
        byte[] sent = [.. Enumerable.Repeat((byte)0x31, length)]; // the first status byte
        await stream.WriteAsync(sent);
        byte[] received = new byte[length];
        await stream.ReadExactlyAsync(received).AsTask().WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(sent, received);
        using CancellationTokenSource soon = new(TimeSpan.FromMilliseconds(60));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await stream.ReadExactlyAsync(new byte[1], soon.Token));
    }

    [Fact]
    public async Task Opening_throws_away_what_is_left_in_the_chip()
    {
        await using Loop loop = new(FtdiChipKind.Ft2232H);
        await using (FtdiStream stream = await FtdiStream.OpenAsync(loop.Transport, 0, FtdiMode.SyncFifo))
        {
        }

        await loop.Chip.Channels[0].GiveAsync(new byte[] { 1, 2, 3 }, CancellationToken.None);
        await using FtdiStream second = await FtdiStream.OpenAsync(loop.Transport, 0, FtdiMode.SyncFifo);
        await second.WriteAsync(new byte[] { 9 });
        byte[] received = new byte[1];
        await second.ReadExactlyAsync(received);
        Assert.Equal(9, received[0]);
    }

    [Fact]
    public async Task A_closed_stream_leaves_the_chip_open()
    {
        await using Loop loop = new(FtdiChipKind.Ft2232H);
        FtdiStream stream = await FtdiStream.OpenAsync(loop.Transport, 0, FtdiMode.SyncFifo);
        Task<int> reading = stream.ReadAsync(new byte[1]).AsTask();
        await stream.DisposeAsync();
        await stream.DisposeAsync();
        Assert.Equal(0, await reading.WaitAsync(TimeSpan.FromSeconds(60)));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await stream.WriteAsync(new byte[1]));
        await using FtdiStream again = await FtdiStream.OpenAsync(loop.Transport, 0, FtdiMode.SyncFifo);
    }

    [Fact]
    public async Task The_EEPROM_has_its_checksum()
    {
        await using Loop loop = new(FtdiChipKind.Ft2232H);
        ushort sum = 0xAAAA;
        ushort last = 0;
        for (ushort i = 0; i < 128; i++)
        {
            byte[] word = new byte[2];
            Assert.Equal(2, await loop.Transport.ControlAsync(0xC0, 0x90, 0, i, word));
            last = BitConverter.ToUInt16(word);
            if (i != 127)
            {
                sum = ushort.RotateLeft((ushort)(last ^ sum), 1);
            }
        }

        Assert.Equal(sum, last);
        UsbFaultException beyond = await Assert.ThrowsAsync<UsbFaultException>(async () => await loop.Transport.ControlAsync(0xC0, 0x90, 0, 128, new byte[2]));
        Assert.Equal(OffloadError.LinkFault, beyond.Code);
    }

    /// <summary>A chip whose channels give back what they take, in a process of its own.</summary>
    private sealed class Loop : IAsyncDisposable
    {
        internal Loop(FtdiChipKind kind)
        {
            Chip = new FtdiChip(new FtdiChipOptions { Kind = kind, ChannelA = new Echo(), ChannelB = new Echo() });
            VirtualUsbBus bus = new();
            bus.Plug(0, Chip);
            Transport = bus.Open(bus.List().Single());
        }

        internal FtdiChip Chip { get; }

        internal UsbTransport Transport { get; }

        public ValueTask DisposeAsync() => Transport.DisposeAsync();
    }

    private sealed class Echo : IFtdiPeer
    {
        private FtdiChannel? _channel;

        public void Connect(FtdiChannel channel) => _channel = channel;

        public bool Understands(FtdiChannel channel) => true;

        public async ValueTask TakeAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            await _channel!.GiveAsync(bytes, cancellationToken);
            _channel.SendNow();
        }
    }
}
