using System;
using System.Diagnostics;
using System.Threading;
using Xunit;

namespace QuantMcu.Compiler.Tests.Calibration;

internal static class Cancelling
{
    /// <summary>
    /// Fails unless work that takes much longer than 50 ms, cancelled then, stops within 100 ms. It may try three times, since
    /// other processes can hold the processors longer than that.
    /// </summary>
    public static void AssertStops(Action<CancellationToken> work)
    {
        long shortest = long.MaxValue;
        for (int attempt = 0; attempt < 3 && shortest > 100; attempt++)
        {
            using var source = new CancellationTokenSource();
            var clock = new Stopwatch();

            // A thread of its own: timers wait for the thread pool, which other tests keep busy.
            var canceller = new Thread(() =>
            {
                Thread.Sleep(50);
                clock.Start();
                source.Cancel();
            });
            canceller.Start();
            Assert.ThrowsAny<OperationCanceledException>(() => work(source.Token));
            shortest = Math.Min(shortest, clock.ElapsedMilliseconds);
            canceller.Join();
        }

        Assert.InRange(shortest, 0, 100);
    }
}
