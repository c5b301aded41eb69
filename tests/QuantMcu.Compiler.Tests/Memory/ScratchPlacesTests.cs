using System;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Memory;
using Xunit;

namespace QuantMcu.Compiler.Tests.Memory;

public class ScratchPlacesTests
{
    [Fact]
    public void Add_takes_the_lowest_gap_that_is_large_enough()
    {
        var plan = Plan((100, 0, 1), (60, 1, 2), (40, 2, 3));
        var (scratch, buffers) = Add(plan, int.MaxValue, (50, 0), (40, 2), (60, 3));

        Assert.Equal(160, scratch.TotalBytes);
        Assert.Equal(plan.Offsets.ToArray(), scratch.Offsets.Take(3).ToArray());
        Assert.Equal([100, 40, 40], buffers.Select(buffer => scratch.Offsets[buffer]).ToArray());
        ArenaPlannerTests.AssertSound(scratch, []);
    }

    [Fact]
    public void Add_lets_the_arena_grow_where_no_gap_is_large_enough()
    {
        var plan = Plan((100, 0, 1), (60, 1, 2));
        var (scratch, buffers) = Add(plan, int.MaxValue, (8, 1));

        Assert.Equal(168, scratch.TotalBytes);
        Assert.Equal(160, scratch.Offsets[buffers[0]]);
        Assert.Equal(0, scratch.Gap);
    }

    [Fact]
    public void Add_plans_anew_where_a_gap_lies_between_two_buffers_that_could_lie_together()
    {
        var plan = Plan((40, 0, 1), (40, 0, 3), (40, 2, 3)) with { Offsets = [0, 80, 40] };
        var (scratch, _) = Add(plan with { TotalBytes = 120 }, int.MaxValue, (60, 1));

        Assert.Equal(140, scratch.TotalBytes);
        ArenaPlannerTests.AssertSound(scratch, []);
    }

    [Fact]
    public void Add_leaves_out_what_makes_the_arena_too_large()
    {
        var plan = Plan((100, 0, 1), (60, 1, 2));
        var (scratch, buffers) = Add(plan, 160, (8, 0), (8, 1));

        Assert.Equal([2, -1], buffers.ToArray());
        Assert.Equal(160, scratch.TotalBytes);
    }

    [Fact]
    public void Add_puts_nothing_over_a_live_buffer_and_nothing_beyond_the_bound()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            int steps = random.Next(1, 20);
            var buffers = ArenaPlannerTests.RandomBuffers(random, random.Next(1, 30), steps, 1000);
            var plan = ArenaPlanner.Plan(buffers, ArenaPlannerTests.RandomPairs(random, buffers), 4, default);
            int most = random.Next(2) == 0 ? int.MaxValue : plan.TotalBytes + random.Next(200);
            var wanted = Enumerable.Range(0, steps).Where(_ => random.Next(3) > 0).Select(step => (random.Next(1, 800), step)).ToArray();
            var (scratch, places) = Add(plan, most, wanted);

            ArenaPlannerTests.AssertSound(scratch, plan.InPlace);
            Assert.InRange(scratch.TotalBytes, plan.LowerBound, most);
            Assert.Equal(plan.Buffers.ToArray(), scratch.Buffers.Take(plan.Buffers.Length).ToArray());
            Assert.True(most < int.MaxValue || places.All(place => place >= 0));
            Assert.All(wanted.Zip(places).Where(pair => pair.Second >= 0), pair =>
                Assert.Equal((pair.First.Item1, pair.First.step), (scratch.Buffers[pair.Second].Bytes, scratch.Buffers[pair.Second].FirstStep)));
        }
    }

    private static (ArenaPlan Plan, ImmutableArray<int> Buffers) Add(ArenaPlan plan, int most, params (int Bytes, int Step)[] scratch) =>
        ScratchPlaces.Add(plan, [.. scratch.Select(one => new ArenaBuffer("scratch", one.Bytes, one.Step, one.Step))], most, default);

    private static ArenaPlan Plan(params (int Bytes, int First, int Last)[] buffers) =>
        ArenaPlanner.Plan([.. buffers.Select((b, i) => new ArenaBuffer("b" + i, b.Bytes, b.First, b.Last))], [], 4, default);
}
