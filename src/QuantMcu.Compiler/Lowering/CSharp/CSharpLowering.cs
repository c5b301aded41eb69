using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Memory;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Layers;
using QuantMcu.Compiler.Reports;
using QuantMcu.Compiler.Request;

namespace QuantMcu.Compiler.Lowering.CSharp;

/// <summary>Turns a quantized network into the steps, data and arena of the C# back end.</summary>
public static class CSharpLowering
{
    /// <summary>Offsets of the arena are multiples of it, words.</summary>
    private const int Alignment = 4;

    /// <summary>Lowers a network and holds the result to the budgets that the user set.</summary>
    /// <exception cref="ModelException">QMCU4001 or QMCU4002: a budget cannot be met.</exception>
    /// <inheritdoc cref="Lower(QuantizedNetwork, CancellationToken)"/>
    public static CSharpProgram Lower(QuantizedNetwork network, CompileOptions options, CancellationToken cancellation)
    {
        var program = Lower(network, cancellation);
        Budgets.CheckRam(program.Arena, options.Ram, program.Steps.Select(step => step.Title).ToArray());
        Budgets.CheckFlash(network, program.WeightBytes, options.Flash);
        return program;
    }

    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static CSharpProgram Lower(QuantizedNetwork network, CancellationToken cancellation)
    {
        var storage = new TensorStorage(network);
        var steps = ImmutableArray.CreateBuilder<Step>();
        foreach (int input in storage.Imports)
            steps.Add(OffsetStep.Import(network, storage, input));

        foreach (var layer in network.Layers)
        {
            cancellation.ThrowIfCancellationRequested();
            if (network.Tensor(layer.Output).Elements > 0 && Lower(new LayerContext(network, storage.Of, layer)) is { } step)
                steps.Add(step);
        }

        // Conversions in place come last: another output may be a copy of the same codes.
        steps.AddRange(Enumerable.Range(0, network.Outputs.Length)
            .Select(output => OffsetStep.Export(network, storage, output)).OfType<OffsetStep>()
            .OrderBy(step => step.Inputs[0] == step.Output));
        return Assemble(network, storage, steps.ToImmutable(), cancellation) with { Cost = NetworkCost.Of(network) };
    }

    private static Step? Lower(LayerContext context) =>
        LowerByKind(context) is { } step ? step.MovesBytes ? step : step with { Packing = context.Packing } : null;

    private static Step? LowerByKind(LayerContext context) => context.Layer switch
    {
        ConvLayer conv when conv.IsDepthwise => DepthwiseStep.Lower(conv, context),
        ConvLayer conv => ConvStep.Lower(conv, context),
        MatMulLayer matMul => MatMulStep.Lower(matMul, context),
        AddLayer add => AddStep.Lower(add, context),
        MulLayer mul => MulStep.Lower(mul, context),
        MaxPoolLayer pool => MaxPoolStep.Lower(pool, context),
        AveragePoolLayer pool => AveragePoolStep.Lower(pool, context),
        ReduceLayer reduce => ReduceStep.Lower(reduce, context),
        LookupLayer lookup => LookupStep.Lower(lookup, context),
        PReluLayer prelu => PReluStep.Lower(prelu, context),
        ConcatLayer concat => ConcatStep.Lower(concat, context),
        StridedCopyLayer copy => StridedCopyStep.Lower(copy, context),
        PadLayer pad => PadStep.Lower(pad, context),
        ResizeLayer resize => ResizeStep.Lower(resize, context),
        SoftmaxLayer softmax => SoftmaxStep.Lower(softmax, context),
        ArgMaxLayer argMax => ArgMaxStep.Lower(argMax, context),
        ReshapeLayer => StridedCopyStep.Lower(context),
        _ => throw new NotSupportedException("No C# lowering for " + context.Layer.GetType().Name + "."),
    };

    private static CSharpProgram Assemble(
        QuantizedNetwork network, TensorStorage storage, ImmutableArray<Step> steps, CancellationToken cancellation)
    {
        var lifetimes = new ArenaLifetimes(network, storage, steps);
        var plan = ArenaPlanner.Plan(lifetimes.Buffers, lifetimes.InPlace, Alignment, cancellation);
        var constants = steps.SelectMany(step => step.Inputs).Where(input => input.Kind == StorageKind.Constant)
            .Select(input => input.Index).Distinct()
            .ToImmutableSortedDictionary(index => index, index => Packed(network.Tensor(index)));
        int weights = checked(network.Layers.Sum(layer => layer.FlashBytes) + constants.Values.Sum(codes => codes.Length));
        return new CSharpProgram(
            network.Name, Ports(network, network.Inputs), Ports(network, network.Outputs), steps, plan, constants, weights);
    }

    private static byte[] Packed(QuantizedTensor constant) => CodeLayout.Of(constant).Pack(constant.Constant!);

    private static ImmutableArray<ProgramPort> Ports(QuantizedNetwork network, IEnumerable<NetworkPort> ports) =>
        ports.Select(port => new ProgramPort(port, network.Tensor(port.Tensor))).ToImmutableArray();
}
