using System.Collections.Generic;

namespace Toa.Tool.Doctor;

/// <summary>A check of one topic.</summary>
internal interface ICheck
{
    /// <summary>The topic, for the message that it could not be checked.</summary>
    string About { get; }

    /// <exception cref="Machines.CannotLookException">This process is not allowed to check the rest of the topic.</exception>
    IEnumerable<Finding> Run(Examination examination);
}
