using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Reference.Integer;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Compiler.Tests.Emit;

/// <summary>Real networks: arena at the lower bound and fully used, and the interpreter's codes.</summary>
public class RealNetworkTests
{
    private const int Samples = 4;

    /// <summary>The largest would take half a minute; its arena has the shape of the smaller one's.</summary>
    public static TheoryData<string> Names =>
        new(EvaluationModel.All.Select(model => model.Name).Where(name => name != "mobilenetv2_w100_r224_imagenet"));

    [ModelsTheory]
    [MemberData(nameof(Names))]
    public void Emitted_code_equals_the_interpreter_in_an_arena_at_the_lower_bound(string name)
    {
        var model = EvaluationModel.Named(name);
        byte[] calibration = File.ReadAllBytes(ModelsFolder.Data(model.DataSet, "calib_x"));
        var result = ModelCompiler.Compile(
            new CompileRequest(name, model.ReadModel(), calibration, model.Options), progress: null, CancellationToken.None);
        var network = result.Model!.Network;
        var hosted = CSharpHost.Load(network)[0];

        Assert.Equal(hosted.Program.Arena.LowerBound, hosted.Program.ArenaBytes);
        foreach (byte[] codes in Codes(model.ReadSamples().Take(Samples)))
        {
            Assert.Equal(IntegerInterpreter.Run(network, [codes])[0], hosted.Run([codes])[0]);
            Assert.Equal(hosted.Program.ArenaBytes, hosted.HighWater([codes]));
        }
    }

    private static IEnumerable<byte[]> Codes(SampleSet samples) => Enumerable.Range(0, samples.Count).Select(i =>
        samples.Bytes.Skip(i * samples.SampleElements).Take(samples.SampleElements)
            .Select(sample => (byte)(samples.Type == SampleType.Int8 ? sample ^ 0x80 : sample)).ToArray());
}
