namespace Toa.Scenarios.Randomized;

/// <summary>The expected result for the options of a header.</summary>
internal enum Verdict
{
    NoOption,
    Malformed,
    WrongLength,
    Unusable,
    IPv4,
    IPv6,
}
