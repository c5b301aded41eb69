using System;
using System.Collections.Generic;
using System.Globalization;
using QuantMcu.Compiler.Emit.CSharp;
using QuantMcu.Compiler.Lowering;
using QuantMcu.Compiler.Lowering.Nano;

namespace QuantMcu.Compiler.Emit.Nano;

/// <summary>What the printers of steps write to: the text, the kernels that it calls, and the arrays that it reads.</summary>
internal sealed class NanoWriter(IndentedWriter writer, NanoProgram program, ClassApi api)
{
    private readonly SortedDictionary<string, Helper> kernels = new(StringComparer.Ordinal);
    private readonly int[] inputs = Offsets(api.Inputs);
    private readonly int[] outputs = Offsets(api.Outputs);

    public NanoProgram Program => program;

    public NanoArrays Arrays { get; } = new();

    /// <summary>Every kernel that was asked for, and what those call, once, in ordinal order.</summary>
    public IEnumerable<Helper> Kernels => kernels.Values;

    public void Line() => writer.Line();

    public void Text(FormattableString lines) => writer.Text(lines);

    public void Raw(string lines) => writer.Raw(lines);

    public IDisposable Block(FormattableString header) => writer.Block(header);

    /// <summary>Asks for a kernel; returns its name, to be written into a call.</summary>
    public string Use(Helper kernel)
    {
        if (!kernels.ContainsKey(kernel.Name))
        {
            kernels.Add(kernel.Name, kernel);
            foreach (var needed in kernel.Needs)
                Use(needed);
        }

        return kernel.Name;
    }

    /// <summary>What is read or written, as arguments: the array, and where it starts.</summary>
    public string To(Storage place) => place.Kind switch
    {
        StorageKind.Arena => "Arena, " + Number(program.Schedule.Arena.Offsets[place.Index]),
        StorageKind.Input => "input, " + Number(inputs[place.Index]),
        StorageKind.Output => "output, " + Number(outputs[place.Index]),
        _ => Arrays.Bytes("Constant" + Number(place.Index), program.Schedule.Constants[place.Index]) + ", 0",
    };

    /// <summary>The array of <see cref="To"/> alone.</summary>
    public string ArrayOf(Storage place) => To(place).Split(',')[0];

    /// <summary>The start of <see cref="To"/> alone.</summary>
    public string StartOf(Storage place) => To(place).Split(',')[1].Trim();

    public static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static int[] Offsets(IEnumerable<ApiPort> ports)
    {
        var offsets = new List<int>();
        foreach (var (_, offset) in NanoClass.WithOffsets(ports))
            offsets.Add(offset);

        return [.. offsets];
    }
}
