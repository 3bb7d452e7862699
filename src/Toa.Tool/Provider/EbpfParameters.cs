using System.Collections.Generic;
using System.CommandLine;
using System.Linq;
using Toa.Tool.Language;

namespace Toa.Tool.Provider;

/// <summary>The command-line options of the eBPF provider in addition to the module's parameters.</summary>
internal sealed class EbpfParameters
{
    private readonly Option<bool> _firstData = new("--first-data")
    {
        Description = "With --kind ebpf: read TOA options on segments before the first data too",
    };

    private readonly Option<string?>? _cgroup;

    /// <param name="forNow">Whether the settings are not for each boot. Only then --cgroup is allowed: cgroups are not permanent.</param>
    public EbpfParameters(bool forNow)
    {
        if (forNow)
            _cgroup = new("--cgroup")
            {
                HelpName = "PATH",
                Description = "With --kind ebpf: serve only the sockets that are created in this cgroup (default: all)",
            };
    }

    private IEnumerable<Option> Options => _cgroup is null ? [_firstData] : [_cgroup, _firstData];

    /// <param name="command">The command.</param>
    /// <param name="kind">The option for the kind of provider: the module does not have these options.</param>
    /// <param name="orEbpf">The option with which the eBPF provider may take the place of the module.</param>
    public void AddTo(Command command, Option<string> kind, Option<bool>? orEbpf = null)
    {
        foreach (Option option in Options)
            command.Options.Add(option);
        command.Validators.Add(arguments =>
        {
            // Not GetValue, which throws for a value that is not valid.
            if (arguments.GetResult(kind) is not { Tokens: [.., { Value: EbpfProvider.Kind }] }
                && !(orEbpf is not null && arguments.GetValue(orEbpf))
                && Options.FirstOrDefault(option => arguments.GetResult(option) is { Implicit: false }) is { } given)
                arguments.Refuse(
                    $"{given.Name} is an option of the eBPF provider: add --kind {EbpfProvider.Kind}, or remove {given.Name}.");
        });
    }

    /// <summary>The parameters in the form for toa-bpf.</summary>
    public IReadOnlyList<string> Read(ParseResult arguments)
    {
        List<string> parameters = [];
        if (_cgroup is not null && arguments.GetValue(_cgroup) is { } cgroup)
            parameters.Add($"cgroup={cgroup}");
        if (arguments.GetValue(_firstData))
            parameters.Add("first_data=Y");
        return parameters;
    }
}
