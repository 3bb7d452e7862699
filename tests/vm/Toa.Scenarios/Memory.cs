namespace Toa.Scenarios;

/// <summary>What the provider holds.</summary>
internal static class Memory
{
    /// <summary>Once all connections are closed, everything that was allocated has been freed.</summary>
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
