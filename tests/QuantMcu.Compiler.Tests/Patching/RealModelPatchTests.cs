using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Memory;
using QuantMcu.Compiler.Patching;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Reference.Integer;
using QuantMcu.Compiler.Request;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Compiler.Tests.Patching;

/// <summary>Real networks, quantized without samples: geometry and arithmetic are what counts here.</summary>
public class RealModelPatchTests
{
    [ModelsTheory]
    [InlineData("meter")]
    [InlineData("mobilenetv2_tiny_cifar10")]
    [InlineData("dscnn_kws")]
    [InlineData("resnet8_cifar10")]
    public void Patches_compute_the_codes_of_layer_by_layer(string model)
    {
        var network = Compile(model);
        var inputs = RandomNetworks.Inputs(network, 4);
        var expected = IntegerInterpreter.Run(network, inputs)[0];
        var stages = SplitPoint.All(network).ToArray();
        foreach (var stage in new[] { stages[stages.Length / 3], stages[stages.Length * 2 / 3] })
        {
            foreach (var halo in new[] { Halo.Recompute, Halo.Cache })
            {
                var most = PatchPlan.Finest(stage, halo);
                var grid = new PatchGrid(Math.Min(5, most.Rows), Math.Min(3, most.Columns));
                Assert.Equal(expected, IntegerInterpreter.Run(NetworkSplitter.Split(stage, grid, halo), inputs)[0]);
            }
        }
    }

    private static QuantizedNetwork Compile(string model)
    {
        byte[] bytes = File.ReadAllBytes(ModelsFolder.Model(model));
        return ModelCompiler.Compile(new CompileRequest(model, bytes, null, CompileOptions.Default), null, CancellationToken.None).Model!.Network;
    }
}
