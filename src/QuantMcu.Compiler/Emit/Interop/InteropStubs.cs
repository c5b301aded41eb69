using System;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;

namespace QuantMcu.Compiler.Emit.Interop;

/// <summary>
/// What nanoFramework's metadata processor says of an assembly with native methods: firmware loads an assembly only where its own table says the
/// same. The processor is what defines the checksum, so it is read from the sources that it writes and never computed here.
/// </summary>
/// <param name="Checksum">Of the methods: <c>0x</c> and hexadecimal digits.</param>
/// <param name="Version">Four numbers with commas between them.</param>
/// <param name="Methods">Native methods in the order of the assembly, as C++ names with their class.</param>
public sealed record InteropStubs(string Checksum, string Version, ImmutableArray<string> Methods)
{
    /// <summary>The file of the processor that has all of it.</summary>
    public const string FileName = "QuantMcu_Nano.cpp";

    private static readonly Regex Table = new(@"method_lookup\[\]\s*=\s*\{([^}]*)\}", RegexOptions.CultureInvariant);

    private static readonly Regex Data = new(
        """
        g_CLR_AssemblyNative_QuantMcu_Nano\s*=\s*\{\s*"QuantMcu\.Nano",\s*(0x[0-9A-Fa-f]{1,8}),\s*method_lookup,\s*\{\s*(\d+,\s*\d+,\s*\d+,\s*\d+)\s*\}
        """, RegexOptions.CultureInvariant);

    /// <summary>Reads the table that the processor writes.</summary>
    /// <param name="source">Text of <see cref="FileName"/>.</param>
    /// <exception cref="FormatException">It has no such table.</exception>
    public static InteropStubs Parse(string source)
    {
        var table = Table.Match(source);
        var data = Data.Match(source);
        if (!table.Success || !data.Success)
            throw new FormatException("it has no table of the native methods of QuantMcu.Nano");

        var methods = table.Groups[1].Value.Split(',').Select(method => method.Trim()).Where(method => method.Length > 0).ToImmutableArray();
        return new InteropStubs(data.Groups[1].Value, data.Groups[2].Value, methods);
    }

    /// <summary>A source with the checksum and version of these stubs in place of its own.</summary>
    /// <exception cref="FormatException">The methods are not those of the source, in its order.</exception>
    public string Fill(string source)
    {
        var own = Parse(source);
        if (!own.Methods.SequenceEqual(Methods))
            throw new FormatException("its methods are not those of this version of QuantMcu.Nano: " + Difference(own.Methods));

        string data = Data.Match(source).Value;
        return source.Replace(data, data.Replace(own.Checksum, Checksum).Replace(own.Version, Version));
    }

    private string Difference(ImmutableArray<string> expected)
    {
        int index = Enumerable.Range(0, Math.Max(expected.Length, Methods.Length))
            .First(i => i >= expected.Length || i >= Methods.Length || expected[i] != Methods[i]);
        string Name(ImmutableArray<string> methods) => index < methods.Length ? methods[index] : "none";
        return "method " + index.ToString(CultureInfo.InvariantCulture) + " is " + Name(Methods) + " instead of " + Name(expected);
    }
}
