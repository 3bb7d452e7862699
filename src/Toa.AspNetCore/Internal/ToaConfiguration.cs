using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Toa.AspNetCore.Internal;

/// <summary>
/// Reads options from the configuration's section <c>Toa</c>. What it does not understand is an error: a list of trusted
/// networks that is silently empty trusts everyone.
/// </summary>
internal sealed class ToaConfiguration(IConfiguration? configuration = null) : IConfigureOptions<ToaOptions>
{
    private const string SectionName = "Toa";

    /// <exception cref="OptionsValidationException">The message names each bad entry and what is wrong with it.</exception>
    public void Configure(ToaOptions options)
    {
        List<string> failures = [];
        foreach (IConfigurationSection setting in configuration?.GetSection(SectionName).GetChildren() ?? [])
            Read(setting, options, failures);
        if (failures.Count > 0)
            throw new OptionsValidationException(Options.DefaultName, typeof(ToaOptions), failures);
    }

    private static void Read(IConfigurationSection setting, ToaOptions options, List<string> failures)
    {
        if (Is(setting, nameof(ToaOptions.KnownProxies)))
            ReadList(setting, options.AddKnownProxy, failures);
        else if (Is(setting, nameof(ToaOptions.KnownIPNetworks)))
            ReadList(setting, options.AddKnownNetwork, failures);
        else if (Is(setting, nameof(ToaOptions.WhenUntrusted)))
            options.WhenUntrusted = ReadFallback(setting, failures);
        else if (Is(setting, nameof(ToaOptions.WhenNoProvider)))
            options.WhenNoProvider = ReadFallback(setting, failures);
        else if (Is(setting, nameof(ToaOptions.ReadSavedSyn)))
            options.ReadSavedSyn = ReadFlag(setting, failures);
        else
            failures.Add($"{setting.Path} is no setting. There are {string.Join(", ", Settings)}.");
    }

    private static string[] Settings { get; } =
    [
        nameof(ToaOptions.KnownProxies), nameof(ToaOptions.KnownIPNetworks), nameof(ToaOptions.WhenUntrusted),
        nameof(ToaOptions.WhenNoProvider), nameof(ToaOptions.ReadSavedSyn),
    ];

    /// <summary>A list, or as environment variables have it, one text with commas.</summary>
    private static void ReadList(IConfigurationSection setting, Action<string> add, List<string> failures)
    {
        IEnumerable<(string Path, string Text)> entries = setting.Value is { } all
            ? all.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(text => (setting.Path, text))
            : setting.GetChildren().Select(entry => (entry.Path, entry.Value ?? ""));
        foreach ((string path, string text) in entries)
        {
            try
            {
                add(text);
            }
            catch (FormatException e)
            {
                failures.Add($"{path}: {e.Message}");
            }
        }
    }

    private static ToaFallback ReadFallback(IConfigurationSection setting, List<string> failures)
    {
        string[] names = Enum.GetNames<ToaFallback>();
        if (names.Contains(setting.Value, StringComparer.OrdinalIgnoreCase))
            return Enum.Parse<ToaFallback>(setting.Value!, ignoreCase: true);
        failures.Add($"{setting.Path}: '{setting.Value}' is none of {string.Join(", ", names)}.");
        return default;
    }

    private static bool ReadFlag(IConfigurationSection setting, List<string> failures)
    {
        if (bool.TryParse(setting.Value, out bool value))
            return value;
        failures.Add($"{setting.Path}: '{setting.Value}' is neither true nor false.");
        return default;
    }

    private static bool Is(IConfigurationSection setting, string name) =>
        setting.Key.Equals(name, StringComparison.OrdinalIgnoreCase);
}
