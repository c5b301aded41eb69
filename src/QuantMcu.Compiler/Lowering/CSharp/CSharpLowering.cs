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
    /// <summary>Lowers a network and holds the result to the budgets that the user set.</summary>
    /// <exception cref="ModelException">QMCU4001 or QMCU4002: a budget cannot be met.</exception>
    /// <inheritdoc cref="Lower(QuantizedNetwork, CancellationToken)"/>
    public static CSharpProgram Lower(QuantizedNetwork network, CompileOptions options, CancellationToken cancellation)
    {
        var program = Lower(network, cancellation);
        Budgets.CheckRam(program.Arena, options.Ram, program.MemorySteps);
        Budgets.CheckFlash(network, program.WeightBytes, options.Flash);
        return program;
    }

    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static CSharpProgram Lower(QuantizedNetwork network, CancellationToken cancellation) => Lower(network, Lower, cancellation);

    /// <summary>The same schedule with other steps.</summary>
    /// <param name="network">What is executed.</param>
    /// <param name="lower">Turns a layer into a step; null where it moves nothing.</param>
    /// <param name="cancellation">Stops it.</param>
    internal static CSharpProgram Lower(QuantizedNetwork network, Func<LayerContext, Step?> lower, CancellationToken cancellation)
    {
        var memory = NetworkMemory.Plan(network, cancellation);
        var constants = new ConstantTable();
        var stage = network.Patches is null ? null : PatchLowering.Lower(network, memory, constants, lower, cancellation);
        var steps = OwnSteps(network, memory, constants, lower, cancellation);
        int weights = checked(NetworkFlash.Bytes(network) + constants.Constants.Sum(codes => codes.Length));
        return new CSharpProgram(network.Name, Ports(network, network.Inputs), Ports(network, network.Outputs), steps, memory, weights)
        {
            Stage = stage,
            Constants = constants.Constants,
            Cost = NetworkCost.Of(network),
            MemorySteps = memory.Steps.Select(step => Title(network, memory, step)).ToImmutableArray(),
        };
    }

    /// <summary>The layers of the network itself: all of them, or the tail behind its patch stage.</summary>
    private static ImmutableArray<Step> OwnSteps(
        QuantizedNetwork network,
        NetworkMemoryPlan memory,
        ConstantTable constants,
        Func<LayerContext, Step?> lower,
        CancellationToken cancellation)
    {
        Storage Place(int tensor) =>
            memory.Tensors[tensor].Kind == StorageKind.Constant ? constants.Of(network.Tensor(tensor)) : memory.Tensors[tensor];

        var steps = ImmutableArray.CreateBuilder<Step>();
        foreach (int input in memory.Imports)
            steps.Add(OffsetStep.Import(network, Place(network.Inputs[input].Tensor), input));

        int branch = network.Patches?.Branches.Length ?? 0;
        foreach (var layer in network.Layers)
        {
            cancellation.ThrowIfCancellationRequested();
            var context = new LayerContext(network, Place, layer, lower);
            if (layer is FusedLayer fused)
                steps.Add(FusedStep.Lower(fused, context, memory, branch++, constants, lower, cancellation));
            else if (network.Tensor(layer.Output).Elements > 0 && context.Step() is { } step)
                steps.Add(step);
        }

        // Conversions in place come last: another output may be a copy of the same codes.
        steps.AddRange(Enumerable.Range(0, network.Outputs.Length)
            .Select(output => OffsetStep.Export(network, Place(network.Outputs[output].Tensor), output)).OfType<OffsetStep>()
            .OrderBy(step => step.Inputs[0] == step.Output));
        return steps.ToImmutable();
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

    private static string Title(QuantizedNetwork network, NetworkMemoryPlan memory, MemoryStep step)
    {
        if (step.Layer < 0)
            return step.Name;

        var owner = step.Branch < 0 ? network : memory.Branches[step.Branch].Plan.Stage.Network;
        string title = StepTitle.Of(owner, owner.Layers[step.Layer], detail: null);
        return step.Branch < 0 ? title : title + ", in patches";
    }

    private static ImmutableArray<ProgramPort> Ports(QuantizedNetwork network, IEnumerable<NetworkPort> ports) =>
        ports.Select(port => new ProgramPort(port, network.Tensor(port.Tensor))).ToImmutableArray();
}
