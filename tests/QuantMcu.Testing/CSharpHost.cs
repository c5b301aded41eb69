using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using QuantMcu.Compiler.Emit.CSharp;
using QuantMcu.Compiler.Lowering.CSharp;
using QuantMcu.Compiler.Quantization;

namespace QuantMcu.Testing;

/// <summary>Compiles printed C# in memory, as strictly as any user's project does, and runs it.</summary>
public static class CSharpHost
{
    private static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.CSharp12, DocumentationMode.Diagnose);

    private static readonly CSharpCompilationOptions CompilationOptions = new(
        OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, allowUnsafe: true,
        generalDiagnosticOption: ReportDiagnostic.Error, nullableContextOptions: NullableContextOptions.Enable,
            warningLevel: 9999);

    private static readonly IReadOnlyList<MetadataReference> References =
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
        .Where(path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal))
        .Select(path => (MetadataReference)MetadataReference.CreateFromFile(path)).ToArray();

    /// <summary>Compiles networks together, each into a class of its own.</summary>
    public static HostedNetwork[] Load(params QuantizedNetwork[] networks)
    {
        var programs = networks.Select(network => CSharpLowering.Lower(network, default)).ToArray();
        var assembly = Load(Compile(Sources(networks, programs)));
        return programs.Select((program, i) => new HostedNetwork(
            program, assembly.GetType("Networks.Network" + i, true)!, assembly.GetType("Networks.InvokeNetwork" + i, true)!))
                .ToArray();
    }

    /// <summary>
    /// Network i becomes class Networks.Network{i}, and Networks.InvokeNetwork{i}.Run takes its ports and arena as addresses.
    /// </summary>
    internal static IEnumerable<string> Sources(QuantizedNetwork[] networks, CSharpProgram[] programs)
    {
        for (int i = 0; i < networks.Length; i++)
        {
            var target = new ClassTarget("Networks", [], "Network" + i);
            var api = ClassApi.Of(networks[i], "hash" + i);
            yield return "namespace Networks { /// <summary>A test.</summary>\npublic static partial class " + target.Name
                + " { } }";
            yield return ApiPrinter.Print(target, api);
            yield return KernelPrinter.Print(target, api, programs[i]);
            yield return Invoker(target, api);
        }
    }

    /// <summary>Compiles sources; every warning is an error.</summary>
    /// <exception cref="InvalidOperationException">The compiler complained.</exception>
    public static byte[] Compile(IEnumerable<string> sources, OutputKind kind = OutputKind.DynamicallyLinkedLibrary)
    {
        var trees = sources.Select((source, i) => CSharpSyntaxTree.ParseText(source, ParseOptions, "source" + i + ".cs"));
        var compilation = CSharpCompilation
            .Create("Emitted" + Guid.NewGuid().ToString("N"), trees, References, CompilationOptions.WithOutputKind(kind));
        using var stream = new MemoryStream();
        var result = compilation.Emit(stream);
        var complaints = result.Diagnostics.Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning).Take(10)
            .ToArray();
        if (!result.Success || complaints.Length > 0)
        {
            string first = complaints[0].Location.SourceTree?.ToString() ?? "";
            throw new InvalidOperationException(string.Join("\n", complaints.Select(complaint => complaint.ToString())) + "\n\n"
                + first);
        }

        return stream.ToArray();
    }

    private static Assembly Load(byte[] image)
    {
        using var stream = new MemoryStream(image);
        return new AssemblyLoadContext(null).LoadFromStream(stream);
    }

    /// <summary>Reflection cannot pass pointers of unknown number; this method of a known shape can.</summary>
    private static string Invoker(ClassTarget target, ClassApi api)
    {
        var ports = api.Inputs.Concat(api.Outputs).Select((port, i) => "(" + port.Type + "*)ports[" + i + "]");
        return "namespace Networks { internal static unsafe class Invoke" + target.Name
            + " { internal static void Run(System.IntPtr[] ports,"
            + " System.IntPtr arena, System.IntPtr patches) => " + target.Name + ".Run(" + string.Join(", ", ports) + ", (byte*)arena"
            + (api.CountsPatches ? ", (int*)patches" : "") + "); } }";
    }
}

/// <summary>A compiled network with its class.</summary>
public sealed class HostedNetwork
{
    private const int Guard = 256;

    private readonly Action<IntPtr[], IntPtr, IntPtr> run;

    internal HostedNetwork(CSharpProgram program, Type type, Type invoker)
    {
        Program = program;
        Type = type;
        run = invoker.GetMethod("Run", BindingFlags.Static | BindingFlags.NonPublic)!.CreateDelegate<Action<IntPtr[], IntPtr, IntPtr>>();
    }

    public CSharpProgram Program { get; }

    /// <summary>The emitted class.</summary>
    public Type Type { get; }

