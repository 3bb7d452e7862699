using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Toa.Diagnostics;
using Toa.Shared;
using Toa.Tool.Machines;
using Toa.Tool.Provider;

namespace Toa.Tool.Doctor;

/// <summary>What the checks look at: gathered once, so that all of them speak of the same moment.</summary>
internal sealed class Examination
{
    public required IMachine Machine { get; init; }

    public required DoctorOptions Options { get; init; }

    public required ToaProvider Provider { get; init; }

    /// <summary>The module of this project is loaded, and its files are there to read.</summary>
    public required bool IsOurModule { get; init; }

    /// <summary>The TOA modules of other vendors that are loaded.</summary>
    public required IReadOnlyList<string> OtherModules { get; init; }

    public required Window Window { get; init; }

    /// <summary>The modules that are installed, as far as they may be seen.</summary>
    public required IReadOnlyList<ModuleFile> Modules { get; init; }

    /// <summary>Why there may be more.</summary>
    public required CannotLookException? ModulesProblem { get; init; }

    /// <summary>The module that <c>modprobe toa</c> loads.</summary>
    public required ModprobeChoice Modprobe { get; init; }

    /// <summary>What DKMS says of ours.</summary>
    public required ProcessResult Dkms { get; init; }

    /// <summary>The eBPF provider is on this machine, whomever it serves; as far as this user may see.</summary>
    public required bool HasEbpf { get; init; }

    /// <summary>What its loader says of the eBPF provider; null where nothing hints at one.</summary>
    public required ProviderDocument? Ebpf { get; init; }

    /// <summary>An eBPF provider answers or has pins, and there is no toa-bpf that shows its state.</summary>
    public required bool IsLoaderMissing { get; init; }

    /// <summary>The settings of the eBPF provider; null where it is not the one, or its loader is not at hand or may not look.</summary>
    public IReadOnlyDictionary<string, string?>? EbpfSettings =>
        Provider.Kind == ToaProviderKind.ToaEbpf && Ebpf is { Loaded: true, Parameters: { Count: > 0 } settings } ? settings : null;

    /// <summary>What ss says of listening TCP sockets.</summary>
    public required ListenerDetails ListenerDetails { get; init; }

    public string KernelRelease => Provider.KernelRelease;

    /// <summary>A module serves this kernel, or is to serve it.</summary>
    public bool WantsModule => Provider.Kind switch
    {
        ToaProviderKind.ToaEbpf => false,
        ToaProviderKind.None => !HasEbpf,
        _ => true,
    };

    /// <summary>No provider is loaded, or only TencentOS's own module, which the findings advise to replace.</summary>
    public bool LacksProvider => Provider.Kind is ToaProviderKind.None or ToaProviderKind.TencentOS;

    /// <summary>The modules toa that are installed for this kernel, and the one that modprobe loads, wherever it is.</summary>
    public IReadOnlyList<ModuleFile> ModulesHere =>
    [
        .. Modules.Where(module => module.Folder == KernelRelease),
        .. Modprobe.Module is { } chosen && !Modules.Any(Modprobe.Is) ? [chosen] : (ModuleFile[])[],
    ];

    /// <summary>What the loaded module of TencentOS can do.</summary>
    public string TencentOSAbility => TencentOSModule.Ability(
        KernelRelease, Machine.Exists($"sys/module/toa/parameters/{TencentOSModule.PeerNameSwitch}"));

    /// <summary>What the module says of one of its parameters; null if it does not have it.</summary>
    /// <exception cref="CannotLookException">This process may not read it.</exception>
    public string? Parameter(string name) => Machine.ReadText($"sys/module/toa/parameters/{name}")?.Trim();

    /// <summary>The provider is one of ours, and shows its settings.</summary>
    public bool ShowsSettings => IsOurModule || EbpfSettings is not null;

    /// <summary>What our provider says of one of its settings; null if it does not have it.</summary>
    /// <exception cref="CannotLookException">This process may not read it.</exception>
    public string? Setting(string name) => EbpfSettings is { } settings ? settings.GetValueOrDefault(name) : Parameter(name);

