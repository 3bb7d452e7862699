using System.Collections.Generic;

namespace Toa.Tool.Doctor;

/// <summary>Looks into one question.</summary>
internal interface ICheck
{
    /// <summary>What it is about, for a message that it could not be looked into.</summary>
    string About { get; }

    /// <exception cref="Machines.CannotLookException">This process may not look at what is left of it.</exception>
    IEnumerable<Finding> Run(Examination examination);
}
