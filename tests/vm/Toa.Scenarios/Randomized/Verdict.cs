namespace Toa.Scenarios.Randomized;

/// <summary>What a provider should make of a header's options.</summary>
internal enum Verdict
{
    NoOption,
    Malformed,
    WrongLength,
    Unusable,
    IPv4,
    IPv6,
}
