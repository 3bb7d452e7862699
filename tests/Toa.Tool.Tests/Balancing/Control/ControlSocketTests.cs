using System;
using System.IO;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Threading.Tasks;
using FluentAssertions;
using Toa.Tool.Balancing.Control;
using Xunit;

namespace Toa.Tool.Tests.Balancing.Control;

/// <summary>The file of a control socket.</summary>
[SupportedOSPlatform("linux")]
public sealed class ControlSocketTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("toa-control-").FullName;

    private string SocketPath => Path.Combine(_folder, "lb.sock");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Only_its_user_can_connect_and_it_is_removed_at_the_end()
    {
        using (ControlSocket socket = ControlSocket.Create(SocketPath))
        {
            File.GetUnixFileMode(SocketPath).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
            Connect().Should().BeTrue();
            PeerCredentials own = PeerCredentials.Of(socket.Listener);
            own.Process.Should().Be(Environment.ProcessId);
            own.Trusts(own).Should().BeTrue();
            own.Trusts(new PeerCredentials(1, 0)).Should().BeTrue();
            own.Trusts(new PeerCredentials(1, own.User + 1)).Should().BeFalse();
        }

        Directory.GetFileSystemEntries(_folder).Should().BeEmpty();
    }

    [Fact]
    public void A_socket_that_is_in_use_is_not_replaced()
    {
        using ControlSocket first = ControlSocket.Create(SocketPath);

        FluentActions.Invoking(() => ControlSocket.Create(SocketPath)).Should().Throw<ToolException>()
            .WithMessage($"--control: a running balancer uses {SocketPath}. Use another path, or --no-control*");

        Connect().Should().BeTrue();
    }

    [Fact]
    public void A_socket_that_a_dead_process_left_is_replaced()
    {
        // Moved, so that .NET does not find it when it closes the socket.
        using (Socket dead = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            dead.Bind(new UnixDomainSocketEndPoint(SocketPath + ".bound"));
            dead.Listen();
            File.Move(SocketPath + ".bound", SocketPath);
        }

        FluentActions.Invoking(Connect).Should().Throw<SocketException>();

        using ControlSocket socket = ControlSocket.Create(SocketPath);

        Connect().Should().BeTrue();
        File.GetUnixFileMode(SocketPath).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public void Other_files_are_not_replaced()
    {
        File.WriteAllText(SocketPath, "mine");

        FluentActions.Invoking(() => ControlSocket.Create(SocketPath)).Should().Throw<ToolException>()
            .WithMessage($"--control: {SocketPath} exists and is not a socket.*");

        File.ReadAllText(SocketPath).Should().Be("mine");
    }

    [Fact]
    public void A_link_is_not_followed()
    {
        using ControlSocket other = ControlSocket.Create(Path.Combine(_folder, "other"));
        File.CreateSymbolicLink(SocketPath, "other");

        FluentActions.Invoking(() => ControlSocket.Create(SocketPath)).Should().Throw<ToolException>().WithMessage("*is not a socket*");
    }

    [Fact]
    public void A_folder_that_does_not_exist_and_a_long_path_are_errors()
    {
        FluentActions.Invoking(() => ControlSocket.Create($"{_folder}/missing/lb.sock")).Should().Throw<IOException>()
            .WithMessage($"cannot open the folder {_folder}/missing: No such file or directory*");
        FluentActions.Invoking(() => ControlSocket.Create($"{_folder}/{new string('x', 100)}")).Should().Throw<IOException>()
            .WithMessage("the path is longer than 107 bytes.");
    }

    [Fact]
    public void Of_many_balancers_that_start_at_the_same_time_one_gets_the_socket()
    {
        int created = 0, refused = 0;
        object counting = new();
        ControlSocket? winner = null;
        Parallel.For(0, 16, new ParallelOptions { MaxDegreeOfParallelism = 16 }, _ =>
        {
            try
            {
                ControlSocket socket = ControlSocket.Create(SocketPath);
                lock (counting)
                {
                    created++;
                    winner = socket;
                }
            }
            catch (ToolException)
            {
                lock (counting)
                    refused++;
            }
        });

        (created, refused).Should().Be((1, 15));
        Connect().Should().BeTrue();
        winner!.Dispose();
    }

    private bool Connect()
    {
        using Socket client = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        client.Connect(new UnixDomainSocketEndPoint(SocketPath));
        return client.Connected;
    }
}
