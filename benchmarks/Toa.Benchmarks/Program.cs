using BenchmarkDotNet.Running;
using Toa.Benchmarks;

BenchmarkRunner.Run<LookupBenchmarks>(args: args);
