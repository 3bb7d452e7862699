using System.Collections.Generic;
using System.CommandLine;
using System.Linq;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using Toa.Shared;
using Toa.Tool.Capture.Connections;
using Toa.Tool.Formats;
using Toa.Tool.Machines;
using Toa.Tool.Provider;

namespace Toa.Tool.Commands;

/// <summary>The settings of a provider for which a command judges captured connections.</summary>
internal sealed class ProviderRulesOptions
{
    private const string Any = "any", Default = "default", Given = "option";

    private readonly Option<FormatSetting?> _formats = new("--formats")
    {
        HelpName = "LIST",
        Description = "Judge by this setting formats (default: that of the loaded provider, else tencent)",
        Arity = ArgumentArity.OneOrMore,
        CustomParser = ModuleParameters.ReadFormats,
    };

    private readonly Option<IPNetwork[]> _trusted = new("--trusted")
    {
        HelpName = "CIDR",
        Description = "Judge by these trusted networks (default: those of the loaded provider, else any); can be repeated",
        CustomParser = CommonOptions.Networks,
        DefaultValueFactory = _ => [],
    };

    private readonly Option<bool?> _syn = new("--syn")
    {
        Description = "Judge by this setting syn (default: that of the loaded provider, else false)",
    };

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_formats, _trusted, _syn])
            command.Options.Add(option);
    }

    /// <summary>The rules, and where each of them is from.</summary>
    public async Task<(ProviderRules Rules, DecodeSettings Settings)> ReadAsync(
        ParseResult arguments, IMachine machine, CancellationToken stop)
    {
        FormatSetting? formats = arguments.GetValue(_formats);
        IPNetwork[] trusted = arguments.GetRequiredValue(_trusted);
        bool? syn = arguments.GetValue(_syn);
        CurrentSettings? current = formats is null || trusted.Length == 0 || syn is null
            ? await CurrentSettings.ReadAsync(machine, stop)
            : null;
        return Choose(current, formats, trusted, syn);
    }

    /// <summary>The rules of a provider.</summary>
    /// <param name="current">Its settings; null without a provider, or if they are not known.</param>
    public static ProviderRules Of(CurrentSettings? current) => Choose(current, null, [], null).Rules;

    private static (ProviderRules Rules, DecodeSettings Settings) Choose(
        CurrentSettings? current, FormatSetting? formats, IPNetwork[] trusted, bool? syn)
    {
        string From(bool isGiven, bool isCurrent) => isGiven ? Given : isCurrent ? current!.Kind : Default;

        string? list = trusted.Length > 0 ? null : current?.Values.GetValueOrDefault("trusted");
        FormatSetting? currentFormats = FormatSetting.Of(current?.Values.GetValueOrDefault(FormatSetting.Name));
        string? currentSyn = current?.Values.GetValueOrDefault("syn");
        (IReadOnlyList<IPNetwork>? networks, bool isComplete) = trusted.Length > 0 ? (trusted, true) : Parse(list);
        ProviderRules rules = new(
            formats ?? currentFormats ?? FormatSetting.Default, networks, isComplete, syn ?? currentSyn is "Y" or "1");
        return (rules, new DecodeSettings(
            rules.Formats.Text, From(formats is not null, currentFormats is not null),
            trusted.Length > 0 ? string.Join(',', trusted) : list ?? Any, From(trusted.Length > 0, list is not null),
            rules.Syn, From(syn is not null, currentSyn is not null)));
    }

    // The module's file shows the beginning of a list that is longer than a page, with dots behind it.
    private static (IReadOnlyList<IPNetwork>? Networks, bool IsComplete) Parse(string? list)
    {
        if (list is null or Any)
            return (null, true);
        List<IPNetwork> networks = [];
        bool isComplete = true;
        foreach (string word in list.Split(',').Select(word => word.Trim()))
        {
            try
            {
                (IPAddress address, int length) = Cidr.Parse(word);
                networks.Add(new IPNetwork(address, length));
            }
            catch (System.FormatException)
            {
                isComplete = false;
            }
        }

        return (networks, isComplete);
    }
}
