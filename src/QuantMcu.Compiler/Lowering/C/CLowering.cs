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
    /// <summary>Lowers a network and holds the result to the budgets that the user set.</summary>
    /// <exception cref="ModelException">QMCU4001 or QMCU4002: a budget cannot be met.</exception>
    /// <inheritdoc cref="Lower(QuantizedNetwork, Target, CancellationToken)"/>
    public static CProgram Lower(QuantizedNetwork network, CompileOptions options, CancellationToken cancellation)
    {
        var program = Lower(network, options.Target, cancellation);
        Budgets.CheckRam(program.Memory.Arena, options.Ram, program.Memory.Steps.Select(step => step.Name).ToArray());
        Budgets.CheckFlash(network, program.DataBytes, options.Flash);
        return program;
    }

    /// <summary>Whether a network runs layer by layer, as this back end does.</summary>
    public static bool CanLower(QuantizedNetwork network) => network.Patches is null && !network.Layers.Any(layer => layer is FusedLayer);

    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static CProgram Lower(QuantizedNetwork network, Target target, CancellationToken cancellation)
    {
        if (!CanLower(network))
            throw new NotSupportedException("The C back end executes networks layer by layer.");

        var memory = NetworkMemory.Plan(network, cancellation);
        var steps = ImmutableArray.CreateBuilder<CStep>();
        steps.AddRange(PortLowering.Imports(network, memory));
        foreach (var layer in network.Layers)
        {
            cancellation.ThrowIfCancellationRequested();
            if (network.Tensor(layer.Output).Elements > 0 && !IsSamePlace(layer, memory))
                steps.Add(Lower(layer, new CContext(network, memory, layer, target)));
        }

        steps.AddRange(PortLowering.Exports(network, memory));
        int weights = checked(network.Layers.Sum(layer => layer.FlashBytes) + Constants(network).Sum(tensor => network.Tensor(tensor).Bytes));
        return new CProgram(network, memory, Ports(network, network.Inputs), Ports(network, network.Outputs), steps.ToImmutable(), weights);
    }

    /// <summary>Constant tensors that layers read.</summary>
    private static IEnumerable<int> Constants(QuantizedNetwork network) => network.Layers.SelectMany(layer => layer.Inputs).Distinct()
        .Where(tensor => network.Tensor(tensor).Constant is not null);

    private static bool IsSamePlace(QuantizedLayer layer, NetworkMemoryPlan memory) =>
        layer is ReshapeLayer && memory.Tensors[layer.Inputs[0]] == memory.Tensors[layer.Output];

    private static CStep Lower(QuantizedLayer layer, CContext context) => layer switch
    {
        ConvLayer conv when conv.IsDepthwise && context.HasDsp && DspDepthwiseLowering.Lower(conv, context) is { } step => step,
        ConvLayer conv when conv.IsDepthwise => DepthwiseLowering.Lower(conv, context),
        ConvLayer conv when context.HasDsp && DspConvLowering.Lower(conv, context) is { } step => step,
        ConvLayer conv => ConvLowering.Lower(conv, context),
        MatMulLayer matMul => MatMulLowering.Lower(matMul, context),
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
