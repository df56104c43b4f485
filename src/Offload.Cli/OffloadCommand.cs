using System.CommandLine;
using System.CommandLine.Help;
using Offload.Boards;
using Offload.Cli.Commands;
using Offload.Cli.Shell;

namespace Offload.Cli;

/// <summary>The whole command line. Building and parsing it, and showing its help, opens no board.</summary>
internal sealed class OffloadCommand
{
    private readonly Terminal _terminal;
    private readonly Func<OffloadBoardOptions> _boards;
    private readonly Option<string?> _board = new("--board", "-b")
    {
        Description = "Id of the board (see `offload boards`), or the path of the socket that serves it. Not needed where there is only one.",
        HelpName = "ID",
        Recursive = true,
    };

    private readonly Option<bool> _json = new("--json") { Description = "Write JSON: one object a line, with a schema version.", Recursive = true };

    /// <summary>Makes the command line.</summary>
    /// <param name="terminal">Where it writes, and asks.</param>
    /// <param name="boards">Where boards are looked for; null: on every bus of this machine.</param>
    internal OffloadCommand(Terminal terminal, Func<OffloadBoardOptions>? boards = null)
    {
        _terminal = terminal;
        _boards = boards ?? BoardSources.Options;
        // Not a RootCommand: that takes its name from the assembly, which cannot have the program's.
        Root = new Command("offload", "Brings up, inspects and shows the Offload TCP handshake engine.");
        Root.Options.Add(new HelpOption());
        Root.Options.Add(new VersionOption());
        Root.Options.Add(_board);
        Root.Options.Add(_json);
        Root.Subcommands.Add(BoardsCommand.Create(this));
        Root.Subcommands.Add(DoctorCommand.Create(this));
        Root.Subcommands.Add(InfoCommand.Create(this));
        Root.Subcommands.Add(LoadCommand.Create(this));
        Root.Subcommands.Add(IsnCommand.Create(this));
        Root.Subcommands.Add(ListenersCommand.Create(this));
        Root.Subcommands.Add(TimersCommand.Create(this));
        Root.Subcommands.Add(ConnectCommand.Create(this));
        Root.Subcommands.Add(EndCommand.CreateClose(this));
        Root.Subcommands.Add(EndCommand.CreateAbort(this));
        Root.Subcommands.Add(ConnectionsCommand.Create(this));
        Root.Subcommands.Add(CountersCommand.Create(this));
        Root.Subcommands.Add(RegistersCommand.Create(this));
        Root.Subcommands.Add(ServeCommand.Create(this));
        Root.Subcommands.Add(BoardCommand.Create(this));
        Root.Subcommands.Add(VirtualCommand.Create(this));
        Root.Subcommands.Add(DemoCommand.Create(this));
    }

    internal Command Root { get; }

    /// <summary>Runs one command line and gives the process's exit code.</summary>
    internal async Task<int> RunAsync(string[] arguments, CancellationToken cancellation)
    {
        // Nothing on the command line: the help is the answer, as with --help.
        var parsed = Root.Parse(arguments.Length == 0 ? ["--help"] : arguments);
        var json = parsed.GetValue(_json);
        if (parsed.Errors.Count > 0 && parsed.Action is not HelpAction)
        {
            var name = CommandPath(parsed);
            new Failure(ExitCode.Usage, "usage", parsed.Errors[0].Message, $"{name} --help").WriteTo(_terminal.Error, json);
            return (int)ExitCode.Usage;
        }

        try
        {
            return await parsed.InvokeAsync(
                new InvocationConfiguration
                {
                    Output = _terminal.Output,
                    Error = _terminal.Error,
                    EnableDefaultExceptionHandler = false,
                    ProcessTerminationTimeout = null,
                },
                cancellation).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The last place that can turn it into words.
        catch (Exception e)
#pragma warning restore CA1031
        {
            var failure = cancellation.IsCancellationRequested && e is not OutputClosedException
                ? Failure.From(new OperationCanceledException(cancellation))
                : Failure.From(e);
            failure.WriteTo(_terminal.Error, json);
            return (int)failure.ExitCode;
        }
    }

    /// <summary>Lets <paramref name="command"/> do <paramref name="run"/>.</summary>
    internal Command With(Command command, Func<CommandContext, Task<ExitCode>> run)
    {
        command.SetAction(async (arguments, cancellation) => (int)await run(new CommandContext
        {
            Arguments = arguments,
            Terminal = _terminal,
            Json = arguments.GetValue(_json),
            BoardId = arguments.GetValue(_board),
            Cancellation = cancellation,
            Boards = _boards,
        }).ConfigureAwait(false));
        return command;
    }

    private static string CommandPath(ParseResult parsed)
    {
        var names = new List<string>();
        for (var result = parsed.CommandResult; result is not null; result = result.Parent as System.CommandLine.Parsing.CommandResult)
        {
            names.Insert(0, result.Command.Name);
        }

        return string.Join(' ', names);
    }
}
