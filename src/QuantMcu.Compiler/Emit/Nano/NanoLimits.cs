using System.Collections.Generic;
using System.Globalization;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Lowering.Nano;

namespace QuantMcu.Compiler.Emit.Nano;

/// <summary>
/// What an assembly of .NET nanoFramework holds. Its records have these numbers in 8 and 16 bits, which nothing checks on the way to the device.
/// </summary>
public static class NanoLimits
{
    /// <summary>Bytes of initialised arrays in an assembly.</summary>
    public const int MostArrayBytes = 60_000;

    /// <summary>Bytes of IL in an assembly, with room for the user's own.</summary>
    public const int MostIlBytes = 60_000;

    /// <summary>Arrays: static fields of a type, with room for others.</summary>
    public const int MostArrays = 240;

    /// <summary>Methods of the class with the kernels.</summary>
    public const int MostMethods = 255;

    /// <summary>Multiply-accumulates up to which managed code is fast enough.</summary>
    public const long ManyMacs = 50_000;

    private const double InstructionsPerMac = 1_300, InstructionsPerSecond = 240e6;

    /// <summary>Holds an emitted class to the limits.</summary>
    /// <exception cref="ModelException">QMCU5102 or QMCU5103.</exception>
    public static void Check(string name, NanoSource source, NanoWeights weights)
    {
        if (source.ArrayBytes > MostArrayBytes)
            throw new ModelException(Diagnostic.Create(NanoRules.TooMuchData, name, source.ArrayBytes, MostArrayBytes, Remedy(weights)));

        if (source.MostIlBytes > MostIlBytes)
            throw TooMuchCode(name, source.MostIlBytes, "bytes of IL", MostIlBytes);

        if (source.Arrays > MostArrays)
            throw TooMuchCode(name, source.Arrays, "arrays", MostArrays);

        if (source.Methods > MostMethods)
            throw TooMuchCode(name, source.Methods, "methods", MostMethods);

        if (source.MostLocals > MostArrays)
            throw TooMuchCode(name, source.MostLocals, "feature maps in a tile", MostArrays);
    }

    /// <summary>The same for several classes of one assembly; null where they fit together.</summary>
    public static Diagnostic? CheckTogether(IReadOnlyList<(int ArrayBytes, int IlBytes)> classes)
    {
        int bytes = 0, il = 0;
        foreach (var (arrays, code) in classes)
            (bytes, il) = (bytes + arrays, il + code);

        string together = "The project, with its " + classes.Count.ToString(CultureInfo.InvariantCulture) + " networks,";
        return bytes > MostArrayBytes
            ? Diagnostic.Create(NanoRules.TooMuchData, together, bytes, MostArrayBytes, "Put the networks into several assemblies, or run one in native code.")
            : il > MostIlBytes ? TooMuchCode(together, il, "bytes of IL", MostIlBytes).Diagnostic : null;
    }

    /// <summary>QMCU5101 where one inference takes long, else null.</summary>
    public static Diagnostic? CheckSpeed(string name, NanoProgram program)
    {
        long macs = program.Schedule.Cost.ExecutedMacs;
        double seconds = macs * InstructionsPerMac / InstructionsPerSecond;
        return macs <= ManyMacs ? null : Diagnostic.Create(
            NanoRules.Slow, name, seconds.ToString(seconds < 10 ? "0.0" : "N0", CultureInfo.InvariantCulture), macs.ToString("N0", CultureInfo.InvariantCulture));
    }

    private static string Remedy(NanoWeights weights) => weights == NanoWeights.Assembly
        ? "Keep the weights in a binary resource (QuantMcuWeights = Resource), run the network in native code, or take a smaller model."
        : "Run the network in native code, or take a smaller model.";

    private static ModelException TooMuchCode(string name, int count, string what, int most) => new(Diagnostic.Create(
        NanoRules.TooMuchCode, name, count.ToString("N0", CultureInfo.InvariantCulture) + " " + what, "at most " + most.ToString("N0", CultureInfo.InvariantCulture)));
}
