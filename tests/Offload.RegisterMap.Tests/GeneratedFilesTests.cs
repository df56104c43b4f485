using Offload.RegisterMap.Output;

namespace Offload.RegisterMap.Tests;

/// <summary>The files that are checked in are those which the sources make, and the check sees when they are not.</summary>
public sealed class GeneratedFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("offload-register-map-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Checked_in_files_are_what_the_sources_make()
    {
        var (code, _, error) = Run("generate", "--check", "--root", Repository.Root);

        Assert.Equal("", error);
        Assert.Equal(GeneratorCommand.Success, code);
    }

    [Fact]
    public void No_generated_source_is_longer_than_650_lines_but_the_register_block() =>
        Assert.All(
            MapFiles.Of(Repository.Map()).Where(file => file.Path.EndsWith(".cs", StringComparison.Ordinal)),
            file => Assert.InRange(file.Text.Count(character => character == '\n'), 1, 650));

    [Fact]
    public void A_second_run_writes_nothing()
    {
        Populate();
        var (code, output, _) = Run("generate", "--root", _folder);

        Assert.Equal(GeneratorCommand.Success, code);
        Assert.Contains(" 0 written, 0 removed", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hdl/rtl/generated/offload_registers.v")]
    [InlineData("hdl/rtl/generated/offload_map.txt")]
    [InlineData("src/Offload/Registers/Generated/EntryLayout.g.cs")]
    [InlineData("docs/registers.md")]
    public void Check_names_an_edited_file_and_leaves_it(string path)
    {
        Populate();
        var full = Path.Combine(_folder, path);
        File.AppendAllText(full, "x");
        var edited = File.ReadAllText(full);

        var (code, _, error) = Run("generate", "--check", "--root", _folder);

        Assert.Equal(GeneratorCommand.Different, code);
        Assert.StartsWith($"{path}: differs", error, StringComparison.Ordinal);
        Assert.Equal(edited, File.ReadAllText(full));
    }

    [Fact]
    public void Check_names_a_missing_file()
    {
        Populate();
        File.Delete(Path.Combine(_folder, MarkdownPage.Path));

        var (code, _, error) = Run("generate", "--check", "--root", _folder);

        Assert.Equal(GeneratorCommand.Different, code);
        Assert.StartsWith($"{MarkdownPage.Path}: differs", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_a_removed_layout_is_named_and_then_removed()
    {
        Populate();
        var left = Path.Combine(_folder, CSharpText.Folder, "OldLayout.g.cs");
        File.WriteAllText(left, "");

        var (code, _, error) = Run("generate", "--check", "--root", _folder);
        Assert.Equal(GeneratorCommand.Different, code);
        Assert.Contains("OldLayout.g.cs: is not generated any more", error, StringComparison.Ordinal);
        Assert.True(File.Exists(left));

        Assert.Equal(GeneratorCommand.Success, Run("generate", "--root", _folder).Code);
        Assert.False(File.Exists(left));
    }

    [Fact]
    public void A_wrong_map_writes_nothing_and_shows_every_error()
    {
        Populate();
        var source = Path.Combine(_folder, "hdl", "registers", "isn.yaml");
        File.WriteAllText(source, File.ReadAllText(source)
            .Replace("offset: 0x04", "offset: 0x00", StringComparison.Ordinal)
            .Replace("count: 4", "counts: 4", StringComparison.Ordinal));
        var before = File.ReadAllText(Path.Combine(_folder, MarkdownPage.Path));

        var (code, _, error) = Run("generate", "--root", _folder);

        Assert.Equal(GeneratorCommand.WrongMap, code);
        Assert.Contains("overlaps isn.mode", error, StringComparison.Ordinal);
        Assert.Contains("unknown key 'counts'", error, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(Path.Combine(_folder, MarkdownPage.Path)));
    }

    [Theory]
    [InlineData(GeneratorCommand.WrongUsage)]
    [InlineData(GeneratorCommand.WrongUsage, "generate", "--colour")]
    [InlineData(GeneratorCommand.WrongUsage, "generate", "--root")]
    [InlineData(GeneratorCommand.Success, "--help")]
    [InlineData(GeneratorCommand.NoRepository, "generate", "--root", "/nowhere")]
    public void Exit_codes_are_the_documented_ones(int expected, params string[] arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        Assert.Equal(expected, Run(arguments).Code);
    }

    [Fact]
    public void The_repository_is_found_from_a_folder_deep_inside()
    {
        Populate();
        Assert.Equal(_folder, GeneratorCommand.FindRoot(Path.Combine(_folder, "src", "Offload", "Registers")));
    }

    /// <summary>A copy of the sources, and everything made from them.</summary>
    private void Populate()
    {
        var sources = Directory.CreateDirectory(Path.Combine(_folder, "hdl", "registers")).FullName;
        foreach (var file in Directory.EnumerateFiles(Repository.SourceFolder))
        {
            File.Copy(file, Path.Combine(sources, Path.GetFileName(file)));
        }

        Assert.Equal(GeneratorCommand.Success, Run("generate", "--root", _folder).Code);
    }

    private (int Code, string Output, string Error) Run(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = GeneratorCommand.Run(arguments, output, error, _folder);
        return (code, output.ToString(), error.ToString());
    }
}
