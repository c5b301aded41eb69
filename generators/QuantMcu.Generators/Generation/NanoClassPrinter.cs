using System;
using System.Collections.Generic;
using System.Threading;
using QuantMcu.Compiler;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Emit.CSharp;
using QuantMcu.Compiler.Emit.Nano;
using QuantMcu.Compiler.Lowering.Nano;
using QuantMcu.Generators.Files;
using QuantMcu.Generators.Request;

namespace QuantMcu.Generators.Generation;

/// <summary>Prints the sources of a class for .NET nanoFramework.</summary>
internal static class NanoClassPrinter
{
    /// <param name="request">The request.</param>
    /// <param name="nano">What the project says.</param>
    /// <param name="compiled">The network.</param>
    /// <param name="findings">Gains warnings.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="ModelException">QMCU4001, QMCU4002, QMCU5102, QMCU5103: the network does not fit budgets, or the platform.</exception>
    public static (ClassSources Sources, int WeightBytes) Print(
        LoadedRequest request, NanoProject nano, CompiledModel compiled, ICollection<Diagnostic> findings, CancellationToken cancellation)
    {
        ClassTarget target = request.Request.Class;
        ClassApi api = ClassCompilation.ApiOf(request, compiled);
        NanoProgram program = NanoLowering.Lower(compiled.Network, nano.Weights, request.Options, cancellation);
        NanoBackend backend = nano.Backend;
        NanoSource kernels = NanoPrinter.Print(target, api, backend, program);
        if (backend.Managed)
        {
            try
            {
                NanoLimits.Check(target.FullName(), kernels, nano.Weights);
            }
            catch (ModelException exception) when (backend.Native)
            {
                // The firmware is the first choice, and stays one without the second.
                findings.Add(Diagnostic.Create(NanoRules.NativeOnly, target.FullName(), exception.Diagnostic.Message));
                backend = backend with { Managed = false };
                kernels = NanoPrinter.Print(target, api, backend, program);
            }
        }

        if (!backend.Native && NanoLimits.CheckSpeed(target.FullName(), program) is { } slow)
            findings.Add(slow);

        var sources = new ClassSources(NanoApiPrinter.Print(target, api, backend), kernels.Text)
        {
            NanoArrayBytes = kernels.ArrayBytes,
            NanoIlBytes = backend.Managed ? kernels.MostIlBytes : 0,
            NanoWeights = backend.Managed ? Convert.ToBase64String(program.Resource) : "",
        };
        return (sources, program.Schedule.WeightBytes);
    }
}
