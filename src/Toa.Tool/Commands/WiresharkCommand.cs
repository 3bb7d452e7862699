using System.CommandLine;
using Toa.Tool.Language;
using Toa.Tool.Output;
using Toa.Tool.Provider;

namespace Toa.Tool.Commands;

/// <summary><c>toa wireshark</c></summary>
internal static class WiresharkCommand
{
    private const string Script = "wireshark/toa.lua", Folder = "~/.local/lib/wireshark/plugins";

    public static Command Create(Terminal terminal)
    {
        CommandWithExamples command = new(
            "wireshark",
            "Print a plugin with which Wireshark and tshark show TOA options, and filter by them.",
            [$"toa wireshark > {Folder}/toa.lua", "tshark -r server.pcapng -X lua_script:toa.lua -Y 'toa.client == \"192.0.2.10\"'"]);
        command.SetAction(arguments =>
        {
            string script = ModuleSource.Read(Script);
            if (arguments.IsJson())
            {
                ToolJson.Write(terminal, new WiresharkDocument(script), ToolJson.Plain.WiresharkDocument);
                return ExitCode.Fine;
            }

            terminal.Output.Write(script);
            if (terminal.IsInteractive)
            {
                Message install = $"Install it: mkdir -p {Folder} && toa wireshark > {Folder}/toa.lua";
                terminal.Error.WriteLine(install.ToString());
            }

            return ExitCode.Fine;
        });
        return command;
    }
}

/// <summary>The output of <c>toa wireshark --json</c>.</summary>
/// <param name="Script">The plugin, in Lua.</param>
internal sealed record WiresharkDocument(string Script);
