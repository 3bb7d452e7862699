using System;
using System.Diagnostics;

namespace Toa.Scenarios.Endurance;

/// <summary>
/// Loads and unloads the provider repeatedly while connections open and close, and a function tracer is switched on and off
/// at the functions that the module hooks.
/// </summary>
internal static class LoadCycles
{
    private const int ReportEvery = 50;

    public static void Run(Stage stage, int count, Action<string> report)
    {
        long start = Stopwatch.GetTimestamp();
        using var traffic = new Traffic(stage);
        using var tracer = new TracerSwitch();
        for (int done = 1; done <= count; done++)
        {
            traffic.WaitForMore();
            // The tracer changes now before the unload, now between, and now after the load.
            tracer.SwitchIf(done % 3 == 0);
            traffic.ProviderChanges();
            stage.Provider.Unload();
            traffic.WaitForMore();
            tracer.SwitchIf(done % 3 == 1);
            stage.Provider.Load();
            traffic.ProviderHasChanged();
            tracer.SwitchIf(done % 2 == 0);
            if (done % ReportEvery == 0 && done < count)
                report($"{done} cycles, {traffic}");
        }
        traffic.WaitForMore();
        traffic.Stop();
        Memory.ExpectAllFreed();
        report($"{count} cycles in {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s, {traffic}");
    }

    private sealed class TracerSwitch : IDisposable
    {
        private FunctionTracer? _tracer;

        public void SwitchIf(bool condition)
        {
            if (!condition || !FunctionTracer.Exists)
                return;
            if (_tracer is null)
                _tracer = FunctionTracer.Start(FunctionTracer.OfTheModule);
            else
                Dispose();
        }

        public void Dispose()
        {
            _tracer?.Dispose();
            _tracer = null;
        }
    }
}
