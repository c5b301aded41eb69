using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Import;
using QuantMcu.Compiler.Quantization;

namespace QuantMcu.Compiler.Emit.CSharp;

/// <summary>The public surface of an annotated class, as far as the request and the model's header fix it.</summary>
/// <param name="ContentHash">Identifies model, calibration samples and options.</param>
public sealed record ClassApi(string ContentHash, ImmutableArray<ApiPort> Inputs, ImmutableArray<ApiPort> Outputs)
{
    /// <summary>
    /// There are overloads of Run that say which branch computed how many patches: where <see cref="PatchClassification.Dynamic"/> was
    /// asked for, whatever came of it.
    /// </summary>
    public bool CountsPatches { get; init; }

    public static ClassApi Create(string contentHash, IEnumerable<PortHeader> inputs, IEnumerable<PortHeader> outputs)
    {
        var names = new PortNames();
        return new ClassApi(contentHash, names.Of("Input", inputs.ToArray()), names.Of("Output", outputs.ToArray()));
    }

    /// <summary>The surface of a compiled network.</summary>
    public static ClassApi Of(QuantizedNetwork network, string contentHash) =>
        Create(
            contentHash,
            network.Inputs.Select(port => Header(network, port)),
            network.Outputs.Select(port => Header(network, port))) with
        {
            CountsPatches = network.Patches?.Classifier is not null,
        };

    /// <summary>The surface of a model that is not compiled yet.</summary>
    /// <param name="model">Its header.</param>
    /// <param name="contentHash">Identifies model, calibration samples and options.</param>
    /// <param name="signedInputs">The calibration samples are int8: callers pass sbyte.</param>
    public static ClassApi Of(ModelInterface model, string contentHash, bool signedInputs) => Create(
        contentHash,
        model.Inputs.Select(port => new PortHeader(port.Name, port.Type.Shape, signedInputs)),
        model.Outputs.Select(port => new PortHeader(port.Name, port.Type.Shape, false)));

    public bool Equals(ClassApi? other) => other is not null && ContentHash == other.ContentHash
        && CountsPatches == other.CountsPatches && Inputs.SequenceEqual(other.Inputs) && Outputs.SequenceEqual(other.Outputs);

    public override int GetHashCode() => (ContentHash, Inputs.Length, Outputs.Length).GetHashCode();

    private static PortHeader Header(QuantizedNetwork network, NetworkPort port) =>
        new(port.Name, port.UserShape, port.Signed) { Shape = network.Tensor(port.Tensor).Shape };
}

/// <summary>An input or output as phase 1 knows it.</summary>
/// <param name="Name">The model's name, untrusted.</param>
/// <param name="ModelShape">The shape in the model: images are NCHW.</param>
/// <param name="Signed">The caller passes sbyte.</param>
public sealed record PortHeader(string Name, Shape ModelShape, bool Signed)
{
    /// <summary>
    /// The shape in which callers pass codes: images are NHWC, all else is as in the model. Before a model is compiled, what has
    /// four dimensions is taken for an image.
    /// </summary>
    public Shape Shape { get; init; } =
        ModelShape.Rank == 4 ? new Shape(ModelShape[0], ModelShape[2], ModelShape[3], ModelShape[1]) : ModelShape;
}

/// <summary>An input or output with its names in C#.</summary>
/// <param name="Name">
/// Prefix of its members, an identifier: <c>Input</c>, or from the model's name where there are several.
/// </param>
/// <param name="Parameter">Name of its parameter.</param>
/// <param name="Verb">What follows Quantize or Dequantize: empty, or <paramref name="Name"/> where there are several.</param>
public sealed record ApiPort(string Name, string Parameter, string Verb, Shape Shape, bool Signed)
{
    /// <summary>The element type of its samples.</summary>
    public string Type => Signed ? "sbyte" : "byte";
}
