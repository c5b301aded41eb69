using System;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Lowering.CSharp;
using QuantMcu.Compiler.Memory;
using QuantMcu.Compiler.Quantization;

namespace QuantMcu.Compiler.Lowering.C;

/// <summary>A network as the C back end executes it: calls of kernels in order, over one arena. Nothing is left to decide but the wording.</summary>
/// <param name="Network">What is executed.</param>
/// <param name="Memory">Where everything is.</param>
/// <param name="Inputs">The caller's inputs.</param>
/// <param name="Outputs">The caller's outputs.</param>
/// <param name="Steps">In order of execution.</param>
/// <param name="WeightBytes">
/// Bytes of weights, biases, multipliers and tables of the network itself. The padding of this back end's own layout is not in it.
/// </param>
public sealed record CProgram(
    QuantizedNetwork Network,
    NetworkMemoryPlan Memory,
    ImmutableArray<ProgramPort> Inputs,
    ImmutableArray<ProgramPort> Outputs,
    ImmutableArray<CStep> Steps,
    int WeightBytes)
{
    public int ArenaBytes => Memory.TotalBytes;

    /// <summary>Bytes of read-only data in the layout of this back end, or <see cref="WeightBytes"/> where that is more.</summary>
    public int DataBytes => Math.Max(WeightBytes, Steps.Sum(step => step.Fields.Sum(entry => entry.Value.DataBytes)));

    /// <summary>The most scratch that a kernel has on the stack.</summary>
    public int ScratchBytes => Steps.Select(step => step.Kernel.ScratchBytes).DefaultIfEmpty(0).Max();
}

/// <summary>A layer, or what must be done before and after the layers: one or more calls of one kernel.</summary>
/// <param name="Title">
/// For people: <c>Conv 3x3/2 96x96x1 -> 48x48x16, 8-bit, 331,776 MACs</c>. Made of our own words and numbers only.
/// </param>
/// <param name="Kernel">The kernel.</param>
/// <param name="Fields">What the kernel's structure holds; empty for a kernel without one.</param>
/// <param name="Calls">In order.</param>
public sealed record CStep(string Title, CKernel Kernel, ImmutableArray<CField> Fields, ImmutableArray<CCall> Calls);

/// <summary>A kernel with all that is fixed at compile time: one function of the emitted code, which layers share.</summary>
/// <param name="Name">Name of that function, unique for what it is made of.</param>
/// <param name="Header">The file of nano-runtime/native/include that has it.</param>
/// <param name="Function">The inline function that it calls.</param>
/// <param name="Structure">Type of the structure that comes first, or null.</param>
/// <param name="Parameters">Parameters after the structure, as C declares them.</param>
/// <param name="Arguments">What is passed on, before the literals.</param>
/// <param name="Literals">What the inline function is specialised for.</param>
public sealed record CKernel(
    string Name, string Header, string Function, string? Structure, string Parameters, string Arguments, ImmutableArray<int> Literals)
{
    /// <summary>Bytes of scratch on the stack, named <c>scratch</c> among the arguments; the largest of all layers counts.</summary>
    public int ScratchBytes { get; init; }
}

/// <summary>One call, or one for every combination of the indices of some loops.</summary>
/// <param name="Loops">Trip counts, outermost first.</param>
/// <param name="Arguments">What is passed after the structure.</param>
public sealed record CCall(ImmutableArray<int> Loops, ImmutableArray<CArgument> Arguments);

/// <summary>Constant + the sum of Strides[i] times index i of the loops.</summary>
public sealed record Affine(int Constant, ImmutableArray<int> Strides)
{
    public static readonly Affine Zero = new(0, ImmutableArray<int>.Empty);

    public static implicit operator Affine(int constant) => new(constant, ImmutableArray<int>.Empty);
}

/// <summary>An argument of a call.</summary>
public abstract record CArgument
{
    /// <summary>A number.</summary>
    public sealed record Number(Affine Value) : CArgument;

    /// <summary>The codes of a tensor, from a byte on.</summary>
    public sealed record Pointer(Storage Place, Affine Offset) : CArgument;

    /// <summary>A whole image that is read.</summary>
    public sealed record View(Storage Place, Affine Offset, int Pitch) : CArgument;

    /// <summary>A whole image that is written.</summary>
    public sealed record Region(Storage Place, Affine Offset, int Pitch, int Rows, int Columns) : CArgument;
}

/// <summary>A named value in a structure.</summary>
public sealed record CField(string Name, CValue Value)
{
    public static implicit operator CField((string Name, CValue Value) pair) => new(pair.Name, pair.Value);
}

/// <summary>A value in a structure.</summary>
public abstract record CValue
{
    /// <summary>Bytes of the read-only data that it refers to.</summary>
    public int DataBytes => this switch
    {
        Bytes bytes => bytes.Data.Length,
        Words words => 4 * words.Data.Length,
        Group group => group.Fields.Sum(entry => entry.Value.DataBytes),
        _ => 0,
    };

    public static implicit operator CValue(int value) => new Integer(value);

    public static implicit operator CValue(bool value) => new Integer(value ? 1 : 0);

    public static implicit operator CValue(byte[] data) => new Bytes(data);

    public static implicit operator CValue(int[] data) => new Words(data);

    /// <summary>A number.</summary>
    public sealed record Integer(int Value) : CValue;

    /// <summary>Address of read-only bytes, on a word.</summary>
    public sealed record Bytes(byte[] Data) : CValue;

    /// <summary>Address of read-only numbers of 32 bits.</summary>
    public sealed record Words(int[] Data) : CValue;

    /// <summary>A structure in the structure.</summary>
    public sealed record Group(ImmutableArray<CField> Fields) : CValue;
}
