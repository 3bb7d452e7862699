using System;

namespace Toa.Tool.Machines;

/// <summary>All that the tool touches of the machine: what tests play.</summary>
internal interface IMachine
{
    /// <summary>The folder below which the machine's files are.</summary>
    string Root { get; }

    TimeProvider Clock { get; }

    /// <summary>Whether this process is root's.</summary>
    bool IsPrivileged { get; }
}
