namespace Toa.Scenarios.Randomized;

/// <summary>How a connection ends, and which side ends it.</summary>
internal enum Ending
{
    ClientResets,
    ClientCloses,
    ServerCloses,
}
