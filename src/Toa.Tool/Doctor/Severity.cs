namespace Toa.Tool.Doctor;

/// <summary>How bad a finding is.</summary>
internal enum Severity
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>Worth knowing.</summary>
    Info,

    /// <summary>Clients may be missing or wrong because of it, now or later.</summary>
    Warning,

    /// <summary>Clients are missing or wrong because of it.</summary>
    Error,
}
