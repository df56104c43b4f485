using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Offload.Boards;
using Offload.Cli.Shell;
using Offload.Isn;
using Offload.Registers;

namespace Offload.Cli.Commands;

/// <summary><c>offload isn</c>: how the engine makes initial sequence numbers.</summary>
internal static class IsnCommand
{
    private const int LongestKeyFile = 4096;

    internal static Command Create(OffloadCommand root)
    {
        var command = new Command("isn", "Shows and sets how initial sequence numbers are made (RFC 6528).");
        command.Subcommands.Add(root.With(new Command("show", "Shows mode and key state; never the key."), ShowAsync));
        command.Subcommands.Add(CreateSet(root));
        command.Subcommands.Add(CreateRotate(root));
        return command;
    }

    private static Command CreateRotate(OffloadCommand root)
    {
        var keys = new Option<IsnKeys>("--keys") { Description = "Which keys: isn (initial sequence numbers), cookie (SYN cookies), or all.", DefaultValueFactory = _ => IsnKeys.All };
        var command = new Command("rotate", "Sets new keys from the operating system's generator. No connection and no cookie under way is lost.") { keys };
        return root.With(command, async context =>
        {
            var board = await context.OpenBoardAsync().ConfigureAwait(false);
            await using (board.ConfigureAwait(false))
            {
                var rotation = await board.Isn.RotateAsync(context.Get(keys), context.Cancellation).ConfigureAwait(false);
                if (context.Json)
                {
                    context.WriteJson(new JsonObject
                    {
                        ["board"] = board.Description.Id,
                        ["keys"] = JsonOutput.Array(new[] { IsnKeys.Isn, IsnKeys.Cookie }.Where(key => rotation.Keys.HasFlag(key)), key => JsonOutput.Name(key)),
                        ["cookie_key_takes_effect_in_us"] = rotation.CookieKeyTakesEffectIn?.Ticks / TimeSpan.TicksPerMicrosecond,
                    });
                    return ExitCode.Ok;
                }

                if (rotation.Keys.HasFlag(IsnKeys.Isn))
                {
                    context.Output.WriteLine("ISN key     new from now on");
                }

                if (rotation.CookieKeyTakesEffectIn is { } wait)
                {
                    context.Output.WriteLine(wait == TimeSpan.Zero ? "Cookie key  new from now on" : $"Cookie key  new in {wait.TotalSeconds:0} s, with the next cookie period");
                }

                return ExitCode.Ok;
            }
        });
    }

    private static Command CreateSet(OffloadCommand root)
    {
        var mode = new Option<string?>("--mode") { Description = "rfc6528 (clock and keyed hash), counter (the clock alone; predictable), cookie (a SYN cookie for every SYN, RFC 4987) or fixed (tests only).", HelpName = "MODE" };
        mode.AcceptOnlyFromAmong("rfc6528", "counter", "fixed", "cookie");
        var value = new Option<uint?>("--value") { Description = "The number of mode fixed: decimal, or hexadecimal behind 0x.", CustomParser = Parse.Number };
        var newKey = new Option<bool>("--new-key") { Description = "Set a new key from the operating system's generator." };
        var keyFile = new Option<string?>("--key-file")
        {
            Description = "Set the key that a file holds, - for standard input: 32 hexadecimal digits or 16 bytes. (A key on the command line could be seen by every process.)",
            HelpName = "FILE",
        };
        var command = new Command("set", "Sets the mode, or the key, or both, for connections that are opened from now on.") { mode, value, newKey, keyFile };
        command.Validators.Add(result =>
        {
            var hasMode = result.GetValue(mode);
            if (hasMode is null && !result.GetValue(newKey) && result.GetValue(keyFile) is null)
            {
                result.AddError("Nothing to set: give --mode, --new-key or --key-file.");
            }

            if (result.GetValue(newKey) && result.GetValue(keyFile) is not null)
            {
                result.AddError("--new-key and --key-file exclude each other.");
            }

            if ((hasMode == "fixed") != (result.GetResult(value) is { Implicit: false }))
            {
                result.AddError("--value goes with --mode fixed, and only with that.");
            }
        });
        return root.With(command, async context =>
        {
            var key = context.Get(keyFile) is { } path ? ReadKey(path) : null;
            try
            {
                var board = await context.OpenBoardAsync().ConfigureAwait(false);
                await using (board.ConfigureAwait(false))
                {
                    if (key is not null)
                    {
                        await board.Isn.SetKeyAsync(key, context.Cancellation).ConfigureAwait(false);
                    }

                    if (context.Get(newKey))
                    {
                        await board.Isn.RotateKeyAsync(context.Cancellation).ConfigureAwait(false);
                    }

                    if (context.Get(mode) is { } name)
                    {
                        await board.Isn.SetModeAsync(Enum.Parse<IsnMode>(name, ignoreCase: true), context.Get(value), context.Cancellation).ConfigureAwait(false);
                    }

                    await WriteAsync(context, board).ConfigureAwait(false);
                    return ExitCode.Ok;
                }
            }
            finally
            {
                CryptographicOperations.ZeroMemory(key);
            }
        });
    }