    /// <summary>The command that changes it.</summary>
    public string HowToSet(string name, string value) => Ebpf is not null && !IsOurModule
        ? $"toa-bpf set {name}={value}"
        : $"echo {value} > /sys/module/toa/parameters/{name}";

    /// <summary>The listeners on the ports that matter.</summary>
    /// <exception cref="CannotLookException">They may not be seen.</exception>
    public IReadOnlyList<Listener> FindListeners() =>
        [.. Listener.Find(Machine).Where(listener => Options.Ports.Count == 0 || Options.Ports.Contains(listener.End.Port))];

    public static async Task<Examination> MakeAsync(IMachine machine, DoctorOptions options, CancellationToken stop)
    {
        // The capture needs the kinds that the provider reads before it begins.
        ProviderDocument? ebpf = await AskLoaderAsync(machine);
        Window window = await Window.WatchAsync(machine, options, KindsRead(machine, ebpf), stop);
        (IReadOnlyList<ModuleFile> modules, CannotLookException? problem) = await FindModulesAsync(machine);
        ToaProvider provider = machine.DetectProvider();
        ModuleProvider module = new(machine);
        bool hasEbpf = machine.Exists(EbpfPins.Folder);
        ebpf = HintsAtEbpf(machine, provider, module) ? ebpf ?? await AskLoaderAsync(machine) : null;
        // Those who do not want to wait any longer are told what was found so far.
        return new Examination
        {
            Machine = machine,
            Options = options,
            Window = window,
            Provider = provider,
            IsOurModule = module.IsLoaded,
            OtherModules = module.Others,
            HasEbpf = hasEbpf,
            Ebpf = ebpf,
            IsLoaderMissing = await IsLoaderMissingAsync(machine, ebpf),
            Modules = modules,
            ModulesProblem = problem,
            Modprobe = await ModprobeChoice.AskAsync(machine, provider.KernelRelease, CancellationToken.None),
            Dkms = await machine.RunAsync("dkms", ["status", "-m", "toa"], CancellationToken.None),
            ListenerDetails = new ListenerDetails(await machine.RunAsync("ss", ["-Hltne"], CancellationToken.None)),
        };
    }

    private static bool HintsAtEbpf(IMachine machine, ToaProvider provider, ModuleProvider module) =>
        machine.Exists(EbpfPins.Folder) || (provider.AnswersInfo && !module.IsLoaded);

    private static async Task<ProviderDocument?> AskLoaderAsync(IMachine machine) =>
        HintsAtEbpf(machine, machine.DetectProvider(), new ModuleProvider(machine))
            ? await new EbpfProvider(machine).StatusAsync(CancellationToken.None)
            : null;

    // The document of a missing loader is that of a provider that is not loaded.
    private static async Task<bool> IsLoaderMissingAsync(IMachine machine, ProviderDocument? ebpf) =>
        ebpf is { Loaded: false, Problem: null }
        && (await machine.RunAsync("toa-bpf", ["status"], CancellationToken.None)).IsMissing;

    private static byte[] KindsRead(IMachine machine, ProviderDocument? ebpf) =>
        [.. ((string[])["ipv4_kinds", "ipv6_kinds"])
            .SelectMany(name => new[] { OfModule(machine, name), ebpf?.Parameters.GetValueOrDefault(name) })
            .SelectMany(kinds => kinds?.Split(',') ?? [])
            .Select(kind => byte.TryParse(kind, CultureInfo.InvariantCulture, out byte number) ? number : (byte)0)
            .Where(kind => kind > 0)];

    // Where it may not be read, the checks say so.
    private static string? OfModule(IMachine machine, string name)
    {
        try
        {
            return machine.ReadText($"sys/module/toa/parameters/{name}")?.Trim();
        }
        catch (CannotLookException)
        {
            return null;
        }
    }

    private static async Task<(IReadOnlyList<ModuleFile>, CannotLookException?)> FindModulesAsync(IMachine machine)
    {
        try
        {
            return (await ModuleFile.FindAsync(machine, CancellationToken.None), null);
        }
        catch (CannotLookException e)
        {
            return ([], e);
        }
    }
}
