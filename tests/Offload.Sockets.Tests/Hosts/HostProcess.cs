using System.Diagnostics;
using System.Globalization;
using System.Net;
using Offload.Boards;
using Offload.Kernel.Tests.Bench;
using Offload.Registers;

namespace Offload.Sockets.Tests.Hosts;

/// <summary>A running <see cref="HostProgram"/>.</summary>
internal sealed class HostProcess : IDisposable
{
    private readonly Process _process;

    private HostProcess(Process process) => _process = process;

    /// <summary>Its session's number at the board.</summary>
    internal int Epoch { get; private set; }

    /// <summary>Connections of earlier sessions that it found.</summary>
    internal int Orphans { get; private set; }

    /// <summary>Starts one, and waits until it listens.</summary>
    internal static async Task<HostProcess> StartAsync(
        Silicon silicon, HostPort port, IPEndPoint endPoint, OrphanHandling orphans = OrphanHandling.Adopt, HostLost hostLost = HostLost.Pass, int hostTimeout = 60_000)
    {
        HostProcess host = new(Process.Start(new ProcessStartInfo("dotnet",
        [
            typeof(HostProgram).Assembly.Location, silicon.SocketPath, port.InterfaceName, port.NetworkNamespacePath!, port.MacAddress.ToString(), endPoint.ToString(),
            orphans.ToString(), hostLost.ToString(), hostTimeout.ToString(CultureInfo.InvariantCulture),
        ])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!);
        try
        {
            Task<string> errors = host._process.StandardError.ReadToEndAsync();
            string? said = await host._process.StandardOutput.ReadLineAsync().WaitAsync(Scene.Patience);
            if (said?.Split(' ') is not [string epoch, string left])
            {
                throw new InvalidOperationException($"the host said '{said}', and: {await errors.WaitAsync(Scene.Patience)}");
            }

            (host.Epoch, host.Orphans) = (int.Parse(epoch, CultureInfo.InvariantCulture), int.Parse(left, CultureInfo.InvariantCulture));
            return host;
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    /// <summary>Ends it with SIGKILL: it can do nothing more, and its kernel closes what it had.</summary>
    internal async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(Scene.Patience);
        Assert.Equal(128 + 9, _process.ExitCode);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }
}
