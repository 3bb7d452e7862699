using System;
using Microsoft.Extensions.Options;

namespace Toa.Extensions.Hosting.Internal;

/// <summary>Prevents the server from starting with options that a resolver rejects.</summary>
internal sealed class ToaOptionsCheck : IValidateOptions<ToaOptions>
{
    public ValidateOptionsResult Validate(string? name, ToaOptions options)
    {
        try
        {
            _ = new ToaResolver(options);
            return ValidateOptionsResult.Success;
        }
        catch (ArgumentException e)
        {
            return ValidateOptionsResult.Fail(e.Message.Split(Environment.NewLine));
        }
    }
}
