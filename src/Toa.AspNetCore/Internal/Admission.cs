using System;
using System.Diagnostics.CodeAnalysis;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Toa.AspNetCore.Internal;

/// <summary>
/// Accepts or closes connections. Kestrel stops accepting for good if its listener throws, so an exception here (from a log, a
/// meter listener or a missing library) must cost one connection only.
/// </summary>
internal static class Admission
{
    /// <summary>Sets the client of a connection. Never throws.</summary>
    /// <returns>False if the connection must be closed, for <paramref name="reason"/>.</returns>
    [SuppressMessage("Design", "CA1031", Justification = "The next connection may succeed.")]
    public static bool TryAdmit(
        BaseConnectionContext connection, ToaResolver resolver, ILogger logger,
        [NotNullWhen(false)] out ConnectionAbortedException? reason)
    {
        reason = null;
        try
        {
            if (!ConnectionClient.TrySet(connection, resolver))
                reason = ConnectionClient.Refusal();
        }
        catch (Exception e)
        {
            reason = new ConnectionAbortedException("The lookup of the client address failed.", e);
            Tell(logger, e);
        }

        return reason is null;
    }

    /// <summary>Ends a connection that was not admitted. Never throws.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "The connection is closed anyway.")]
    public static async ValueTask EndAsync(BaseConnectionContext connection, ConnectionAbortedException reason)
    {
        try
        {
            connection.Abort(reason);
            await connection.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception)
        {
            // No caller uses this connection.
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "The log itself may be the cause.")]
    private static void Tell(ILogger logger, Exception e)
    {
        try
        {
            logger.LookupFailed(e);
        }
        catch (Exception)
        {
            // The abort reason contains the exception.
        }
    }
}
