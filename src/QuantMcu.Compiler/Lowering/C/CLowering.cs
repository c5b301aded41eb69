using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Lowering.CSharp;
using QuantMcu.Compiler.Memory;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Layers;
using QuantMcu.Compiler.Request;

namespace QuantMcu.Compiler.Lowering.C;

/// <summary>Turns a quantized network into the kernels, calls and data of the C back end.</summary>
public static class CLowering
{
    /// <summary>
    /// Lowers a network and holds the result to the budgets that the user set. Where its weights exceed the budget in the layout of the fast kernels, it
    /// gets the small ones.
    /// </summary>
    /// <exception cref="ModelException">QMCU4001 or QMCU4002: a budget cannot be met.</exception>
    /// <inheritdoc cref="Lower(QuantizedNetwork, Target, Code, int?, CancellationToken)"/>
    public static CProgram Lower(QuantizedNetwork network, CompileOptions options, CancellationToken cancellation)
    {
        var program = Lower(network, options.Target, options.Code, options.Ram, cancellation);
        if (program.DataBytes > options.Flash)
            program = Lower(network, options.Target, Code.Size, options.Ram, cancellation);

        Budgets.CheckRam(program.Memory.Arena, options.Ram, program.Memory.Steps.Select(step => step.Name).ToArray());
        Budgets.CheckFlash(network, program.DataBytes, options.Flash);
        return program;
    }

    /// <inheritdoc cref="Lower(QuantizedNetwork, Target, Code, int?, CancellationToken)"/>
    public static CProgram Lower(QuantizedNetwork network, Target target, Code code, CancellationToken cancellation) =>
        Lower(network, target, code, ram: null, cancellation);

    /// <param name="network">The network.</param>
    /// <param name="target">The core.</param>
    /// <param name="code">What is saved: instructions or flash.</param>
    /// <param name="ram">Bytes beyond which the scratch of kernels stays on the stack instead of making the arena larger; null: no bound.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static CProgram Lower(QuantizedNetwork network, Target target, Code code, int? ram, CancellationToken cancellation)
    {
        var memory = NetworkMemory.Plan(network, cancellation);
        var constants = new ConstantTable();
        var tiles = new CTileLowering(network, memory, constants, target, code, ram, cancellation);
        Storage Place(int tensor) =>
            memory.Tensors[tensor].Kind == StorageKind.Constant ? constants.Of(network.Tensor(tensor)) : memory.Tensors[tensor];

        var parts = ImmutableArray.CreateBuilder<CPart>();
        if (network.Patches is { } stage)
            parts.Add(tiles.Stage(stage));

        parts.AddRange(PortLowering.Imports(network, memory));
        int branch = network.Patches?.Branches.Length ?? 0;
        for (int i = 0; i < network.Layers.Length; i++)
        {
            var layer = network.Layers[i];
            cancellation.ThrowIfCancellationRequested();
            if (layer is FusedLayer fused)
                parts.Add(tiles.Fused(fused, Place, branch++));
            else if (network.Tensor(layer.Output).Elements > 0 && !IsSamePlace(layer, memory))
                parts.Add(Step(layer, memory.StepOf(-1, i)));
        }

        parts.AddRange(PortLowering.Exports(network, memory, Place));
        int weights = checked(NetworkFlash.Bytes(network) + constants.Constants.Sum(codes => codes.Length));
        var (places, placed) = ScratchLowering.Place(memory, parts.ToImmutable(), ram, cancellation);
        return new CProgram(
            network, places, Ports(network, network.Inputs), Ports(network, network.Outputs), placed, constants.Constants, weights);

        CStep Step(QuantizedLayer layer, int step)
        {
            var context = new CContext(network, Place, layer, target, code)
            {
                SpareBytes = step < 0 ? 0 : SpareRoom.At(memory.Arena, step),
                RoomBytes = step < 0 || ram is null ? null : SpareRoom.At(memory.Arena, step, ram.Value),
            };
            return Lower(layer, context) with { MemoryStep = step };
        }
    }

    private static bool IsSamePlace(QuantizedLayer layer, NetworkMemoryPlan memory) =>
        layer is ReshapeLayer && memory.Tensors[layer.Inputs[0]] == memory.Tensors[layer.Output];

    internal static CStep Lower(QuantizedLayer layer, CContext context) => layer switch
    {
        ConvLayer conv when conv.IsDepthwise && context.HasHelium && MveDepthwiseLowering.Lower(conv, context) is { } step => step,
        ConvLayer conv when !conv.IsDepthwise && context.HasHelium && MveConvLowering.Lower(conv, context) is { } step => step,
        ConvLayer conv when context.IsSmall && context.HasDsp && DspSmallLowering.Lower(conv, context) is { } step => step,
        ConvLayer conv when conv.IsDepthwise && context.HasDsp && DspDepthwiseLowering.Lower(conv, context) is { } step => step,
        ConvLayer conv when conv.IsDepthwise && context.HasWords && WordDepthwiseLowering.Lower(conv, context) is { } step => step,
        ConvLayer conv when conv.IsDepthwise => DepthwiseLowering.Lower(conv, context),
        ConvLayer conv when context.HasDsp && DspFewLowering.Lower(conv, context) is { } step => step,
        ConvLayer conv when context.HasDsp && DspQuadLowering.Lower(conv, context) is { } step => step,
        ConvLayer conv when context.HasDsp && DspConvLowering.Lower(conv, context) is { } step => step,
        ConvLayer conv when context.HasWords && !conv.IsDepthwise && WordConvLowering.Lower(conv, context) is { } step => step,
        ConvLayer conv => ConvLowering.Lower(conv, context),
        MatMulLayer matMul => MatMulLowering.Lower(matMul, context),
        AddLayer add when context.HasHelium && MveAddLowering.Lower(add, context) is { } step => step,
        AddLayer add when context.HasDsp && DspAddLowering.Lower(add, context) is { } step => step,
        AddLayer add => ElementwiseLowering.Lower(add, context),
        MulLayer mul => ElementwiseLowering.Lower(mul, context),
        LookupLayer lookup => ElementwiseLowering.Lower(lookup, context),
        PReluLayer prelu => ElementwiseLowering.Lower(prelu, context),
        MaxPoolLayer pool => PoolLowering.Lower(pool, context),
        AveragePoolLayer pool => PoolLowering.Lower(pool, context),
        ReduceLayer reduce => PoolLowering.Lower(reduce, context),
        ArgMaxLayer argMax => PoolLowering.Lower(argMax, context),
        ConcatLayer concat => MoveLowering.Lower(concat, context),
        StridedCopyLayer copy => MoveLowering.Lower(copy, context),
        ReshapeLayer reshape => MoveLowering.Lower(reshape, context),
        PadLayer pad => MoveLowering.Lower(pad, context),
        ResizeLayer resize => MoveLowering.Lower(resize, context),
        SoftmaxLayer softmax => SoftmaxLowering.Lower(softmax, context),
        _ => throw new NotSupportedException("No C lowering for " + layer.GetType().Name + "."),
    };

    private static ImmutableArray<ProgramPort> Ports(QuantizedNetwork network, IEnumerable<NetworkPort> ports) =>
        ports.Select(port => new ProgramPort(port, network.Tensor(port.Tensor))).ToImmutableArray();
}
