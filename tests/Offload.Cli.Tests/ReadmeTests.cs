using System.Net;
using System.Text.RegularExpressions;
using Offload.Boards;
using Offload.Cli.Tests.Harness;
using Offload.Registers;
using Xunit;

namespace Offload.Cli.Tests;

/// <summary>What the README shows is what compiles, and what it names is there.</summary>
public sealed partial class ReadmeTests
{
    [Fact]
    public async Task The_example_is_the_one_that_is_compiled_here()
    {
        var readme = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "README.md"));
        var shown = CodeBlock().Match(readme).Groups[1].Value;
        var source = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "tests", "Offload.Cli.Tests", "ReadmeTests.cs"));
        var compiled = Example().Match(source).Groups[1].Value;
        Assert.NotEqual("", shown);
        Assert.Equal(Plain(compiled), Plain(shown));
    }

    [Fact]
    public async Task Every_link_and_folder_exists()
    {
        foreach (var page in new[] { "README.md", "docs/getting-started.md", "docs/cli.md", "docs/tcp.md" })
        {
            var path = Path.Combine(Repository.Root, page);
            foreach (Match link in Link().Matches(await File.ReadAllTextAsync(path)))
            {
                var target = Path.Combine(Path.GetDirectoryName(path)!, link.Groups[1].Value);
                Assert.True(File.Exists(target), $"{page} links to {link.Groups[1].Value}");
            }
        }

        foreach (Match folder in Folder().Matches(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "README.md"))))
        {
            Assert.True(Directory.Exists(Path.Combine(Repository.Root, folder.Groups[1].Value)), folder.Value);
        }
    }

    /// <summary>The README's example; compiled, never run.</summary>
#pragma warning disable CA2016 // An example is not to be all tokens.
    internal static async Task ExampleAsync(CancellationToken stop)
    {
        // README begins
        await using var board = await OffloadBoard.OpenAsync("virtual", new OffloadBoardOptions());
        await board.LoadBitstreamAsync("artifacts/virtual/offload-virtual.obit");
        await board.Isn.SetModeAsync(IsnMode.Rfc6528);
        await board.Listeners.AddAsync(IPEndPoint.Parse("192.0.2.2:7788"));
        await foreach (var happened in board.Connections.WatchAsync(cancellationToken: stop))
        {
            Console.WriteLine($"{happened.Connection.Key} {happened.Connection.State} iss={happened.Connection.Iss}");
            if (happened.PeerClosed)
                await board.Connections.CloseAsync(happened.Connection.Key, happened.Connection.CreatedMicroseconds);
        }
        // README ends
    }
#pragma warning restore CA2016

    private static string Plain(string text) =>
        string.Join('\n', text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0));

    [GeneratedRegex(@"```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex(@"// README begins\n(.*?)// README ends", RegexOptions.Singleline)]
    private static partial Regex Example();

    [GeneratedRegex(@"\]\(([^)#:]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"`((?:hdl|src|firmware-tools|boards|tests)/[\w./-]*)`")]
    private static partial Regex Folder();
}
