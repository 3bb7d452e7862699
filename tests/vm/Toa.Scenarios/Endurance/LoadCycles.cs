using System;
using System.Diagnostics;

namespace Toa.Scenarios.Endurance;

/// <summary>Loads and unloads the provider repeatedly while connections open and close.</summary>
internal static class LoadCycles
{
    private const int ReportEvery = 50;

    public static void Run(Stage stage, int count, Action<string> report)
    {
        long start = Stopwatch.GetTimestamp();
        using var traffic = new Traffic(stage);
        for (int done = 1; done <= count; done++)
        {
            traffic.WaitForMore();
            traffic.ProviderChanges();
            stage.Provider.Unload();
            traffic.WaitForMore();
            stage.Provider.Load();
            traffic.ProviderHasChanged();
            if (done % ReportEvery == 0 && done < count)
                report($"{done} cycles, {traffic}");
        }
        traffic.WaitForMore();
        traffic.Stop();
        Memory.ExpectAllFreed();
        report($"{count} cycles in {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s, {traffic}");
    }
}
