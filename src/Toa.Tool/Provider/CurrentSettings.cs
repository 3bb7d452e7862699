using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Toa.Shared;
using Toa.Tool.Formats;
using Toa.Tool.Machines;

namespace Toa.Tool.Provider;

/// <summary>The settings of this project's provider that is loaded.</summary>
/// <param name="Kind">The kind of provider: module or ebpf.</param>
/// <param name="Values">The values of the settings that can be read.</param>
internal sealed record CurrentSettings(string Kind, IReadOnlyDictionary<string, string> Values)
{
    private static readonly string[] OfInterest = [FormatSetting.Name, "trusted", "syn", "nat64_getpeername"];

    /// <summary>The settings; null if no provider is loaded, or if this user may not read them.</summary>
    public static async Task<CurrentSettings?> ReadAsync(IMachine machine, CancellationToken stop)
    {
        if (OfModule(machine) is { Count: > 0 } module)
            return new CurrentSettings(ModuleProvider.Kind, module);
        if (!machine.Exists(EbpfPins.Folder) && !machine.DetectProvider().AnswersInfo)
            return null;
        ProviderDocument ebpf = await new EbpfProvider(machine).StatusAsync(stop);
        return ebpf.Loaded
            ? new CurrentSettings(
                EbpfProvider.Kind,
                ebpf.Parameters.Where(setting => setting.Value is not null).ToDictionary(setting => setting.Key, setting => setting.Value!))
            : null;
    }

    private static Dictionary<string, string> OfModule(IMachine machine)
    {
        Dictionary<string, string> values = [];
        if (!new ModuleProvider(machine).IsLoaded)
            return values;
        foreach (string name in OfInterest)
        {
            try
            {
                if (machine.ReadText($"sys/module/toa/parameters/{name}")?.Trim() is { } value)
                    values.Add(name, value);
            }
            catch (CannotLookException)
            {
                // The default applies, and the command says so.
            }
        }

        return values;
    }
}
