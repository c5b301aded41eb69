using System;
using System.Linq;
using System.Reflection;
using QuantMcu.Compiler.Emit.CSharp;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Lowering.CSharp;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Compiler.Tests.Emit;

/// <summary>The text of emitted files, and the public surface that it makes.</summary>
public class PrintedCodeTests
{
    private const string Outer =
        "namespace Deep.Space { partial class Outer { public partial struct Inner<T> { internal partial class Net { } } } }";

    private static readonly ClassTarget Target = new("Demo", [], "Model");

    private delegate void SpansOfBytes(ReadOnlySpan<byte> input, Span<byte> output);

    private delegate void QuantizeBytes(ReadOnlySpan<float> real, Span<byte> codes);

    private delegate void DequantizeBytes(ReadOnlySpan<byte> codes, Span<float> real);

    private delegate ReadOnlySpan<int> ShapeOf();

    [Fact]
    public void Api_reads_as_accepted() => Snapshot.Verify(ApiPrinter.Print(Target, Api(SmallNetworks.LookupAndMean())), "Api");

    [Fact]
    public void Api_of_several_ports_reads_as_accepted() =>
        Snapshot.Verify(ApiPrinter.Print(Target, Api(SmallNetworks.TwoInputsTwoOutputs())), "ApiOfSeveralPorts");

    [Fact]
    public void Kernels_read_as_accepted() => Snapshot.Verify(Kernels(SmallNetworks.LookupAndMean()), "Kernels");

    [Fact]
    public void Kernels_of_a_convolution_read_as_accepted() =>
        Snapshot.Verify(Kernels(SmallNetworks.Convolution()), "KernelsOfConvolution");

    [Fact]
    public void Api_compiles_without_kernels()
    {
        foreach (var network in new[] { SmallNetworks.LookupAndMean(), SmallNetworks.TwoInputsTwoOutputs(),
            SmallNetworks.Convolution() })
            CSharpHost.Compile(["namespace Demo { static partial class Model { } }", ApiPrinter.Print(Target, Api(network))]);
    }

    [Fact]
    public void Code_fits_into_nested_generic_types()
    {
        var target = new ClassTarget("Deep.Space", ["class Outer", "struct Inner<T>"], "Net");
        var network = SmallNetworks.Convolution();

        CSharpHost.Compile(
        [
            Outer,
            ApiPrinter.Print(target, Api(network)),
            KernelPrinter.Print(target, Api(network), CSharpLowering.Lower(network, default)),
        ]);
    }

    /// <summary>Types of the user's own with the names that kernels use.</summary>
    [Fact]
    public void Code_does_not_clash_with_names_of_the_user()
    {
        var network = SmallNetworks.Convolution();
        const string User = """
            namespace Demo { static partial class Model { } internal class Vector512 { } internal class Math { } }
            namespace Demo { internal class System { } internal class Kernels { } }
            internal class Vector { } internal class Unsafe { } internal class GC { } internal class BitConverter { }
            """;

        CSharpHost.Compile([User, ApiPrinter.Print(Target, Api(network)), Kernels(network)]);
    }

    [Fact]
    public void Names_of_ports_become_distinct_identifiers()
    {
        PortHeader Port(string name) => new(name, new Shape(1, 2), false);
        var api = ClassApi
            .Create("hash", [Port("serving_default/input-1:0"), Port("in"), Port("1"), Port("IN"), Port("café\n")], [Port("x")]);

        Assert.Equal(["ServingDefaultInput10", "In", "Input", "IN_2", "Caf"], api.Inputs.Select(port => port.Name));
        Assert.Equal(["servingDefaultInput10Codes", "inCodes", "input", "iN_2Codes", "cafCodes"], api.Inputs
            .Select(port => port.Parameter));
        Assert.Equal("Output", api.Outputs[0].Name);
        CSharpHost.Compile(["namespace Demo { static partial class Model { } }", ApiPrinter.Print(Target, api)]);
    }

    [Theory]
    [InlineData("tr-TR")]
    [InlineData("fa-IR")]
    public void Text_is_the_same_in_every_culture(string culture)
    {
        string expected = Kernels(SmallNetworks.Convolution()) + ApiPrinter.Print(Target, Api(SmallNetworks.Convolution()));

        string actual = Cultures.Under(culture, () =>
            Kernels(SmallNetworks.Convolution()) + ApiPrinter.Print(Target, Api(SmallNetworks.Convolution())));

        Assert.Equal(expected, actual);
        Assert.DoesNotContain('\r', actual);
    }

    [Fact]
    public void Print_refuses_an_api_of_another_network()
    {
        var api = Api(SmallNetworks.LookupAndMean());
        var program = CSharpLowering.Lower(SmallNetworks.Convolution(), default);

        Assert.Throws<ArgumentException>(() => KernelPrinter.Print(Target, api, program));
    }

