using System;
using System.Net.Sockets;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.LoadBalancing.Tests.Support;
using Xunit;

namespace Toa.LoadBalancing.Tests.Network;

/// <summary>The TOA option on the SYN, as the server's kernel saves it. Toa.Testing.Tests read it with the library.</summary>
[Collection(SharedTestbed.Name)]
public sealed class SavedSynTests(TestbedFixture fixture)
{
    private readonly Testbed _testbed = fixture.Demand();

    private const int TcpLevel = 6;
    private const int SaveSyn = 27;
    private const int SavedSyn = 28;

    [SkippableTheory]
    [InlineData(AddressFamily.InterNetwork, 200, 8)]
    [InlineData(AddressFamily.InterNetworkV6, 253, 20)]
    public async Task The_kernel_saves_a_SYN_that_names_the_client(AddressFamily family, byte kind, byte length)
    {
        await using Balanced balanced = new(
            _testbed, listener => listener.Placement = OptionPlacement.SynAndUntilAcknowledged);
        balanced.Listener.SetRawSocketOption(TcpLevel, SaveSyn, BitConverter.GetBytes(1));
        (Socket client, Socket server) = await balanced.ConnectAsync(family);
        using (client)
        using (server)
        {
            byte[] saved = new byte[1024];
            int size = server.GetRawSocketOption(TcpLevel, SavedSyn, saved);
            Sent syn = Sent.ReadInMachine(saved[..size]);

            syn.Tcp.Synchronize.Should().BeTrue();
            syn.FindClient(kind, length).Should().Be(client.LocalEndPoint);
            syn.Options[0].Should().Be(kind);
            syn.OptionList().Should().ContainSingle(option => option[0] == 8, "the client's timestamps stay")
                .And.ContainSingle(option => option[0] == 2, "and its largest segment");
        }
    }
}
