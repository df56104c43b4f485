using Offload.Cli;
using Offload.Cli.Shell;

using var signals = new Signals();
return await new OffloadCommand(Terminal.OfProcess()).RunAsync(args, signals.Token).ConfigureAwait(false);
