using System.Collections.Generic;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Emit.C;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Lowering.C;
using QuantMcu.Compiler.Memory;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Layers;
using QuantMcu.Compiler.Request;
using QuantMcu.Testing.Native;
using Xunit;

namespace QuantMcu.Compiler.Tests.Lowering;

/// <summary>Which kernels the C back end takes: those that save instructions, or those that save flash.</summary>
public class CLoweringTests
{
    private static readonly QuantizedNetwork Network = LayerSubject.All[0].Network(inBits: 4, weightBits: 4);

    [Fact]
    public void Lower_stores_weights_of_4_bits_in_4_bits_where_flash_is_to_be_saved()
    {
        int fast = Lower(Code.Speed).DataBytes, small = Lower(Code.Size).DataBytes;

        Assert.InRange(fast, (64 * 128) + 1, int.MaxValue);
        Assert.InRange(small, 1, (64 * 128 / 2) + (128 * 8) + 300);
    }

    [Fact]
    public void Lower_takes_the_small_kernels_where_the_weights_of_the_fast_ones_exceed_the_budget()
    {
        int small = Lower(Code.Size).DataBytes;

        Assert.Equal(small, Lower(Options(small)).DataBytes);
        Assert.Contains(Lower(Options(small)).Steps, step => step.Kernel.Header == "qmcu_dsp_small.h");
    }

    [Fact]
    public void Lower_takes_the_fast_kernels_where_their_weights_meet_the_budget()
    {
        var fast = Lower(Code.Speed);

        Assert.Equal(Kernels(fast), Kernels(Lower(Options(fast.DataBytes))));
        Assert.DoesNotContain(fast.Steps, step => step.Kernel.Header == "qmcu_dsp_small.h");
    }

    [Fact]
    public void Lower_fails_where_the_weights_of_the_small_kernels_exceed_the_budget()
    {
        int budget = Lower(Code.Size).DataBytes - 1;

        Assert.Equal("QMCU4002", Assert.Throws<ModelException>(() => Lower(Options(budget))).Diagnostic.Rule.Id);
    }

    [Fact]
    public void Lower_puts_scratch_into_the_arena()
    {
        var program = Lower(Code.Speed);
        var step = Assert.Single(program.Steps, step => step.Kernel.ScratchBytes > 0);

        Assert.Equal(step.Kernel.ScratchBytes, program.Memory.Arena.Buffers[step.Scratch!.Index].Bytes);
        Assert.Equal(0, program.StackScratchBytes);
        Assert.InRange(program.ArenaBytes, step.Kernel.ScratchBytes, int.MaxValue);
        string header = Files(program)["net.h"];
        Assert.Contains("#define NET_ARENA_BYTES " + program.ArenaBytes + "\n", header);
        Assert.Contains("#define NET_STACK_BYTES " + program.StackBytes + "\n", header);
        Assert.Contains(", arena + SCRATCH_2);", Files(program)["net.c"]);
    }

    [Fact]
    public void Lower_leaves_scratch_on_the_stack_where_the_budget_has_no_room_for_it()
    {
        int tensors = Tensors(Network);
        var free = Lower(Code.Speed);
        var program = Lower(CompileOptions.Default with { Target = Target.CortexM4, Ram = tensors });

        Assert.InRange(free.ArenaBytes, tensors + 1, int.MaxValue);
        Assert.Equal(tensors, program.ArenaBytes);
        Assert.Equal(program.Steps.Max(step => step.Kernel.ScratchBytes), program.StackScratchBytes);
        Assert.Equal(free.StackBytes + program.StackScratchBytes, program.StackBytes);
        Assert.Contains("uint8_t scratch[" + program.StackScratchBytes + "] QMCU_WORDS;", Files(program)["net.c"]);
    }

    [Theory]
    [InlineData("a", Target.CortexM4, 0, 2048)]
    [InlineData("a", Target.CortexM4, 3072, 3072)]
    [InlineData("b", Target.CortexM4, 0, 2048)]
    [InlineData("b", Target.CortexM4, 5000, 5000)]
    [InlineData("long windows", Target.Esp32C3, 0, 2048)]
    [InlineData("long windows", Target.Esp32C3, 3072, 3072)]
    public void Lower_takes_no_more_scratch_than_the_budget_has_room_for_or_a_small_stack(string layer, Target target, int room, int most)
    {
        var network = LayerSubject.All.SingleOrDefault(one => one.Name == layer)?.Network(inBits: 8, weightBits: 8) ?? LongWindows();
        int ram = Tensors(network) + room;
        int free = CLowering.Lower(network, target, Code.Speed, CancellationToken.None).Steps.Max(step => step.Kernel.ScratchBytes);
        var program = CLowering.Lower(network, target, Code.Speed, ram, CancellationToken.None);

        Assert.InRange(free, most + 1, int.MaxValue);
        Assert.InRange(program.Steps.Max(step => step.Kernel.ScratchBytes), 1, most);
        Assert.InRange(program.ArenaBytes, 1, ram);
        Assert.Equal(room > 0, program.StackScratchBytes == 0);
    }

    /// <summary>A convolution 3x3 of 16 channels.</summary>
    private static QuantizedNetwork LongWindows()
    {
        const int Channels = 16, Outputs = 8;
        var window = new Window([3, 3], [1, 1], [1, 1], [0, 0], [0, 0]);
        var weights = Enumerable.Range(0, 9 * Channels * Outputs).Select(i => (sbyte)((i * 37 % 255) - 127)).ToArray();
        var requantization = new Requantization([.. Enumerable.Repeat(1 << 28, Outputs)], 0, 8, 128, 0, 255);
        var layer = new ConvLayer(
            "layer", [1], 2, window, 1, weights, 8, Enumerable.Repeat(0.01, Outputs).ToArray(), new int[Outputs], requantization, new byte[Channels]);
        return LayerSubject.Surround(layer, new Shape(1, 12, 12, Channels), new Shape(1, 10, 10, Outputs), 8, 8);
    }

    /// <summary>The arena without scratch.</summary>
    private static int Tensors(QuantizedNetwork network) => NetworkMemory.Plan(network, CancellationToken.None).TotalBytes;

    private static Dictionary<string, string> Files(CProgram program) =>
        CFiles.Of(new CTarget("net"), program, "hash").ToDictionary(file => file.Name, file => file.Text);

    private static string[] Kernels(CProgram program) => program.Steps.Select(step => step.Kernel.Name).ToArray();

    private static CompileOptions Options(int flash) => CompileOptions.Default with { Target = Target.CortexM4, Flash = flash };

    private static CProgram Lower(Code code) => CLowering.Lower(Network, Target.CortexM4, code, CancellationToken.None);

    private static CProgram Lower(CompileOptions options) => CLowering.Lower(Network, options, CancellationToken.None);
}
