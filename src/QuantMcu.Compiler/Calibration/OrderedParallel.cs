using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.ExceptionServices;
using System.Threading;
using System.Threading.Tasks;

namespace QuantMcu.Compiler.Calibration;

/// <summary>Work on numbered items by several threads, whose results are taken in order: timing changes nothing.</summary>
internal static class OrderedParallel
{
    /// <summary>
    /// Calls <paramref name="work"/> for each of 0 .. count - 1, and <paramref name="take"/> on each result, in order and one at
    /// a time. The exception of the first item that fails is thrown, after every thread has stopped.
    /// </summary>
    /// <param name="count">Number of items.</param>
    /// <param name="workers">One object per thread: what the thread works with.</param>
    /// <param name="work">Makes an item's result; items are begun in order.</param>
    /// <param name="take">Takes it.</param>
    public static void Run<TWorker, TResult>(
        int count, IReadOnlyList<TWorker> workers, Func<TWorker, int, TResult> work, Action<int, TResult> take)
        where TResult : class
    {
        var run = new State<TWorker, TResult>(count, work, take);
        var others = workers.Skip(1).Select(worker => Task.Run(() => run.Work(worker))).ToArray();
        run.Work(workers[0]);
        Task.WaitAll(others);
        run.ThrowFirstFailure();
    }

    private sealed class State<TWorker, TResult>
        where TResult : class
    {
        private readonly Func<TWorker, int, TResult> work;
        private readonly Action<int, TResult> take;
        private readonly TResult?[] waiting;
        private readonly ExceptionDispatchInfo?[] failures;
        private readonly object gate = new();
        private int begun;
        private int taken;

        public State(int count, Func<TWorker, int, TResult> work, Action<int, TResult> take)
        {
            this.work = work;
            this.take = take;
            waiting = new TResult?[count];
            failures = new ExceptionDispatchInfo?[count];
        }

        public void Work(TWorker worker)
        {
            while (Interlocked.Increment(ref begun) - 1 is var item && item >= 0 && item < waiting.Length)
            {
                try
                {
                    Take(item, work(worker, item));
                }
                catch (Exception exception)
                {
                    // Earlier items were begun already and end by themselves; later ones must not begin.
                    failures[item] = ExceptionDispatchInfo.Capture(exception);
                    Interlocked.Exchange(ref begun, waiting.Length);
                }
            }
        }

        public void ThrowFirstFailure() => failures.FirstOrDefault(failure => failure is not null)?.Throw();

        private void Take(int item, TResult result)
        {
            lock (gate)
            {
                waiting[item] = result;
                for (; taken < waiting.Length && waiting[taken] is { } next; taken++)
                {
                    waiting[taken] = null;
                    take(taken, next);
                }
            }
        }
    }
}