    /// <summary>Runs on unsigned codes; those of signed ports are shifted on the way in and out.</summary>
    public byte[][] Run(IReadOnlyList<byte[]> inputs) => Run(inputs, 0xA5).Outputs;

    /// <summary>
    /// Runs in a painted arena between guards, with guards around every output too.
    /// </summary>
    /// <exception cref="InvalidOperationException">A byte outside arena and outputs was written, or an input was.</exception>
    public unsafe HostedRun Run(IReadOnlyList<byte[]> inputs, byte paint)
    {
        var given = inputs.Select((codes, i) => Signed(codes, Program.Inputs[i].Port.Signed)).ToArray();
        var outputs = Program.Outputs.Select(port => Painted(port.Tensor.Elements, paint)).ToArray();
        byte[] arena = Painted(Program.ArenaBytes, paint), patches = new byte[sizeof(int) * Branches];
        var pinned = given.Concat(outputs).Append(arena).Append(patches).Select(array => new Memory<byte>(array).Pin()).ToArray();
        try
        {
            var ports = new IntPtr[given.Length + outputs.Length];
            for (int i = 0; i < ports.Length; i++)
                ports[i] = (IntPtr)pinned[i].Pointer + (i < given.Length ? 0 : Guard);

            run(ports, (IntPtr)pinned[ports.Length].Pointer + Guard, (IntPtr)pinned[ports.Length + 1].Pointer);
        }
        finally
        {
            foreach (var handle in pinned)
                handle.Dispose();
        }

        for (int i = 0; i < given.Length; i++)
        {
            if (!given[i].AsSpan().SequenceEqual(Signed(inputs[i], Program.Inputs[i].Port.Signed)))
                throw new InvalidOperationException("Input " + i + " was written.");
        }

        var results = outputs.Select((output, i) => Signed(Inside(output, paint), Program.Outputs[i].Port.Signed)).ToArray();
        return new HostedRun(results, Inside(arena, paint), MemoryMarshal.Cast<byte, int>(patches).ToArray());
    }

    /// <summary>
    /// Bytes that this thread allocates in a run, the first one done before: the least of some, since the runtime now and then charges a thread for what it
    /// does itself, a garbage collection or a compilation.
    /// </summary>
    public unsafe long AllocatedBytes(IReadOnlyList<byte[]> inputs)
    {
        var buffers = inputs.Concat(Program.Outputs.Select(port => new byte[port.Tensor.Elements]))
            .Append(new byte[Program.ArenaBytes]).Append(new byte[sizeof(int) * Branches])
            .Select(array => new Memory<byte>(array).Pin()).ToArray();
        var ports = buffers.SkipLast(2).Select(buffer => (IntPtr)buffer.Pointer).ToArray();
        IntPtr arena = (IntPtr)buffers[^2].Pointer, patches = (IntPtr)buffers[^1].Pointer;
        run(ports, arena, patches);
        long allocated = long.MaxValue;
        for (int i = 0; i < 5 && allocated > 0; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            run(ports, arena, patches);
            allocated = Math.Min(allocated, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        foreach (var buffer in buffers)
            buffer.Dispose();

        return allocated;
    }

    /// <summary>
    /// Bytes of the arena up to the last one that a run writes. Two runs on different paint show also those that were written
    /// with the paint's own value.
    /// </summary>
    public int HighWater(IReadOnlyList<byte[]> inputs)
    {
        byte[] first = Run(inputs, 0x5A).Arena, second = Run(inputs, 0xA5).Arena;
        int last = first.Length;
        while (last > 0 && first[last - 1] == 0x5A && second[last - 1] == 0xA5)
            last--;

        return last;
    }

    private int Branches => Program.Stage?.Branches.Length ?? 0;

    private static byte[] Signed(byte[] codes, bool signed) =>
        signed ? Array.ConvertAll(codes, code => (byte)(code ^ 0x80)) : codes.ToArray();

    private static byte[] Painted(int bytes, byte paint)
    {
        var array = new byte[bytes + (2 * Guard)];
        Array.Fill(array, paint);
        return array;
    }

    private static byte[] Inside(byte[] guarded, byte paint)
    {
        var span = guarded.AsSpan();
        if (span[..Guard].IndexOfAnyExcept(paint) >= 0 || span[^Guard..].IndexOfAnyExcept(paint) >= 0)
            throw new InvalidOperationException("A byte outside a buffer was written.");

        return span[Guard..^Guard].ToArray();
    }
}

/// <summary>What a run left behind.</summary>
/// <param name="Outputs">Unsigned codes.</param>
/// <param name="Arena">The whole arena.</param>
/// <param name="Patches">How many patches each branch computed, where the network counts them; else zeros.</param>
public sealed record HostedRun(byte[][] Outputs, byte[] Arena, int[] Patches);
