using System.Collections.Generic;
using System.Linq;
using Toa.Tool.Capture;
using Toa.Tool.Language;
using Toa.Tool.Machines;

namespace Toa.Tool.Doctor.Checks;

/// <summary>Whether a listener waits for data, and the balancer writes no option on data.</summary>
internal sealed class DeferAcceptCheck : ICheck
{
    public static readonly FindingKind LosesOption = new("TOA607", Severity.Warning,
        $"A listener with TCP_DEFER_ACCEPT ignores the segment that has the TOA option");

    public Message About => $"listeners with TCP_DEFER_ACCEPT";

    public IEnumerable<Finding> Run(Examination examination)
    {
        ILookup<int, Sighting> withoutData = (examination.Window.Capture?.Options ?? [])
            .Where(sighting => sighting.IsMissingOnData && !(sighting.Places.HasFlag(SegmentPlaces.Syn) && ReadsSyn(examination)))
            .ToLookup(sighting => sighting.Option.Local.Port);
        // Without such options, no process is looked at.
        if (withoutData.Count == 0)
            yield break;
        List<CannotLookException> problems = [];
        foreach (Listener listener in examination.FindListeners().Where(listener => withoutData.Contains(listener.End.Port)))
        {
            Sighting[] lost = [.. withoutData[listener.End.Port]];
            if (DefersAccept(examination.Machine, listener, problems))
                yield return LosesOption.Found(
                    $"{listener}: {lost.Length} connections had a TOA option on the handshake, and none on the first data, for example "
                    + $"{lost[0].Option.Describe()}.",
                    $"Such a listener drops the ACK of the handshake and reads the option of the first data. Switch it off: nginx, listen "
                    + $"without deferred; Apache, AcceptFilter http none; HAProxy, bind without defer-accept. Or let the balancer write the "
                    + $"option on data too.");
        }

        // A program can have many listeners with the same address (SO_REUSEPORT).
        foreach (CannotLookException problem in problems.DistinctBy(problem => problem.Message))
            yield return Checkup.Unknown(this, problem);
    }

    // The listeners after one that cannot be asked are asked too.
    private static bool DefersAccept(IMachine machine, Listener listener, List<CannotLookException> problems)
    {
        try
        {
            return machine.DefersAccept(listener);
        }
        catch (CannotLookException e)
        {
            problems.Add(e);
            return false;
        }
    }

    private static bool ReadsSyn(Examination examination) => examination.ShowsSettings && examination.Setting("syn") is "Y" or "1";
}
