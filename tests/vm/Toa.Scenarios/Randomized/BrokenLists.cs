using System.Net;
using Toa.Injector;
using Toa.Scenarios.Posix;

namespace Toa.Scenarios.Randomized;

/// <summary>
/// Predicts the segments that the kernel itself drops. Since 6.7, a kernel with TCP keys (CONFIG_TCP_MD5SIG, CONFIG_TCP_AO)
/// searches every header for them. It drops a segment whose list breaks at a position where a key would still fit.
/// </summary>
internal sealed class BrokenLists
{
    private static readonly int[] s_keySizes = [5, 18];

    private readonly int _leastRoom;

    private BrokenLists(int leastRoom) => _leastRoom = leastRoom;

    /// <summary>Tests the running kernel.</summary>
    public static BrokenLists Ask(Stage stage)
    {
        foreach (int size in s_keySizes)
        {
            if (IsDropped(stage, room: (size + 3) & ~3))
                return new BrokenLists(size);
        }
        return new BrokenLists(int.MaxValue);
    }

    public bool AreDropped(RandomConnection connection) =>
        connection.List.BrokenAt is int at && connection.HeaderLength - at >= _leastRoom;

    private static bool IsDropped(Stage stage, int room)
    {
        using var listener = new Listener(IPAddress.Any);
        var broken = new byte[room];
        broken[0] = 6; // and its length is 0
        IPEndPoint balancer = stage.NextBalancer();
        using InjectedConnection first = stage.Injector.Connect(new ConnectRequest
        {
            Client = balancer,
            Server = Stage.ServerEnd(listener),
            AckOptions = OptionBytes.Raw(broken),
        });
        // Segments stay in order: if the server accepts the second connection first, the first one was dropped.
        using InjectedConnection second = stage.Injector.Connect(new ConnectRequest
        {
            Client = stage.NextBalancer(),
            Server = Stage.ServerEnd(listener),
        });
        using Accepted accepted = listener.Accept();
        return !accepted.AcceptName.Equals(balancer);
    }
}
