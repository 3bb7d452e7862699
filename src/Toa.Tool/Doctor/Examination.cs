using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using Toa.Diagnostics;
using Toa.Shared;
using Toa.Tool.Firewall;
using Toa.Tool.Formats;
using Toa.Tool.Language;
using Toa.Tool.Machines;
using Toa.Tool.Probing;
using Toa.Tool.Provider;

namespace Toa.Tool.Doctor;

/// <summary>The input of the checks. It is collected once, so that all checks see the same state.</summary>
internal sealed class Examination
{
    public required IMachine Machine { get; init; }

    public required DoctorOptions Options { get; init; }

    public required ToaProvider Provider { get; init; }

    /// <summary>Whether this is a container that shares the kernel of its host: it does not see the host's files.</summary>
    public bool SharesKernel => Provider.IsContainer && Sandbox is null;

    /// <summary>The kernel of this container, if it is not the host's; null for the host's, and outside of containers.</summary>
    public required SandboxKernel? Sandbox { get; init; }

    /// <summary>Whether this project's module is loaded, and its files can be read.</summary>
    public required bool IsOurModule { get; init; }

    /// <summary>The TOA modules of other vendors that are loaded.</summary>
    public required IReadOnlyList<string> OtherModules { get; init; }

    public required Window Window { get; init; }

    /// <summary>The setting <c>formats</c> of this project's provider; null if that provider is missing, or if the setting is not known.</summary>
    public required FormatSetting? Formats { get; init; }

    /// <summary>The installed modules that this user may see.</summary>
    public required IReadOnlyList<ModuleFile> Modules { get; init; }

    /// <summary>Why the list of modules may be incomplete.</summary>
    public required CannotLookException? ModulesProblem { get; init; }

    /// <summary>The module that <c>modprobe toa</c> loads.</summary>
    public required ModprobeChoice Modprobe { get; init; }

    /// <summary>The output of <c>dkms status</c> for the module.</summary>
    public required ProcessResult Dkms { get; init; }

    /// <summary>Whether the eBPF provider is on this machine, for any cgroup, as far as this user may see.</summary>
    public required bool HasEbpf { get; init; }

    /// <summary>The state of the eBPF provider from its loader; null if there is no sign of this provider.</summary>
    public required ProviderDocument? Ebpf { get; init; }

    /// <summary>Whether an eBPF provider answers or has pins, but toa-bpf, which shows its state, is missing.</summary>
    public required bool IsLoaderMissing { get; init; }

    /// <summary>The settings of the eBPF provider; null if another provider answers, or if its loader cannot show them.</summary>
    public IReadOnlyDictionary<string, string?>? EbpfSettings =>
        Provider.Kind == ToaProviderKind.ToaEbpf && Ebpf is { Loaded: true, Parameters: { Count: > 0 } settings } ? settings : null;

    /// <summary>What <c>--probe</c> sends, with the settings of the provider; null without it.</summary>
    public required ProbePlan? ProbePlan { get; init; }

    /// <summary>The test connections; null without <c>--probe</c>, or if they could not be made.</summary>
    public required IReadOnlyList<ProbeResult>? Probe { get; init; }

    /// <summary>Why the test connections could not be made.</summary>
    public required CannotLookException? ProbeProblem { get; init; }

    /// <summary>The output of ss for listening TCP sockets.</summary>
    public required ListenerDetails ListenerDetails { get; init; }

    /// <summary>
    /// The listeners of this network namespace. Finding them reads the descriptors of all processes. If they cannot be listed, each
    /// use throws the same <see cref="CannotLookException"/>.
    /// </summary>
    public required Lazy<IReadOnlyList<Listener>> Listeners { get; init; }

    /// <summary>The compiler of the module, if it is to be built here.</summary>
    public required ModuleCompiler? Compiler { get; init; }

    /// <summary>The rules of iptables and nftables.</summary>
    public required Ruleset Rules { get; init; }

    /// <summary>The way of connections from the balancers, or from any address if no balancer is known, through the rules.</summary>
    public required BalancerPath Path { get; init; }

    /// <summary>The rules that change these connections.</summary>
    public required IReadOnlyList<RuleEffect> RuleEffects { get; init; }

    public string KernelRelease => Provider.KernelRelease;

    /// <summary>Whether this kernel uses a module as its provider, or needs one.</summary>
    public bool WantsModule => Provider.Kind switch
    {
        ToaProviderKind.ToaEbpf => false,
        ToaProviderKind.None => !HasEbpf,
        _ => true,
    };

