using System.Globalization;
using Offload.Kernel.Tests.Bench;

namespace Offload.Kernel.Tests.Rules;

/// <summary>The rig leaves nothing behind.</summary>
public sealed class CleanupTests : RigTest
{
    [SkippableFact]
    public async Task A_rig_takes_its_namespaces_and_devices_with_it()
    {
        await using Scene scene = await Rig.BeginAsync();
        // This process's own, and this rig's two. Ended threads, such as those of the test before, are gone from /proc a moment later.
        await Scene.UntilAsync(() => Namespaces().Count == 3, () => $"there are three namespaces; {string.Join(", ", Namespaces())}");
        HashSet<string> namespaces = Namespaces();
        HashSet<string> devices = Devices();
        await using (KernelRig other = new())
        {
            await using Scene within = await other.BeginAsync();
            await within.ConnectAsync(await within.ListenAsync(Ip.V4));
            Assert.Equal(2, Namespaces().Except(namespaces).Count());
        }

        await Scene.UntilAsync(() => Namespaces().SetEquals(namespaces), () => "the other rig's namespaces went");
        HashSet<string> left = Devices();
        left.ExceptWith(devices);
        // Whatever else the machine does meanwhile comes and goes.
        await Scene.UntilAsync(
            () =>
            {
                left.IntersectWith(Devices());
                return left.Count == 0;
            },
            () => $"no device is left: {string.Join(", ", left)}");
    }

    private static HashSet<string> Devices() => [.. Directory.GetFileSystemEntries("/sys/class/net")];

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
