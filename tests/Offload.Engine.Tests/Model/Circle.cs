namespace Offload.Engine.Tests.Model;

/// <summary>Comparisons modulo 2³², as RFC 9293 3.4 and RFC 7323 3 define them for sequence numbers and timestamps.</summary>
internal static class Circle
{
    public static bool Before(uint a, uint b) => (int)(a - b) < 0;

    public static bool BeforeOrAt(uint a, uint b) => (int)(a - b) <= 0;

    public static bool After(uint a, uint b) => (int)(a - b) > 0;
}
