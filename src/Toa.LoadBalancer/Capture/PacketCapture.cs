using System;
using System.IO;
using System.Threading;
using Microsoft.Extensions.Logging;

namespace Toa.LoadBalancing.Capture;

/// <summary>
/// Writes packets into a file, on its own thread. Threads that forward packets only copy them, and never wait for the disk: if it is too
/// slow, packets are missing in the file, and are counted.
/// </summary>
internal sealed class PacketCapture : IDisposable
{
    private const long SilenceMilliseconds = 60_000;

    // A pipe whose reader does not read would hold up the end of the balancer.
    private static readonly TimeSpan s_mostTimeToEnd = TimeSpan.FromSeconds(10);

    private readonly PcapngWriter _writer;
    private readonly string _file;
    private readonly string _device;
    private readonly ILogger _logger;
    private readonly Thread _thread;
    private readonly AutoResetEvent _ready = new(false);
    private readonly Lock _gate = new();
    private CapturedPackets _filling;
    private CapturedPackets _written;
    private long _missing;
    private long _missingInAll;
    private volatile bool _hasFailed;
    private volatile bool _isStopping;

    /// <param name="stream">An empty file. It is closed at the end.</param>
    /// <param name="file">Its name.</param>
    /// <param name="device">The name of the balancer's device.</param>
    /// <param name="logger">The log.</param>
    /// <param name="bufferSize">The number of bytes that can wait, twice.</param>
    public PacketCapture(Stream stream, string file, string device, ILogger logger, int bufferSize = 16 << 20)
    {
        _writer = new PcapngWriter(stream);
        _file = file;
        _device = device;
        _logger = logger;
        _filling = new CapturedPackets(bufferSize);
        _written = new CapturedPackets(bufferSize);
        _thread = new Thread(Run) { IsBackground = true, Name = "balancer pcap" };
        _thread.Start();
    }

    /// <summary>The packets that are missing in the file, because writing was too slow.</summary>
    public long Missing => Interlocked.Read(ref _missingInAll);

    /// <exception cref="IOException">The file cannot be created; the message says what to do.</exception>
    public static PacketCapture Create(string file, string device, ILogger logger) => new(CreateFile(file), file, device, logger);

    /// <summary>Creates a file that only its owner can read, or replaces it.</summary>
    /// <exception cref="IOException">The file cannot be created; the message says what to do.</exception>
    public static FileStream CreateFile(string file)
    {
        try
        {
            FileStreamOptions options = new()
            {
                Mode = FileMode.Create,
                Access = FileAccess.Write,
                // Complete blocks are collected before they are written.
                BufferSize = 0,
            };
            // The file has the data of all connections.
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            return new FileStream(file, options);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            // .NET says of a folder that the access is denied.
            string cause = Directory.Exists(file) ? "It is a folder" : exception.Message.TrimEnd('.');
            throw new IOException(
                $"Cannot create the capture file {file}: {cause}. Use a file in an existing folder that you may write to.",
                exception);
        }
    }

    /// <summary>Adds a packet. It does not wait, and does not allocate.</summary>
    /// <param name="side">The side on which the packet passes.</param>
    /// <param name="isSent">Whether the balancer sends it, not receives it.</param>
    /// <param name="headers">The packet, or its beginning.</param>
    /// <param name="payload">The rest of it.</param>
    /// <param name="flow">Its connection, if it has one.</param>
    /// <param name="reason">Why it was dropped.</param>
    public void Add(
        CaptureSide side, bool isSent, ReadOnlySpan<byte> headers, ReadOnlySpan<byte> payload, FlowTag? flow, DropReason reason)
    {
        if (_hasFailed)
            return;

        bool isFirst;
        lock (_gate)
        {
            isFirst = _filling.Count == 0;
            CapturedPacket packet = new(
                (DateTime.UtcNow - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond,
                side, isSent, flow, flow?.State ?? default, reason, _missing);
            if (!_filling.TryAdd(packet, headers, payload))
            {
                _missing++;
                Interlocked.Increment(ref _missingInAll);
                return;
            }

            _missing = 0;
        }

        if (isFirst)
            _ready.Set();
    }

    public void Dispose()
    {
        _isStopping = true;
        _ready.Set();
        if (_thread.Join(s_mostTimeToEnd))
            _ready.Dispose();
    }

    private void Run()
    {
        try
        {
            using (_writer)
                Write();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // This is the top of the thread. The balancer goes on without the capture.
            _hasFailed = true;
            _logger.CaptureFailed(_file, exception.Message.TrimEnd('.'));
        }
    }

    private void Write()
    {
        _writer.WriteSection("toa lb");
        _writer.WriteInterface("clients", $"{_device}, packets from and to clients");
        _writer.WriteInterface("servers", $"{_device}, packets from and to servers");
        _writer.Flush();
        long said = 0;
        long silentUntil = 0;
        bool isLast;
        do
        {
            _ready.WaitOne();
            isLast = _isStopping;
            lock (_gate)
                (_filling, _written) = (_written, _filling);
            for (int i = 0; i < _written.Count; i++)
            {
                ReadOnlySpan<byte> bytes = _written.Get(i, out CapturedPacket packet);
                _writer.WritePacket((int)packet.Side, packet.Time, packet.IsSent, bytes, packet.Describe());
            }

            _written.Clear();
            _writer.Flush();
            long missing = Missing;
            long now = Environment.TickCount64;
            if (missing > said && (isLast || now >= silentUntil))
            {
                _logger.CaptureIncomplete(_file, missing - said);
                (said, silentUntil) = (missing, now + SilenceMilliseconds);
            }
        }
        while (!isLast);
    }
}
