using System.Linq;
using System.Threading;
using QuantMcu.Compiler;
using QuantMcu.Compiler.Lowering.C;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Reference.Integer;
using QuantMcu.Testing;
using QuantMcu.Testing.Native;
using Xunit;

namespace QuantMcu.Native.Tests;

/// <summary>Real networks of mixed precision as emitted C: on this machine, and on emulated parts with no more memory than they have.</summary>
public class MixedNetworkTests
{
    /// <summary>Of calibration; the search takes its time by them.</summary>
    private const int Samples = 16;

    /// <summary>RAM of an STM32F405, less room for the program around the network.</summary>
    private const int Ram = 100 * 1024;

    /// <summary>What a report of the stack may have to spare.</summary>
    private const int SpareStack = 560;

    [ModelsAndToolsTheory("gcc", "arm-none-eabi-gcc", "qemu-system-arm", "make")]
    [InlineData("keyword", null, "f405")]
    [InlineData("meter", null, "m4")]
    [InlineData("meter", 16 * 1024, "f405", "m7", "m33")]
    [InlineData("mobilenetv2_tiny_cifar10", null, "f405")]
    [InlineData("mobilenetv2_w035_r128_imagenet", Ram, "f405", "m7", "m33")]
    public void Mixed_networks_make_the_codes_of_the_interpreter_within_the_memory_of_the_part(string name, int? ram, params string[] cores)
    {
        var model = EvaluationModel.Named(name);
        var options = model.Options with { Precision = Precision.Mixed, Target = Target.CortexM4, Ram = ram };
        var request = new CompileRequest(name, model.ReadModel(), model.ReadCalibration(Samples), options);
        var network = ModelCompiler.Compile(request, progress: null, CancellationToken.None).Model!.Network;
        byte[][] inputs = [Codes(model)];

        using (var program = new NativeProgram([network], Target.CortexM4, "gcc", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"))
        {
            var run = Assert.Single(program.Run([inputs]));
            Assert.Equal(IntegerInterpreter.Run(network, inputs)[0], run.Outputs[0]);
            Assert.Empty(ArenaUse.Difference(program.Programs[0], run.HighWater));
            Assert.Equal(ram is not null, program.Programs[0].Parts.Any(part => part is CTiles));
        }

        Assert.All(cores, core =>
        {
            var run = EmulatedRun.Of(network, inputs, core == EmulatedCore.F405.Name ? EmulatedCore.F405 : EmulatedCore.Named(core), ram: ram);
            Assert.True(run.Program.ArenaBytes <= (ram ?? int.MaxValue));
            Assert.Empty(ArenaUse.Difference(run.Program, run.ArenaBytes));
            Assert.InRange(run.StackBytes, run.Program.StackBytes - SpareStack, run.Program.StackBytes);
        });
    }

    private static byte[] Codes(EvaluationModel model)
    {
        var samples = model.ReadSamples();
        int sign = samples.Type == Compiler.Calibration.SampleType.Int8 ? 0x80 : 0;
        return samples.Bytes.Take(samples.SampleElements).Select(sample => (byte)(sample ^ sign)).ToArray();
    }
}
