using System;

namespace Toa.Injector;

/// <summary>
/// Sees every packet that passes a <see cref="TcpInjector"/>, including ignored ones. Called on several threads, and while
/// connections are locked: copy the necessary bytes and return; never call a connection from here.
/// </summary>
public delegate void PacketTap(PacketDirection direction, ReadOnlySpan<byte> packet);
