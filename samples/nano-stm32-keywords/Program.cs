using System;
using System.Diagnostics;
using System.Threading;

namespace NanoKeywords
{
    /// <summary>Hears one utterance again and again and says what it was and how long that took. Debug.WriteLine needs the configuration Debug.</summary>
    public static class Program
    {
        private static readonly string[] Names =
        {
            "yes", "no", "up", "down", "left", "right", "on", "off", "stop", "go", "something else", "silence",
        };

        public static void Main()
        {
            // Made once: an inference allocates nothing.
            byte[] scores = new byte[Keywords.OutputBytes];
            while (true)
            {
                long start = DateTime.UtcNow.Ticks;
                Keywords.Run(Utterance.Features, scores);
                long milliseconds = (DateTime.UtcNow.Ticks - start) / TimeSpan.TicksPerMillisecond;

                Debug.WriteLine(Names[Largest(scores)] + " in " + milliseconds.ToString() + " ms");
                Thread.Sleep(5000);
            }
        }

        private static int Largest(byte[] scores)
        {
            int largest = 0;
            for (int i = 1; i < scores.Length; i++)
            {
                if (scores[i] > scores[largest])
                {
                    largest = i;
                }
            }

            return largest;
        }
    }
}
