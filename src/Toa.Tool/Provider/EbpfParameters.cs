using System.Collections.Generic;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Linq;

namespace Toa.Tool.Provider;

/// <summary>What the eBPF provider takes on a command line beside the module's parameters.</summary>
internal sealed class EbpfParameters
{
    private readonly Option<string?> _cgroup = new("--cgroup")
    {
        HelpName = "PATH",
        Description = "With --kind ebpf: serve only the sockets that are made in this cgroup; all if not said",
    };

    private readonly Option<bool> _firstData = new("--first-data")
    {
        Description = "With --kind ebpf: options on segments before the first data count too",
    };

    private IEnumerable<Option> Options => [_cgroup, _firstData];

    public void AddTo(Command command)
    {
        foreach (Option option in Options)
            command.Options.Add(option);
    }

    /// <summary>The module has nothing of the kind.</summary>
    public void RefuseAll(CommandResult command)
    {
        if (Options.FirstOrDefault(option => command.GetResult(option) is { Implicit: false }) is { } given)
            command.AddError($"{given.Name} is the eBPF provider's: add --kind {EbpfProvider.Kind}, or leave it out.");
    }

    /// <summary>As toa-bpf takes them.</summary>
    public IReadOnlyList<string> Read(ParseResult arguments)
    {
        List<string> parameters = [];
        if (arguments.GetValue(_cgroup) is { } cgroup)
            parameters.Add($"cgroup={cgroup}");
        if (arguments.GetValue(_firstData))
            parameters.Add("first_data=Y");
        return parameters;
    }
}
