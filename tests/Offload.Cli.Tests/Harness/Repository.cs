namespace Offload.Cli.Tests.Harness;

/// <summary>The clone that the tests run in.</summary>
internal static class Repository
{
    /// <summary>Its folder.</summary>
    internal static string Root { get; } = FindRoot();

    /// <summary>The virtual board's bitstream; it exists once firmware-tools/build-virtual-board.sh has run.</summary>
    internal static string Bitstream => Path.Combine(Root, "artifacts", "virtual", "offload-virtual.obit");

    /// <summary>The program under test, beside the tests.</summary>
    internal static string Program => Path.Combine(AppContext.BaseDirectory, "Offload.Cli.dll");

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Offload.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests do not lie in a clone of the repository.");
        }

        return folder.FullName;
    }
}
