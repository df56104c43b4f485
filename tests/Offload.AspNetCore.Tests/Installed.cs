namespace Offload.AspNetCore.Tests;

/// <summary>Programs of this machine that a test may need.</summary>
internal static class Installed
{
    /// <summary>Skips the test where the machine does not have it.</summary>
    internal static void Need(string program) =>
        Skip.IfNot((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program))), $"{program} is not installed");
}
