using System.Collections.Immutable;

namespace QuantMcu.Compiler.Quantization.Layers;

/// <summary>
/// Resampling of rows and columns of X[N, H, W, C]; quantizer shared. Output row r mixes input rows Rows.Low[r] and Rows.High[r]:
/// <code>
/// row weight hi = Rows.Fraction[r], lo = 1024 - hi; columns alike
/// y = (sum of code * row weight * column weight + 2^19) >> 20
/// </code>
/// Nearest neighbour is the case in which every fraction is 0.
/// </summary>
public sealed record ResizeLayer(string Name, ImmutableArray<int> Inputs, int Output, ResizeAxis Rows, ResizeAxis Columns)
    : QuantizedLayer(Name, Inputs, Output)
{
    public override string Operator => "Resize";

    public bool IsNearest => Rows.IsNearest && Columns.IsNearest;

    public override int FlashBytes => 6 * (Rows.Low.Length + Columns.Low.Length);
}

/// <summary>Where each output index of one axis reads: two input indices and the weight of the second in 1/1024.</summary>
public sealed record ResizeAxis(ImmutableArray<int> Low, ImmutableArray<int> High, ImmutableArray<int> Fraction)
{
    public bool IsNearest
    {
        get
        {
            foreach (int fraction in Fraction)
            {
                if (fraction != 0)
                    return false;
            }

            return true;
        }
    }
}
