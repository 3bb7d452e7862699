using System.IO;

namespace Toa.Injector;

/// <summary>The server answered with RST: it refused the connection, or ended it.</summary>
public sealed class ConnectionResetException : IOException
{
    /// <summary>An exception without details.</summary>
    public ConnectionResetException()
    {
    }

    /// <summary>An exception with a message.</summary>
    public ConnectionResetException(string message)
        : base(message)
    {
    }

    /// <summary>An exception with a message and its cause.</summary>
    public ConnectionResetException(string message, System.Exception innerException)
        : base(message, innerException)
    {
    }
}
