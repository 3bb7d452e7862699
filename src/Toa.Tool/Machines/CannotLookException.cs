using System;
using Toa.Tool.Language;

namespace Toa.Tool.Machines;

/// <summary>The tool cannot read a file or a state of the machine.</summary>
/// <param name="what">The file or state, and the reason.</param>
/// <param name="cure">The next step for the user, for example the missing privilege.</param>
internal sealed class CannotLookException(Message what, Message cure) : Exception($"{what} {cure}")
{
    public Message What => what;

    public Message Cure => cure;
}
