using System;

namespace QuantMcu.Compiler.Searching.Output;

/// <summary>
/// Finds the budget of divergence whose best choice has the loss that is allowed. Loss grows with the budget, at first taken to be in proportion; between a
/// budget that was too small and one that was too large it is interpolated.
/// </summary>
internal sealed class DamageBudget
{
    // What one step may change, and what it aims at: a little less than all.
    private const double MostStep = 4, Aim = 0.95;

    // Of the way between two budgets, in logarithms, that a step leaves on either side.
    private const double Margin = 0.15;

    private readonly double allowed;
    private double kept;
    private double keptLoss;
    private double exceeded = double.PositiveInfinity;
    private double exceededLoss;

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
        if (loss <= allowed && Next >= kept)
            (kept, keptLoss) = (Next, loss);
        else if (loss > allowed && Next < exceeded)
            (exceeded, exceededLoss) = (Next, loss);

        double wanted = Next * Math.Max(1 / MostStep, Math.Min(MostStep, Aim * allowed / Math.Max(loss, 1e-9)));
        if (double.IsPositiveInfinity(exceeded))
            Next = Math.Max(wanted, kept * 1.5);
        else if (kept <= 0)
            Next = Math.Min(wanted, exceeded / 2);
        else
            Next = Between();
    }

    /// <summary>Where a power of the budget through both known points has the loss that is aimed at.</summary>
    private double Between()
    {
        double share = 0.5;
        if (keptLoss > 0 && keptLoss < exceededLoss)
            share = Math.Log(Aim * allowed / keptLoss) / Math.Log(exceededLoss / keptLoss);
        share = Math.Max(Margin, Math.Min(1 - Margin, share));
        return kept * Math.Pow(exceeded / kept, share);
    }

    /// <summary>Nothing exists within <see cref="Next"/>: the other limits leave only choices that lose more.</summary>
    public void Raise()
    {
        (kept, keptLoss) = (Math.Max(kept, Next), 0);
        Next = double.IsPositiveInfinity(exceeded) ? Next * MostStep : Math.Sqrt(kept * exceeded);
    }
}
