namespace Toa;

// Formats like System.Net.IPEndPoint.
public readonly partial struct ToaEndPoint
{
    /// <summary>The address and port: <c>192.0.2.10:5555</c>, <c>[2001:db8::1]:40000</c>; empty for <c>default</c>.</summary>
    public override string ToString() => _form == Form.None ? "" : ToIPEndPoint().ToString();
}
