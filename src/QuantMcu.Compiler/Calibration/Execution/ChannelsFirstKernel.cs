using System.Buffers;
using System.Threading;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Calibration.Execution;

/// <summary>
/// A spatial operator of a model as imported, [N, C, H, W] or [N, C, L]: the channels-last kernel between two transpositions.
/// Costs more than the normal form, and far less than the interpreter.
/// </summary>
internal sealed class ChannelsFirstKernel : FloatKernel
{
    private readonly FloatKernel kernel;
    private readonly Shape input;
    private readonly Shape output;

    private ChannelsFirstKernel(FloatKernel kernel, Shape input, Shape output)
    {
        this.kernel = kernel;
        this.input = input;
        this.output = output;
    }

    public override int ScratchFloats => kernel.ScratchFloats;

    public static ChannelsFirstKernel? TryCreate(Conv conv, KernelRequest request)
    {
        if (conv.Layout != Layout.ChannelsFirst || request.Input(0).Rank > 4 || request.Constants[1] is not { } weights)
            return null;

        var last = conv with { Layout = Layout.ChannelsLast, Window = TwoDimensional(conv.Window) };
        return Create(last, request, new Value("weights", ChannelsLast(weights)));
    }

    public static ChannelsFirstKernel? TryCreate(MaxPool pool, KernelRequest request) =>
        pool.Layout == Layout.ChannelsFirst && request.Input(0).Rank <= 4
            ? Create(pool with { Layout = Layout.ChannelsLast, Window = TwoDimensional(pool.Window) }, request, null)
            : null;

    public static ChannelsFirstKernel? TryCreate(AveragePool pool, KernelRequest request) =>
        pool.Layout == Layout.ChannelsFirst && request.Input(0).Rank <= 4
            ? Create(pool with { Layout = Layout.ChannelsLast, Window = TwoDimensional(pool.Window) }, request, null)
            : null;

    public override void Run(float[][] inputs, float[] output, float[] scratch, CancellationToken cancellation)
    {
        var x = ArrayPool<float>.Shared.Rent(input.Elements);
        var y = ArrayPool<float>.Shared.Rent(this.output.Elements);
        try
        {
            int images = input[0];
            Transpose(inputs[0], x, images, input[1], input.Elements / (images * input[1]), cancellation);
            kernel.Run(new[] { x }, y, scratch, cancellation);
            Transpose(y, output, images, this.output.Elements / (images * this.output[1]), this.output[1], cancellation);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(x);
            ArrayPool<float>.Shared.Return(y);
        }
    }

    private static ChannelsFirstKernel? Create(Operator channelsLast, KernelRequest request, Value? weights)
    {
        var x = new Value("x", new TensorType(ElementType.Float32, ChannelsLast(request.Input(0))));
        var values = request.Node.Inputs.SetItem(0, x);
        var constants = request.Constants;
        if (weights is not null)
        {
            values = values.SetItem(1, weights);
            constants = constants.SetItem(1, weights.Constant);
        }

        var node = Node.Create(request.Node.Name, channelsLast, values);
        var kernel = KernelSelector.Select(new KernelRequest(node, constants));
        return kernel is null ? null : new ChannelsFirstKernel(kernel, request.Input(0), request.Output);
    }

    private static Window TwoDimensional(Window window) => window.Rank == 2 ? window : new Window(
        window.Kernel.Insert(0, 1),
        window.Strides.Insert(0, 1),
        window.Dilations.Insert(0, 1),
        window.PadsBegin.Insert(0, 0),
        window.PadsEnd.Insert(0, 0));

    private static Shape ChannelsLast(Shape shape) => shape.Rank == 3
        ? new Shape(shape[0], 1, shape[2], shape[1])
        : new Shape(shape[0], shape[2], shape[3], shape[1]);

    private static Tensor ChannelsLast(Tensor weights)
    {
        var shape = ChannelsLast(weights.Shape);
        var values = new float[shape.Elements];
        int outputs = shape[0], channels = shape[3];
        Transpose(weights.Floats, values, outputs, channels, values.Length / (outputs * channels), CancellationToken.None);
        return Tensor.Of(shape, values);
    }

    /// <summary>[images, rows, columns] to [images, columns, rows].</summary>
    private static void Transpose(
        float[] source, float[] target, int images, int rows, int columns, CancellationToken cancellation)
    {
        int next = 0;
        for (int image = 0; image < images; image++)
        {
            cancellation.ThrowIfCancellationRequested();
            int start = image * rows * columns;
            for (int column = 0; column < columns; column++)
            {
                for (int row = 0; row < rows; row++)
                    target[next++] = source[start + (row * columns) + column];
            }
        }
    }
}
