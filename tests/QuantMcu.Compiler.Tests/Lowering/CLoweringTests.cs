using System.Collections.Generic;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Emit.C;
using QuantMcu.Compiler.Lowering.C;
using QuantMcu.Compiler.Memory;
using QuantMcu.Compiler.Quantization;
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
        int tensors = NetworkMemory.Plan(Network, CancellationToken.None).TotalBytes;
        var free = Lower(Code.Speed);
        var program = Lower(CompileOptions.Default with { Target = Target.CortexM4, Ram = tensors });

        Assert.InRange(free.ArenaBytes, tensors + 1, int.MaxValue);
        Assert.Equal(tensors, program.ArenaBytes);
        Assert.Equal(free.Steps.Max(step => step.Kernel.ScratchBytes), program.StackScratchBytes);
        Assert.Equal(free.StackBytes + program.StackScratchBytes, program.StackBytes);
        Assert.Contains("uint8_t scratch[" + program.StackScratchBytes + "] QMCU_WORDS;", Files(program)["net.c"]);
    }

    private static Dictionary<string, string> Files(CProgram program) =>
        CFiles.Of(new CTarget("net"), program, "hash").ToDictionary(file => file.Name, file => file.Text);

    private static string[] Kernels(CProgram program) => program.Steps.Select(step => step.Kernel.Name).ToArray();

    private static CompileOptions Options(int flash) => CompileOptions.Default with { Target = Target.CortexM4, Flash = flash };

    private static CProgram Lower(Code code) => CLowering.Lower(Network, Target.CortexM4, code, CancellationToken.None);

    private static CProgram Lower(CompileOptions options) => CLowering.Lower(Network, options, CancellationToken.None);
}
