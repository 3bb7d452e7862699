namespace Toa.LoadBalancing.Capture;

/// <summary>The side of the balancer on which a packet passes: the number of an interface in the file.</summary>
internal enum CaptureSide
{
    Clients,
    Servers,
}
