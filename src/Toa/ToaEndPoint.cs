using System;
using System.Net;
using System.Net.Sockets;
using Toa.Interop;

namespace Toa;

/// <summary>
/// The real client of a connection: its address and port, and where they come from. A value of 24 bytes, for servers that accept
/// too many connections to allocate an <see cref="IPEndPoint"/> for each.
/// </summary>
/// <remarks>
/// <para>
/// An IPv4 client is IPv4 also on a dual-mode socket, where the kernel reports <c>::ffff:192.0.2.10</c>.
/// <see cref="ToRawIPEndPoint"/> returns that form.
/// </para>
/// <para>
/// Two values are equal if they have the same address, scope and port, as for <see cref="IPEndPoint"/>. Their source, and the
/// form that the kernel reports, make no difference.
/// </para>
/// <para><c>default</c> has no address, the source <see cref="ToaSource.None"/>, and prints as the empty string.</para>
/// </remarks>
public readonly partial struct ToaEndPoint : IEquatable<ToaEndPoint>
{
    private readonly Address128 _address;
    private readonly uint _scopeId;
    private readonly ushort _port;
    private readonly Form _form;
    private readonly ToaSource _source;

    internal ToaEndPoint(Address128 address, int port, ToaSource source, bool mapped = false, uint scopeId = 0)
    {
        _address = address;
        _scopeId = scopeId;
        _port = (ushort)port;
        _form = !address.IsIPv4 ? Form.IPv6 : mapped ? Form.IPv4Mapped : Form.IPv4;
        _source = source;
    }

    /// <summary>Creates a value from an endpoint, for programs and tests that get the endpoint elsewhere.</summary>
    /// <param name="endPoint">An IPv4 or IPv6 address and a port.</param>
    /// <param name="source">Where the address comes from.</param>
    /// <exception cref="ArgumentNullException"><paramref name="endPoint"/> is <see langword="null"/>.</exception>
    public ToaEndPoint(IPEndPoint endPoint, ToaSource source)
        : this(
            Address128.From(NotNull(endPoint).Address), endPoint.Port, source, endPoint.Address.IsIPv4MappedToIPv6,
            ScopeOf(endPoint.Address))
    {
    }

    /// <summary>The form in which the kernel reports the address.</summary>
    private enum Form : byte
    {
        None,
        IPv4,
        IPv4Mapped,
        IPv6,
    }

    /// <summary>Where the address comes from.</summary>
    public ToaSource Source => _source;

    /// <summary>
    /// <see cref="AddressFamily.InterNetwork"/>, <see cref="AddressFamily.InterNetworkV6"/>, or
    /// <see cref="AddressFamily.Unspecified"/> for <c>default</c>.
    /// </summary>
    public AddressFamily AddressFamily => _form switch
    {
        Form.None => AddressFamily.Unspecified,
        Form.IPv6 => AddressFamily.InterNetworkV6,
        _ => AddressFamily.InterNetwork,
    };

    /// <summary>The port, in host byte order: 0 to 65535. It is 0 for a client from a TOA option without a port.</summary>
    public int Port => _port;

    /// <summary>The scope id of a link-local IPv6 address, which is the index of an interface; else 0.</summary>
    public long ScopeId => _scopeId;

    /// <summary>Whether the kernel reports this IPv4 address as <c>::ffff:a.b.c.d</c>, as it does on dual-mode sockets.</summary>
    public bool IsIPv4MappedToIPv6 => _form == Form.IPv4Mapped;

    /// <summary>The length of the address in bytes: 4 for IPv4, 16 for IPv6, 0 for <c>default</c>.</summary>
    public int AddressLength => _form switch
    {
        Form.None => 0,
        Form.IPv6 => Address128.Size,
        _ => Address128.Size - Address128.IPv4Offset,
    };

    internal Address128 Address => _address;

    /// <summary>Whether a client behind a balancer can have this address and port.</summary>
    /// <param name="hasPort">Whether the port is known: no client has port 0.</param>
    internal bool CanBeClient(bool hasPort) => (_port != 0) == hasPort && _address.CanBeClient;

    /// <summary>Writes the bytes of the address, in network byte order.</summary>
    /// <param name="destination">A buffer for <see cref="AddressLength"/> bytes.</param>
    /// <param name="bytesWritten"><see cref="AddressLength"/>, or 0 if the result is <see langword="false"/>.</param>
    /// <returns><see langword="false"/> if <paramref name="destination"/> is too short; it is then unchanged.</returns>
    public bool TryWriteAddressBytes(Span<byte> destination, out int bytesWritten)
    {
        Span<byte> all = stackalloc byte[Address128.Size];
        _address.Write(all);
        int length = AddressLength;
        bool fits = all.Slice(all.Length - length).TryCopyTo(destination);
        bytesWritten = fits ? length : 0;
        return fits;
    }

    /// <summary>The address.</summary>
    /// <exception cref="InvalidOperationException">This is <c>default</c>, which has no address.</exception>
    public IPAddress ToIPAddress() => _form != Form.None
        ? _address.ToIPAddress(_scopeId)
        : throw new InvalidOperationException("default(ToaEndPoint) has no address.");

    /// <summary>The address and port, as a new object.</summary>
    /// <exception cref="InvalidOperationException">This is <c>default</c>, which has no address.</exception>
    public IPEndPoint ToIPEndPoint() => new(ToIPAddress(), _port);

    /// <summary>
    /// The address and port in the form that the kernel reports: <c>[::ffff:192.0.2.10]:5555</c> for an IPv4 client of a
    /// dual-mode socket, otherwise the same as <see cref="ToIPEndPoint"/>.
    /// </summary>
    /// <exception cref="InvalidOperationException">This is <c>default</c>, which has no address.</exception>
    public IPEndPoint ToRawIPEndPoint() =>
        IsIPv4MappedToIPv6 ? new IPEndPoint(ToIPAddress().MapToIPv6(), _port) : ToIPEndPoint();

    /// <inheritdoc/>
    public bool Equals(ToaEndPoint other) =>
        _address == other._address && _port == other._port && _scopeId == other._scopeId
        && (_form == Form.None) == (other._form == Form.None);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ToaEndPoint other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => (_address, _port, _scopeId).GetHashCode();

    /// <summary>Whether two values have the same address, scope and port.</summary>
    public static bool operator ==(ToaEndPoint left, ToaEndPoint right) => left.Equals(right);

    /// <summary>Whether two values differ in address, scope or port.</summary>
    public static bool operator !=(ToaEndPoint left, ToaEndPoint right) => !left.Equals(right);

    private static IPEndPoint NotNull(IPEndPoint endPoint)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        return endPoint;
    }

    private static uint ScopeOf(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 && !address.IsIPv4MappedToIPv6 ? (uint)address.ScopeId : 0;
}
