using System.Threading;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Simplify.Layouts;

namespace QuantMcu.Compiler.Simplify.Passes;

/// <summary>
/// Makes spatial operators two-dimensional and channels last, and images [N, H, W, C]. Every tensor is followed as a view of what
/// really lies in memory, so Transpose and Reshape vanish wherever the operators around them can work on the order that is there;
/// weights and other constants are permuted to it now.
/// </summary>
public sealed class ToChannelsLast : GraphPass
{
    private readonly ImageLayout images;

    /// <param name="images">Images among the inputs and outputs, found in the model as imported: others ask there too.</param>
    public ToChannelsLast(ImageLayout images) => this.images = images;

    public override NetworkGraph Run(NetworkGraph graph, CancellationToken cancellation) =>
        new ChannelsLastBuilder(graph, images).Build(cancellation);

    public override Tensor MapInput(NetworkGraph before, int index, Tensor value) =>
        images.IsInputImage(index) ? ImageLayout.ChannelsLast(value) : value;

    public override Tensor MapOutput(NetworkGraph before, int index, Tensor value) =>
        images.IsOutputImage(index) ? ImageLayout.ChannelsLast(value) : value;
}
