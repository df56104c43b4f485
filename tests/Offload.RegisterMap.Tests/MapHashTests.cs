using System.Security.Cryptography;
using System.Text;
using Offload.RegisterMap.Output;
using Offload.RegisterMap.Reading;
using Map = Offload.Registers.RegisterMap;

namespace Offload.RegisterMap.Tests;

/// <summary>The hash stands for what software depends on: all of that, and nothing else.</summary>
public sealed class MapHashTests
{
    [Fact]
    public void Hash_is_sha256_of_the_canonical_text()
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(Map.Canonical));
        Assert.Equal(hash, Map.HashBytes.ToArray());
        Assert.Equal(Map.Hash, Convert.ToHexStringLower(hash));
    }

    [Fact]
    public void Canonical_text_is_the_same_in_every_place()
    {
        Assert.Equal(Map.Canonical, Repository.Read("hdl/rtl/generated/offload_map.txt"));
        Assert.Equal(Map.Canonical, CanonicalText.Of(Repository.Map()));
    }

    [Fact]
    public void Every_line_is_one_fact_and_each_only_once()
    {
        var lines = Map.Canonical.TrimEnd('\n').Split('\n');
        Assert.Equal(lines.Length, lines.Distinct().Count());
        Assert.Contains("isn.mode 0x0180 words=1 rw", lines);
        Assert.Contains("isn.mode.mode 0x0180 1:0 rw reset=0 enum=isn_mode", lines);
        Assert.Contains("layout entry.state 304:301 enum=tcp_state", lines);
        Assert.Contains("enum tcp_state.syn_received 3", lines);
        Assert.Contains("counter net_frames_received 0", lines);
    }

    [Theory]
    [InlineData("table.yaml", "{name: retries, width: 4,", "{name: retries, width: 5,")]
    [InlineData("isn.yaml", "bits: \"1:0\"", "bits: \"2:0\"")]
    [InlineData("isn.yaml", "count: 11", "count: 12")]
    [InlineData("tcp.yaml", "reset: 977", "reset: 978")]
    [InlineData("tcp.yaml", "offset: 0x14", "offset: 0x3C")]
    [InlineData("tcp.yaml", "name: rto_max", "name: rto_top")]
    [InlineData("control.yaml", "access: ro", "access: rw")]
    [InlineData("events.yaml", "name: timed_out, value: 3", "name: timed_out, value: 15")]
    [InlineData("counters.yaml", "{name: table_full,", "{name: table_overfull,")]
    public void A_changed_fact_changes_the_hash(string file, string before, string after) =>
        Assert.NotEqual(Map.Hash, HashWith(file, before, after));

    [Theory]
    [InlineData("isn.yaml", "The ISN of mode `fixed`.", "Another text.")]
    [InlineData("table.yaml", "Retransmissions so far.", "Another text.")]
    [InlineData("table.yaml", "description: Open.", "description: Another text.")]
    [InlineData("counters.yaml", "Connections given up.", "Another text.")]
    [InlineData("identity.yaml", "bits: \"15:0\", value: 0", "bits: \"15:0\", value: 1")]
    [InlineData("internal.yaml", "{name: land, width: 1,", "{name: land, width: 2,")]
    public void A_changed_description_version_or_internal_layout_does_not(string file, string before, string after) =>
        Assert.Equal(Map.Hash, HashWith(file, before, after));

    private static string HashWith(string changedFile, string before, string after)
    {
        var sources = Directory.EnumerateFiles(Repository.SourceFolder, "*.yaml").Order(StringComparer.Ordinal).Select(path =>
        {
            var text = File.ReadAllText(path);
            if (Path.GetFileName(path) != changedFile)
            {
                return (Path.GetFileName(path), text);
            }

            Assert.Contains(before, text, StringComparison.Ordinal);
            return (changedFile, text.Replace(before, after, StringComparison.Ordinal));
        });
        var (model, diagnostics) = MapReader.ReadTexts([.. sources]);
        Assert.Empty(diagnostics.Messages);
        return Convert.ToHexStringLower(CanonicalText.Hash(CanonicalText.Of(model)));
    }
}
