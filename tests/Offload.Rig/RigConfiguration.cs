using System.Text.Json;

namespace Offload.Rig;

/// <summary>Which board the suite runs on. From the JSON file that OFFLOAD_RIG names; without it, the virtual board in process.</summary>
/// <param name="Board"><c>virtual</c>: in process; <c>pcie</c>: a PCI function of this machine; <c>sysfs</c>: the same without VFIO;
/// <c>usb</c>: at a USB socket.</param>
internal sealed record RigConfiguration(string Board = RigConfiguration.Virtual)
{
    internal const string Variable = "OFFLOAD_RIG";
    internal const string Virtual = "virtual";
    internal const string Pcie = "pcie";
    internal const string Sysfs = "sysfs";
    internal const string Usb = "usb";

    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow };

    /// <summary>Id of the board, where there are several of its kind.</summary>
    public string? Id { get; init; }

    /// <summary>Interface of this machine whose cable leads to the board's net port; frames go to and from it. Not needed in process.</summary>
    public string? NetInterface { get; init; }

    /// <summary>Label of the GPIO controller at the board's pins, with the loop and the sensors of tests/Offload.Rig/PinTests.cs; null: none.</summary>
    public string? Pins { get; init; }

    /// <summary>Id of a board at USB that is loaded through the JTAG of its own chip; null: none. Its PROGRAMN, INITN and DONE are at lines 3, 6 and 7 of
    /// <see cref="Pins"/>.</summary>
    public string? Loads { get; init; }

    /// <summary>The container that <see cref="Loads"/> is loaded with.</summary>
    public string? Container { get; init; }

    /// <summary>Folder for the register trace that whoever runs the board replays; null: it is replayed here.</summary>
    public string? Traces { get; init; }

    /// <summary>Folder over which whoever runs the board is asked for faults; null: nobody makes any.</summary>
    public string? Faults { get; init; }

    /// <summary>Of this process.</summary>
    internal static RigConfiguration Current { get; } = Read();

    private static RigConfiguration Read()
    {
        string? path = Environment.GetEnvironmentVariable(Variable);
        if (string.IsNullOrEmpty(path))
        {
            return new RigConfiguration();
        }

        RigConfiguration configuration = JsonSerializer.Deserialize<RigConfiguration>(File.ReadAllText(path), Options)
            ?? throw new InvalidDataException($"{path} is empty; see tests/Offload.Rig/README.md");
        return configuration.Board is Virtual or Pcie or Sysfs or Usb
            ? configuration
            : throw new InvalidDataException($"{path}: board is '{configuration.Board}', and {Virtual}, {Pcie}, {Sysfs} and {Usb} are possible");
    }
}
