using Offload.RegisterMap.Output;
using Offload.RegisterMap.Reading;

namespace Offload.RegisterMap;

/// <summary>The command line of the generator.</summary>
internal static class GeneratorCommand
{
    public const int Success = 0;
    public const int Different = 1;
    public const int WrongUsage = 2;
    public const int WrongMap = 3;
    public const int NoRepository = 4;

    private const string Help = """
        Makes everything that follows from the register map in hdl/registers/*.yaml: the Verilog header and register
        block, the canonical map, the C# accessors and docs/registers.md.

        Usage: offload-register-map generate [--check] [--root DIRECTORY]

          --check            Write nothing; name every generated file that differs from what would be written.
          --root DIRECTORY   The repository. By default the first folder, from the current one (or else the
                             program's own) upwards, that holds hdl/registers.
          -h, --help         This text.

        Exit codes:
          0  Done; with --check: every file is as it should be.
          1  With --check: at least one file is missing, differs, or should not be there.
          2  Wrong usage.
          3  The map has errors; all are shown as file.yaml:LINE: message.
          4  No repository found, or it cannot be read or written.
        """;

    public static int Run(IReadOnlyList<string> arguments, TextWriter output, TextWriter error, string currentFolder)
    {
        var isCheck = false;
        string? root = null;
        string? command = null;
        for (var i = 0; i < arguments.Count; i++)
        {
            switch (arguments[i])
            {
                case "-h" or "--help":
                    output.WriteLine(Help);
                    return Success;
                case "--check":
                    isCheck = true;
                    break;
                case "--root" when i + 1 < arguments.Count:
                    root = arguments[++i];
                    break;
                case "generate" when command is null:
                    command = arguments[i];
                    break;
                default:
                    error.WriteLine($"offload-register-map: unexpected argument '{arguments[i]}'; see --help");
                    return WrongUsage;
            }
        }

        if (command is null)
        {
            error.WriteLine("offload-register-map: no command; see --help");
            return WrongUsage;
        }

        root ??= FindRoot(currentFolder) ?? FindRoot(AppContext.BaseDirectory);
        if (root is null || !Directory.Exists(SourceFolder(root)))
        {
            error.WriteLine($"offload-register-map: no hdl/registers in {root ?? currentFolder}{(root is null ? " or above" : "")}; name the repository with --root");
            return NoRepository;
        }

        try
        {
            return Generate(root, isCheck, output, error);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"offload-register-map: {exception.Message}");
            return NoRepository;
        }
    }

    /// <summary>The nearest folder, from <paramref name="start"/> upwards, that holds the register map; null where none does.</summary>
    public static string? FindRoot(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            if (Directory.Exists(SourceFolder(folder.FullName)))
            {
                return folder.FullName;
            }
        }

        return null;
    }

    private static string SourceFolder(string root) => Path.Combine(root, "hdl", "registers");

    private static int Generate(string root, bool isCheck, TextWriter output, TextWriter error)
    {
        var (model, diagnostics) = MapReader.ReadFolder(SourceFolder(root));
        if (diagnostics.HasErrors)
        {
            foreach (var message in diagnostics.Messages)
            {
                error.WriteLine(message);
            }

            return WrongMap;
        }

        var files = MapFiles.Of(model);
        var changed = files.Where(file => Read(root, file.Path) != file.Text).ToList();
        var left = Leftovers(root, files).ToList();
        if (isCheck)
        {
            changed.ForEach(file => error.WriteLine($"{file.Path}: differs from the register map"));
            left.ForEach(path => error.WriteLine($"{path}: is not generated any more"));
            if (changed.Count + left.Count > 0)
            {
                error.WriteLine($"Run: {GeneratedNotice.Command}");
                return Different;
            }

            output.WriteLine($"{files.Count} generated files are up to date.");
            return Success;
        }

        foreach (var file in changed)
        {
            var path = Path.Combine(root, file.Path);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, file.Text);
            output.WriteLine($"wrote   {file.Path}");
        }

        foreach (var path in left)
        {
            File.Delete(Path.Combine(root, path));
            output.WriteLine($"removed {path}");
        }

        output.WriteLine($"{files.Count} generated files, {changed.Count} written, {left.Count} removed.");
        return Success;
    }

    private static string? Read(string root, string path)
    {
        var full = Path.Combine(root, path);
        return File.Exists(full) ? File.ReadAllText(full) : null;
    }

    /// <summary>Files in the generated folders that the map no longer makes.</summary>
    private static IEnumerable<string> Leftovers(string root, IReadOnlyList<GeneratedFile> files)
    {
        var made = files.Select(file => file.Path).ToHashSet(StringComparer.Ordinal);
        return MapFiles.Owned
            .Where(owned => Directory.Exists(Path.Combine(root, owned.Folder)))
            .SelectMany(owned => Directory.EnumerateFiles(Path.Combine(root, owned.Folder), owned.Pattern)
                .Select(path => $"{owned.Folder}/{Path.GetFileName(path)}"))
            .Where(path => !made.Contains(path))
            .Order(StringComparer.Ordinal);
    }
}
