using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Lowering.CSharp;
using QuantMcu.Compiler.Memory;
using QuantMcu.Compiler.Patching;
using QuantMcu.Compiler.Quantization;

namespace QuantMcu.Compiler.Lowering.C;

/// <summary>A network as the C back end executes it: calls of kernels in order, over one arena. Nothing is left to decide but the wording.</summary>
/// <param name="Network">What is executed.</param>
/// <param name="Memory">Where everything is, scratch of kernels included.</param>
/// <param name="Inputs">The caller's inputs.</param>
/// <param name="Outputs">The caller's outputs.</param>
/// <param name="Parts">In order of execution.</param>
/// <param name="Constants">Codes of constant tensors, packed, by the index of their <see cref="Storage"/>.</param>
/// <param name="WeightBytes">
/// Bytes of weights, biases, multipliers and tables of the network itself. The padding of this back end's own layout is not in it.
/// </param>
public sealed record CProgram(
    QuantizedNetwork Network,
    NetworkMemoryPlan Memory,
    ImmutableArray<ProgramPort> Inputs,
    ImmutableArray<ProgramPort> Outputs,
    ImmutableArray<CPart> Parts,
    ImmutableArray<byte[]> Constants,
    int WeightBytes)
{
    public int ArenaBytes => Memory.TotalBytes;

    /// <summary>Every call of a kernel: those of a tile in place of what runs tile by tile, one branch after the other.</summary>
    public ImmutableArray<CStep> Steps { get; } = Parts.SelectMany(part => part.AllSteps).ToImmutableArray();

    /// <summary>The patch stage, or null.</summary>
    public CTiles? Stage => Parts.OfType<CTiles>().FirstOrDefault(tiles => tiles.Counts);

    /// <summary>Bytes of read-only data in the layout of this back end, equal arrays once; or <see cref="WeightBytes"/> where that is more.</summary>
    public int DataBytes => Math.Max(
        WeightBytes,
        Steps.SelectMany(step => step.Fields).SelectMany(entry => entry.Value.Arrays).Concat(Constants).Distinct(ArrayContent.Comparer)
            .Sum(Buffer.ByteLength) + Parts.OfType<CTiles>().Sum(tiles => tiles.TableBytes));

    /// <summary>Bytes of scratch on the stack, of the step that needs most: of those steps whose scratch has no place in the arena.</summary>
    public int StackScratchBytes => Steps.Select(step => step.StackScratchBytes).DefaultIfEmpty(0).Max();

    /// <summary>What one inference takes of the stack, at most.</summary>
    public int StackBytes => StackScratchBytes + CallBytes;

    /// <summary>
    /// Frames of all functions, with room, since compilers differ. Measured: gcc 12.2 takes 876 bytes where a kernel
    /// keeps a list of groups of pixels and 656 elsewhere, of 10 maps of tiles another 400. The emulated runs of the tests hold every network to it.
    /// </summary>
    private int CallBytes
    {
        get
        {
            int maps = Parts.OfType<CTiles>().SelectMany(tiles => tiles.Branches).Select(branch => branch.Maps.Length).DefaultIfEmpty(0).Max();
            return (Steps.Any(step => step.Kernel.Header == DspQuadLowering.Header) ? 1024 : 768) + (maps == 0 ? 0 : 192 + (24 * maps));
        }
    }
}

/// <summary>What happens at one point of an inference.</summary>
/// <param name="Title">For people. Made of our own words and numbers only.</param>
public abstract record CPart(string Title)
{
    /// <summary>The calls of kernels in it.</summary>
    public abstract IEnumerable<CStep> AllSteps { get; }

    /// <summary>The same with each of <see cref="AllSteps"/>, in their order, replaced.</summary>
    public abstract CPart Select(Func<CStep, CStep> step);
}

