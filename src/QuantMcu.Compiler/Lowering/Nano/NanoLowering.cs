using System;
using System.Threading;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Lowering.CSharp;
using QuantMcu.Compiler.Memory;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Request;

namespace QuantMcu.Compiler.Lowering.Nano;

/// <summary>Turns a quantized network into the steps and data of managed code for .NET nanoFramework.</summary>
public static class NanoLowering
{
    /// <summary>Lowers a network and holds the result to the budgets that the user set.</summary>
    /// <exception cref="ModelException">QMCU4001 or QMCU4002: a budget cannot be met.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static NanoProgram Lower(QuantizedNetwork network, NanoWeights weights, CompileOptions options, CancellationToken cancellation)
    {
        var program = Lower(network, weights, cancellation);
        Budgets.CheckRam(program.Schedule.Arena, options.Ram, program.Schedule.MemorySteps);
        Budgets.CheckFlash(network, program.Schedule.WeightBytes, options.Flash);
        return program;
    }

    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static NanoProgram Lower(QuantizedNetwork network, NanoWeights weights, CancellationToken cancellation) =>
        new(CSharpLowering.Lower(network, NanoLayers.Lower, cancellation), weights);
}
