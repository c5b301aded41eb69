using System.Collections.Generic;
using System.Linq;
using FsCheck;
using FsCheck.Fluent;

namespace QuantMcu.Testing;

/// <summary>
/// What a random network is made from: every layer comes from one seed and the tensors before it, so that any part of a recipe
/// is a recipe too, and a failing one shrinks.
/// </summary>
/// <param name="Input">Seed of the input.</param>
/// <param name="Layers">Seeds of the layers.</param>
/// <param name="Images">Only layers that map images to images, most of them in a chain: networks that can be cut at many tensors.</param>
/// <param name="Mixed">Tensors and weights have 8, 4 or 2 bits; else all have 8.</param>
public sealed record NetworkRecipe(int Input, IReadOnlyList<int> Layers, bool Images = false, bool Mixed = false)
{
    private static readonly Gen<int> Seed = Gen.Choose(0, int.MaxValue - 1);

    public static Arbitrary<NetworkRecipe> Arbitrary { get; } = Arb.From(
        from input in Seed
        from count in Gen.Choose(1, 9)
        from layers in Seed.ArrayOf(count)
        select new NetworkRecipe(input, layers),
        Shrink);

    public static Arbitrary<NetworkRecipe> ImageArbitrary { get; } =
        Arb.From(Arbitrary.Generator.Select(recipe => recipe with { Images = true }), Shrink);

    public static Arbitrary<NetworkRecipe> MixedArbitrary { get; } =
        Arb.From(Arbitrary.Generator.Select(recipe => recipe with { Mixed = true }), Shrink);

    public override string ToString() => "new NetworkRecipe(" + Input + ", [" + string.Join(", ", Layers) + "]"
        + (Images ? ", Images: true" : "") + (Mixed ? ", Mixed: true" : "") + ")";

    private static IEnumerable<NetworkRecipe> Shrink(NetworkRecipe recipe) => Enumerable.Range(0, recipe.Layers.Count)
        .Where(_ => recipe.Layers.Count > 1)
        .Select(without => recipe with { Layers = recipe.Layers.Where((_, i) => i != without).ToArray() });
}
