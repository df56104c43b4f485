using System.Globalization;

namespace Offload.Benchmarks.Virtual;

/// <summary>Processor time of this process and of its threads, user and system together, in seconds (proc(5)).</summary>
internal static class ThreadTimes
{
    /// <summary>Of the whole process.</summary>
    public static double Process() => Read("/proc/self/stat");

    /// <summary>Of one thread.</summary>
    public static double Of(int thread) => Read(string.Create(CultureInfo.InvariantCulture, $"/proc/self/task/{thread}/stat"));

    /// <summary>Of the threads whose names begin so.</summary>
    public static double Named(string prefix) =>
        Directory.GetDirectories("/proc/self/task").Where(task => File.ReadAllText(task + "/comm").StartsWith(prefix, StringComparison.Ordinal)).Sum(task => Read(task + "/stat"));

    /// <summary>Of one thread, in the kernel alone.</summary>
    public static double InKernel(int thread) => Read(string.Create(CultureInfo.InvariantCulture, $"/proc/self/task/{thread}/stat"), kernelOnly: true);

    private static double Read(string path, bool kernelOnly = false)
    {
        // In ticks of 10 ms; the fields are counted from behind the name, which may hold anything.
        string text = File.ReadAllText(path);
        string[] fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return ((kernelOnly ? 0 : long.Parse(fields[11], CultureInfo.InvariantCulture)) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / 100.0;
    }
}
