namespace Toa.Scenarios;

/// <summary>The addresses that the provider stores.</summary>
internal static class Memory
{
    /// <summary>Expects that all stored addresses are freed. Close all connections before.</summary>
    public static void ExpectAllFreed()
    {
        Expect.Eventually(
            () => Held("ip6", out _) == 0 && Held("ip4", out _) == 0,
            () =>
            {
                Held("ip6", out string ip6);
                Held("ip4", out string ip4);
                return $"addresses are still held: {ip6}, {ip4}";
            });
    }

    private static long Held(string family, out string text)
    {
        Counters counters = Counters.Read();
        long allocated = counters[$"{family}_address_alloc"], freed = counters[$"{family}_address_free"];
        text = $"{family} {allocated} allocated, {freed} freed";
        return allocated - freed;
    }
}
