using Offload.Links;
using Offload.Links.Usb;
using Offload.VirtualBoard.Simulation;
using Offload.VirtualBoard.Usb;

namespace Offload.VirtualBoard.Tests.Usb;

/// <summary>The board's end in software says word for word what docs/link.md says of the gateware's: frames by hand, through a chip.</summary>
public sealed class LinkEndTests : IAsyncDisposable
{
    private readonly Registers _registers = new();
    private readonly RegisterLinkEnd _end;
    private readonly UsbTransport _transport;
    private readonly List<byte> _received = [];
    private FtdiStream? _stream;

    public LinkEndTests()
    {
        _end = new RegisterLinkEnd(_registers, FtdiWiring.AsyncFifo);
        VirtualUsbBus bus = new();
        bus.Plug(0, new FtdiChip(new FtdiChipOptions { ChannelA = _end }));
        _transport = bus.Open(bus.List()[0]);
    }

    public async ValueTask DisposeAsync()
    {
        if (_stream is not null)
        {
            await _stream.DisposeAsync();
        }

        await _transport.DisposeAsync();
        await _end.DisposeAsync();
    }

    [Fact]
    public async Task Before_an_identify_every_request_is_out_of_order_and_after_it_each_has_its_turn()
    {
        Assert.Equal(Response(9, [], 6, 0), await AskAsync(Request(9, Read(0, 1))));
        Assert.Equal(Words(0x8105u, 0x12345678u, 128u | (512u << 16), 1u << 24, 0u), await AskAsync(Frame(5, 2, [0x12345678])));
        Assert.Equal(Response(7, [], 6, 6), await AskAsync(Request(7, Read(0, 1))));
        Assert.Equal(Response(6, [0xA0000000], 0, 1), await AskAsync(Request(6, Read(0, 1))));
        Assert.Equal(Response(6, [], 6, 7), await AskAsync(Request(6, Read(0, 1))));
        Assert.Equal(Words(0x8163u, 1u, 128u | (512u << 16), (1u << 24) | (1u << 8) | 7u, 0u), await AskAsync(Frame(0x63, 2, [1])));
    }

    [Fact]
    public async Task Items_are_done_in_order_up_to_the_first_that_fails()
    {
        await IdentifyAsync();
        Assert.Equal(Response(1, [0xA0000004, 0xA0000008], 0, 2), await AskAsync(Request(1, Read(4, 2))));
        Assert.Equal(Response(2, [], 0, 0), await AskAsync(Request(2)));

        // 0xFF00 and above are not there; 0x8000 refuses.
        Assert.Equal(Response(3, [0xA000FEF8, 0xA000FEFC], 3, 2), await AskAsync(Request(3, Read(0xFEF8, 4), Read(0, 1))));
        Assert.Equal(Response(4, [], 2, 1), await AskAsync(Request(4, Write(0x7FFC, 1, 2, 3), Write(0x10, 9))));
        Assert.Equal((1u, false), (_registers.Written[0x7FFC], _registers.Written.ContainsKey(0x10)));
        Assert.Equal(Response(5, [0xA0000000], 5, 1), await AskAsync(Request(5, Read(0, 1), [0x50010000])));
        Assert.Equal(Response(6, [], 5, 0), await AskAsync(Request(6, [(2u << 28) | (5u << 16)], [1])));
        Assert.Equal(Response(7, [0xA0000020], 4, 0), await AskAsync(Request(7, Wait(0x20, 1, 1, 3), Read(0, 1))));
        Assert.Equal(Response(8, [0xA0000020], 0, 1), await AskAsync(Request(8, Wait(0x20, 0xFF, 0x20, 3))));
    }

    [Fact]
    public async Task What_is_repeated_writes_words_that_count_up()
    {
        await IdentifyAsync();
        Assert.Equal(
            Response(1, [0xA0000000, 0xA0000000, 0xA0000000], 0, 6),
            await AskAsync(Request(1, [(4u << 28) | (3u << 16)], Write(0x30, 0x1FFFE), Read(0, 1))));
        Assert.Equal([0x1FFFEu, 0x1FFFFu, 0x10000u], _registers.All.Where(write => write.Address == 0x30).Select(write => write.Word));
        Assert.Equal(Response(2, [], 5, 0), await AskAsync(Request(2, [(4u << 28) | (2u << 16)], [(4u << 28) | (2u << 16)], Read(0, 1))));
    }