    /// <summary>Whether no provider is loaded, or only TencentOS's own module, which the findings advise to replace.</summary>
    public bool LacksProvider => Provider.Kind is ToaProviderKind.None or ToaProviderKind.TencentOS;

    /// <summary>The modules toa that are installed for this kernel, and the one that modprobe loads, in any folder.</summary>
    public IReadOnlyList<ModuleFile> ModulesHere =>
    [
        .. Modules.Where(module => module.Folder == KernelRelease),
        .. Modprobe.Module is { } chosen && !Modules.Any(Modprobe.Is) ? [chosen] : (ModuleFile[])[],
    ];

    /// <summary>What the loaded module of TencentOS can do.</summary>
    public Message TencentOSAbility => TencentOSModule.Ability(
        KernelRelease, Machine.Exists($"sys/module/toa/parameters/{TencentOSModule.PeerNameSwitch}"));

    /// <summary>The value of a parameter of the module; null if it has no such parameter.</summary>
    /// <exception cref="CannotLookException">This process is not allowed to read it.</exception>
    public string? Parameter(string name) => Machine.ReadText($"sys/module/toa/parameters/{name}")?.Trim();

    /// <summary>Whether the provider is one of this project's, and shows its settings.</summary>
    public bool ShowsSettings => IsOurModule || EbpfSettings is not null;

    /// <summary>The value of a setting of this project's provider; null if it has no such setting.</summary>
    /// <exception cref="CannotLookException">This process is not allowed to read it.</exception>
    public string? Setting(string name) => EbpfSettings is { } settings ? settings.GetValueOrDefault(name) : Parameter(name);

    /// <summary>The command that changes a setting.</summary>
    public string HowToSet(string name, string value) => Ebpf is not null && !IsOurModule
        ? $"toa-bpf set {name}={value}"
        : $"echo {value} > /sys/module/toa/parameters/{name}";

    /// <summary>The listeners on the ports to check.</summary>
    /// <exception cref="CannotLookException">The listeners cannot be listed.</exception>
    public IReadOnlyList<Listener> FindListeners() =>
        [.. Listeners.Value.Where(listener => Options.Ports.Count == 0 || Options.Ports.Contains(listener.End.Port))];

    public static async Task<Examination> MakeAsync(IMachine machine, DoctorOptions options, CancellationToken stop)
    {
        // Before the capture, because it needs the formats that the provider reads.
        ProviderDocument? ebpf = await AskLoaderAsync(machine);
        FormatSetting? formats = FormatSetting.Of(
            OfModule(machine, FormatSetting.Name) ?? ebpf?.Parameters.GetValueOrDefault(FormatSetting.Name));
        Window window = await Window.WatchAsync(machine, options, formats, stop);
        (IReadOnlyList<ModuleFile> modules, CannotLookException? problem) = await FindModulesAsync(machine);
        ToaProvider provider = machine.DetectProvider();
        ModuleProvider module = new(machine);
        bool hasEbpf = machine.Exists(EbpfPins.Folder);
        ebpf = HintsAtEbpf(machine, provider, module) ? ebpf ?? await AskLoaderAsync(machine) : null;
        string? trusted = OfModule(machine, "trusted") ?? ebpf?.Parameters.GetValueOrDefault("trusted");
        ProbePlan? plan = options.Probe && !stop.IsCancellationRequested ? ProbePlan.For(formats, trusted) with { Listener = options.ProbeListener } : null;
        (IReadOnlyList<ProbeResult>? probe, CannotLookException? probeProblem) = await ProbeAsync(machine, plan, trusted is not null, stop);
        // No stop token from here on: if the user stops the capture, doctor still reports its findings so far.
        Ruleset rules = await Ruleset.ReadAsync(machine);
        Lazy<IReadOnlyList<Listener>> listeners = new(() => Listener.Find(machine));
        BalancerPath path = new(machine, rules);
        IReadOnlyList<Listener>? known = Known(listeners);
        IReadOnlyList<RuleEffect> effects = await path.TryAsync(
            Balancers(machine, window, trusted), options.Ports.Count > 0 ? options.Ports : PortsOf(known).Concat(rules.Ports), known);
        return new Examination
        {
            Machine = machine,
            Options = options,
            Window = window,
            Formats = formats,
            Provider = provider,
            Sandbox = await SandboxKernel.DetectAsync(machine, provider.IsContainer),
            IsOurModule = module.IsLoaded,
            OtherModules = module.Others,
            ProbePlan = plan,
            Probe = probe,
            ProbeProblem = probeProblem,
            HasEbpf = hasEbpf,
            Ebpf = ebpf,
            IsLoaderMissing = await IsLoaderMissingAsync(machine, ebpf),
            Modules = modules,
            ModulesProblem = problem,
            Modprobe = await ModprobeChoice.AskAsync(machine, provider.KernelRelease, CancellationToken.None),
            Listeners = listeners,
            Dkms = await machine.RunAsync("dkms", ["status", "-m", "toa"], CancellationToken.None),
            Compiler = await FindCompilerAsync(machine, provider, hasEbpf, modules),
            Rules = rules,
            Path = path,
            RuleEffects = effects,
            ListenerDetails = new ListenerDetails(await machine.RunAsync("ss", ["-Hltne"], CancellationToken.None)),
        };
    }

