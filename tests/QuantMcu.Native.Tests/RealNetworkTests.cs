using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Reference.Integer;
using QuantMcu.Testing;
using QuantMcu.Testing.Native;
using Xunit;

namespace QuantMcu.Native.Tests;

/// <summary>Real networks as emitted C on this machine, against the integer interpreter.</summary>
public class RealNetworkTests
{
    private const int Samples = 3;

    private static readonly string[] Names = ["keyword", "meter", "dscnn_kws", "mnist_dw", "resnet8_cifar10", "mobilenetv2_tiny_cifar10"];

    [ModelsAndToolsFact("gcc")]
    public void Real_networks_make_the_codes_of_the_interpreter_and_fill_their_arenas()
    {
        var models = Names.Select(EvaluationModel.Named).ToArray();
        var networks = models.Select(Compile).ToArray();
        using var program = new NativeProgram(networks, Target.CortexM4, "gcc", "-O2");
        var samples = models.Select(model => Codes(model.ReadSamples()).Take(Samples).ToArray()).ToArray();
        for (int sample = 0; sample < Samples; sample++)
        {
            var runs = program.Run(samples.Select(codes => new[] { codes[sample] }).ToArray());
            for (int i = 0; i < networks.Length; i++)
            {
                Assert.Equal(IntegerInterpreter.Run(networks[i], [samples[i][sample]])[0], runs[i].Outputs[0]);
                Assert.Empty(ArenaUse.Difference(program.Programs[i], runs[i].HighWater));
            }
        }
    }

    internal static QuantizedNetwork Compile(EvaluationModel model)
    {
        byte[] calibration = File.ReadAllBytes(ModelsFolder.Data(model.DataSet, "calib_x"));
        var request = new CompileRequest(model.Name, model.ReadModel(), calibration, model.Options);
        return ModelCompiler.Compile(request, progress: null, CancellationToken.None).Model!.Network;
    }

    internal static IEnumerable<byte[]> Codes(SampleSet samples) => Enumerable.Range(0, samples.Count).Select(i =>
        samples.Bytes.Skip(i * samples.SampleElements).Take(samples.SampleElements)
            .Select(sample => (byte)(samples.Type == SampleType.Int8 ? sample ^ 0x80 : sample)).ToArray());
}
