using System;
using System.Diagnostics;
using System.IO;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Win32.SafeHandles;

namespace Toa.Testing.Internal;

/// <summary>The test's side of <see cref="NamespaceProgram"/>: starts the process and sends it requests.</summary>
internal sealed class NamespaceProcess : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private readonly Process _process;
    private readonly Socket _channel;
    private readonly Lock _gate = new();

    private NamespaceProcess(Process process, Socket channel)
    {
        _process = process;
        _channel = channel;
    }

    public int Id => _process.Id;

    /// <summary>Starts the process in a new network namespace; without root, in a new user namespace also.</summary>
    /// <exception cref="IOException">That is not possible here; the message says why, and what to do.</exception>
    public static async Task<NamespaceProcess> StartAsync(CancellationToken stop)
    {
        try
        {
            return await StartInAsync(Directory.CreateTempSubdirectory("toa-testing-").FullName, stop).ConfigureAwait(false);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or SocketException or ArgumentOutOfRangeException)
        {
            throw new IOException(
                $"The folder for temporary files, {Path.GetTempPath()}, cannot hold a Unix socket: {e.Message} Set TMPDIR to another one.", e);
        }
    }

    private static async Task<NamespaceProcess> StartInAsync(string folder, CancellationToken stop)
    {
        try
        {
            string path = Path.Combine(folder, "channel");
            using Socket listener = new(AddressFamily.Unix, SocketType.Seqpacket, ProtocolType.Unspecified);
            listener.Bind(new UnixDomainSocketEndPoint(path));
            listener.Listen(1);
            string runtime = Path.Combine(folder, "runtimeconfig.json");
            await File.WriteAllTextAsync(runtime, RuntimeSettings(), stop).ConfigureAwait(false);
            Process process = Launch(runtime, path);
            try
            {
                Socket channel = await AcceptAsync(listener, process, stop).ConfigureAwait(false);
                try
                {
                    channel.ReceiveTimeout = (int)s_patience.TotalMilliseconds;
                    Reply.Receive(channel, out _);
                    return new NamespaceProcess(process, channel);
                }
                catch
                {
                    channel.Dispose();
                    throw;
                }
            }
            catch
            {
                End(process);
                throw;
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <exception cref="IOException">The request failed; the message says why.</exception>
    public string Ask(Request request, out SafeFileHandle? file)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_channel.SafeHandle.IsClosed, this);
            DescriptorMessages.Send(_channel, Encoding.UTF8.GetBytes(request.ToString()!));
            return Reply.Receive(_channel, out file);
        }
    }

    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_channel.SafeHandle.IsClosed)
                return;
            _channel.Dispose();
        }

        End(_process);
    }

    private static Process Launch(string runtimeSettings, string channelPath)
    {
        string program = typeof(NamespaceProcess).Assembly.Location;
        string dotnet = Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../../dotnet");
        if (program.Length == 0 || !File.Exists(dotnet))
        {
            throw new IOException(
                "Toa.Testing needs its own file and the dotnet program: run the tests with dotnet test, not from a single file.");
        }

        ProcessStartInfo start = new("unshare") { RedirectStandardError = true, RedirectStandardInput = true };
        foreach (string argument in Environment.IsPrivilegedProcess ? ["-n"] : new[] { "-U", "-r", "-n" })
            start.ArgumentList.Add(argument);
        foreach (string argument in new[] { dotnet, "exec", "--runtimeconfig", runtimeSettings, program, channelPath })
            start.ArgumentList.Add(argument);
        // What observes the test process does not concern this one.
        foreach (string name in new[] { "DOTNET_STARTUP_HOOKS", "CORECLR_ENABLE_PROFILING", "COR_ENABLE_PROFILING" })
            start.Environment.Remove(name);
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new IOException($"Cannot start unshare: {e.Message}. Install util-linux.", e);
        }
    }

    // The runtime of this process: the settings of a test project may be anywhere.
    private static string RuntimeSettings() => $$"""
        {
          "runtimeOptions": {
            "rollForward": "latestPatch",
            "framework": {
              "name": "Microsoft.NETCore.App",
              "version": "{{JsonEncodedText.Encode(Path.GetFileName(Path.TrimEndingDirectorySeparator(RuntimeEnvironment.GetRuntimeDirectory())))}}"
            }
          }
        }
        """;

    private static async Task<Socket> AcceptAsync(Socket listener, Process process, CancellationToken stop)
    {
        using CancellationTokenSource ends = CancellationTokenSource.CreateLinkedTokenSource(stop);
        ends.CancelAfter(s_patience);
        Task<string> errors = process.StandardError.ReadToEndAsync(stop);
        Task<Socket> accepting = listener.AcceptAsync(ends.Token).AsTask();
        Task exiting = process.WaitForExitAsync(ends.Token);
        if (await Task.WhenAny(accepting, exiting).ConfigureAwait(false) == accepting || stop.IsCancellationRequested)
            return await accepting.ConfigureAwait(false);
        if (!process.HasExited)
            throw new IOException($"The process in the test network did not start within {s_patience}.");
        throw new IOException(NamespaceRefusal.Explain((await errors.ConfigureAwait(false)).Trim()));
    }

    // It ends by itself: its channel is closed.
    private static void End(Process process)
    {
        using (process)
        {
            if (!process.WaitForExit(TimeSpan.FromSeconds(5)))
                process.Kill();
        }
    }
}
