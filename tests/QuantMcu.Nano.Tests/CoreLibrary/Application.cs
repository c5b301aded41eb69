// What programs of the samples use of nanoFramework.CoreLibrary beside what emitted code may use.
namespace System
{
    public abstract partial class Type
    {
        public abstract System.Reflection.Assembly Assembly { get; }
        public static Type GetTypeFromHandle(RuntimeTypeHandle handle) => null;
    }

    public struct DateTime
    {
        public static DateTime UtcNow => new DateTime();
        public long Ticks => 0;
    }

    public struct TimeSpan
    {
        public const long TicksPerMillisecond = 10000;
    }

    [AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Enum | AttributeTargets.Delegate, Inherited = false)]
    public sealed class SerializableAttribute : Attribute { }
}

namespace System.Diagnostics
{
    public static class Debug
    {
        [Conditional("DEBUG")]
        public static void WriteLine(string message) { }
    }
}

namespace System.Reflection
{
    public class Assembly { }
}

namespace System.Threading
{
    public sealed class Thread
    {
        public static void Sleep(int millisecondsTimeout) { }
    }
}
