using System.Runtime.CompilerServices;

namespace QuantMcu.Nano
{
    /// <summary>
    /// The models that were compiled into the firmware as C. A model is found by the content hash of its compilation and called through a
    /// handle, so that this assembly is the same whatever models there are.
    /// </summary>
    /// <remarks>
    /// Firmware refuses an assembly whose methods are not those that it was built for. Never add, remove, rename or reorder a member of
    /// this assembly: write a new assembly instead.
    /// </remarks>
    public static class NativeModel
    {
        /// <summary>The model of a content hash.</summary>
        /// <param name="contentHash">SHA-256, 32 bytes: <c>ContentHash</c> of the class that was generated for the model.</param>
        /// <returns>A handle, 0 or more, valid until the board restarts; -1 where the firmware has no such model.</returns>
        /// <exception cref="System.ArgumentException">The array is null or has not 32 bytes.</exception>
        [MethodImpl(MethodImplOptions.InternalCall)]
        public static extern int Find(byte[] contentHash);

        /// <summary>Runs a model. It keeps the processor until it is done: no other managed thread runs meanwhile.</summary>
        /// <param name="model">A handle of <see cref="Find"/>.</param>
        /// <param name="input">Codes of all inputs, one after another: <see cref="InputBytes"/>.</param>
        /// <param name="output">Takes the codes of all outputs, one after another: <see cref="OutputBytes"/>. Not the array of the input.</param>
        /// <exception cref="System.ArgumentException">
        /// There is no such handle, or an array is null or has another length, or both are one array. Nothing was written.
        /// </exception>
        [MethodImpl(MethodImplOptions.InternalCall)]
        public static extern void Run(int model, byte[] input, byte[] output);

        /// <summary>Length of the array that <see cref="Run"/> reads.</summary>
        /// <exception cref="System.ArgumentException">There is no such handle.</exception>
        [MethodImpl(MethodImplOptions.InternalCall)]
        public static extern int InputBytes(int model);

        /// <summary>Length of the array that <see cref="Run"/> writes.</summary>
        /// <exception cref="System.ArgumentException">There is no such handle.</exception>
        [MethodImpl(MethodImplOptions.InternalCall)]
        public static extern int OutputBytes(int model);

        /// <summary>Working memory of the model in bytes. The firmware has it once, as large as its largest model needs, outside the managed heap.</summary>
        /// <exception cref="System.ArgumentException">There is no such handle.</exception>
        [MethodImpl(MethodImplOptions.InternalCall)]
        public static extern int ArenaBytes(int model);

        /// <summary>Version of what these methods mean: 1.</summary>
        [MethodImpl(MethodImplOptions.InternalCall)]
        public static extern int AbiVersion();

        /// <summary>Of a model that runs patch by patch: how many patches of the last run took each branch, 0 before the first run.</summary>
        /// <param name="model">A handle of <see cref="Find"/>.</param>
        /// <param name="counts">Takes one number a branch, as the generated class counts them; what lies behind is unchanged.</param>
        /// <returns>Number of branches; 0 where the model does not run patch by patch.</returns>
        /// <exception cref="System.ArgumentException">There is no such handle, or the array is null or shorter than there are branches.</exception>
        [MethodImpl(MethodImplOptions.InternalCall)]
        public static extern int PatchCounts(int model, int[] counts);
    }
}
