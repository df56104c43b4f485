using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Offload.RuleBook;

/// <summary>A rule: its number, and what is done.</summary>
internal sealed record Rule(string Id, string Text);

/// <summary>Rules that belong together.</summary>
internal sealed record Chapter(string Title, IReadOnlyList<Rule> Rules);

/// <summary>Where the engine differs from an RFC: the source that it differs from, what it does, and why.</summary>
internal sealed record Deviation(string From, string Done, string Why);

/// <summary>docs/tcp-rules.yaml.</summary>
internal sealed record Rules(IReadOnlyList<Chapter> Chapters, IReadOnlyList<Deviation> Deviations)
{
    /// <summary>Where they are written, relative to the repository.</summary>
    public const string Source = "docs/tcp-rules.yaml";

    public IEnumerable<Rule> All => Chapters.SelectMany(chapter => chapter.Rules);

    /// <summary>Reads the file.</summary>
    /// <exception cref="FormatException">It is no such file; the message says where.</exception>
    public static Rules Read(string root)
    {
        IDeserializer deserializer = new DeserializerBuilder().WithNamingConvention(UnderscoredNamingConvention.Instance).Build();
        try
        {
            RuleFile file = deserializer.Deserialize<RuleFile>(File.ReadAllText(Path.Combine(root, Source)));
            var rules = new Rules(
                [.. file.Chapters.Select(chapter => new Chapter(chapter.Title, [.. chapter.Rules.Select(rule => new Rule(rule.Key, rule.Value))]))],
                [.. file.Deviations.Select(deviation => new Deviation(deviation.From, deviation.Done, deviation.Why))]);
            string? twice = rules.All.GroupBy(rule => rule.Id).FirstOrDefault(group => group.Count() > 1)?.Key;
            return twice is null ? rules : throw new FormatException($"{Source}: rule {twice} is there twice");
        }
        catch (YamlException exception)
        {
            throw new FormatException($"{Source}:{exception.Start.Line}: {exception.InnerException?.Message ?? exception.Message}", exception);
        }
    }

    private sealed class RuleFile
    {
        public List<ChapterEntry> Chapters { get; set; } = [];

        public List<DeviationEntry> Deviations { get; set; } = [];
    }

    private sealed class ChapterEntry
    {
        public string Title { get; set; } = "";

        public Dictionary<string, string> Rules { get; set; } = [];
    }

    private sealed class DeviationEntry
    {
        public string From { get; set; } = "";

        public string Done { get; set; } = "";

        public string Why { get; set; } = "";
    }
}
