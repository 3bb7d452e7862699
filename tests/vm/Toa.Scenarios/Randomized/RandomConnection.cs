using System;
using System.Linq;
using Toa.Injector;

namespace Toa.Scenarios.Randomized;

/// <summary>One connection of a run. Its random values depend only on the run's seed and on its number.</summary>
internal sealed class RandomConnection
{
    private static readonly byte[] s_paddedTimestamps = [1, 1, 8, 10, 0, 0, 0, 0, 0, 0, 0, 0];

    public RandomConnection(int seed, int number)
    {
        var random = new Random(HashCode(seed, number));
        Number = number;
        FormatSet = number / RandomRun.Batch % ModelFormat.Sets.Length;
        Road = (Road)random.Next(3);
        Timestamps = random.Next(3) == 0;
        Placement = (OptionPlacement)random.Next(2);
        DataCompletes = random.Next(3) == 0;
        SendsData = DataCompletes || random.Next(4) == 0;
        OnEverySegment = random.Next(2) == 0;
        Ending = (Ending)random.Next(3);

        var lottery = new OptionLottery(random, ModelFormat.Sets[FormatSet].Kinds);
        do
            Options = lottery.Draw(OptionBytes.MaxLength - (Timestamps ? s_paddedTimestamps.Length : 0));
        while (IsForTheKernel());
    }

    public int Number { get; }

    /// <summary>Which of <see cref="ModelFormat.Sets"/> is set. It is the same for a whole batch.</summary>
    public int FormatSet { get; }

    public Road Road { get; }

    /// <summary>Whether timestamps are offered; after the handshake, whether they are used.</summary>
    public bool Timestamps { get; set; }

    public OptionPlacement Placement { get; }

    /// <summary>The handshake ends with data, not with a bare ACK.</summary>
    public bool DataCompletes { get; }

    public bool SendsData { get; }

    /// <summary>Later segments carry the bytes too, as balancers send them.</summary>
    public bool OnEverySegment { get; }

    public Ending Ending { get; }

    public byte[] Options { get; }

    public OptionList List => OptionList.Of(Header);

    public OptionModel Expected => OptionModel.Of(Header, ModelFormat.Sets[FormatSet].Kinds);

    /// <summary>The data that the client sends. It identifies the connection.</summary>
    public byte[] Data => BitConverter.GetBytes(Number);

    public int HeaderLength => Header.Length;

    /// <summary>All option bytes of the segment. The values of the timestamps are not known here, and are zeros.</summary>
    private byte[] Header => !Timestamps ? Options
        : Placement == OptionPlacement.First ? [.. Options, .. s_paddedTimestamps]
        : [.. s_paddedTimestamps, .. Options];

    public override string ToString() =>
        $"connection {Number}: {Road}, {(DataCompletes ? "data" : "ACK")}, "
        + (Timestamps ? $"timestamps, bytes {Placement}" : "no timestamps")
        + $", option bytes {(Options.Length == 0 ? "none" : Convert.ToHexStringLower(Options))}";

    /// <summary>
    /// Whether the kernel itself acts on the bytes: keys (19, 29) and forged timestamps make it drop the segment. Also true if
    /// an option overlaps the timestamps, so that their values would be read as options.
    /// </summary>
    private bool IsForTheKernel()
    {
        OptionList list = OptionList.Of(Header);
        int own = Placement == OptionPlacement.First ? Options.Length + 2 : 2;
        bool swallows = Timestamps && list.Options.Any(o => o.Offset < own && o.Offset + o.Length > own);
        return swallows
            || list.Options.Any(o => o.Kind is 19 or 29 || (o.Kind == 8 && o.Length == 10 && !(Timestamps && o.Offset == own)));
    }

    /// <summary>A hash that is the same on every machine, unlike System.HashCode.</summary>
    private static int HashCode(int seed, int number)
    {
        ulong mixed = ((ulong)(uint)seed << 32 | (uint)number) * 0x9e3779b97f4a7c15;
        mixed = (mixed ^ (mixed >> 32)) * 0xd6e8feb86659fd93;
        return (int)(mixed >> 33);
    }
}
