using System.IO;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using Toa.Tests.Support;
using Toa.Tool.Language;
using Toa.Tool.Machines;
using Toa.Tool.Output;

namespace Toa.Tool.Tests.Support;

/// <summary>The exit code and the output of a command.</summary>
internal sealed record Run(int ExitCode, string Output, string Error)
{
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    public string[] Lines => Output.Split('\n', System.StringSplitOptions.RemoveEmptyEntries);

    public static Task<Run> ToaAsync(IMachine machine, params string[] arguments) =>
        ToaAsync(machine, "", CancellationToken.None, arguments);

    public static Task<Run> ToaInChineseAsync(IMachine machine, params string[] arguments) =>
        ToaAsync(machine, "", UserLanguage.Chinese, arguments, CancellationToken.None);

    public static Task<Run> ToaAsync(IMachine machine, string input, CancellationToken stop, params string[] arguments) =>
        ToaAsync(machine, input, UserLanguage.English, arguments, stop);

    private static async Task<Run> ToaAsync(
        IMachine machine, string input, UserLanguage language, string[] arguments, CancellationToken stop)
    {
        StringWriter output = new(), error = new();
        Terminal terminal = new(new StringReader(input), output, error, isInteractive: false, allowsColors: true, language);
        int exitCode = await Deadline.Within(ToaCommand.RunAsync(arguments, machine, terminal, stop));
        return new Run(exitCode, output.ToString(), error.ToString());
    }
}
