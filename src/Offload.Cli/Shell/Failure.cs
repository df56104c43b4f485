using System.Text.Json.Nodes;
using Offload.Cli.Demo;

namespace Offload.Cli.Shell;

/// <summary>What went wrong, as the user is told: message, next step, exit code.</summary>
internal sealed record Failure(ExitCode ExitCode, string Code, string Message, string? NextStep)
{
    private const string Other = "`offload info` shows the board's state; if that is well, report the message: it should have said more.";

    /// <summary>What <paramref name="exception"/> means to the user.</summary>
    internal static Failure From(Exception exception) => exception switch
    {
        CliException e => new Failure(e.ExitCode, JsonOutput.Name(e.ExitCode), e.Message, e.NextStep),
        DemoException e => new Failure(e.IsPermission ? ExitCode.PermissionDenied : ExitCode.Failed, e.IsPermission ? "permission_denied" : "failed", e.Message, e.NextStep),
        OffloadException e => new Failure(Exit(e.Code), JsonOutput.Name(e.Code), e.Message, Next(e.Code)),
        OperationCanceledException => new Failure(ExitCode.Interrupted, "interrupted", "interrupted.", null),
        OutputClosedException e => new Failure(ExitCode.OutputClosed, "output_closed", e.Message, null),
        UnauthorizedAccessException e => new Failure(ExitCode.PermissionDenied, "permission_denied", e.Message, "Run it as the file's owner, or as root."),
        FileNotFoundException or DirectoryNotFoundException => new Failure(ExitCode.Failed, "file_not_found", exception.Message, "Check the file's path."),
        ArgumentException or FormatException => new Failure(ExitCode.Usage, "usage", exception.Message, Next(OffloadError.InvalidArgument)),
        _ => new Failure(ExitCode.Failed, "failed", $"{exception.GetType().Name}: {exception.Message}", Other),
    };

    /// <summary>Tells the user; a pipe that has closed gets nothing.</summary>
    internal void WriteTo(TextWriter error, bool json)
    {
        if (ExitCode == ExitCode.OutputClosed)
        {
            return;
        }

        if (json)
        {
            JsonOutput.Write(error, new JsonObject
            {
                ["error"] = new JsonObject { ["code"] = Code, ["message"] = Message, ["next"] = NextStep, ["exit_code"] = (int)ExitCode },
            });
            return;
        }

        error.WriteLine($"error: {Message}");
        if (NextStep is not null)
        {
            error.WriteLine($"next:  {NextStep}");
        }
    }

    private static ExitCode Exit(OffloadError code) => code switch
    {
        OffloadError.NoBitstream => ExitCode.NoBitstream,
        OffloadError.BoardNotFound or OffloadError.BoardAmbiguous or OffloadError.BoardGone => ExitCode.BoardNotFound,
        OffloadError.BitstreamRejected => ExitCode.BitstreamRejected,
        OffloadError.PermissionDenied => ExitCode.PermissionDenied,
        OffloadError.BoardBusy or OffloadError.AddressInUse or OffloadError.ListenersExhausted or OffloadError.ConnectionExists or OffloadError.TableFull or OffloadError.DataPending => ExitCode.Busy,
        OffloadError.ConnectionRefused => ExitCode.ConnectionRefused,
        OffloadError.ConnectionTimedOut => ExitCode.TimedOut,
        OffloadError.NoRoute or OffloadError.NextHopUnreachable => ExitCode.Unreachable,
        OffloadError.RegisterMapMismatch => ExitCode.Mismatch,
        OffloadError.CommandGone => ExitCode.NoSuchItem,
        OffloadError.InvalidArgument => ExitCode.Usage,
        OffloadError.LoadFailed => ExitCode.LoadFailed,
        OffloadError.BoardNeedsRecovery => ExitCode.NeedsRecovery,
        _ => ExitCode.Failed,
    };

    private static string Next(OffloadError code) => code switch
    {
        OffloadError.NoBitstream => "offload load FILE",
        OffloadError.BoardNotFound => "`offload boards` lists the boards; `offload virtual run` starts one in software.",
        OffloadError.BoardAmbiguous => "Name one: offload --board ID ...",
        OffloadError.BoardBusy => "End the program that holds the board, or let it serve the board.",
        OffloadError.BoardGone => "Start what held the board again; `offload boards` shows what is there.",
        OffloadError.BitstreamRejected => "`offload-bitstream inspect FILE` shows what the file is.",
        OffloadError.RegisterMapMismatch => "offload load FILE, with the bitstream that belongs to this version.",
        OffloadError.AddressInUse => "`offload listeners list` and `ss -tln` show who has it.",
        OffloadError.AddressNotAvailable => "`ip address` shows the host's addresses.",
        OffloadError.ListenersExhausted => "offload listeners remove SLOT",
        OffloadError.DataPending => "Let the application read what there is and wait for its last data's acknowledgment, then try again; or close the socket.",
        OffloadError.CommandGone => "`offload connections list` shows the connections that there are.",
        OffloadError.CommandUnsupported => "`offload connections list` shows state and owner of each connection.",
        OffloadError.ConnectionRefused => "Nothing listens there; check address and port.",
        OffloadError.ConnectionTimedOut => "Look at the path to the peer; `offload timers show` tells how often a SYN is sent again.",
        OffloadError.ConnectionExists => "`offload connections list` shows it; it may be in TIME-WAIT.",
        OffloadError.TableFull => "`offload connections list` shows what fills the table; `offload close` and `offload abort` end connections.",
        OffloadError.NoRoute => "`ip route get ADDRESS` shows the host's route; it has to lead through the board.",
        OffloadError.NextHopUnreachable => "`ip neighbour` shows what the host knows of the next hop.",
        OffloadError.ConnectionAborted => "Open it again.",
        OffloadError.InvalidArgument => "--help shows what can be given.",
        OffloadError.LoadFailed => "Mend what the message names, and load again; docs/loading.md, \"When it fails\".",
        OffloadError.BoardNeedsRecovery => "offload load FILE; docs/loading.md, \"When it fails\", says what to do where that fails, too.",
        OffloadError.PermissionDenied => "Run it as the board's owner, or as root.",
        OffloadError.LinkFault => "Look at the board's cable or slot, and the kernel's log (`dmesg`); then try again.",
        OffloadError.ProtocolError => "Use the same version of `offload` as the process that holds the board; `offload boards` shows which that is.",
        OffloadError.Unsupported => "`offload info` shows what the board and its core have.",
        OffloadError.KeyNotHeld => "Do it in the process that set the key, or set a new one: offload isn set --new-key",
        OffloadError.NotComputable => "`offload connections list --json` shows each connection's origin; ISNs of syn and open follow from the key.",
        _ => Other,
    };
}