    [Fact]
    public void Members_say_what_the_network_says()
    {
        var network = CSharpHost.Load(SmallNetworks.Convolution())[0];

        Assert.Equal("hash0", Field(network, "ContentHash"));
        Assert.Equal(108, Field(network, "InputLength"));
        Assert.Equal(144, Field(network, "OutputLength"));
        Assert.Equal([1, 6, 6, 3], Getter(network, "InputShape")().ToArray());
        Assert.Equal([1, 6, 6, 4], Getter(network, "OutputShape")().ToArray());
        Assert.Equal(network.Program.ArenaBytes, Property(network, "ArenaBytes"));
        Assert.Equal(network.Program.WeightBytes, Property(network, "WeightBytes"));
        Assert.Equal(network.Program.Cost.Macs, Property(network, "Macs"));
        Assert.Equal(network.Program.Cost.ExecutedMacs, Property(network, "ExecutedMacs"));
        Assert.Equal(network.Program.Cost.BitOps.Executed, Property(network, "BitOps"));
        Assert.Equal(0.5f, Property(network, "OutputScale"));
        Assert.Equal(100, Property(network, "OutputZeroPoint"));
        Assert.Equal(0.5f, Property(network, "InputScale"));
        Assert.Equal(10, Property(network, "InputZeroPoint"));
    }

    [Fact]
    public void Run_names_the_span_that_has_the_wrong_length()
    {
        var run = Method<SpansOfBytes>(CSharpHost.Load(SmallNetworks.Convolution())[0], "Run");

        var input = Assert.Throws<ArgumentException>(() => run(new byte[107], new byte[144]));
        var output = Assert.Throws<ArgumentException>(() => run(new byte[108], new byte[145]));

        Assert.Equal("input", input.ParamName);
        Assert.Contains("107 elements; it needs 108", input.Message);
        Assert.Equal("output", output.ParamName);
    }

    [Fact]
    public void Run_on_spans_gives_what_run_on_pointers_gives()
    {
        var network = CSharpHost.Load(SmallNetworks.Convolution())[0];
        byte[] input = RandomNetworks.Inputs(SmallNetworks.Convolution(), 1)[0], output = new byte[144];

        Method<SpansOfBytes>(network, "Run")(input, output);

        Assert.Equal(network.Run([input])[0], output);
    }

    [Fact]
    public void Quantize_takes_the_units_of_the_models_input()
    {
        var quantize = Method<QuantizeBytes>(CSharpHost.Load(SmallNetworks.Convolution())[0], "Quantize");
        var real = new float[108];
        real[0] = 3f; // 3 * 2 + 10
        real[1] = 1e9f;
        real[2] = float.NaN; // the zero point of the third channel
        real[3] = -1e9f;
        var codes = new byte[108];

        quantize(real, codes);

        Assert.Equal([16, 255, 30, 0, 20, 30], codes[..6]);
    }

    [Fact]
    public void Dequantize_gives_the_units_of_the_models_output()
    {
        var dequantize = Method<DequantizeBytes>(CSharpHost.Load(SmallNetworks.Convolution())[0], "Dequantize");
        var codes = new byte[144];
        codes[1] = 101;
        var real = new float[144];

        dequantize(codes, real);

        Assert.Equal([-50f, 0.5f], real[..2]);
    }

    [Fact]
    public void Two_outputs_of_one_tensor_keep_their_own_signs()
    {
        var network = CSharpHost.Load(SmallNetworks.TwoInputsTwoOutputs())[0];

        byte[][] outputs = network.Run([[130, 128, 0], [131, 128, 255]]);

        Assert.Equal([133, 128, 127], outputs[0]);
        Assert.Equal(outputs[0], outputs[1]);
    }

    private static ClassApi Api(QuantizedNetwork network) => ClassApi.Of(network, "0123abcd");

    private static string Kernels(QuantizedNetwork network) =>
        KernelPrinter.Print(Target, Api(network), CSharpLowering.Lower(network, default));

    private static object? Field(HostedNetwork network, string name) => network.Type.GetField(name)!.GetValue(null);

    private static object? Property(HostedNetwork network, string name) => network.Type.GetProperty(name)!.GetValue(null);

    private static ShapeOf Getter(HostedNetwork network, string name) =>
        network.Type.GetProperty(name)!.GetGetMethod()!.CreateDelegate<ShapeOf>();

    private static T Method<T>(HostedNetwork network, string name)
        where T : Delegate
    {
        var parameters = typeof(T).GetMethod("Invoke")!.GetParameters().Select(parameter => parameter.ParameterType).ToArray();
        return network.Type.GetMethod(name, BindingFlags.Public | BindingFlags.Static, parameters)!.CreateDelegate<T>();
    }
}
