using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Offload.Boards;
using Offload.Cli.Shell;
using Offload.Registers;

namespace Offload.Cli.Commands;

/// <summary><c>offload registers</c>: the register map, and the registers of a board.</summary>
internal static class RegistersCommand
{
    internal static Command Create(OffloadCommand root)
    {
        var command = new Command("registers", "Shows the register map, reads and writes registers.");
        command.Subcommands.Add(root.With(new Command("list", "Lists the register map. Opens no board."), context => Task.FromResult(List(context))));
        command.Subcommands.Add(CreateRead(root));
        command.Subcommands.Add(CreateWrite(root));
        command.Subcommands.Add(root.With(new Command("dump", "Reads every register that can be read without a side effect."), DumpAsync));
        return command;
    }

    private static Command CreateRead(OffloadCommand root)
    {
        var target = TargetArgument();
        return root.With(new Command("read", "Reads a register, or a field of one.") { target }, async context =>
        {
            var where = context.Get(target);
            if (where.Register.Access == RegisterAccess.WriteOnly)
            {
                throw new CliException(ExitCode.Usage, $"{where.Register.Name} is write-only: what is in it never leaves the core.", "`offload registers list` shows what can be read.");
            }

            var board = await context.OpenBoardAsync().ConfigureAwait(false);
            await using (board.ConfigureAwait(false))
            {
                await ShowAsync(context, board, where).ConfigureAwait(false);
                return ExitCode.Ok;
            }
        });
    }

    private static Command CreateWrite(OffloadCommand root)
    {
        var target = TargetArgument();
        var value = new Argument<uint?>("value") { Description = "What is written: decimal, or hexadecimal behind 0x.", Arity = ArgumentArity.ExactlyOne, CustomParser = Parse.Number };
        return root.With(new Command("write", "Writes a register, or a field of one and leaves its other bits.") { target, value }, async context =>
        {
            var where = context.Get(target);
            var number = context.Get(value)!.Value;
            if (where.Register.Access is RegisterAccess.ReadOnly or RegisterAccess.Constant)
            {
                throw new CliException(ExitCode.Usage, $"{where.Register.Name} cannot be written.", "`offload registers list` shows what can be written.");
            }

            if (where.Field is { } field && number > field.Maximum)
            {
                throw new CliException(ExitCode.Usage, $"{number} does not fit into {where.Name}, whose largest value is {field.Maximum}.", "offload registers list");
            }

            var board = await context.OpenBoardAsync().ConfigureAwait(false);
            await using (board.ConfigureAwait(false))
            {
                if (where.Field is { } part)
                {
                    await board.Registers.WriteAsync(where.Register, part, number, context.Cancellation).ConfigureAwait(false);
                }
                else
                {
                    await board.Registers.WriteAsync(where.Address, new[] { number }, context.Cancellation).ConfigureAwait(false);
                }

                if (where.Register.Access == RegisterAccess.ReadWrite)
                {
                    await ShowAsync(context, board, where).ConfigureAwait(false);
                }
                else if (context.Json)
                {
                    context.WriteJson(Head(board, where));
                }

                return ExitCode.Ok;
            }
        });
    }

    private static async Task ShowAsync(CommandContext context, OffloadBoard board, Target where)
    {
        var words = new uint[where.IsWord ? 1 : where.Register.Words];
        await board.Registers.ReadAsync(where.Address, words, context.Cancellation).ConfigureAwait(false);
        var fields = where.Field is { } one ? [one] : words.Length == 1 && !where.IsWord ? where.Register.Fields : [];
        if (context.Json)
        {
            var json = Head(board, where);
            json["words"] = JsonOutput.Array(words, word => JsonValue.Create(word));
            json["fields"] = Fields(fields, words[0]);
            if (where.Field is { } field)
            {
                json["value"] = field.Get(words[0]);
            }

            context.WriteJson(json);
            return;
        }

        if (where.Field is { } shown)
        {
            context.Output.WriteLine($"{where.Name} = {Value(shown, words[0])}");
            return;
        }

        context.Output.WriteLine($"{where.Name} (0x{where.Address:x4}) = {string.Join(' ', words.Select(word => $"0x{word:x8}"))}");
        foreach (var field in fields)
        {
            context.Output.WriteLine($"  {field.Name} = {Value(field, words[0])}");
        }
    }

