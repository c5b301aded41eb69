using System;
using System.Diagnostics;
using System.Threading;

namespace NanoMeter
{
    /// <summary>
    /// Reads one picture with two networks again and again and says what is on it and how long that took. Debug.WriteLine needs the configuration Debug.
    /// </summary>
    public static class Program
    {
        /// <summary>The last class is a drum without a digit under the window.</summary>
        private static readonly string[] Names = { "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "none" };

        public static void Main()
        {
            // Made once, for both: they have the same classes.
            byte[] scores = new byte[Meter.OutputBytes];
            while (true)
            {
                long start = DateTime.UtcNow.Ticks;
                SmallMeter.Run(WindowPicture.Pixels, scores);
                Say("Small network: ", scores, start);

                start = DateTime.UtcNow.Ticks;
                Meter.Run(Picture.Pixels, scores);
                Say("Large network: ", scores, start);
                Thread.Sleep(5000);
            }
        }

        private static void Say(string network, byte[] scores, long start)
        {
            long milliseconds = (DateTime.UtcNow.Ticks - start) / TimeSpan.TicksPerMillisecond;
            Debug.WriteLine(network + Names[Largest(scores)] + " in " + milliseconds.ToString() + " ms");
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
