using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Memory;
using Xunit;

namespace QuantMcu.Compiler.Tests.Memory;

public class SpareRoomTests
{
    [Theory]
    [InlineData(0, 60)]
    [InlineData(1, 0)]
    [InlineData(2, 100)]
    public void At_is_the_largest_gap_between_what_is_live(int step, int expected) =>
        Assert.Equal(expected, SpareRoom.At(Plan([], (100, 0, 1), (60, 1, 2)), step));

    [Theory]
    [InlineData(0, 100)]
    [InlineData(1, 40)]
    [InlineData(2, 100)]
    public void At_counts_what_the_arena_may_grow(int step, int expected) =>
        Assert.Equal(expected, SpareRoom.At(Plan([], (100, 0, 1), (60, 1, 2)), step, 200));

    [Fact]
    public void At_counts_a_shared_place_as_long_as_any_that_share_it_live()
    {
        var plan = Plan([new InPlacePair(0, 1)], (100, 0, 1), (60, 1, 2), (20, 0, 2));

        Assert.Equal(0, SpareRoom.At(plan, 2));
        Assert.Equal(120, plan.TotalBytes);
    }

    [Fact]
    public void Scratch_of_that_size_finds_its_place_in_the_same_arena()
    {
        var plan = Plan([], (96, 0, 1), (64, 1, 2), (40, 2, 4), (32, 3, 4));
        for (int step = 0; step <= 4; step++)
        {
            var scratch = ImmutableArray.Create(new ArenaBuffer("scratch", SpareRoom.At(plan, step), step, step));
            Assert.Equal(plan.TotalBytes, ScratchPlaces.Add(plan, scratch, int.MaxValue, CancellationToken.None).Plan.TotalBytes);
        }
    }

    private static ArenaPlan Plan(ImmutableArray<InPlacePair> inPlace, params (int Bytes, int First, int Last)[] buffers) => ArenaPlanner.Plan(
        [.. buffers.Select((buffer, i) => new ArenaBuffer("b" + i, buffer.Bytes, buffer.First, buffer.Last))], inPlace, 4, CancellationToken.None);
}
