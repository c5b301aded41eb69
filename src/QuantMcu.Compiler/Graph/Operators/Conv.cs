using System.Collections.Immutable;

namespace QuantMcu.Compiler.Graph.Operators;

/// <summary>
/// Convolution, grouped and depthwise included. Inputs: X, W, optional bias B[M].
/// ChannelsFirst: X[N, C, spatial], W[M, C / Groups, kernel], Y[N, M, spatial].
/// ChannelsLast: X[N, spatial, C], W[M, kernel, C / Groups], Y[N, spatial, M].
/// A fully connected layer is, after Simplify, a 1x1 convolution of a 1x1 image.
/// </summary>
public sealed record Conv(Window Window, int Groups, Layout Layout) : Operator
{
    /// <summary>Applied to every output element.</summary>
    public Clamp Clamp { get; init; } = Clamp.None;

    /// <summary>
    /// The value that padding stands for, one per input channel; empty means 0. Only folded preprocessing sets it: the
    /// raw sample that stands for a real 0.
    /// </summary>
    public ImmutableArray<float> PadValues { get; init; } = ImmutableArray<float>.Empty;

    public override string Name => "Conv";

    public override ImmutableArray<TensorType> Infer(OperatorContext context)
    {
        var x = context.Type(0, this);
        var w = context.Type(1, this);
        int rank = Window.Rank;
        if (x.Shape.Rank != rank + 2 || w.Shape.Rank != rank + 2)
            throw context.Invalid(this, "input " + x.Shape + " and weights " + w.Shape + " do not both have rank " + (rank + 2));

        bool first = Layout == Layout.ChannelsFirst;
        int channels = first ? x.Shape[1] : x.Shape[rank + 1];
        int perGroup = first ? w.Shape[1] : w.Shape[rank + 1];
        if (Groups < 1 || w.Shape[0] % Groups != 0 || (long)perGroup * Groups != channels)
            throw context.Invalid(this, "weights " + w.Shape + " in " + Groups + " groups do not fit " + channels + " input channels");

        var output = new int[rank + 2];
        output[0] = x.Shape[0];
        output[first ? 1 : rank + 1] = w.Shape[0];
        for (int axis = 0; axis < rank; axis++)
        {
            if (w.Shape[(first ? 2 : 1) + axis] != Window.Kernel[axis])
                throw context.Invalid(this, "weights " + w.Shape + " do not have the kernel " + string.Join("x", Window.Kernel));

            int size = Window.OutputSize(axis, x.Shape[(first ? 2 : 1) + axis]);
            if (size < 1)
                throw context.Invalid(this, "the kernel does not fit the padded input " + x.Shape);

            output[(first ? 2 : 1) + axis] = size;
        }

        if (context.Count > 2 && context.Inputs[2] is { } bias && bias.Shape.Elements != w.Shape[0])
            throw context.Invalid(this, "bias " + bias.Shape + " does not have " + w.Shape[0] + " elements");

        return One(x.Element, new Shape(output));
    }
}
