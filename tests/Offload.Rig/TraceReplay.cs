using System.Globalization;
using Offload.Boards;
using Offload.Engine.Tests.Harness;
using Offload.Links;
using Offload.Programming;
using Offload.Registers;
using Offload.VirtualBoard;

namespace Offload.Rig;

/// <summary>Does the accesses of a register trace on a fresh virtual board, and tells where the answers differ.</summary>
/// <remarks>Compared are registers whose value follows from what was written: constants and those that can be written. Time, counters, and what peers did
/// are not in a trace.</remarks>
internal static class TraceReplay
{
    /// <summary>Runs a trace.</summary>
    /// <param name="trace">Its lines: <c>read</c> or <c>write</c>, the address, and the words, in hexadecimal; those with a # failed.</param>
    /// <returns>A line for each difference.</returns>
    internal static async Task<List<string>> RunAsync(IEnumerable<string> trace)
    {
        VirtualBoardProvider provider = new();
        BoardHardware board = await provider.OpenAsync((await provider.DiscoverAsync())[0]);
        await using (board)
        {
            await board.Programmer.LoadAsync(BitstreamFile.Open(Path.Combine(Repository.Root, "artifacts", "virtual", "offload-virtual.obit")));
            List<string> differences = [];
            int number = 0;
            foreach (string line in trace)
            {
                number++;
                if (await DifferenceAsync(board.Link, line) is { } difference)
                {
                    differences.Add(string.Create(CultureInfo.InvariantCulture, $"line {number}: {difference}"));
                }
            }

            return differences;
        }
    }

    private static async Task<string?> DifferenceAsync(RegisterLink link, string line)
    {
        string[] parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        bool failed = parts[0] == "#";
        string[] access = failed ? parts[2..] : parts;
        uint address = uint.Parse(access[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        uint[] words = [.. access[2..].Select(word => uint.Parse(word, NumberStyles.HexNumber, CultureInfo.InvariantCulture))];
        uint[] now = new uint[words.Length];
        try
        {
            if (access[0] == "write")
            {
                await link.WriteAsync(address, words);
            }
            else
            {
                await link.ReadAsync(address, now);
            }
        }
        catch (OffloadException exception)
        {
            return failed ? null : $"{line} now ends in {exception.Code}";
        }

        if (failed)
        {
            return parts[1] == nameof(OffloadError.LinkFault) ? $"{line} now succeeds" : null; // a board that was gone is the bus's matter
        }

        for (int i = 0; access[0] == "read" && i < words.Length; i++)
        {
            uint at = address + ((uint)i * sizeof(uint));
            if (now[i] != words[i] && IsComparable(at))
            {
                return string.Create(CultureInfo.InvariantCulture, $"{at:x4} was {words[i]:x8} and is {now[i]:x8}");
            }
        }

        return null;
    }

    private static bool IsComparable(uint address) =>
        RegisterMap.All.Any(register => address >= register.Address && address < register.Address + ((uint)register.Words * sizeof(uint))
            && !register.IsWindow && register.Access is RegisterAccess.Constant or RegisterAccess.ReadWrite);
}
