using System;
using System.IO;
using Microsoft.Win32.SafeHandles;
using Spectre.Console;

namespace Toa.Tool.Output;

/// <summary>Where a command writes, and what may be written there: escape sequences to a terminal only.</summary>
internal sealed class Terminal
{
    /// <summary>The HResult of an <see cref="IOException"/> that says that nobody reads any more.</summary>
    public const int BrokenPipe = 32;

    // Lines are not to be broken for a reader that is a program.
    private const int NoWidth = 10_000;

    private const int StandardOutput = 1;

    public Terminal(TextReader input, TextWriter output, TextWriter error, bool isInteractive, bool allowsColors)
    {
        Input = input;
        Output = output;
        Error = error;
        IsInteractive = isInteractive;
        Rich = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = isInteractive ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isInteractive && allowsColors ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(output),
        });
        if (!isInteractive)
            Rich.Profile.Width = NoWidth;
    }

    public TextReader Input { get; }

    public TextWriter Output { get; }

    public TextWriter Error { get; }

    /// <summary>Whether somebody looks at the output on a terminal.</summary>
    public bool IsInteractive { get; }

    /// <summary>The output, for tables and markup.</summary>
    public IAnsiConsole Rich { get; }

    public static Terminal OfThisProcess()
    {
        bool isInteractive = !Console.IsOutputRedirected;
        return new Terminal(
            Console.In, isInteractive ? Console.Out : OpenRedirectedOutput(), Console.Error, isInteractive,
            allowsColors: string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")));
    }

    // .NET's console is silent about a pipe that nobody reads any more, and a command that goes on until somebody
    // stops it would do so for ever. A file is the console's business: it may be shared with the standard error,
    // position and all.
    private static StreamWriter OpenRedirectedOutput()
    {
        Stream stream =
            new FileStream(new SafeFileHandle(StandardOutput, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        if (stream.CanSeek)
            stream = Console.OpenStandardOutput();
        return new StreamWriter(stream) { AutoFlush = true };
    }
}
