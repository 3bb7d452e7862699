using System;

namespace Toa.Injector;

/// <summary>
/// Sees every packet that passes a <see cref="TcpInjector"/>, the ignored ones included. Called from several threads,
/// and while connections are locked: look, copy what is needed, and return; never call a connection from here.
/// </summary>
public delegate void PacketTap(PacketDirection direction, ReadOnlySpan<byte> packet);
