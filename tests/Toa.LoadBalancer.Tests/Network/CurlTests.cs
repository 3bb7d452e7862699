using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using System.Threading.Tasks;
using FluentAssertions;
using Xunit;

namespace Toa.LoadBalancing.Tests.Network;

/// <summary>A client program without code of this project.</summary>
[Collection(SharedTestbed.Name)]
public sealed class CurlTests(TestbedFixture fixture)
{
    private readonly Testbed _testbed = fixture.Demand();

    [SkippableTheory]
    [InlineData(AddressFamily.InterNetwork)]
    [InlineData(AddressFamily.InterNetworkV6)]
    public async Task Curl_fetches_a_page(AddressFamily family)
    {
        await using Balanced balanced = new(_testbed);
        Task serving = ServeAsync(balanced.Listener);
        using Process curl = _testbed.ClientSide.Run(() => Process.Start(new ProcessStartInfo(
            "curl", ["--silent", "--show-error", "--max-time", "60", $"http://{Balanced.VirtualAddress(family)}/"])
        {
            RedirectStandardOutput = true,
        }))!;
        string page = await curl.StandardOutput.ReadToEndAsync().WaitAsync(Deadline.Time);
        await curl.WaitForExitAsync().WaitAsync(Deadline.Time);
        await serving.WaitAsync(Deadline.Time);

        curl.ExitCode.Should().Be(0);
        page.Should().Be(new string('x', 100_000));
    }

    private static async Task ServeAsync(Socket listener)
    {
        using Socket socket = await listener.AcceptAsync();
        await socket.ReceiveAsync(new byte[1000]);
        await socket.SendAsync(Encoding.ASCII.GetBytes(
            $"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\nConnection: close\r\n\r\n{new string('x', 100_000)}"));
        socket.Shutdown(SocketShutdown.Send);
        await socket.ReceiveAsync(new byte[1]);
    }
}
