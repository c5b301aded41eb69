using System;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Emit.CSharp;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Import;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Generators.Files;

namespace QuantMcu.Generators.Generation;

/// <summary>
/// The public surface where no network has been compiled: in an editor, and where there are errors, so that they are not followed
/// by others about missing members.
/// </summary>
internal static class ExpectedApi
{
    /// <summary>
    /// From the attribute and the uncompiled model; one input and one output of one byte where the model cannot be read.
    /// </summary>
    public static ClassApi Of(LoadedRequest request, CancellationToken cancellation) => OfPorts(request, cancellation) with
    {
        CountsPatches = request.Options.Classification == PatchClassification.Dynamic,
    };

    private static ClassApi OfPorts(LoadedRequest request, CancellationToken cancellation)
    {
        try
        {
            var options = new ImportOptions { InputShape = request.Options.InputShape };
            NetworkGraph graph = OnnxImporter.Import(request.Model?.Content ?? [], options, cancellation);
            SampleType? samples = request.Calibration is { } file ? NpyReader.Read(file.Content).Type
                : request.Options.HasPreprocessing ? SampleType.UInt8 : null;
            return ClassApi.Create(
                request.ContentHash,
                graph.Inputs.Select((input, index) => Header(input, TakesSigned(input, graph, index == 0 ? samples : null))),
                graph.Outputs.Select(output => Header(output, GivesSigned(output, graph))));
        }
        catch (Exception) when (!cancellation.IsCancellationRequested)
        {
            var unknown = new PortHeader("", Shape.Scalar, Signed: false);
            return ClassApi.Create(request.ContentHash, [unknown], [unknown]);
        }
    }

    private static PortHeader Header(Value value, bool signed) => new(value.Name, value.Shape, signed);

    /// <summary>Raw samples are what a caller passes; without them it is what the model quantizes its input to.</summary>
    private static bool TakesSigned(Value input, NetworkGraph graph, SampleType? samples) => samples switch
    {
        SampleType.Int8 => true,
        SampleType.UInt8 => false,
        _ => IsInt8(input) || graph.Nodes.Any(node => node.Inputs.Contains(input) && node.Operator switch
        {
            Quantize => IsInt8(node.Outputs[0]),
            Transpose or Reshape or Identity => node.Inputs[0] == input && TakesSigned(node.Outputs[0], graph, null),
            _ => false,
        }),
    };

    private static bool GivesSigned(Value output, NetworkGraph graph) =>
        IsInt8(output) || graph.Nodes.Any(node => node.Outputs.Contains(output) && node.Operator switch
        {
            Dequantize => IsInt8(node.Inputs[0]!),
            Transpose or Reshape or Identity => GivesSigned(node.Inputs[0]!, graph),
            _ => false,
        });

    private static bool IsInt8(Value value) => value.Type.Element == ElementType.Int8;
}
