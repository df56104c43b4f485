using Offload.Engine.Tests.Harness;
using Offload.Engine.Tests.Model;

namespace Offload.Engine.Tests.Lockstep;

/// <summary>Where connections lie in the table: the Toeplitz hash of their keys, as <c>placement_hash.v</c> states it.</summary>
internal static class Placement
{
    private const int HashBits = 33;

    /// <summary>
    /// Changes a key that puts connections into one place, bit by bit, until no three of them have one hash: the table has room for two (one in the index,
    /// one in the stash), and by a random key there is never a third.
    /// </summary>
    public static void KeepPairs(uint[] key, IReadOnlyList<Flow> flows, Random random)
    {
        while (flows.GroupBy(flow => Hash(flow, key)).Any(group => group.Count() > 2))
        {
            int bit = random.Next(32 * key.Length);
            key[bit / 32] ^= 1u << (bit % 32);
        }
    }

    /// <summary>The hash of a connection by a placement key.</summary>
    public static ulong Hash(Flow flow, uint[] key)
    {
        uint[] words = Core.KeyImage(flow).ToWords();
        ulong hash = 0;
        for (int i = 0; i < 32 * words.Length; i++)
        {
            if ((words[i / 32] >> (i % 32) & 1) == 0)
            {
                continue;
            }

            for (int j = 0; j < HashBits; j++)
            {
                int bit = i + j;
                hash ^= (ulong)(bit < 32 * key.Length ? key[bit / 32] >> (bit % 32) & 1 : 0) << j;
            }
        }

        return hash;
    }
}
