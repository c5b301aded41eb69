using System.IO;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Reference.Integer;
using QuantMcu.Compiler.Request;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Nano.Tests;

/// <summary>The one test that may be skipped where CI runs: the virtual device is in no package that is to be had everywhere.</summary>
public class VirtualDeviceTests
{
    [VirtualDeviceFact]
    public void Keyword_model_gives_the_codes_of_the_interpreter_on_the_virtual_device()
    {
        string folder = Path.Combine(ModelsFolder.Repository, "samples", "KeywordSpotting");
        var request = new CompileRequest(
            "keyword", File.ReadAllBytes(Path.Combine(folder, "models", "keyword.onnx")), File.ReadAllBytes(Path.Combine(folder, "data", "calib_x.npy")),
            new CompileOptions { Mean = [1.0], Std = [1 / 0.0419921875] });
        var network = ModelCompiler.Compile(request, progress: null, CancellationToken.None).Model!.Network;
        var samples = NpyReader.Read(File.ReadAllBytes(Path.Combine(folder, "data", "eval_x.npy")));
        byte[] input = samples.Bytes.Take(samples.SampleElements).ToArray();
        byte[] expected = IntegerInterpreter.Run(network, [[.. input.Select(code => (byte)(code ^ 0x80))]])[0];

        string printed = VirtualDevice.Run([.. NanoHost.Sources(network, 0).Files, Program(input)]);

        Assert.Contains("codes " + string.Join(" ", expected) + " end", printed);
    }

    private static string Program(byte[] input) =>
        $$"""
        public static class Program
        {
            private static readonly byte[] Input = { {{string.Join(", ", input)}} };

            public static void Main()
            {
                byte[] output = new byte[Networks.Network0.OutputBytes];
                Networks.Network0.Run(Input, output);
                string text = "codes ";
                for (int i = 0; i < output.Length; i++)
                    text += output[i].ToString() + " ";

                System.Diagnostics.Debug.WriteLine(text + "end");
            }
        }
        """;
}
