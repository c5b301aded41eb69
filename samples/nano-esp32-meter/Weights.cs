using System;
using nanoFramework.Runtime.Native;

namespace NanoMeter
{
    // The managed form reads its weights from the binary resources of Resources.resx, piece by piece. The native form has them in the firmware, and
    // is compiled without this file.

    public static partial class Meter
    {
        static Meter()
        {
            ReadWeights = Read;
        }

        private static void Read(int offset, byte[] buffer, int count)
        {
            WeightResource.Read(Resources.BinaryResources.Weights, offset, buffer, count);
        }
    }

    public static partial class SmallMeter
    {
        static SmallMeter()
        {
            ReadWeights = Read;
        }

        private static void Read(int offset, byte[] buffer, int count)
        {
            WeightResource.Read(Resources.BinaryResources.SmallWeights, offset, buffer, count);
        }
    }

    internal static class WeightResource
    {
        /// <summary>The runtime returns a piece of a resource as a new array; the network's own buffer stays the same.</summary>
        public static void Read(Resources.BinaryResources resource, int offset, byte[] buffer, int count)
        {
            byte[] piece = (byte[])ResourceUtility.GetObject(Resources.ResourceManager, resource, offset, count);
            Array.Copy(piece, 0, buffer, 0, count);
        }
    }
}
