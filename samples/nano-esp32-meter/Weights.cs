using System;
using nanoFramework.Runtime.Native;

namespace NanoMeter
{
    /// <content>
    /// The managed form reads its weights from the binary resource Weights of Resources.resx, piece by piece. The native form has them in the
    /// firmware, and is compiled without this file.
    /// </content>
    public static partial class Meter
    {
        static Meter()
        {
            ReadWeights = Read;
        }

        /// <summary>The runtime returns a piece of a resource as a new array; the network's own buffer stays the same.</summary>
        private static void Read(int offset, byte[] buffer, int count)
        {
            byte[] piece = (byte[])ResourceUtility.GetObject(Resources.ResourceManager, Resources.BinaryResources.Weights, offset, count);
            Array.Copy(piece, 0, buffer, 0, count);
        }
    }
}
