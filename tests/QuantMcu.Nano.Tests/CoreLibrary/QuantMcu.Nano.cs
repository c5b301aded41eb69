// The contract of the assembly QuantMcu.Nano.
using System.Runtime.CompilerServices;

namespace QuantMcu.Nano
{
    public static class NativeModel
    {
        [MethodImpl(MethodImplOptions.InternalCall)]
        public static extern int Find(byte[] contentHash);

        [MethodImpl(MethodImplOptions.InternalCall)]
        public static extern void Run(int model, byte[] input, byte[] output);

        [MethodImpl(MethodImplOptions.InternalCall)]
        public static extern int InputBytes(int model);

        [MethodImpl(MethodImplOptions.InternalCall)]
        public static extern int OutputBytes(int model);

        [MethodImpl(MethodImplOptions.InternalCall)]
        public static extern int ArenaBytes(int model);

        [MethodImpl(MethodImplOptions.InternalCall)]
        public static extern int AbiVersion();

        [MethodImpl(MethodImplOptions.InternalCall)]
        public static extern int PatchCounts(int model, int[] counts);
    }
}
