using System;
using System.Collections.Generic;
using System.IO;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;
using Toa.Diagnostics;
using Toa.Tool.Capture;
using Toa.Tool.Probing;

namespace Toa.Tool.Machines;

/// <summary>The tool's access to the machine. Tests replace it.</summary>
internal interface IMachine
{
    /// <summary>The root folder of the machine's files.</summary>
    string Root { get; }

    TimeProvider Clock { get; }

    /// <summary>The kernel's architecture. A process can have another one.</summary>
    Architecture Architecture { get; }

    /// <summary>Whether this process runs as root.</summary>
    bool IsPrivileged { get; }

    ToaProvider DetectProvider();

    /// <summary>The provider's counters.</summary>
    /// <exception cref="FileNotFoundException">The counters do not exist.</exception>
    /// <exception cref="UnauthorizedAccessException">This process is not allowed to read them.</exception>
    /// <exception cref="InvalidDataException">The file does not contain counters.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    ToaStatistics ReadStatistics();

    /// <summary>Whether the standard input is a terminal, so that a program can ask the user.</summary>
    bool HasTerminal { get; }

    /// <summary>Runs a program and waits for its end.</summary>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="stop">Ends it.</param>
    /// <param name="input">Its standard input.</param>
    Task<ProcessResult> RunAsync(string program, IReadOnlyList<string> arguments, CancellationToken stop, string input = "");

    /// <summary>Runs a program that talks to the user on the terminal. The result has no output.</summary>
    Task<ProcessResult> RunOnTerminalAsync(string program, IReadOnlyList<string> arguments, CancellationToken stop);

    /// <summary>Starts to capture incoming TCP packets.</summary>
    /// <param name="interfaceName">The interface, or <see langword="null"/> for all interfaces.</param>
    /// <param name="withoutOptions">Whether packets without TCP options are captured too.</param>
    /// <exception cref="CannotLookException">The capture is not possible, or this process is not allowed to capture.</exception>
    /// <exception cref="ToolException">The interface does not exist.</exception>
    IPacketSource OpenCapture(string? interfaceName, bool withoutOptions = false);

    /// <summary>Starts to capture a sample of the incoming TCP packets.</summary>
    /// <param name="interfaceName">The interface, or <see langword="null"/> for all interfaces.</param>
    /// <param name="filter">The packets of the sample.</param>
    /// <exception cref="CannotLookException">The capture is not possible, or this process is not allowed to capture.</exception>
    /// <exception cref="ToolException">The interface does not exist.</exception>
    IPacketSample OpenSample(string? interfaceName, SampleFilter filter);

    /// <summary>Makes test connections through a balancer, in a network namespace that ends with them.</summary>
    /// <exception cref="CannotLookException">They cannot be made, or this process is not allowed to make them.</exception>
    Task<IReadOnlyList<ProbeResult>> ProbeAsync(ProbePlan plan, CancellationToken stop);

    /// <summary>Whether a listener has TCP_DEFER_ACCEPT. The question changes nothing.</summary>
    /// <exception cref="CannotLookException">The kernel cannot answer, or this process is not allowed to ask.</exception>
    bool DefersAccept(Listener listener);

    /// <summary>Lists the eBPF programs that can interfere with TOA.</summary>
    /// <exception cref="CannotLookException">The programs cannot be listed, or this process is not allowed to list them.</exception>
    IReadOnlyList<BpfProgram> ListBpfPrograms();
}
