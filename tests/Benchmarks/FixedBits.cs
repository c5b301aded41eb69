using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Import;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Weights;
using QuantMcu.Compiler.Simplify;
using QuantMcu.Testing;

namespace QuantMcu.Benchmarks;

/// <summary>Networks all of whose free feature maps and weights have the same bits: what the cost model of the search is fitted to.</summary>
internal static class FixedBits
{
    public static QuantizedNetwork Of(EvaluationModel model, int codeBits, int weightBits)
    {
        var source = OnnxImporter.Import(model.ReadModel(), new ImportOptions(), CancellationToken.None);
        bool isImage = ImageLayout.Of(source).IsImage(source.Inputs[0]);
        var samples = NpyReader.Read(File.ReadAllBytes(ModelsFolder.Data(model.DataSet, "calib_x")));
        var preprocessing = InputPreprocessing.Create(
            model.Options, samples.Type, InputPreprocessing.ChannelsOf(source.Inputs[0].Shape, isImage))!;
        var graph = Simplifier.Run(source, preprocessing, CancellationToken.None);
        var calibration = new SampleFeeder(samples, source, isImage, preprocessing).NormalForm;
        var request = new QuantizationRequest(
            source, graph, preprocessing, Calibrator.Collect(graph, calibration, null, CancellationToken.None), calibration)
        {
            Bits = new BitWidths(
                FeatureMaps.Of(graph, hasRawInput: true).Where(map => map.IsFree).ToDictionary(map => map.Value, _ => codeBits),
                graph.Nodes.Where(node => node.Operator is Conv).ToDictionary(node => node, _ => weightBits)),
            Weights = new WeightRounding(graph, calibration),
        };
        return NetworkQuantizer.Quantize(request, new List<Diagnostic>(), CancellationToken.None);
    }
}
