using System;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Memory;
using Xunit;

namespace QuantMcu.Compiler.Tests.Memory;

public class ArenaPlannerTests
{
    private static readonly ImmutableArray<InPlacePair> None = [];

    [Fact]
    public void Plan_of_a_chain_needs_its_largest_neighbours()
    {
        var plan = Plan(None, (100, 0, 1), (200, 1, 2), (50, 2, 3), (300, 3, 4));

        Assert.Equal(350, plan.TotalBytes);
        Assert.Equal(0, plan.Gap);
        Assert.Equal(3, plan.PeakStep);
        Assert.Equal(new[] { 3, 2 }, plan.PeakSet.ToArray());
    }

    [Fact]
    public void Plan_writes_over_a_source_that_dies()
    {
        var plan = Plan([new InPlacePair(0, 1)], (100, 0, 1), (100, 1, 2));

        Assert.Equal(100, plan.TotalBytes);
        Assert.Equal(plan.Offsets[0], plan.Offsets[1]);
    }

    [Fact]
    public void Plan_names_one_buffer_of_a_shared_place_in_the_peak_set()
    {
        var plan = Plan([new InPlacePair(0, 1)], (100, 0, 1), (100, 1, 2));

        Assert.Single(plan.PeakSet);
    }

    [Fact]
    public void Plan_does_not_write_over_a_source_that_lives_on()
    {
        var plan = Plan([new InPlacePair(0, 1)], (100, 0, 2), (100, 1, 2));

        Assert.Equal(200, plan.TotalBytes);
    }

    [Fact]
    public void Plan_does_not_write_over_a_smaller_source()
    {
        var plan = Plan([new InPlacePair(0, 1)], (96, 0, 1), (100, 1, 2));

        Assert.Equal(196, plan.TotalBytes);
    }

    [Fact]
    public void Plan_gives_a_source_to_one_result_only()
    {
        var plan = Plan([new InPlacePair(0, 1), new InPlacePair(0, 2)], (100, 0, 1), (100, 1, 2), (100, 1, 2));

        Assert.Equal(200, plan.TotalBytes);
        Assert.NotEqual(plan.Offsets[1], plan.Offsets[2]);
    }

    [Fact]
    public void Plan_of_nothing_is_empty()
    {
        var plan = Plan(None);

        Assert.Equal(0, plan.TotalBytes);
        Assert.Equal(-1, plan.PeakStep);
    }

    /// <summary>Every greedy order wastes bytes here; the exact search must not.</summary>
    [Fact]
    public void Plan_reaches_the_bound_where_greedy_orders_do_not()
    {
        int improved = 0;
        for (int seed = 0; seed < 400; seed++)
        {
            var blocks = RandomBuffers(new Random(seed), 10, 8, 12)
                .Select(b => new Block(b.Bytes, b.Bytes, b.FirstStep, b.LastStep)).ToArray();
            int bound = Peak.Of(blocks).Bytes;
            int greedy = OffsetSearch.Greedy(blocks, bound, default).Total;
            int searched = OffsetSearch.Total(blocks, OffsetSearch.Run(blocks, bound, default));
            Assert.InRange(searched, bound, greedy);
            improved += searched < greedy ? 1 : 0;
        }

        Assert.True(improved >= 10, "improved " + improved);
    }

    [Fact]
    public void Plan_of_random_lifetimes_never_overlaps_live_buffers()
    {
        int atBound = 0;
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var buffers = RandomBuffers(random, random.Next(1, 30), random.Next(1, 20), 1000);
            var pairs = RandomPairs(random, buffers);
            var plan = ArenaPlanner.Plan(buffers, pairs, 4, default);

            AssertSound(plan, pairs);
            atBound += plan.Gap == 0 ? 1 : 0;
        }

        Assert.True(atBound >= 290, "at the bound: " + atBound + " of 300");
    }

    [Fact]
    public void Plan_is_the_same_every_time()
    {
        var buffers = RandomBuffers(new Random(5), 40, 15, 5000);

        Assert.Equal(
            ArenaPlanner.Plan(buffers, None, 4, default).Offsets.ToArray(), ArenaPlanner.Plan(buffers, None, 4, default).Offsets
                .ToArray());
    }

    internal static void AssertSound(ArenaPlan plan, ImmutableArray<InPlacePair> pairs)
    {
        for (int i = 0; i < plan.Buffers.Length; i++)
        {
            Assert.Equal(0, plan.Offsets[i] % plan.Alignment);
            for (int j = 0; j < i; j++)
            {
                ArenaBuffer a = plan.Buffers[i], b = plan.Buffers[j];
                bool together = a.FirstStep <= b.LastStep && b.FirstStep <= a.LastStep;
                bool overlap = plan.Offsets[i] < plan.Offsets[j] + b.Bytes && plan.Offsets[j] < plan.Offsets[i] + a.Bytes;
                bool allowed = plan.Offsets[i] == plan.Offsets[j]
                    && (pairs.Contains(new InPlacePair(i, j)) || pairs.Contains(new InPlacePair(j, i)));
                Assert.False(together && overlap && !allowed, a + " over " + b);
            }
        }

        Assert.Equal(plan.TotalBytes, Enumerable.Range(0, plan.Buffers.Length).Max(i => plan.Offsets[i] + plan.Buffers[i].Bytes));
        Assert.True(plan.LowerBound <= plan.TotalBytes);
    }

    internal static ImmutableArray<ArenaBuffer> RandomBuffers(Random random, int count, int steps, int mostBytes) =>
        Enumerable.Range(0, count).Select(i =>
        {
            int first = random.Next(steps);
            return new ArenaBuffer("b" + i, random.Next(1, mostBytes), first, random.Next(first, steps));
        }).ToImmutableArray();

    internal static ImmutableArray<InPlacePair> RandomPairs(Random random, ImmutableArray<ArenaBuffer> buffers) =>
        (from source in Enumerable.Range(0, buffers.Length)
         from result in Enumerable.Range(0, buffers.Length)
         where source != result && buffers[source].LastStep == buffers[result].FirstStep && random.Next(2) == 0
         select new InPlacePair(source, result)).ToImmutableArray();

    private static ArenaPlan Plan(ImmutableArray<InPlacePair> pairs, params (int Bytes, int First, int Last)[] buffers) =>
        ArenaPlanner.Plan(buffers.Select((b, i) => new ArenaBuffer("b" + i, b.Bytes, b.First, b.Last))
            .ToImmutableArray(), pairs, 4, default);
}
