using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Quantization;

/// <summary>The caller's side of a quantized network: names and shapes of the model, codes of its tensors.</summary>
/// <param name="source">The model as imported.</param>
/// <param name="graph">The model in normal form; inputs and outputs in the same order.</param>
/// <param name="uses">Producers and consumers of the normal form.</param>
/// <param name="preprocessing">How raw samples of the first input become real numbers; null where it takes real numbers.</param>
internal sealed class NetworkPorts(NetworkGraph source, NetworkGraph graph, GraphUses uses, InputPreprocessing? preprocessing)
{
    /// <summary>Declares the inputs' tensors.</summary>
    public ImmutableArray<NetworkPort> Inputs(NetworkBuilder builder)
    {
        var ports = ImmutableArray.CreateBuilder<NetworkPort>();
        for (int i = 0; i < graph.Inputs.Length; i++)
        {
            int tensor = builder.Declare(graph.Inputs[i]);
            builder.Sampled?.SetInput(i, tensor);
            ports.Add(i == 0 && preprocessing is not null
                ? Raw(source.Inputs[i], tensor, preprocessing)
                : new NetworkPort(source.Inputs[i].Name, tensor, IsSignedInput(graph.Inputs[i]), source.Inputs[i].Shape));
        }

        return ports.ToImmutable();
    }

    public ImmutableArray<NetworkPort> Outputs(NetworkBuilder builder)
    {
        var ports = ImmutableArray.CreateBuilder<NetworkPort>();
        for (int i = 0; i < graph.Outputs.Length; i++)
        {
            var value = graph.Outputs[i];
            ports.Add(new NetworkPort(source.Outputs[i].Name, builder.Operand(value), IsSignedOutput(value), source.Outputs[i].Shape));
        }

        return ports.ToImmutable();
    }

    /// <summary>The caller's raw sample is the code, less 128 where it is signed; so is the mean.</summary>
    private static NetworkPort Raw(Value input, int tensor, InputPreprocessing preprocessing)
    {
        bool signed = preprocessing.SampleType == SampleType.Int8;
        double offset = signed ? InputPreprocessing.Int8Offset : 0;
        return new NetworkPort(input.Name, tensor, signed, input.Shape)
        {
            Mean = preprocessing.Mean.Select(mean => mean - offset).ToImmutableArray(),
            Std = preprocessing.Std,
        };
    }

    /// <summary>A model that came quantized to int8 takes int8.</summary>
    private bool IsSignedInput(Value input) =>
        ImportedQuantization.IsSigned(input)
        || uses.Consumers(input).Any(reader => reader.Operator is Quantize && ImportedQuantization.IsSigned(reader.Output));

    private bool IsSignedOutput(Value output) =>
        ImportedQuantization.IsSigned(output)
        || (uses.Producer(output) is { Operator: Dequantize } dequantize && ImportedQuantization.IsSigned(dequantize.Inputs[0]!));
}
