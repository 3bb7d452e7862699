using System.CommandLine;
using System.CommandLine.Parsing;
using System.IO;
using System.Net;
using System.Text;
using Samples;
using Toa.Tool.Balancing.Control;
using Toa.Tool.Language;
using Toa.Tool.Machines;

namespace Toa.Tool.Commands;

/// <summary>The arguments of commands that control a running balancer.</summary>
internal sealed class ControlOptions(IMachine machine)
{
    private const string Name = "--control";

    private readonly Option<string?> _path = new(Name)
    {
        HelpName = "PATH",
        Description = "The control socket of the balancer (default: that of the only balancer that runs)",
        CustomParser = ParsePath,
    };

    private readonly Argument<IPEndPoint> _listener = EndPoint("LISTENER", "The virtual address of the listener, for example 198.51.100.1:80");

    private readonly Argument<IPEndPoint> _backEnd = EndPoint("BACKEND", "The server, for example 10.0.0.2:8080");

    /// <summary>The option of the balancer itself.</summary>
    public static Option<string?> OfBalancer() => new(Name)
    {
        HelpName = "PATH",
        Description = "The Unix socket for toa lb flows, faults, set and drain, which only this user and root can use "
            + $"(default: {ControlFolders.Names})",
        CustomParser = ParsePath,
    };

    public static Argument<IPEndPoint> EndPoint(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = values => ParseEnd(values.Tokens[0].Value, values),
    };

    public void AddTo(Command command, bool withBackEnd)
    {
        if (withBackEnd)
        {
            command.Arguments.Add(_listener);
            command.Arguments.Add(_backEnd);
        }

        command.Options.Add(_path);
    }

    public string Listener(ParseResult arguments) => arguments.GetRequiredValue(_listener).ToString();

    public string BackEnd(ParseResult arguments) => arguments.GetRequiredValue(_backEnd).ToString();

    /// <exception cref="ToolException">No balancer is running, or several are; the message says what to do.</exception>
    public ControlClient Connect(ParseResult arguments) => new(arguments.GetValue(_path) ?? ControlFolders.Find(machine));

    public static IPEndPoint ParseEnd(string text, ArgumentResult values)
    {
        if (ListenAddress.TryParse(text, out IPEndPoint? endPoint))
            return endPoint;
        values.Refuse($"'{text}' is not an address and a port. Use for example 198.51.100.1:80 or [2001:db8:100::1]:80.");
        return null!;
    }

    private static string? ParsePath(ArgumentResult values)
    {
        string text = values.Tokens[0].Value;
        if (text.Length > 0 && Encoding.UTF8.GetByteCount(Path.GetFullPath(text)) <= SocketFile.MostPathBytes)
            return Path.GetFullPath(text);
        values.Refuse($"'{text}' is not the path of a socket: use 1 to {SocketFile.MostPathBytes} bytes.");
        return null;
    }
}
