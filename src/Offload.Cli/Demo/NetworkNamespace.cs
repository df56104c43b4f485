using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Offload.Cli.Demo;

/// <summary>
/// A fresh network namespace, with a thread that lives in it. It has no name and no mount: the kernel takes it away, with
/// its devices and sockets, when this process ends in whatever way, so nothing of it can be left behind.
/// </summary>
internal sealed class NetworkNamespace : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _thread;
    private readonly SafeFileHandle _handle;

    private NetworkNamespace(string name)
    {
        Name = name;
        var ready = new TaskCompletionSource<SafeFileHandle>();
        _thread = new Thread(() => Live(ready)) { Name = "netns " + name, IsBackground = true };
        _thread.Start();
        _handle = ready.Task.GetAwaiter().GetResult();
    }

    /// <summary>What it is called in messages; the kernel does not know the name.</summary>
    internal string Name { get; }

    /// <summary>A path that <c>setns</c> can open, here and in every process that may see this one.</summary>
    internal string Path => $"/proc/{Environment.ProcessId}/fd/{_handle.DangerousGetHandle()}";

    /// <summary>Makes a namespace; needs CAP_SYS_ADMIN.</summary>
    /// <exception cref="DemoException">The process may not make one.</exception>
    internal static NetworkNamespace Create(string name) => new(name);

    /// <summary>Runs <paramref name="work"/> on the namespace's thread: a socket made in it belongs to the namespace.</summary>
    internal T Run<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() =>
        {
            try
            {
                done.SetResult(work());
            }
#pragma warning disable CA1031 // The caller's exception goes back to the caller.
            catch (Exception e)
#pragma warning restore CA1031
            {
                done.SetException(e);
            }
        });
        return done.Task.GetAwaiter().GetResult();
    }

    /// <summary>Runs <c>ip -batch</c> in the namespace.</summary>
    internal void Ip(params string[] commands) =>
        RunTool("ip", ["-force", "-batch", "-"], string.Join('\n', commands) + "\n");

    /// <summary>Sets a kernel parameter of the namespace, such as <c>net.ipv4.ip_forward</c>, given as a path below /proc/sys.</summary>
    internal void SetParameter(string path, string value) => Run(() =>
    {
        File.WriteAllText("/proc/sys/" + path, value);
        return true;
    });

    /// <summary>Runs a program in the namespace and gives what it wrote.</summary>
    /// <exception cref="DemoException">It is not installed, or failed.</exception>
    internal string RunTool(string program, string[] arguments, string input = "")
    {
        var (output, error, exitCode) = RunToItsEnd(program, arguments, input);
        return exitCode == 0
            ? output
            : throw new DemoException($"`{program} {string.Join(' ', arguments)}` failed in the {Name} namespace: {error.Trim()}");
    }

    /// <summary>Runs a program in the namespace and gives what it wrote, whether it failed or not.</summary>
    /// <exception cref="DemoException">It is not installed.</exception>
    internal (string Output, string Error) TryTool(string program, string[] arguments)
    {
        var (output, error, _) = RunToItsEnd(program, arguments, "");
        return (output, error);
    }

    private (string Output, string Error, int ExitCode) RunToItsEnd(string program, string[] arguments, string input)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = Environment.GetEnvironmentVariable("PATH") + ":/usr/sbin:/sbin:/usr/bin:/bin";
        // A child process is in the namespace of the thread that starts it.
        using var process = Run(() => StartTool(start));
        var error = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (output, error.Result, process.ExitCode);
    }

    public void Dispose()
    {
        if (_work.IsAddingCompleted)
        {
            return;
        }

        _work.CompleteAdding();
        _thread.Join();
        _handle.Dispose();
        _work.Dispose();
    }

    private static Process StartTool(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new DemoException($"`{start.FileName}` could not be started ({e.Message}); it is in Debian's package {(start.FileName == "curl" ? "curl" : "iproute2")}.");
        }
    }

    private void Live(TaskCompletionSource<SafeFileHandle> ready)
    {
        if (Native.Unshare(Native.CloneNewNet) != 0)
        {
            var reason = Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());
            ready.SetException(new DemoException(
                $"a network namespace could not be made: {reason}.", "It needs CAP_SYS_ADMIN and CAP_NET_ADMIN: run `sudo ./demo.sh`.", permission: true));
            return;
        }

        try
        {
            ready.SetResult(File.OpenHandle("/proc/thread-self/ns/net"));
        }
        catch (IOException e)
        {
            ready.SetException(e);
            return;
        }

        foreach (var work in _work.GetConsumingEnumerable())
        {
            work();
        }
    }
}