/// <summary>Several layers tile by tile: a patch stage, or a fused layer.</summary>
/// <param name="Title"><c>Patch stage: 4x4 tiles of 16x16x24, 8-bit</c>.</param>
/// <param name="Grid">The tiles.</param>
/// <param name="Branches">The ways to compute a tile.</param>
/// <param name="Classes">The branch of every tile, row by row.</param>
/// <param name="Outliers">What sends a tile to branch 0, whatever its class; null: nothing.</param>
/// <param name="FirstBranch">Number of the first branch among all of the program: those of the patch stage come first.</param>
public sealed record CTiles(
    string Title, PatchGrid Grid, ImmutableArray<CBranch> Branches, ImmutableArray<int> Classes, OutlierTest? Outliers, int FirstBranch)
    : CPart(Title)
{
    /// <summary>Whether the caller may ask how many tiles each branch computed.</summary>
    public bool Counts { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<CStep> AllSteps => Branches.SelectMany(branch => branch.Steps).Select(tile => tile.Step);

    /// <inheritdoc/>
    public override CPart Select(Func<CStep, CStep> step) => this with
    {
        Branches = [.. Branches.Select(branch => branch with { Steps = [.. branch.Steps.Select(tile => tile with { Step = step(tile.Step) })] })],
    };

    /// <summary>Bytes of the tables by which tiles differ, were none equal to another one.</summary>
    public int TableBytes => (8 * (Grid.Rows + Grid.Columns) * Branches.Sum(branch => branch.Maps.Length)) + (Branches.Length > 1 ? Grid.Tiles : 0);
}

/// <summary>One way to compute a tile.</summary>
/// <param name="Maps">The feature maps that it writes.</param>
/// <param name="Steps">What it does, in order.</param>
public sealed record CBranch(ImmutableArray<TileMap> Maps, ImmutableArray<CTileStep> Steps);

/// <summary>A step of a branch.</summary>
/// <param name="Step">Computes what a tile computes of a map; nothing runs where that is empty.</param>
/// <param name="Output">The map that it writes.</param>
public sealed record CTileStep(CStep Step, int Output);

/// <summary>A layer, or what must be done before and after the layers: one or more calls of one kernel.</summary>
/// <param name="Title">
/// For people: <c>Conv 3x3/2 96x96x1 -> 48x48x16, 8-bit, 331,776 MACs</c>. Made of our own words and numbers only.
/// </param>
/// <param name="Kernel">The kernel.</param>
/// <param name="Fields">What the kernel's structure holds; empty for a kernel without one.</param>
/// <param name="Calls">In order.</param>
public sealed record CStep(string Title, CKernel Kernel, ImmutableArray<CField> Fields, ImmutableArray<CCall> Calls) : CPart(Title)
{
    /// <inheritdoc/>
    public override IEnumerable<CStep> AllSteps => [this];

    /// <summary>The step of the memory plan at which it runs; -1 for one that needs no scratch.</summary>
    public int MemoryStep { get; init; } = -1;

    /// <summary>Where its kernel has its scratch; null: nowhere, or on the stack.</summary>
    public Storage? Scratch { get; init; }

    /// <summary>Bytes of scratch that it has on the stack.</summary>
    public int StackScratchBytes => Scratch is null ? Kernel.ScratchBytes : 0;

    /// <inheritdoc/>
    public override CPart Select(Func<CStep, CStep> step) => step(this);
}

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
    /// <summary>Bytes of scratch, on a word, named <c>scratch</c> among the arguments. Layers that share the function may need more or fewer.</summary>
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

    /// <summary>What a tile has of a map, to read.</summary>
    public sealed record MapView(int Map) : CArgument;

    /// <summary>What a tile computes of a map.</summary>
    public sealed record MapRegion(int Map) : CArgument;
}

/// <summary>A named value in a structure.</summary>
public sealed record CField(string Name, CValue Value)
{
    public static implicit operator CField((string Name, CValue Value) pair) => new(pair.Name, pair.Value);
}

/// <summary>A value in a structure.</summary>
public abstract record CValue
{
    /// <summary>The read-only arrays that it refers to.</summary>
    public IEnumerable<Array> Arrays => this switch
    {
        Bytes bytes => [bytes.Data],
        Words words => [words.Data],
        Group group => group.Fields.SelectMany(entry => entry.Value.Arrays),
        _ => [],
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
