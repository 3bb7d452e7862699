using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text;
using System.Threading.Tasks;

namespace Toa.OtherServers.Tests.Recipes;

internal static class PipelineConnection
{
    /// <summary>Answers with the client and what it has sent.</summary>
    public static async Task ServeAsync(Socket socket, ToaResolver toa)
    {
        await using NetworkStream stream = new(socket, ownsSocket: true);
        // A pipe does not have the socket any more: look up the client first.
        if (!toa.TryResolve(socket, out ToaResolution found))
            return;

        PipeReader input = PipeReader.Create(stream);
        PipeWriter output = PipeWriter.Create(stream);
        ReadResult read = await input.ReadAsync();
        Encoding.UTF8.GetBytes($"{found.Client} ", output);
        foreach (var part in read.Buffer)
            output.Write(part.Span);
        input.AdvanceTo(read.Buffer.End);
        await output.FlushAsync();
    }
}
