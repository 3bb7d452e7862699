namespace Toa.Scenarios.Randomized;

/// <summary>Who ends a connection, and how.</summary>
internal enum Ending
{
    ClientResets,
    ClientCloses,
    ServerCloses,
}
