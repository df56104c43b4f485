using System.CommandLine;
using System.CommandLine.Help;
using Offload.Bitstream.Silicon;
using Offload.Programming;

namespace Offload.Bitstream;

/// <summary>The command `offload-bitstream`. None of its commands runs anything of a bitstream.</summary>
internal static class BitstreamTool
{
    /// <summary>Runs one command line.</summary>
    internal static ExitCode Run(string[] arguments, TextWriter output, TextWriter error)
    {
        RootCommand root = new("Packs, shows, checks and signs bitstream containers (docs/bitstream.md). Nothing of a bitstream is run.")
        {
            PackCommand.Create(output),
            InspectCommand.Create(output),
            VerifyCommand.Create(output),
            KeygenCommand.Create(output),
            PlanCommand.Create(output),
            AreaCommand.Create(output),
            ReportCommand.Create(output),
        };
        ParseResult parsed = root.Parse(arguments.Length == 0 ? ["--help"] : arguments);
        if (parsed.Errors.Count > 0 && parsed.Action is not HelpAction)
        {
            error.WriteLine($"error: {parsed.Errors[0].Message}");
            error.WriteLine("       see `offload-bitstream --help`");
            return ExitCode.Usage;
        }

        try
        {
            return (ExitCode)parsed.Invoke(new InvocationConfiguration
            {
                Output = output,
                Error = error,
                EnableDefaultExceptionHandler = false,
            });
        }
        catch (BitstreamRejectedException exception)
        {
            error.WriteLine($"rejected ({Name(exception.Reason)}): {exception.Message}");
            return ExitCode.BitstreamRejected;
        }
        catch (ToolException exception)
        {
            error.WriteLine($"error: {exception.Message}");
            return exception.ExitCode;
        }
        catch (Exception exception) when (exception is ArgumentException or OffloadException)
        {
            error.WriteLine($"error: {exception.Message}");
            return ExitCode.Usage;
        }
    }

    /// <summary>A reason as the tool writes it: wrong-id-code.</summary>
    internal static string Name(BitstreamRejection reason) =>
        System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(reason.ToString());
}
