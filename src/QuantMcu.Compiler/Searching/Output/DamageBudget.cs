using System;

namespace QuantMcu.Compiler.Searching.Output;

/// <summary>
/// Finds the budget of divergence whose best choice has the loss that is allowed. Loss grows with the budget, nearly in proportion: the next budget is
/// scaled by what was missed, and stays between budgets that were too small and too large.
/// </summary>
internal sealed class DamageBudget
{
    // What one step may change, and what it aims at: a little less than all.
    private const double MostStep = 4, Aim = 0.95;

    private readonly double allowed;
    private double kept;
    private double exceeded = double.PositiveInfinity;

    /// <param name="first">Where to begin.</param>
    /// <param name="allowed">Loss.</param>
    public DamageBudget(double first, double allowed)
    {
        Next = first;
        this.allowed = allowed;
    }

    /// <summary>To be tried next.</summary>
    public double Next { get; private set; }

    /// <summary>What came of <see cref="Next"/>.</summary>
    /// <param name="loss">Measured.</param>
    public void Learn(double loss)
    {
        if (loss <= allowed)
            kept = Math.Max(kept, Next);
        else
            exceeded = Math.Min(exceeded, Next);

        double wanted = Next * Math.Max(1 / MostStep, Math.Min(MostStep, Aim * allowed / Math.Max(loss, 1e-9)));
        bool isBetween = wanted > kept && wanted < exceeded;
        Next = isBetween ? wanted : double.IsPositiveInfinity(exceeded) ? kept * 1.5 : kept > 0 ? Math.Sqrt(kept * exceeded) : exceeded / 2;
    }

    /// <summary>Nothing exists within <see cref="Next"/>: the other limits leave only choices that lose more.</summary>
    public void Raise()
    {
        kept = Math.Max(kept, Next);
        Next *= MostStep;
    }
}
