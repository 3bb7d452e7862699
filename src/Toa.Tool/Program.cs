using System.Runtime.InteropServices;
using System.Threading;
using Toa.Tool;
using Toa.Tool.Machines;
using Toa.Tool.Output;

using CancellationTokenSource stop = new();
using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);

return await ToaCommand.RunAsync(args, new ThisMachine(), Terminal.OfThisProcess(), stop.Token);

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true; // the default action, which ends the process at once
    stop.Cancel();
}

// A source generator of ASP.NET Core makes the class public if it is not declared.
internal sealed partial class Program;
