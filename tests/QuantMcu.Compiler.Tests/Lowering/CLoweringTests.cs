using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Lowering.C;
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

    private static string[] Kernels(CProgram program) => program.Steps.Select(step => step.Kernel.Name).ToArray();

    private static CompileOptions Options(int flash) => CompileOptions.Default with { Target = Target.CortexM4, Flash = flash };

    private static CProgram Lower(Code code) => CLowering.Lower(Network, Target.CortexM4, code, CancellationToken.None);

    private static CProgram Lower(CompileOptions options) => CLowering.Lower(Network, options, CancellationToken.None);
}
