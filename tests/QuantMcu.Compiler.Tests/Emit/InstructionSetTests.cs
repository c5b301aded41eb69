using System;
using System.Linq;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using FsCheck.Fluent;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Reference.Integer;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Compiler.Tests.Emit;

/// <summary>Emitted code gives the same codes whatever vectors the processor has.</summary>
public class InstructionSetTests
{
    private static readonly Lazy<(QuantizedNetwork[] Networks, byte[][][] Inputs, byte[][][] Outputs)> Cases = new(() =>
    {
        var recipes = NetworkRecipe.Arbitrary.Generator.Sample(40, new FsCheck.Rnd(4711, 15), 10)
            .Concat(NetworkRecipe.MixedArbitrary.Generator.Sample(40, new FsCheck.Rnd(4711, 17), 10));
        var networks = recipes.Select(RandomNetworks.Build).Select(Unsigned).ToArray();
        var inputs = networks.Select(network => RandomNetworks.Inputs(network, 3)).ToArray();
        return (networks, inputs, networks.Select((network, i) => IntegerInterpreter.Run(network, inputs[i])).ToArray());
    });

    [Theory]
    [InlineData("DOTNET_EnableAVX512=0", "256")]
    [InlineData("DOTNET_EnableAVX2=0", "128")]
    [InlineData("DOTNET_EnableHWIntrinsic=0", "none")]
    public void Emitted_code_equals_the_interpreter_without_some_instructions(string environment, string vectors)
    {
        var (networks, inputs, expected) = Cases.Value;

        var (outputs, used) = CSharpProcess.Run(networks, inputs, environment);

        if (Avx2.IsSupported && Vector128.IsHardwareAccelerated)
            Assert.Equal(vectors, used);

        for (int i = 0; i < networks.Length; i++)
            Assert.Equal(expected[i], outputs[i]);
    }

    private static QuantizedNetwork Unsigned(QuantizedNetwork network) => network with
    {
        Inputs = [.. network.Inputs.Select(port => port with { Signed = false })],
        Outputs = [.. network.Outputs.Select(port => port with { Signed = false })],
    };
}
