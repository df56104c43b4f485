using System.Globalization;
using Offload.Kernel.Tests.Bench;

namespace Offload.Kernel.Tests.Rules;

/// <summary>The rig leaves nothing behind.</summary>
[Collection(KernelGroup.Name)]
public sealed class CleanupTests(KernelRig rig)
{
    [SkippableFact]
    public async Task A_rig_takes_its_namespaces_and_devices_with_it()
    {
        await using Scene scene = await rig.BeginAsync();
        HashSet<string> namespaces = Namespaces();
        string[] devices = Devices();
        KernelRig other = new();
        await other.InitializeAsync();
        try
        {
            await using Scene within = await other.BeginAsync();
            await within.ConnectAsync(await within.ListenAsync(Ip.V4));
            Assert.Equal(namespaces.Count + 2, Namespaces().Count);
        }
        finally
        {
            await other.DisposeAsync();
        }

        // Ended threads are gone from /proc a moment later.
        await Scene.UntilAsync(() => Namespaces().SetEquals(namespaces), () => "the other rig's namespaces went");
        Assert.Equal(devices, Devices());
    }

    private static string[] Devices() => [.. Directory.GetFileSystemEntries("/sys/class/net").Order(StringComparer.Ordinal)];

    /// <summary>The namespaces that threads or open files of this process hold.</summary>
    private static HashSet<string> Namespaces()
    {
        HashSet<string> names = [];
        string process = "/proc/" + Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        foreach (string task in Directory.GetDirectories(process + "/task"))
        {
            AddTarget(names, task + "/ns/net");
        }

        foreach (string file in Directory.GetFileSystemEntries(process + "/fd"))
        {
            AddTarget(names, file);
        }

        return names;
    }

    private static void AddTarget(HashSet<string> names, string link)
    {
        try
        {
            if (new FileInfo(link).LinkTarget is { } target && target.StartsWith("net:", StringComparison.Ordinal))
            {
                names.Add(target);
            }
        }
        catch (IOException)
        {
            // The thread has ended, or the file was closed.
        }
    }
}
