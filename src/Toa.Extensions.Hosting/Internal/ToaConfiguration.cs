using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Linq;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Toa.Extensions.Hosting.Internal;

/// <summary>
/// Reads options from a section of the configuration (default: <c>Toa</c>). An unknown setting is an error: otherwise a
/// misspelled list of trusted networks would be empty, and every peer would be trusted.
/// </summary>
internal sealed class ToaConfiguration(IConfiguration? configuration) : IConfigureOptions<ToaOptions>
{
    private const string SectionName = "Toa";

    /// <summary>Reads the section <c>Toa</c> of a whole configuration.</summary>
    public static ToaConfiguration OfHost(IServiceProvider services) =>
        new(services.GetService<IConfiguration>()?.GetSection(SectionName));

    /// <exception cref="OptionsValidationException">The message names each invalid entry, and why it is not valid.</exception>
    public void Configure(ToaOptions options)
    {
        List<string> failures = [];
        if (configuration is IConfigurationSection { Value: { } text } section)
            failures.Add($"{section.Path} must be a section, but is '{text}'. {Known}");
        foreach (IConfigurationSection setting in configuration?.GetChildren() ?? [])
            Read(setting, options, failures);
        if (failures.Count > 0)
            throw new OptionsValidationException(Options.DefaultName, typeof(ToaOptions), failures);
    }

    private static void Read(IConfigurationSection setting, ToaOptions options, List<string> failures)
    {
        if (Is(setting, nameof(ToaOptions.KnownProxies)))
            ReadList(setting, options.KnownProxies);
        else if (Is(setting, nameof(ToaOptions.KnownIPNetworks)))
            ReadList(setting, options.KnownIPNetworks);
        else if (Is(setting, nameof(ToaOptions.WhenUntrusted)))
            options.WhenUntrusted = ReadAction(setting, failures);
        else if (Is(setting, nameof(ToaOptions.WhenUnknown)))
            options.WhenUnknown = ReadAction(setting, failures);
        else if (Is(setting, nameof(ToaOptions.WhenNoProvider)))
            options.WhenNoProvider = ReadAction(setting, failures);
        else if (Is(setting, nameof(ToaOptions.ReadSavedSyn)))
            options.ReadSavedSyn = ReadFlag(setting, failures);
        else if (Is(setting, nameof(ToaOptions.Formats)))
            ReadList(setting, options.Formats);
        else
            failures.Add($"Unknown setting '{setting.Path}'. {Known}");
    }

    private static string[] Settings { get; } =
    [
        nameof(ToaOptions.KnownProxies), nameof(ToaOptions.KnownIPNetworks), nameof(ToaOptions.WhenUntrusted),
        nameof(ToaOptions.WhenUnknown), nameof(ToaOptions.WhenNoProvider), nameof(ToaOptions.ReadSavedSyn),
        nameof(ToaOptions.Formats),
    ];

    private static string Known { get; } =
        "Valid settings: " + string.Join(", ", Settings) + ".";

    /// <summary>Reads a list, or text with commas, as in an environment variable. The validation reports an empty one.</summary>
    private static void ReadList(IConfigurationSection setting, Collection<string> list)
    {
        IConfigurationSection[] entries = setting.Value is null ? [.. setting.GetChildren()] : [];
        foreach (IConfigurationSection entry in entries.Length > 0 ? entries : [setting])
            list.Add(entry.Value ?? "");
    }

    private static ToaAction ReadAction(IConfigurationSection setting, List<string> failures)
    {
        string[] names = Enum.GetNames<ToaAction>();
        if (names.Contains(setting.Value, StringComparer.OrdinalIgnoreCase))
            return Enum.Parse<ToaAction>(setting.Value!, ignoreCase: true);
        failures.Add($"{setting.Path} must be one of {string.Join(", ", names)}, but is '{setting.Value}'.");
        return default;
    }

    private static bool ReadFlag(IConfigurationSection setting, List<string> failures)
    {
        if (bool.TryParse(setting.Value, out bool value))
            return value;
        failures.Add($"{setting.Path} must be true or false, but is '{setting.Value}'.");
        return default;
    }

    private static bool Is(IConfigurationSection setting, string name) =>
        setting.Key.Equals(name, StringComparison.OrdinalIgnoreCase);
}
