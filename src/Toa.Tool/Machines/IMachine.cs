using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Toa.Diagnostics;
using Toa.Tool.Capture;

namespace Toa.Tool.Machines;

/// <summary>All that the tool touches of the machine: what tests play.</summary>
internal interface IMachine
{
    /// <summary>The folder below which the machine's files are.</summary>
    string Root { get; }

    TimeProvider Clock { get; }

    /// <summary>Whether this process is root's.</summary>
    bool IsPrivileged { get; }

    ToaProvider DetectProvider();

    /// <summary>The provider's counters.</summary>
    /// <exception cref="FileNotFoundException">There are none.</exception>
    /// <exception cref="UnauthorizedAccessException">This process may not read them.</exception>
    /// <exception cref="InvalidDataException">They are not counters.</exception>
    /// <exception cref="IOException">They cannot be read.</exception>
    ToaStatistics ReadStatistics();

    /// <summary>Runs a program and waits for its end.</summary>
    Task<ProcessResult> RunAsync(string program, IReadOnlyList<string> arguments, CancellationToken stop);

    /// <summary>Begins to capture TCP packets that come in.</summary>
    /// <param name="interfaceName">Where, or <see langword="null"/> for everywhere.</param>
    /// <exception cref="CannotLookException">This process may not.</exception>
    /// <exception cref="ToolException">There is no such interface.</exception>
    IPacketSource OpenCapture(string? interfaceName);

    /// <summary>The eBPF programs that see or change what TOA is about.</summary>
    /// <exception cref="CannotLookException">This process may not ask.</exception>
    IReadOnlyList<BpfProgram> ListBpfPrograms();
}
