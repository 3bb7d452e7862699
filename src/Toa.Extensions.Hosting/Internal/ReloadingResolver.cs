using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Linq;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Toa.Extensions.Hosting.Internal;

/// <summary>
/// A resolver that takes new options when the configuration changes. Invalid ones are refused with a line in the log: a server
/// that runs goes on with those that it has.
/// </summary>
/// <remarks>
/// Not by way of IOptionsMonitor: that throws what is invalid at whoever reloads the configuration, and tells nobody else.
/// </remarks>
internal sealed class ReloadingResolver : IDisposable
{
    private readonly Func<ToaOptions> _read;
    private readonly ILogger _logger;
    private readonly object _reading = new();
    private readonly IDisposable[] _subscriptions;
    private readonly bool _readSavedSyn;

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
            // Before anything is read, so that no change is missed.
            _subscriptions = [.. changes.Select(source => ChangeToken.OnChange(source.GetChangeToken, Reload))];
            try
            {
                ToaOptions options = read();
                _readSavedSyn = options.ReadSavedSyn;
                Resolver = new ToaResolver(options, logger);
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

    [SuppressMessage("Design", "CA1031", Justification = "Code of the program's own changes the options, and listens to the log.")]
    private void Reload()
    {
        // The last to read is then the last to write, should several sources tell of a change at once.
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
    }

    /// <summary>A log that throws is no concern of whoever reloads the configuration.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "The log itself is the cause.")]
    private static void Say(Action write)
    {
        try
        {
            write();
        }
        catch (Exception)
        {
            // There is nobody else to tell.
        }
    }
}
