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
    public override NetworkGraph Run(NetworkGraph graph, CancellationToken cancellation) =>
        new ChannelsLastBuilder(graph).Build(cancellation);

    public override Tensor MapInput(NetworkGraph before, int index, Tensor value) =>
        ImageLayout.Of(before).IsImage(before.Inputs[index]) ? ImageLayout.ChannelsLast(value) : value;

    public override Tensor MapOutput(NetworkGraph before, int index, Tensor value) =>
        ImageLayout.Of(before).IsImage(before.Outputs[index]) ? ImageLayout.ChannelsLast(value) : value;
}
