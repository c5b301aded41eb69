using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Xunit;

namespace QuantMcu.Nano.Tests;

/// <summary>The checker finds what it is there for.</summary>
public class IlCheckerTests
{
    [Theory]
    [InlineData("static unsafe int F(byte* x) { return x[0]; }", "has a pointer")]
    [InlineData("static unsafe int F(byte[] x) { fixed (byte* p = x) { return p[0]; } }", "has a pointer")]
    [InlineData("static unsafe int F() { byte* x = stackalloc byte[8]; return x[0]; }", "uses localloc")]
    [InlineData("static T F<T>(T x) { return x; }", "has generics")]
    [InlineData("static int F(int x) { return new System.Collections.Generic.List<int>().Count + x; }", "a generic type|refers to System.Collections.Generic")]
    [InlineData("struct Pair { public int A; } static int F(int x) { Pair pair = default; pair.A = x; return pair.GetHashCode() + pair.A; }", "has a structure|is a structure")]
    [InlineData("static int F(int x) { byte[] y = new byte[x]; return y.Length; }", "allocates by newarr")]
    [InlineData("static object F(int x) { return new object(); }", "allocates by newobj")]
    [InlineData("static object F(int x) { return x; }", "uses box")]
    [InlineData("static int F(uint x) { return (int)(x >> 3); }", "has an unsigned number")]
    [InlineData("static int F(int x) { return (int)((uint)x >> 3); }", "uses shr.un")]
    [InlineData("static long F(byte[] x) { return (long)x[0] >> 1; }", "uses conv.u8")]
    [InlineData("static int F(int x) { return checked(x + 1); }", "uses add.ovf")]
    [InlineData("static int F(int[,] x) { return x[0, 0]; }", "an array of several dimensions")]
    [InlineData("static int F(int x) { return System.Math.Abs(x); }", "uses System.Math.Abs")]
    [InlineData("static void F(byte[] x) { System.Buffer.BlockCopy(x, 0, x, 1, 1); }", "uses System.Buffer.BlockCopy")]
    [InlineData("static System.Func<int> F() { return () => 3; }", "ldftn|allocates by newobj|generic")]
    public void Each_violation_is_found(string member, string expected)
    {
        var violations = Check("static class C { " + member + " }");

        Assert.Contains(violations, violation => expected.Split('|').Any(part => violation.Contains(part, StringComparison.Ordinal)));
    }

    [Fact]
    public void What_is_allowed_is_not_found() => Assert.Empty(IlChecker.Check(NanoHost.CompileForDevice([
        """
        static class C
        {
            private static readonly byte[] Table = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };
            private static readonly byte[] Buffer = new byte[100];

            public static int F(byte[] x, int start, ref int sum)
            {
                if (x.Length < 3)
                    throw new System.ArgumentException("Too short.", "x");

                System.Array.Copy(x, start, Buffer, 0, 3);
                long product = (long)start * sum;
                sum = (int)(product >> 1) + (sbyte)x[start + 1];
                return sum + Table[3];
            }
        }
        """,
    ])));

    [Fact]
    public void Too_much_array_data_is_found() => Assert.Contains(
        Check("static class C { public static readonly byte[] X = {" + string.Concat(Enumerable.Repeat("7,", 60_001)) + "}; }"),
        violation => violation.Contains("60001 bytes of array data", StringComparison.Ordinal));

    [Fact]
    public void Too_much_il_is_found() => Assert.Contains(
        Check("static class C { public static int F(int x) { return x + 1; } }", new IlLimits { MostIlBytes = 3 }),
        violation => violation.Contains("bytes of IL", StringComparison.Ordinal));

    [Fact]
    public void Too_many_locals_parameters_and_methods_are_found()
    {
        var text = new StringBuilder("static class C { public static int F(");
        text.AppendJoin(", ", Enumerable.Range(0, 256).Select(i => "int p" + i)).Append(") { int s = 0;");
        for (int i = 0; i < 256; i++)
            text.Append("int l" + i + " = p" + i + " + 1; for (; l" + i + " < 9; l" + i + "++) s += l" + i + ";");

        text.Append("return s; }");
        for (int i = 0; i < 256; i++)
            text.Append("public static int M" + i + "() { return " + i + "; }");

        var violations = Check(text.Append('}').ToString());

        Assert.Contains(violations, violation => violation.Contains("parameters", StringComparison.Ordinal));
        Assert.Contains(violations, violation => violation.Contains("locals", StringComparison.Ordinal));
        Assert.Contains(violations, violation => violation.Contains("methods", StringComparison.Ordinal));
    }

    private static IReadOnlyList<string> Check(string source, IlLimits? limits = null) =>
        IlChecker.Check(NanoHost.Compile("Checked", [source], NanoHost.HostReferences, allowUnsafe: true), limits);
}
