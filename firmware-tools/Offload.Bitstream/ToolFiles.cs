using System.Security.Cryptography;
using Offload.Programming;

namespace Offload.Bitstream;

/// <summary>Files that the tool reads and writes, with errors that name them.</summary>
internal static class ToolFiles
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Shared = Private | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    internal static string ReadText(string path) => Guarded(path, "read", () => File.ReadAllText(path));

    internal static byte[] ReadBytes(string path) => Guarded(path, "read", () => File.ReadAllBytes(path));

    /// <summary>Reads a container; what is wrong with it stays a <see cref="BitstreamRejectedException"/>.</summary>
    internal static BitstreamFile ReadBitstream(string path) => Guarded(path, "read", () => BitstreamFile.Open(path));

    internal static TrustedKey ReadPublicKey(string path)
    {
        try
        {
            return TrustedKey.FromPem(ReadText(path));
        }
        catch (OffloadException exception)
        {
            throw new ToolException(ExitCode.Usage, $"{path}: {exception.Message}", exception);
        }
    }

    /// <summary>Reads a private key; the caller disposes it.</summary>
    internal static ECDsa ReadPrivateKey(string path)
    {
        ECDsa key = ECDsa.Create();
        try
        {
            key.ImportFromPem(ReadText(path));
            _ = TrustedKey.FromKey(key);
            _ = key.SignHash(new byte[SHA256.HashSizeInBytes]);
            return key;
        }
        catch (Exception exception) when (exception is ArgumentException or CryptographicException or OffloadException)
        {
            key.Dispose();
            throw new ToolException(
                ExitCode.Usage, $"{path} is not a private key on P-256 in PEM form; make one with `offload-bitstream keygen`", exception);
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    /// <summary>Writes a file as a whole or not at all, writable by its owner alone whatever the umask says.</summary>
    /// <param name="path">The file.</param>
    /// <param name="data">Its contents.</param>
    /// <param name="replace">Whether one that is there may be replaced.</param>
    /// <param name="secret">Whether only its owner may read it.</param>
    internal static void Write(string path, ReadOnlySpan<byte> data, bool replace, bool secret = false)
    {
        if (!replace && File.Exists(path))
        {
            throw new ToolException(ExitCode.Usage, $"{path} is there already; choose another name, or remove it first");
        }

        string part = path + ".part";
        byte[] bytes = data.ToArray();
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = Private;
        }

        Guarded(path, "written", () =>
        {
            File.Delete(part);
            using (FileStream stream = new(part, options))
            {
                if (!secret && !OperatingSystem.IsWindows())
                {
                    File.SetUnixFileMode(stream.SafeFileHandle, Shared);
                }

                stream.Write(bytes);
            }

            File.Move(part, path, replace);
            return 0;
        });
    }

    private static T Guarded<T>(string path, string what, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new ToolException(
                ExitCode.PermissionDenied, $"{path} may not be {what}: {exception.Message}; look at its owner and permissions", exception);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ToolException(ExitCode.Usage, $"{path} is not there; look at the path", exception);
        }
        catch (IOException exception)
        {
            throw new ToolException(ExitCode.Failed, $"{path} cannot be {what}: {exception.Message}", exception);
        }
    }
}
