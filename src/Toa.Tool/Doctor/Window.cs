using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Toa.Diagnostics;
using Toa.Shared;
using Toa.Tool.Capture;
using Toa.Tool.Commands;
using Toa.Tool.Formats;
using Toa.Tool.Language;
using Toa.Tool.Machines;

namespace Toa.Tool.Doctor;

/// <summary>A period in which the packets were captured and the counters were compared.</summary>
internal sealed class Window
{
    /// <summary>The advice if counters exist, but not in the format of this project's provider.</summary>
    public static readonly Message OtherFormat =
        $"The counters belong to another vendor's provider or to an older version: see its documentation, or update it.";

    private const string File = "proc/net/toa_stats";

    private static readonly Message Elsewhere =
        $"Run toa doctor in the network namespace of the server, or on the host. Another vendor's provider may have no counters.";

    // In less time, the counters show too little.
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    /// <summary>The planned length.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>The counters at the beginning, or null.</summary>
    public ToaStatistics? Before { get; private init; }

    /// <summary>The counters at the end, or null.</summary>
    public ToaStatistics? After { get; private set; }

    /// <summary>Why there are no counters at the end.</summary>
    public CannotLookException? CountersProblem { get; private set; }

    /// <summary>The captured packets; null if there was no capture.</summary>
    public CaptureLog? Capture { get; private init; }

    /// <summary>The headers of some captured packets; null if they were not to be kept.</summary>
    public KeptPackets? Kept { get; private init; }

    /// <summary>Why the capture failed; null if it succeeded or was not requested.</summary>
    public CannotLookException? CaptureProblem { get; private init; }

    /// <summary>Whether there are counters for TOA options at the beginning and at the end.</summary>
    public bool ShowsMoves => Before?["syn_recv_sock_toa"] is not null && After?["syn_recv_sock_toa"] is not null;

    /// <summary>The increase of a counter.</summary>
    public ulong Moved(string counter) =>
        After?[counter] is { } after && Before?[counter] is { } before && after > before ? after - before : 0;

    /// <summary>The counters that have risen.</summary>
    public IEnumerable<string> MovedCounters =>
        (After?.Counters ?? []).Select(counter => counter.Name).Where(name => Moved(name) > 0);

    /// <summary>Captures packets and reads the counters. <paramref name="stop"/> ends it early, with the results so far.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="options">Duration, interface and ports.</param>
    /// <param name="formats">The provider's setting; null if it is not known.</param>
    /// <param name="stop">Ends it early.</param>
    /// <exception cref="ToolException">The interface does not exist.</exception>
    public static async Task<Window> WatchAsync(
        IMachine machine, DoctorOptions options, FormatSetting? formats, CancellationToken stop)
    {
        CannotLookException? captureProblem = null;
        using IPacketSource? source =
            options.Duration > TimeSpan.Zero ? TryOpen(machine, options.Interface, out captureProblem) : null;
        TimeSpan duration = source is null || options.Duration < Shortest ? Shortest : options.Duration;
        (ToaStatistics? before, _) = ReadCounters(machine);
        KeptPackets? kept = source is null || !options.KeepsPackets ? null : new KeptPackets(machine.Clock);
        Window window = new()
        {
            Duration = duration,
            Before = before,
            Capture = source is null ? null : new CaptureLog(options.Ports, formats, kept),
            Kept = kept,
            CaptureProblem = captureProblem,
        };

        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task recording = source is null ? Task.CompletedTask : window.Capture!.RecordAsync(source, end.Token);
        await Task.Delay(duration, machine.Clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await end.CancelAsync();
        await recording;

        (window.After, window.CountersProblem) = ReadCounters(machine);
        return window;
    }

    private static IPacketSource? TryOpen(IMachine machine, string? interfaceName, out CannotLookException? problem)
    {
        problem = null;
        try
        {
            return machine.OpenCapture(interfaceName);
        }
        catch (CannotLookException e)
        {
            problem = e;
            return null;
        }
    }

    private static (ToaStatistics? Statistics, CannotLookException? Problem) ReadCounters(IMachine machine)
    {
        try
        {
            return (machine.ReadStatistics(), null);
        }
        catch (FileNotFoundException e)
        {
            return (null, new CannotLookException(ProviderFiles.Missing(e.FileName), Elsewhere));
        }
        // The library's message advises to use root. For root, the cause is that the files are missing.
        catch (UnauthorizedAccessException e) when (machine.IsPrivileged && !machine.Exists(File) && !machine.Exists(EbpfPins.Folder))
        {
            return (null, new CannotLookException($"{e.Message}", Elsewhere));
        }
        catch (UnauthorizedAccessException e)
        {
            return (null, new CannotLookException($"{e.Message}", Privilege.Cure(machine)));
        }
        catch (InvalidDataException e)
        {
            return (null, new CannotLookException($"{e.Message}", OtherFormat));
        }
        catch (IOException e)
        {
            return (null, new CannotLookException($"{e.Message}", $"See the kernel's log."));
        }
    }
}
