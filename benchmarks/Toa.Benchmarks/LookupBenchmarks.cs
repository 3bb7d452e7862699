using System;
using System.Net;
using System.Net.Sockets;
using BenchmarkDotNet.Attributes;
using Toa.Ratios;

namespace Toa.Benchmarks;

/// <summary>Looks up the client of a connection over loopback, which has no option.</summary>
[MemoryDiagnoser(displayGenColumns: false)]
public class LookupBenchmarks : IDisposable
{
    /// <summary>Calls from C in a row: enough that the cost of the call into C does not matter.</summary>
    private const int CallsFromC = 1000;

    private readonly ToaResolver _resolver = new(new ToaOptions());
    private readonly byte[] _answer = new byte[20];
    private readonly Socket _client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Socket _server;

    public LookupBenchmarks()
    {
        using Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        _client.Connect(listener.LocalEndPoint!);
        _server = listener.Accept();
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _client.Dispose();
        _server.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = CallsFromC, Description = "C: getsockopt 4096, else getpeername")]
    public void FromC() => Baseline.Lookup((int)_server.Handle, CallsFromC);

    [Benchmark(Description = "GetRealClient (a struct)")]
    public ToaEndPoint Struct() => _server.GetRealClient();

    [Benchmark(Description = "GetRealRemoteEndPoint (an IPEndPoint)")]
    public IPEndPoint EndPoint() => _server.GetRealRemoteEndPoint();

    [Benchmark(Description = "ToaResolver")]
    public ToaResolution Resolver() => _resolver.Resolve(_server);

    [Benchmark(Description = "GetRawSocketOption with try/catch")]
    public EndPoint? RawOption() => ByHand.Ask(_server, _answer);

    [Benchmark(Description = "the same, caught thirty frames above")]
    public EndPoint? RawOptionDeepDown() => ByHand.Ask(_server, _answer, framesBetween: 30);
}
