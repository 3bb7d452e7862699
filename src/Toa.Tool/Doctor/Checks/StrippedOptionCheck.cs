using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Toa.Tool.Firewall;
using Toa.Tool.Formats;
using Toa.Tool.Language;

namespace Toa.Tool.Doctor.Checks;

/// <summary>Whether rules remove the TCP options that the provider reads.</summary>
internal sealed class StrippedOptionCheck : ICheck
{
    public static readonly FindingKind Strips = new("TOA525", Severity.Error, $"A rule removes TOA options from packets");

    public Message About => $"rules that remove TCP options";

    public IEnumerable<Finding> Run(Examination examination)
    {
        FormatSetting formats = examination.Formats ?? FormatSetting.Default;
        RuleEffect[] effects =
        [
            .. examination.RuleEffects.Where(effect => effect.Kind == VerdictKind.StripOption
                && effect.Options.Split(',').Any(kind => byte.TryParse(kind, CultureInfo.InvariantCulture, out byte number) && formats.HasKind(number))),
        ];
        if (effects.Length > 0)
            yield return Strips.Found(
                $"{RuleEffects.Describe(effects)}. The provider reads formats={formats.Text}.",
                $"Take the kinds of the TOA options out of the rule.");
    }
}
