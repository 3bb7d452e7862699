using System;
using System.IO;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Spectre.Console;
using Toa.Tool.Language;

namespace Toa.Tool.Output;

/// <summary>The input and output of a command. Escape sequences are written to a terminal only.</summary>
internal sealed class Terminal
{
    /// <summary>The HResult of an <see cref="IOException"/> for EPIPE: the reader of the pipe has closed it.</summary>
    public const int BrokenPipe = 32;

    // Do not wrap lines if a program reads the output.
    private const int NoWidth = 10_000;

    private const int StandardInput = 0, StandardOutput = 1;

    private const int GetDescriptorFlags = 1; // F_GETFD: 0 without FD_CLOEXEC

    public Terminal(TextReader input, TextWriter output, TextWriter error, bool isInteractive, bool allowsColors,
        UserLanguage? language = null)
    {
        Input = input;
        Output = output;
        Error = error;
        IsInteractive = isInteractive;
        Language = language ?? UserLanguage.English;
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

    /// <summary>Whether the output is a terminal.</summary>
    public bool IsInteractive { get; }

    /// <summary>Whether it is a terminal on which a view can be drawn again in the same place.</summary>
    public bool HasCursor => IsInteractive && Rich.Profile.Capabilities.Ansi;

    /// <summary>The language of texts for the user.</summary>
    public UserLanguage Language { get; }

    /// <summary>The output, for tables and markup.</summary>
    public IAnsiConsole Rich { get; }

    /// <summary>Whether the standard input was closed when this program was started.</summary>
    public static bool IsInputClosed => IsClosed(StandardInput);

    public static Terminal OfThisProcess()
    {
        bool isInteractive = !Console.IsOutputRedirected;
        return new Terminal(
            IsInputClosed ? TextReader.Null : Console.In,
            IsClosed(StandardOutput) ? new ClosedOutput() : isInteractive ? Console.Out : OpenRedirectedOutput(), Console.Error, isInteractive,
            allowsColors: string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")),
            UserLanguage.From(Environment.GetEnvironmentVariable));
    }

    // A descriptor that was closed at the start belongs to a file of the runtime since then, for example to the pipe for signals.
    // Only inherited files do not have FD_CLOEXEC.
    private static bool IsClosed(int descriptor) => OperatingSystem.IsLinux() && ControlFile(descriptor, GetDescriptorFlags) != 0;

    [DllImport("libc", EntryPoint = "fcntl")]
    private static extern int ControlFile(int descriptor, int command);

    // .NET's console ignores EPIPE, so a command that runs until it is stopped would never end. For a file, use the
    // console's stream: the file and its position may be shared with the standard error.
    private static StreamWriter OpenRedirectedOutput()
    {
        Stream stream =
            new FileStream(new SafeFileHandle(StandardOutput, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        if (stream.CanSeek)
            stream = Console.OpenStandardOutput();
        return new StreamWriter(stream) { AutoFlush = true };
    }

    private sealed class ClosedOutput : TextWriter
    {
        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value) => throw new IOException("The standard output is closed.");
    }
}
