using System.Security.Cryptography;
using Offload.Programming;
using static Offload.Bitstream.Tests.Samples;

namespace Offload.Bitstream.Tests;

/// <summary>Tests that change what this process's children inherit: they run beside no others.</summary>
[CollectionDefinition(nameof(ChangesEnvironment), DisableParallelization = true)]
public sealed class ChangesEnvironment;

/// <summary>Whether a whole container fits a board, and may run there.</summary>
[Collection(nameof(ChangesEnvironment))]
public sealed class RequirementTests
{
    private static readonly UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    [Fact]
    public void What_fits_passes() => BitstreamFile.Parse(Pack(), "sample").EnsureFits(Requirements());

    [Fact]
    public void Another_board_is_named()
    {
        BitstreamRejectedException rejected = Rejected(() =>
            BitstreamFile.Parse(Pack(board: "ecp5-evn"), "x.obit").EnsureFits(Requirements()));
        Assert.Equal(BitstreamRejection.WrongBoard, rejected.Reason);
        Assert.Contains("x.obit is for board 'ecp5-evn', and this is board 'virtual'", rejected.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_part_is_named()
    {
        BitstreamRejectedException rejected = Rejected(() =>
            BitstreamFile.Parse(Pack(idCode: 0x81112043), "x.obit").EnsureFits(Requirements()));
        Assert.Equal(BitstreamRejection.WrongIdCode, rejected.Reason);
        Assert.Contains("0x81112043", rejected.Message, StringComparison.Ordinal);
        Assert.Contains("0x0ff100ff", rejected.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("words=1 rw", "words=2 rw", "line 3 is 'control.control 0x0100 words=2 rw' in the bitstream and 'control.control 0x0100 words=1 rw' in the SDK")]
    [InlineData("control.control 0x0100 words=1 rw\n", "", "line 3 is '' in the bitstream and 'control.control 0x0100 words=1 rw' in the SDK")]
    [InlineData("rw\n", "rw\nisn.mode 0x0180 words=1 rw\n", "line 4 is 'isn.mode 0x0180 words=1 rw' in the bitstream and '' in the SDK")]
    public void Another_map_is_named_by_its_first_line_that_differs(string from, string to, string expected)
    {
        BitstreamRejectedException rejected = Rejected(() =>
            BitstreamFile.Parse(Pack(map: Map.Replace(from, to, StringComparison.Ordinal)), "x.obit").EnsureFits(Requirements()));
        Assert.Equal(BitstreamRejection.WrongMap, rejected.Reason);
        Assert.Contains(expected, rejected.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_kind_of_payload_is_named()
    {
        BitstreamRejectedException rejected = Rejected(() =>
            BitstreamFile.Parse(Pack(), "x.obit").EnsureFits(Requirements() with { PayloadKinds = ["verilated-linux-arm64"] }));
        Assert.Equal(BitstreamRejection.WrongPayload, rejected.Reason);
    }

    [Fact]
    public void Signed_by_a_trusted_key_passes_wherever_it_comes_from()
    {
        using ECDsa key = NewKey();
        BitstreamFile.Parse(Pack(key: key), "sample").EnsureFits(Requirements(new BitstreamTrust([TrustedKey.FromKey(key)])));
    }

    [Fact]
    public void Signed_by_another_key_is_refused_even_from_the_callers_own_file()
    {
        using ECDsa key = NewKey();
        using ECDsa other = NewKey();
        using TemporaryFolder folder = new();
        BitstreamFile file = BitstreamFile.Open(folder.Write("x.obit", Pack(key: other)));
        Assert.True(file.IsCallersAlone);
        foreach (BitstreamTrust trust in new[] { new BitstreamTrust([TrustedKey.FromKey(key)]), BitstreamTrust.OwnFilesOnly })
        {
            BitstreamRejectedException rejected = Rejected(() => file.EnsureFits(Requirements(trust)));
            Assert.Equal(BitstreamRejection.WrongKey, rejected.Reason);
            Assert.Contains(TrustedKey.FromKey(other).Id, rejected.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Unsigned_is_refused_where_a_key_is_trusted_even_from_the_callers_own_file()
    {
        using ECDsa key = NewKey();
        using TemporaryFolder folder = new();
        BitstreamFile file = BitstreamFile.Open(folder.Write("x.obit", Pack()));
        Assert.True(file.IsCallersAlone);
        Assert.Equal(
            BitstreamRejection.NotTrusted, Rejected(() => file.EnsureFits(Requirements(new BitstreamTrust([TrustedKey.FromKey(key)])))).Reason);
    }

    [Fact]
    public void A_claim_to_a_trusted_key_does_not_pass_without_its_signature()
    {
        using ECDsa key = NewKey();
        using ECDsa other = NewKey();
        TrustedKey trusted = TrustedKey.FromKey(key);
        byte[] forged = Forge(Pack(key: other), copy => Convert.FromHexString(trusted.Id).CopyTo(copy, copy.Length - 32 - 96));
        BitstreamFile file = BitstreamFile.Parse(forged, "sample");
        Assert.False(file.IsSignedBy(trusted));
        Assert.Equal(BitstreamRejection.Altered, Rejected(() => file.EnsureFits(Requirements(new BitstreamTrust([trusted])))).Reason);
    }

    [Fact]
    public void A_signature_does_not_cover_another_header()
    {
        using ECDsa key = NewKey();
        byte[] forged = Forge(Pack(key: key), copy =>
        {
            int at = copy.AsSpan().IndexOf("0.1.0"u8);
            copy[at] = (byte)'9';
        });
        BitstreamFile file = BitstreamFile.Parse(forged, "sample");
        Assert.Equal("9.1.0", file.Header.Version);
        Assert.Equal(
            BitstreamRejection.Altered,
            Rejected(() => file.EnsureFits(Requirements(new BitstreamTrust([TrustedKey.FromKey(key)])))).Reason);
    }

    [Fact]
    public void Unsigned_passes_from_the_callers_own_file()
    {
        using TemporaryFolder folder = new();
        BitstreamFile file = BitstreamFile.Open(folder.Write("x.obit", Pack(), OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead));
        file.EnsureFits(Requirements(BitstreamTrust.OwnFilesOnly));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void Unsigned_is_refused_from_a_file_that_others_can_write(UnixFileMode others)
    {
        using TemporaryFolder folder = new();
        BitstreamFile file = BitstreamFile.Open(folder.Write("x.obit", Pack(), OwnerOnly | others));
        BitstreamRejectedException rejected = Rejected(() => file.EnsureFits(Requirements(BitstreamTrust.OwnFilesOnly)));
        Assert.Equal(BitstreamRejection.NotTrusted, rejected.Reason);
        Assert.Contains("chmod go-w", rejected.Message, StringComparison.Ordinal);
        file.EnsureFits(Requirements(trust: null));
    }

    [SkippableFact]
    public void Unsigned_is_refused_from_another_users_file()
    {
        Skip.If(Environment.UserName != "root", "only root can give a file away");
        using TemporaryFolder folder = new();
        string path = folder.Write("x.obit", Pack());
        using (System.Diagnostics.Process chown = System.Diagnostics.Process.Start("chown", ["65534", path]))
        {
            chown.WaitForExit();
            Assert.Equal(0, chown.ExitCode);
        }

        BitstreamRejectedException rejected = Rejected(() =>
            BitstreamFile.Open(path).EnsureFits(Requirements(BitstreamTrust.OwnFilesOnly)));
        Assert.Equal(BitstreamRejection.NotTrusted, rejected.Reason);
        Assert.Contains("belongs to user 65534", rejected.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Unsigned_is_refused_where_it_came_from_no_file() => Assert.Equal(
        BitstreamRejection.NotTrusted,
        Rejected(() => BitstreamFile.Parse(Pack(), "sample").EnsureFits(Requirements(BitstreamTrust.OwnFilesOnly))).Reason);

    [Fact]
    public void What_was_opened_counts_and_not_what_lies_there_later()
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("x.obit", Pack());
        BitstreamFile file = BitstreamFile.Open(path);
        folder.Write("x.obit", Pack(board: "other"), OwnerOnly | UnixFileMode.OtherWrite);
        file.EnsureFits(Requirements(BitstreamTrust.OwnFilesOnly));
    }

    [Fact]
    public void Configured_keys_are_read_and_have_to_be_safe()
    {
        using TemporaryFolder folder = new();
        using ECDsa key = NewKey();
        byte[] pem = System.Text.Encoding.ASCII.GetBytes(key.ExportSubjectPublicKeyInfoPem());
        Environment.SetEnvironmentVariable(BitstreamTrust.KeysVariable, Path.GetDirectoryName(folder["x"]));
        try
        {
            Assert.Empty(BitstreamTrust.FromConfiguration().Keys);
            folder.Write("one.pem", pem);
            Assert.Equal(TrustedKey.FromKey(key).Id, Assert.Single(BitstreamTrust.FromConfiguration().Keys).Id);
            folder.Write("one.pem", pem, OwnerOnly | UnixFileMode.OtherWrite);
            Assert.Equal(OffloadError.PermissionDenied, Assert.Throws<OffloadException>(BitstreamTrust.FromConfiguration).Code);
            folder.Write("one.pem", "no key"u8.ToArray());
            Assert.Contains("one.pem", Assert.Throws<OffloadException>(BitstreamTrust.FromConfiguration).Message, StringComparison.Ordinal);
        }
        finally
        {
            Environment.SetEnvironmentVariable(BitstreamTrust.KeysVariable, null);
        }
    }

    [Fact]
    public void Keys_on_other_curves_are_refused()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        Assert.Equal(OffloadError.InvalidArgument, Assert.Throws<OffloadException>(() => TrustedKey.FromKey(key)).Code);
    }
}