    private static async Task<ExitCode> ShowAsync(CommandContext context)
    {
        var board = await context.OpenBoardAsync().ConfigureAwait(false);
        await using (board.ConfigureAwait(false))
        {
            await WriteAsync(context, board).ConfigureAwait(false);
            return ExitCode.Ok;
        }
    }

    private static async Task WriteAsync(CommandContext context, OffloadBoard board)
    {
        var isn = await board.Isn.GetAsync(context.Cancellation).ConfigureAwait(false);
        if (context.Json)
        {
            context.WriteJson(new JsonObject
            {
                ["board"] = board.Description.Id,
                ["mode"] = JsonOutput.Name(isn.Mode),
                ["effective_mode"] = JsonOutput.Name(isn.EffectiveMode),
                ["fixed_value"] = isn.Mode == IsnMode.Fixed ? isn.FixedValue : null,
                ["test_enabled"] = isn.TestEnabled,
                ["key_set"] = isn.IsKeySet,
                ["key_generation"] = isn.KeyGeneration,
            });
            return;
        }

        context.Output.WriteLine($"Mode  {Describe(isn)}");
        context.Output.WriteLine($"Key   {(isn.IsKeySet ? "set" : "not set")}; keys cannot be read");
    }

    private static string Describe(IsnConfiguration isn) => isn.EffectiveMode switch
    {
        IsnMode.Rfc6528 => "rfc6528: a clock of 4 us steps and a keyed hash of the tuple",
        IsnMode.Counter => "counter: the clock alone; a stranger can predict it",
        IsnMode.Cookie => "cookie: a SYN cookie for every SYN; for opens as rfc6528",
        IsnMode.Fixed => $"fixed: always {isn.FixedValue}; for tests only",
        _ => JsonOutput.Name(isn.EffectiveMode),
    };

    private static byte[] ReadKey(string path)
    {
        using var stream = path == "-" ? Console.OpenStandardInput() : File.OpenRead(path);
        var buffer = new byte[LongestKeyFile];
        try
        {
            var length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            if (length == BoardIsn.KeyLength)
            {
                return buffer[..length];
            }

            while (length > 0 && buffer[length - 1] is (byte)'\n' or (byte)'\r' or (byte)' ')
            {
                length--;
            }

            var key = new byte[BoardIsn.KeyLength];
            if (length == 2 * key.Length && Convert.FromHexString(buffer.AsSpan(0, length), key, out _, out _) == System.Buffers.OperationStatus.Done)
            {
                return key;
            }

            throw new CliException(ExitCode.Usage, $"{path} holds no key: it has to be 32 hexadecimal digits, or 16 bytes.", "`offload isn set --new-key` makes one, and needs no file.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer);
        }
    }
}
