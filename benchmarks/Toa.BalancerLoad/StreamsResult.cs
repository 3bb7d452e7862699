namespace Toa.BalancerLoad;

/// <summary>What <see cref="Streams"/> measured.</summary>
/// <param name="Through">Gbit/s through the balancer.</param>
/// <param name="Around">Gbit/s that the kernels forward without it.</param>
/// <param name="Ratio">The median of the ratios of neighbouring runs.</param>
/// <param name="CpuSecondsPerGigabyte">The CPU time of the balancer's threads.</param>
internal sealed record StreamsResult(double Through, double Around, double Ratio, double CpuSecondsPerGigabyte);