    [Fact]
    public async Task Noise_is_counted_and_told_and_nothing_of_it_is_done()
    {
        await IdentifyAsync();
        byte[] bent = Request(1, Write(0x40, 7));
        bent[6] = (byte)(bent[6] == 0x55 ? 0x56 : 0x55); // and no zero, which would make two of it
        Assert.Equal(Words(0x8200u, 1u | (1u << 16)), await AskAsync(bent));

        // A cut frame is given up after a while, without anything behind it.
        Assert.Equal(Words(0x8200u, 1u | (2u << 16)), await AskAsync(Request(1, Write(0x40, 7))[..9]));
        Assert.Empty(_registers.All);
        Assert.Equal(Response(1, [], 0, 1), await AskAsync(Request(1, Write(0x40, 7))));
    }

    [Fact]
    public async Task The_interrupt_line_is_told_when_it_changes_and_in_every_trailer()
    {
        await IdentifyAsync();
        _registers.Interrupt = true;
        Assert.Equal(Words(0x8200u, 0x100u), await ReceiveAsync());
        Assert.Equal(Response(1, [0xA0000000], 0x100, 1), await AskAsync(Request(1, Read(0, 1))));
        _registers.Interrupt = false;
        Assert.Equal(Words(0x8200u, 0u), await ReceiveAsync());
    }

    private static uint[] Words(params uint[] words) => words;

    private static uint[] Read(uint address, uint count) => [(1u << 28) | (count << 16) | address];

    private static uint[] Write(uint address, params uint[] words) => [(2u << 28) | ((uint)words.Length << 16) | address, .. words];

    private static uint[] Wait(uint address, uint mask, uint value, uint reads) => [(3u << 28) | (reads << 16) | address, mask, value];

    private static byte[] Frame(byte sequence, uint kind, uint[] content) => LinkFrame.Encode(sequence | (kind << 8) | ((uint)content.Length << 16), content);

    private static byte[] Request(byte sequence, params uint[][] items) => Frame(sequence, 1, [.. items.SelectMany(item => item)]);

    private static uint[] Response(byte sequence, uint[] words, uint status, uint done) => [0x8100u | sequence, .. words, status | (done << 16)];

    private async Task IdentifyAsync() => Assert.Equal(5, (await AskAsync(Frame(0, 2, [1]))).Length);

    private async Task<uint[]> AskAsync(byte[] frame)
    {
        _stream ??= await FtdiStream.OpenAsync(_transport, 0, FtdiMode.AsyncFifo);
        await _stream.WriteAsync(frame);
        return await ReceiveAsync();
    }

    private async Task<uint[]> ReceiveAsync()
    {
        using CancellationTokenSource late = new(TimeSpan.FromSeconds(60));
        byte[] buffer = new byte[4096];
        while (_received.IndexOf(0) < 0)
        {
            int count = await _stream!.ReadAsync(buffer, late.Token);
            _received.AddRange(buffer.AsSpan(0, count));
        }

        int end = _received.IndexOf(0);
        Assert.True(LinkFrame.TryDecode([.. _received[..end]], out uint[] words));
        _received.RemoveRange(0, end + 1);
        return words;
    }

    private sealed class Registers : LinkTarget, ILinkRegisters
    {
        public bool Interrupt { get; set; }

        internal List<(uint Address, uint Word)> All { get; } = [];

        internal Dictionary<uint, uint> Written { get; } = [];

        public AxiResponse Read(uint address, Span<uint> words)
        {
            for (int i = 0; i < words.Length; i++, address += 4)
            {
                if (Answer(address) is not AxiResponse.Okay and AxiResponse refusal)
                {
                    return refusal;
                }

                words[i] = 0xA0000000 | address;
            }

            return AxiResponse.Okay;
        }

        public AxiResponse Write(uint address, uint word)
        {
            AxiResponse answer = Answer(address);
            if (answer == AxiResponse.Okay)
            {
                All.Add((address, word));
                Written[address] = word;
            }

            return answer;
        }

        public override ValueTask<bool> PerformAsync(Action<ILinkRegisters> work)
        {
            work(this);
            return ValueTask.FromResult(true);
        }

        private static AxiResponse Answer(uint address) => address switch
        {
            >= 0xFF00 => AxiResponse.DecodeError,
            0x8000 => AxiResponse.SlaveError,
            _ => AxiResponse.Okay,
        };
    }
}
