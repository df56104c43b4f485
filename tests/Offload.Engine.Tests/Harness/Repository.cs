namespace Offload.Engine.Tests.Harness;

/// <summary>Finds the sources that the tests read: the folder with <c>Offload.sln</c>, above wherever the tests were built.</summary>
internal static class Repository
{
    /// <summary>Full path of the repository.</summary>
    public static string Root { get; } = Find();

    /// <summary>A parameter with which the virtual board's core is built.</summary>
    public static int BoardParameter(string name)
    {
        string line = File.ReadLines(Path.Combine(Root, "boards", "virtual", "board.yaml")).Single(text => text.TrimStart().StartsWith(name + ":", StringComparison.Ordinal));
        return int.Parse(line.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture);
    }

    private static string Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Offload.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException("No folder above the tests holds Offload.sln; run them from a clone of the repository.");
    }
}
