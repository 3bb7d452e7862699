using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Toa.Diagnostics;
using Toa.Tool.Capture.Connections;
using Toa.Tool.Commands;
using Toa.Tool.Language;
using Toa.Tool.Machines;
using Toa.Tool.Provider;

namespace Toa.Tool.Live;

/// <summary>The provider that serves at one moment.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Current">Its settings; null if there is no provider of this project, or if they cannot be read.</param>
/// <param name="Rules">What it accepts; the default settings if they are not known.</param>
internal sealed record ServingProvider(ToaProviderKind Kind, CurrentSettings? Current, ProviderRules Rules)
{
    private static readonly string[] s_settings = ["formats", "trusted", "syn", "first_data", "nat64_getpeername", "cgroup"];

    // Asking the eBPF provider starts a program.
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(10);

    /// <summary>The settings that decide what it accepts, by name.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; } = Current is null
        ? new Dictionary<string, string>()
        : s_settings.Where(Current.Values.ContainsKey).ToDictionary(name => name, name => Current.Values[name]);

    /// <summary>The name of the kind; null without a provider.</summary>
    public string? Name => Kind == ToaProviderKind.None ? null : Kind.ToString();

    public string SettingsText => string.Join(' ', Settings.Select(setting => $"{setting.Key}={setting.Value}"));

    /// <summary>The timestamp of the look: the time of day can be set back.</summary>
    private long LookedAt { get; init; }

    /// <param name="machine">The machine.</param>
    /// <param name="last">The result of the last look; null for the first.</param>
    /// <param name="stop">Cancels it.</param>
    public static async Task<ServingProvider> LookAsync(IMachine machine, ServingProvider? last, CancellationToken stop)
    {
        ToaProviderKind kind = machine.DetectProvider().Kind;
        long now = machine.Clock.GetTimestamp();
        if (kind == ToaProviderKind.ToaEbpf && last?.Kind == kind && machine.Clock.GetElapsedTime(last.LookedAt, now) < s_pause)
            return last;
        CurrentSettings? current = kind is ToaProviderKind.ToaModule or ToaProviderKind.ToaEbpf
            ? await CurrentSettings.ReadAsync(machine, stop)
            : null;
        return new ServingProvider(kind, current, ProviderRulesOptions.Of(current)) { LookedAt = now };
    }

    /// <summary>What it does with the TOA options of a connection.</summary>
    public Verdict Judge(CapturedConnection connection) =>
        Kind == ToaProviderKind.None ? new Verdict("no_provider", $"no: no provider is loaded")
        : Current is null ? new Verdict("settings_unknown", $"unknown: the settings of the provider are not known")
        : Rules.Judge(connection);

    /// <summary>The change since the last look, in words; null without a change.</summary>
    public Message? ChangeSince(ServingProvider last) =>
        Kind != last.Kind
            ? Kind == ToaProviderKind.None ? (Message)$"The provider was unloaded."
                : (Message)$"A provider is loaded: {Name}."
            : SettingsText != last.SettingsText ? (Message)$"The settings of the provider have changed: {SettingsText}"
            : null;
}
