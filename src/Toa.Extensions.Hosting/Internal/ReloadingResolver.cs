using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Linq;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Toa.Internal;

namespace Toa.Extensions.Hosting.Internal;

/// <summary>
/// A resolver that applies new options when the configuration changes. If they are not valid, the log says why, and the earlier
/// ones stay in force.
/// </summary>
/// <remarks>
/// It does not use IOptionsMonitor: invalid options throw into the code that reloads the configuration, and are not logged.
/// </remarks>
internal sealed class ReloadingResolver : IDisposable
{
    private readonly Func<ToaOptions> _read;
    private readonly ILogger _logger;
    private readonly object _reading = new();
    private readonly IDisposable[] _subscriptions;
    private readonly bool _readSavedSyn;
    private readonly FormatSet _formats;

    public ReloadingResolver(
        IOptionsFactory<ToaOptions> options, IEnumerable<IOptionsChangeTokenSource<ToaOptions>> changes,
        ILogger<ToaResolver> logger)
        : this(() => options.Create(Options.DefaultName), changes, logger)
    {
    }

    internal ReloadingResolver(
        Func<ToaOptions> read, IEnumerable<IOptionsChangeTokenSource<ToaOptions>> changes, ILogger<ToaResolver> logger)
    {
        _read = read;
        _logger = logger;
        lock (_reading)
        {
            // Subscribe before the first read, so that no change is missed.
            _subscriptions = [.. changes.Select(source => ChangeToken.OnChange(source.GetChangeToken, Reload))];
            try
            {
                ToaOptions options = read();
                Resolver = new ToaResolver(options, logger);
                _readSavedSyn = options.ReadSavedSyn;
                _formats = FormatSet.From(options.Formats);
            }
            catch
            {
                Dispose();
                throw;
            }
        }
    }

    public ToaResolver Resolver { get; }

    public void Dispose()
    {
        foreach (IDisposable subscription in _subscriptions)
            subscription.Dispose();
    }

    [SuppressMessage("Design", "CA1031", Justification = "The options can be changed by the program's own code.")]
    private void Reload()
    {
        // Several sources can report changes at the same time: the options that were read last must win.
        lock (_reading)
        {
            try
            {
                Take(_read());
            }
            catch (Exception e)
            {
                Say(() => _logger.ReloadRefused(e.Message));
            }
        }
    }

    private void Take(ToaOptions options)
    {
        Resolver.Update(options);
        Say(() => _logger.Reloaded());
        if (options.ReadSavedSyn != _readSavedSyn)
            Say(() => _logger.NeedsRestart(nameof(ToaOptions.ReadSavedSyn)));
        if (!FormatSet.From(options.Formats).ReadsTheSameAs(_formats))
            Say(() => _logger.NeedsRestart(nameof(ToaOptions.Formats)));
    }

    /// <summary>Writes to the log. An exception in a log must not reach the code that reloads the configuration.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "The log itself is the cause.")]
    private static void Say(Action write)
    {
        try
        {
            write();
        }
        catch (Exception)
        {
            // Without a log, the error cannot be reported.
        }
    }
}
