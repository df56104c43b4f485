using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Offload.Boards;
using Offload.Links;
using Offload.Programming;

namespace Offload.Sockets.Tests.Hosts;

/// <summary>The board of <see cref="Silicon"/>, in another process.</summary>
/// <param name="socketPath">Where its registers are.</param>
/// <param name="port">The kernel's interface behind its host port.</param>
internal sealed class SiliconProvider(string socketPath, HostPort port) : BoardProvider
{
    internal static BoardDescription Board { get; } = new("silicon", "silicon", "Board that outlives its hosts", "the test");

    public override ValueTask<IReadOnlyList<BoardDescription>> DiscoverAsync(CancellationToken cancellationToken = default) => ValueTask.FromResult<IReadOnlyList<BoardDescription>>([Board]);

    public override async ValueTask<BoardHardware> OpenAsync(BoardDescription board, CancellationToken cancellationToken = default) =>
        new SiliconHardware(await SiliconLink.OpenAsync(socketPath, cancellationToken), port);

    private sealed class SiliconHardware(SiliconLink link, HostPort port) : BoardHardware
    {
        public override BoardDescription Description => Board;

        public override RegisterLink Link => link;

        public override BoardProgrammer Programmer { get; } = new Running();

        public override HostPort? HostPort => port;

        public override ValueTask DisposeAsync() => link.DisposeAsync();
    }

    /// <summary>The board runs already.</summary>
    private sealed class Running : BoardProgrammer
    {
        public override string BoardName => "silicon";

        public override uint IdCode => 0;

        public override bool IsLoaded => true;

        public override BitstreamHeader? Loaded => null;

        public override ValueTask LoadAsync(BitstreamFile file, IProgress<LoadProgress>? progress = null, CancellationToken cancellationToken = default) =>
            throw new OffloadException(OffloadError.Unsupported, "This board runs already.");
    }

    private sealed class SiliconLink : RegisterLink
    {
        private readonly string _path;
        private readonly NetworkStream _stream;
        private readonly SemaphoreSlim _turn = new(1, 1);

        private SiliconLink(string path, NetworkStream stream)
        {
            _path = path;
            _stream = stream;
        }

        internal static async ValueTask<SiliconLink> OpenAsync(string path, CancellationToken cancellationToken) => new(path, await ConnectAsync(path, cancellationToken));

        public override ValueTask ReadAsync(uint address, Memory<uint> words, CancellationToken cancellationToken = default) =>
            AskAsync(Silicon.Read, address, ReadOnlyMemory<uint>.Empty, words, cancellationToken);

        public override ValueTask WriteAsync(uint address, ReadOnlyMemory<uint> words, CancellationToken cancellationToken = default) =>
            AskAsync(Silicon.Write, address, words, Memory<uint>.Empty, cancellationToken);

        public override async ValueTask WaitForInterruptAsync(CancellationToken cancellationToken = default)
        {
            await using NetworkStream stream = await ConnectAsync(_path, cancellationToken);
            await stream.WriteAsync(Head(Silicon.WaitForInterrupt, 0, 0), cancellationToken);
            await stream.ReadExactlyAsync(new byte[1], cancellationToken);
        }

        public override async ValueTask DisposeAsync()
        {
            await _stream.DisposeAsync();
            _turn.Dispose();
        }

        private static async ValueTask<NetworkStream> ConnectAsync(string path, CancellationToken cancellationToken)
        {
            Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }

        private static byte[] Head(uint kind, uint address, int words)
        {
            byte[] head = new byte[Silicon.HeadLength];
            BinaryPrimitives.WriteUInt32LittleEndian(head, kind);
            BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(4), address);
            BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(8), words);
            return head;
        }

        private async ValueTask AskAsync(uint kind, uint address, ReadOnlyMemory<uint> given, Memory<uint> wanted, CancellationToken cancellationToken)
        {
            await _turn.WaitAsync(cancellationToken);
            try
            {
                // Not cancelled half-way: the next request would meet this one's answer.
                await _stream.WriteAsync((byte[])[.. Head(kind, address, Math.Max(given.Length, wanted.Length)), .. MemoryMarshal.AsBytes(given.Span)], CancellationToken.None);
                byte[] answer = new byte[kind == Silicon.Read ? wanted.Length * sizeof(uint) : 1];
                await _stream.ReadExactlyAsync(answer, CancellationToken.None);
                if (kind == Silicon.Read)
                {
                    answer.CopyTo(MemoryMarshal.AsBytes(wanted.Span));
                }
            }
            finally
            {
                _turn.Release();
            }
        }
    }
}
