using System.Security.Cryptography;
using System.Text;
using Offload.Boards;

namespace Offload.Serving;

/// <summary>The folder of the sockets of served boards; only its owner may look into it.</summary>
internal static class RuntimeDirectory
{
    /// <summary>Environment variable that names the folder.</summary>
    public const string Variable = "OFFLOAD_RUNTIME_DIR";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>The longest path that a unix socket's address holds, less a terminator.</summary>
    private const int MaxSocketPath = 107;

    /// <summary>Path of the folder, whether it is there or not.</summary>
    public static string PathOf(OffloadBoardOptions options)
    {
        if (options.RuntimeDirectory is { Length: > 0 } chosen)
        {
            return Path.GetFullPath(chosen);
        }

        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } set)
        {
            return Path.GetFullPath(set);
        }

        uint user = Posix.EffectiveUser;
        return user == 0 ? "/run/offload"
            : Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } runtime ? Path.Combine(runtime, "offload")
            : Path.Combine(Path.GetTempPath(), $"offload-{user}");
    }

    /// <summary>Makes the folder where it is missing, and refuses one that others can reach.</summary>
    /// <exception cref="OffloadException"><see cref="OffloadError.PermissionDenied"/>.</exception>
    public static string Ensure(OffloadBoardOptions options)
    {
        string path = PathOf(options);
        try
        {
            Directory.CreateDirectory(path, OwnerOnly);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new OffloadException(
                OffloadError.PermissionDenied, $"The folder {path} for the sockets of served boards cannot be made: {exception.Message}. Set {Variable}.", exception);
        }

        Check(path);
        return path;
    }

    /// <summary>Refuses a folder that is not the caller's alone.</summary>
    public static void Check(string path)
    {
        FileOwner owner = Posix.OwnerOf(path);
        if (owner.User != Posix.EffectiveUser || (owner.Mode & 0x3F) != 0)
        {
            throw new OffloadException(
                OffloadError.PermissionDenied,
                $"The folder {path} for the sockets of served boards has to belong to user {Posix.EffectiveUser} with mode 0700; it belongs to user "
                + $"{owner.User} with mode 0{Convert.ToString(owner.Mode & 0xFFF, 8)}. Run chmod 0700 on it, or set {Variable} to another folder.");
        }
    }

    /// <summary>Path of a board's socket in the folder.</summary>
    public static string SocketOf(string directory, string id)
    {
        StringBuilder name = new();
        foreach (byte part in Encoding.UTF8.GetBytes(id))
        {
            char letter = (char)part;
            if (char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_')
            {
                name.Append(letter);
            }
            else
            {
                name.Append('%').Append(part.ToString("x2", System.Globalization.CultureInfo.InvariantCulture));
            }
        }

        string path = Path.Combine(directory, name + ".sock");
        return path.Length <= MaxSocketPath - ServedSocket.TemporarySuffix.Length
            ? path
            : Path.Combine(directory, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)))[..16] + ".sock");
    }
}
