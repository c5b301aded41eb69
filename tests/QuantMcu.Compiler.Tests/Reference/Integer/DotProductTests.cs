using System;
using System.Linq;
using QuantMcu.Compiler.Reference.Integer;
using Xunit;

namespace QuantMcu.Compiler.Tests.Reference.Integer;

public class DotProductTests
{
    [Fact]
    public void The_sum_is_that_of_the_plain_loop_for_every_length()
    {
        var random = new Random(3);
        for (int length = 0; length < 200; length++)
        {
            var codes = new byte[length];
            random.NextBytes(codes);
            sbyte[] weights = codes.Select(_ => (sbyte)random.Next(-128, 128)).ToArray();

            Assert.Equal(weights.Zip(codes).Sum(pair => pair.First * pair.Second), DotProduct.Of(weights, codes));
        }
    }

    [Theory]
    [InlineData(-128)]
    [InlineData(127)]
    public void Extremes_do_not_overflow(int weight) => Assert.Equal(
        4097 * 255 * weight,
        DotProduct.Of(Enumerable.Repeat((sbyte)weight, 4097).ToArray(), Enumerable.Repeat((byte)255, 4097).ToArray()));
}
