namespace Toa.LoadBalancing.Translation;

/// <summary>Where packets to each side go.</summary>
internal readonly record struct Exits(IPacketSink ToClients, IPacketSink ToServers);
