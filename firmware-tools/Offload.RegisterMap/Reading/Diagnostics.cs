using Offload.RegisterMap.Model;

namespace Offload.RegisterMap.Reading;

/// <summary>Collects everything that is wrong with the sources, so that one run shows all of it.</summary>
internal sealed class Diagnostics
{
    private readonly List<(SourceLocation Location, string Message)> _errors = [];

    public bool HasErrors => _errors.Count > 0;

    /// <summary>Every error as <c>file.yaml:LINE: message</c>, sorted by file and line.</summary>
    public IReadOnlyList<string> Messages =>
        [.. _errors
            .OrderBy(error => error.Location.File, StringComparer.Ordinal)
            .ThenBy(error => error.Location.Line)
            .Select(error => $"{error.Location.File}:{error.Location.Line}: {error.Message}")];

    public void Add(SourceLocation location, string message) => _errors.Add((location, message));
}
