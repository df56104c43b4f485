using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;

namespace Offload.Cli.Commands;

/// <summary>Readers of arguments that the library has none for; what they refuse is a usage error, before any board is opened.</summary>
internal static class Parse
{
    /// <summary>An end point argument: 192.0.2.2:80 or [2001:db8::2]:80.</summary>
    internal static Argument<IPEndPoint> EndPoint(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = result =>
        {
            var text = result.Tokens.Single().Value;
            // IPEndPoint.Parse takes a missing port for 0, and an IPv6 address without brackets for one without a port.
            if (IPEndPoint.TryParse(text, out var endPoint) && endPoint.Port != 0)
            {
                return endPoint;
            }

            result.AddError($"'{text}' is no end point: ADDRESS:PORT or [ADDRESS]:PORT with a port of 1 to 65535.");
            return null!;
        },
    };

    /// <summary>A number, decimal or 0x hexadecimal.</summary>
    internal static uint? Number(ArgumentResult result)
    {
        var text = result.Tokens.Single().Value;
        if (TryNumber(text, out var value))
        {
            return value;
        }

        result.AddError($"'{text}' is no number of 32 bits: decimal, or hexadecimal behind 0x.");
        return null;
    }

    /// <summary>A number, decimal or 0x hexadecimal.</summary>
    internal static bool TryNumber(string text, out uint value) =>
        text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? uint.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value)
            : uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    /// <summary>Adds an error where a number is outside a range.</summary>
    internal static Option<int?> Within(this Option<int?> option, int least, int most)
    {
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out var value) && (value < least || value > most))
            {
                result.AddError($"{option.Name} is {least} to {most}, not {value}.");
            }
        });
        return option;
    }

    /// <summary>Adds an error where a number is outside a range.</summary>
    internal static Option<int> Within(this Option<int> option, int least, int most)
    {
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out var value) && (value < least || value > most))
            {
                result.AddError($"{option.Name} is {least} to {most}, not {value}.");
            }
        });
        return option;
    }
}
