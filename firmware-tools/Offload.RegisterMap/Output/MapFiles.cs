using Offload.RegisterMap.Model;

namespace Offload.RegisterMap.Output;

/// <summary>A file that the generator makes; the path is relative to the repository and has forward slashes.</summary>
internal sealed record GeneratedFile(string Path, string Text);

/// <summary>Makes every generated file of a map.</summary>
internal static class MapFiles
{
    /// <summary>Folders that hold generated files and nothing else, with the pattern of those files.</summary>
    public static IReadOnlyList<(string Folder, string Pattern)> Owned { get; } =
        [("hdl/rtl/generated", "*"), ("src/Offload/Registers/Generated", "*.g.cs")];

    public static IReadOnlyList<GeneratedFile> Of(MapModel model)
    {
        var canonical = CanonicalText.Of(model);
        var hash = CanonicalText.Hash(canonical);
        return
        [
            new GeneratedFile("hdl/rtl/generated/offload_map.txt", canonical),
            new GeneratedFile("hdl/rtl/generated/offload_map.vh", VerilogHeader.Of(model)),
            new GeneratedFile("hdl/rtl/generated/offload_registers.v", VerilogRegisters.Of(model, hash)),
            new GeneratedFile(MarkdownPage.Path, MarkdownPage.Of(model, hash)),
            .. CSharpMap.Of(model, canonical, hash),
            .. CSharpTypes.Of(model),
        ];
    }
}
