using Offload.RegisterMap.Model;
using Offload.RegisterMap.Output;
using Offload.RegisterMap.Reading;

namespace Offload.RegisterMap.Tests;

/// <summary>The repository that the tests run in, and its map.</summary>
internal static class Repository
{
    public static string Root { get; } = GeneratorCommand.FindRoot(AppContext.BaseDirectory)
        ?? throw new InvalidOperationException("The tests run outside the repository.");

    public static string SourceFolder => Path.Combine(Root, "hdl", "registers");

    public static MapModel Map()
    {
        var (model, diagnostics) = MapReader.ReadFolder(SourceFolder);
        Assert.Empty(diagnostics.Messages);
        return model;
    }

    /// <summary>A map from one text, which must be right.</summary>
    public static MapModel Map(string yaml)
    {
        var (model, diagnostics) = MapReader.ReadTexts([("test.yaml", yaml)]);
        Assert.Empty(diagnostics.Messages);
        return model;
    }

    public static string Verilog(MapModel model) => VerilogRegisters.Of(model, CanonicalText.Hash(CanonicalText.Of(model)));

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));
}
