using System.Collections.Generic;
using Toa.Tool.Language;

namespace Toa.Tool.Doctor;

/// <summary>A check of one topic.</summary>
internal interface ICheck
{
    /// <summary>The topic, for the message that it could not be checked.</summary>
    Message About { get; }

    /// <exception cref="Machines.CannotLookException">This process is not allowed to check the rest of the topic.</exception>
    IEnumerable<Finding> Run(Examination examination);
}
