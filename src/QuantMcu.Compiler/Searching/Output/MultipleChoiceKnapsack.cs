using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;

namespace QuantMcu.Compiler.Searching.Output;

/// <summary>
/// Exactly one option of every group, at the least total cost, with no total of a resource above its budget (the multiple-choice
/// multi-dimensional knapsack problem). Solved by branch and bound: Lagrange multipliers, found by subgradient steps, bound what is still to be
/// chosen; effort is counted in nodes, not timed, so the same problem has the same answer on every machine.
/// </summary>
internal sealed class MultipleChoiceKnapsack
{
    /// <summary>Beyond so many nodes the best choice found so far stands; <see cref="Solution.IsOptimal"/> then is false.</summary>
    public const int MostNodes = 400_000;

    private const int SubgradientSteps = 400;

    private readonly IReadOnlyList<IReadOnlyList<Option>> groups;
    private readonly double[] budgets;
    private readonly int[] order;
    private readonly double[][] least;
    private readonly CancellationToken cancellation;
    private double[] multipliers;
    private int[][] preference = Array.Empty<int[]>();
    private double[] reduced = Array.Empty<double>();
    private double[][] reducedCosts = Array.Empty<double[]>();
    private int[]? best;
    private double bestCost = double.PositiveInfinity;
    private int nodes;

    private MultipleChoiceKnapsack(IReadOnlyList<IReadOnlyList<Option>> groups, double[] budgets, CancellationToken cancellation)
    {
        this.groups = groups;
        this.budgets = budgets;
        this.cancellation = cancellation;
        multipliers = new double[budgets.Length];

        // Groups whose options differ most come first: what is left then hardly matters.
        order = Enumerable.Range(0, groups.Count).OrderByDescending(g => groups[g].Max(o => o.Cost) - groups[g].Min(o => o.Cost)).ToArray();
        least = new double[groups.Count + 1][];
        least[groups.Count] = new double[budgets.Length];
        for (int depth = groups.Count - 1; depth >= 0; depth--)
        {
            least[depth] = (double[])least[depth + 1].Clone();
            for (int row = 0; row < budgets.Length; row++)
                least[depth][row] += groups[order[depth]].Min(option => option.Usage[row]);
        }
    }

    /// <param name="groups">At least one option each.</param>
    /// <param name="budgets">One per resource; non-negative.</param>
    /// <param name="cancellation">Honoured within 100 ms.</param>
    /// <returns>Null where no choice keeps all budgets.</returns>
    public static Solution? Solve(IReadOnlyList<IReadOnlyList<Option>> groups, double[] budgets, CancellationToken cancellation)
    {
        var problem = new MultipleChoiceKnapsack(groups, budgets, cancellation);
        for (int row = 0; row < budgets.Length; row++)
        {
            if (problem.least[0][row] > budgets[row])
                return null;
        }

        problem.FindMultipliers();
        problem.Prepare();
        problem.Branch(0, 0, 0, new double[budgets.Length], new int[groups.Count]);
        return problem.best is { } choices ? new Solution(choices, problem.bestCost, problem.nodes <= MostNodes) : null;
    }

    /// <summary>Raises the price of a resource while the cheapest choice overdraws it, lowers it while there is plenty.</summary>
    private void FindMultipliers()
    {
        double scale = groups.Sum(group => group.Max(option => option.Cost) - group.Min(option => option.Cost));
        double bestBound = double.NegativeInfinity;
        var current = new double[budgets.Length];
        for (int step = 1; step <= SubgradientSteps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            var used = new double[budgets.Length];
            double bound = 0;
            foreach (var group in groups)
            {
                var option = group[Cheapest(group, current)];
                bound += Price(option, current);
                for (int row = 0; row < used.Length; row++)
                    used[row] += option.Usage[row];
            }

            for (int row = 0; row < budgets.Length; row++)
                bound -= current[row] * budgets[row];
            if (bound > bestBound)
                (bestBound, multipliers) = (bound, (double[])current.Clone());

            Step(current, used, 2 * scale / (step + 10));
        }
    }

    private void Step(double[] current, double[] used, double length)
    {
        var violation = new double[budgets.Length];
        double norm = 0;
        for (int row = 0; row < budgets.Length; row++)
        {
            double unit = Math.Max(budgets[row], 1e-12);
            violation[row] = (used[row] - budgets[row]) / unit;
            norm += violation[row] * violation[row];
        }

        for (int row = 0; row < budgets.Length && norm > 0; row++)
        {
            double unit = Math.Max(budgets[row], 1e-12);
            current[row] = Math.Max(0, (current[row] * unit) + (length * violation[row] / Math.Sqrt(norm))) / unit;
        }
    }

    private void Prepare()
    {
        reducedCosts = groups.Select(group => group.Select(option => Price(option, multipliers)).ToArray()).ToArray();
        preference = reducedCosts.Select(costs => Enumerable.Range(0, costs.Length).OrderBy(option => costs[option]).ToArray()).ToArray();
        reduced = new double[groups.Count + 1];
        for (int depth = groups.Count - 1; depth >= 0; depth--)
            reduced[depth] = reduced[depth + 1] + reducedCosts[order[depth]].Min();
        for (int row = 0; row < budgets.Length; row++)
            priceOfBudgets += multipliers[row] * budgets[row];
    }

    private double priceOfBudgets;

    private void Branch(int depth, double cost, double price, double[] used, int[] choice)
    {
        if (depth == groups.Count)
        {
            if (cost < bestCost)
                (best, bestCost) = ((int[])choice.Clone(), cost);
            return;
        }

        int group = order[depth];
        foreach (int index in preference[group])
        {
            if (++nodes > MostNodes)
                return;
            if ((nodes & 1023) == 0)
                cancellation.ThrowIfCancellationRequested();

            // Preferences rise in price: what follows is no better.
            double bound = price + reducedCosts[group][index] + reduced[depth + 1] - priceOfBudgets;
            if (bound >= bestCost - (1e-9 * Math.Abs(bestCost)))
                return;

            var option = groups[group][index];
            if (!Fits(option, used, depth))
                continue;

            choice[group] = index;
            Add(used, option, 1);
            Branch(depth + 1, cost + option.Cost, price + reducedCosts[group][index], used, choice);
            Add(used, option, -1);
        }
    }

    private bool Fits(Option option, double[] used, int depth)
    {
        for (int row = 0; row < budgets.Length; row++)
        {
            if (used[row] + option.Usage[row] + least[depth + 1][row] > budgets[row] * (1 + 1e-9))
                return false;
        }

        return true;
    }

    private static void Add(double[] used, Option option, int sign)
    {
        for (int row = 0; row < used.Length; row++)
            used[row] += sign * option.Usage[row];
    }

    private static int Cheapest(IReadOnlyList<Option> group, double[] prices)
    {
        int cheapest = 0;
        for (int i = 1; i < group.Count; i++)
            cheapest = Price(group[i], prices) < Price(group[cheapest], prices) ? i : cheapest;
        return cheapest;
    }

    private static double Price(Option option, double[] prices)
    {
        double price = option.Cost;
        for (int row = 0; row < prices.Length; row++)
            price += prices[row] * option.Usage[row];
        return price;
    }

    /// <param name="Cost">What it adds to the objective.</param>
    /// <param name="Usage">What it takes of every resource; non-negative.</param>
    public sealed record Option(double Cost, double[] Usage);

    /// <param name="Choices">One option per group.</param>
    /// <param name="IsOptimal">Proved, within a relative 1e-9.</param>
    public sealed record Solution(int[] Choices, double Cost, bool IsOptimal);
}
