namespace Toa.Tool.Doctor;

/// <summary>The severity of a finding.</summary>
internal enum Severity
{
    /// <summary>Correct.</summary>
    Ok,

    /// <summary>Information.</summary>
    Info,

    /// <summary>It can cause missing or wrong client addresses, now or later.</summary>
    Warning,

    /// <summary>It causes missing or wrong client addresses.</summary>
    Error,
}