    private static ExitCode List(CommandContext context)
    {
        if (context.Json)
        {
            context.WriteJson(new JsonObject
            {
                ["map_hash"] = RegisterMap.Hash,
                ["registers"] = JsonOutput.Array(RegisterMap.All, register => new JsonObject
                {
                    ["name"] = register.Name,
                    ["address"] = register.Address,
                    ["words"] = register.Words,
                    ["access"] = JsonOutput.Name(register.Access),
                    ["description"] = register.Description,
                    ["fields"] = JsonOutput.Array(register.Fields, field => new JsonObject
                    {
                        ["name"] = field.Name,
                        ["lsb"] = field.Lsb,
                        ["width"] = field.Width,
                        ["reset"] = field.Reset,
                        ["description"] = field.Description,
                    }),
                }),
            });
            return ExitCode.Ok;
        }

        var table = new TextTable("ADDRESS", "REGISTER", "WORDS", "ACCESS", "FIELDS") { RightAligned = [2] };
        foreach (var register in RegisterMap.All)
        {
            table.Add(
                $"0x{register.Address:x4}",
                register.Name,
                register.Words.ToString(CultureInfo.InvariantCulture),
                JsonNamingPolicy.KebabCaseLower.ConvertName(register.Access.ToString()),
                string.Join(' ', register.Fields.Select(field => field.Name)));
        }

        table.WriteTo(context.Output);
        return ExitCode.Ok;
    }

    private static async Task<ExitCode> DumpAsync(CommandContext context)
    {
        var board = await context.OpenBoardAsync().ConfigureAwait(false);
        await using (board.ConfigureAwait(false))
        {
            var values = await board.Registers.DumpAsync(context.Cancellation).ConfigureAwait(false);
            if (context.Json)
            {
                context.WriteJson(new JsonObject
                {
                    ["board"] = board.Description.Id,
                    ["registers"] = JsonOutput.Array(values, value => new JsonObject
                    {
                        ["name"] = value.Register.Name,
                        ["address"] = value.Register.Address,
                        ["words"] = JsonOutput.Array(value.Words, word => JsonValue.Create(word)),
                    }),
                });
                return ExitCode.Ok;
            }

            var table = new TextTable("ADDRESS", "REGISTER", "VALUE");
            foreach (var value in values)
            {
                table.Add($"0x{value.Register.Address:x4}", value.Register.Name, string.Join(' ', value.Words.Select(word => $"{word:x8}")));
            }

            table.WriteTo(context.Output);
            return ExitCode.Ok;
        }
    }

    private static JsonObject Head(OffloadBoard board, Target where) =>
        new() { ["board"] = board.Description.Id, ["name"] = where.Name, ["address"] = where.Address };

    private static JsonObject Fields(IReadOnlyList<RegisterField> fields, uint word)
    {
        var json = new JsonObject();
        foreach (var field in fields)
        {
            json[field.Name] = field.Get(word);
        }

        return json;
    }

    private static string Value(RegisterField field, uint word)
    {
        var value = field.Get(word);
        return field.Values.FirstOrDefault(named => named.Value == value) is { } known ? $"{value} ({known.Name})" : value.ToString(CultureInfo.InvariantCulture);
    }

    private static Argument<Target> TargetArgument() => new("register")
    {
        Description = "Name of a register (isn.mode), of a field (isn.mode.mode), or an address (0x180).",
        CustomParser = result =>
        {
            var text = result.Tokens.Single().Value;
            var target = Find(text);
            if (target is null)
            {
                result.AddError($"There is no register '{text}'; `offload registers list` shows them all.");
            }

            return target!;
        },
    };

    private static Target? Find(string text)
    {
        if (Parse.TryNumber(text, out var address))
        {
            var holder = RegisterMap.All.FirstOrDefault(register => address >= register.Address && address < register.Address + (4 * register.Words));
            return holder is null || address % 4 != 0 ? null : new Target(holder, null, address, IsWord: holder.Words > 1);
        }

        if (RegisterMap.Find(text) is { } whole)
        {
            return new Target(whole, null, whole.Address, IsWord: false);
        }

        var dot = text.LastIndexOf('.');
        return dot > 0
            && RegisterMap.Find(text[..dot]) is { } parent
            && parent.Fields.FirstOrDefault(field => field.Name == text[(dot + 1)..]) is { } part
            ? new Target(parent, part, parent.Address, IsWord: false)
            : null;
    }

    /// <summary>What a command names: a register, a field of one, or one word of a long one.</summary>
    private sealed record Target(RegisterInfo Register, RegisterField? Field, uint Address, bool IsWord)
    {
        internal string Name => Field is null ? Register.Name : $"{Register.Name}.{Field.Name}";
    }
}