    // Only if no provider and no module is there: a module that is loaded or installed shows that it could be built.
    private static async Task<ModuleCompiler?> FindCompilerAsync(
        IMachine machine, ToaProvider provider, bool hasEbpf, IReadOnlyList<ModuleFile> modules)
    {
        bool isNeeded = provider.Kind is ToaProviderKind.None or ToaProviderKind.TencentOS && !hasEbpf
            && !modules.Any(module => module.Folder == provider.KernelRelease && module.IsOwn == true);
        try
        {
            return isNeeded ? await ModuleCompiler.FindAsync(machine, $"lib/modules/{provider.KernelRelease}/build") : null;
        }
        catch (CannotLookException)
        {
            // The headers are files that each user can read. Without them, the check of the headers reports it.
            return null;
        }
    }

    private static IPAddress[] Balancers(IMachine machine, Window window, string? trusted)
    {
        IReadOnlySet<IPAddress> own = OwnAddresses(machine);
        IPAddress[] known =
        [
            .. (window.Capture?.Options ?? []).Where(sighting => sighting.Option.IsKnown).Select(sighting => sighting.Option.Balancer.Address),
            .. TrustedNetworks.Read(trusted)?.Select(network => TrustedNetworks.HostIn(network, own)) ?? [],
        ];
        return known.Length > 0 ? known : [IPAddress.Parse("198.51.100.1"), IPAddress.Parse("2001:db8::1")];
    }

    // If they cannot be read, a balancer with such an address is reported as not reached.
    private static IReadOnlySet<IPAddress> OwnAddresses(IMachine machine)
    {
        try
        {
            return LocalAddresses.Of(machine);
        }
        catch (CannotLookException)
        {
            return new HashSet<IPAddress>();
        }
    }

    private static IEnumerable<int> PortsOf(IReadOnlyList<Listener>? listeners) =>
        (listeners ?? []).Where(listener => !listener.IsLoopback).Select(listener => listener.End.Port);

    // If they cannot be listed, the check of the listeners reports that.
    private static IReadOnlyList<Listener>? Known(Lazy<IReadOnlyList<Listener>> listeners)
    {
        try
        {
            return listeners.Value;
        }
        catch (CannotLookException)
        {
            return null;
        }
    }

    private static bool HintsAtEbpf(IMachine machine, ToaProvider provider, ModuleProvider module) =>
        machine.Exists(EbpfPins.Folder) || (provider.AnswersInfo && !module.IsLoaded);

    private static async Task<ProviderDocument?> AskLoaderAsync(IMachine machine) =>
        HintsAtEbpf(machine, machine.DetectProvider(), new ModuleProvider(machine))
            ? await new EbpfProvider(machine).StatusAsync(CancellationToken.None)
            : null;

    // A missing loader gives the same document as a provider that is not loaded.
    private static async Task<bool> IsLoaderMissingAsync(IMachine machine, ProviderDocument? ebpf) =>
        ebpf is { Loaded: false, Problem: null }
        && (await machine.RunAsync("toa-bpf", ["status"], CancellationToken.None)).IsMissing;

    // If it cannot be read, the checks report that.
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

    private static async Task<(IReadOnlyList<ProbeResult>?, CannotLookException?)> ProbeAsync(
        IMachine machine, ProbePlan? plan, bool isTrustKnown, CancellationToken stop)
    {
        if (plan is null)
            return (null, null);
        // From a source that it does not trust, a provider rightly accepts nothing.
        if (!isTrustKnown && machine.DetectProvider().AnswersInfo)
        {
            return (null, new CannotLookException(
                $"The settings of the provider are not known, and so not what it accepts.", $"Run it as root, with toa-bpf in PATH."));
        }

        try
        {
            return (await machine.ProbeAsync(plan, stop), null);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The user stopped the wait. The other findings are reported.
            return (null, null);
        }
        catch (CannotLookException e)
        {
            return (null, e);
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
