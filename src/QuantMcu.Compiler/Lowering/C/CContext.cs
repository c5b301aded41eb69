using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Lowering.CSharp;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Lowering.C;

/// <summary>A layer with its surroundings, for the file that lowers it.</summary>
/// <param name="network">The layer's network.</param>
/// <param name="places">Where a tensor lies.</param>
/// <param name="layer">The layer.</param>
/// <param name="target">The core.</param>
/// <param name="code">What is saved where not both can be: instructions or flash.</param>
/// <param name="maps">What a tile has of the tensors, for a layer that is computed tile by tile; else null.</param>
internal sealed class CContext(
    QuantizedNetwork network, Func<int, Storage> places, QuantizedLayer layer, Target target, Code code, BranchMaps? maps = null)
{
    /// <summary>
    /// Bytes of scratch that kernels take on the stack where the budget of the arena has no room: with calls it stays below the 3.5 KB that ESP-IDF
    /// gives the main task, while less costs many instructions.
    /// </summary>
    private const int LeastScratch = 2048;

    /// <summary>Bytes of the arena in one piece that no tensor needs while the layer is computed; kernels that would gain by more scratch may have them.</summary>
    public int SpareBytes { get; init; }

    /// <summary>
    /// Bytes of scratch for which the budget of the arena has room while the layer is computed; what a kernel takes beyond that lies on the stack. Null:
    /// there is no budget.
    /// </summary>
    public int? RoomBytes { get; init; }

    /// <summary>Most bytes of scratch for a kernel that can do with less.</summary>
    /// <param name="most">Bytes beyond which the kernel gains little.</param>
    public int MostScratch(int most) => RoomBytes is { } room ? Math.Min(most, Math.Max(room, LeastScratch)) : most;

    /// <summary>Whether the core has the DSP extension.</summary>
    public bool HasDsp => target is Target.CortexM4 or Target.CortexM7 or Target.CortexM33 or Target.CortexM55;

    /// <summary>Whether the core has Helium, vectors of 16 bytes.</summary>
    public bool HasHelium => target is Target.CortexM55;

    /// <summary>Whether code and data are to be small rather than fast.</summary>
    public bool IsSmall => code == Code.Size;

    /// <summary>Whether the core multiplies words but has no SIMD.</summary>
    public bool HasWords => HasFewRegisters || target is Target.Esp32C3 or Target.Esp32C6 or Target.Esp32P4;

    /// <summary>Whether a function of such a core has 16 registers, not 32.</summary>
    public bool HasFewRegisters => target is Target.Esp32 or Target.Esp32S3;

    public QuantizedTensor Output => network.Tensor(layer.Output);

    public int OutputBits => Output.Quantizer.Bits;

    /// <summary>A pixel of a convolution's padding, packed as its input is.</summary>
    public byte[] PaddingOf(ConvLayer layer)
    {
        int bits = InputBits(0);
        var pixel = new byte[BytesOf(layer.PadCodes.Length, bits)];
        for (int c = 0; c < layer.PadCodes.Length; c++)
            Pack(layer.PadCodes[c], c, bits, pixel, 0);

        return pixel;
    }

    /// <summary>Where a requantization allows every code of so many bits, and no other: these bits; else 0.</summary>
    public static int FullBits(Requantization to) =>
        to.Min != 0 ? 0 : Enumerable.Range(2, 7).FirstOrDefault(bits => to.Max == (1 << bits) - 1);

    public int OutputLine => LineOf(Output);

    public QuantizedTensor Input(int index) => network.Tensor(layer.Inputs[index]);

    public int InputBits(int index) => Input(index).Quantizer.Bits;

    public int InputLine(int index) => LineOf(Input(index));

    /// <summary>
    /// Whether a call computes a part of the image only, so that kernels take views and regions; <see cref="ImageCall"/> passes them.
    /// </summary>
    public bool IsTiled => maps is not null;

    /// <summary>The fewest columns of an image that a call computes, of those that compute any.</summary>
    public int LeastColumns => maps is null ? Output.Shape[2] : Lengths(maps.MapOf(layer.Output).Columns).Min();

    /// <summary>The most columns of an image that a call computes.</summary>
    public int MostColumns => maps is null ? Output.Shape[2] : Lengths(maps.MapOf(layer.Output).Columns).Max();

    /// <summary>The most rows of an image that a call computes.</summary>
    public int MostRows => maps is null ? Output.Shape[1] : Lengths(maps.MapOf(layer.Output).Rows).Max();

    private static IEnumerable<int> Lengths(ImmutableArray<TileExtent> extents) =>
        extents.Select(extent => extent.End - extent.Fresh).Where(length => length > 0).DefaultIfEmpty(1);

    /// <summary>Whether an input is sure to begin on a word: the caller's and a tile's need not.</summary>
    public bool IsInputOnWords(int index) => !IsTiled && InputPlace(index).Kind is StorageKind.Arena;

    /// <summary>Whether the pixels of an input are sure to be whole words that begin on words.</summary>
    public bool IsInputOfWords(int index) => IsInputOnWords(index) && BytesOf(InputLine(index), InputBits(index)) % 4 == 0;

    /// <summary>The same of the output.</summary>
    public bool IsOutputOfWords => !IsTiled && OutputPlace.Kind is StorageKind.Arena && BytesOf(OutputLine, OutputBits) % 4 == 0;

    public CArgument InputPointer(int index) => new CArgument.Pointer(InputPlace(index), Affine.Zero);

    public CArgument OutputPointer => new CArgument.Pointer(OutputPlace, Affine.Zero);

    public string Title(string? detail = null) => StepTitle.Of(network, layer, detail);

    /// <summary>Codes along the last axis.</summary>
    public static int LineOf(QuantizedTensor tensor) => tensor.Shape.Rank == 0 ? 1 : tensor.Shape[tensor.Shape.Rank - 1];

    /// <summary>Bytes of some codes that start on a byte.</summary>
    public static int BytesOf(int codes, int bits) => ((codes * bits) + 7) / 8;

    /// <summary>Codes, or the two's complement of weights, packed as a line: lowest bits first.</summary>
    public static void Pack(int value, int index, int bits, byte[] line, int start) =>
        line[start + (index * bits / 8)] |= (byte)((value & ((1 << bits) - 1)) << (index * bits % 8));

    /// <summary>The end of a kernel's name: <c>_8_4_8</c>.</summary>
    public static string Suffix(params int[] literals) =>
        string.Concat(literals.Select(literal => "_" + literal.ToString(CultureInfo.InvariantCulture).Replace('-', 'm')));

    /// <summary>One step that calls a kernel once, for whole tensors.</summary>
    public CStep Step(CKernel kernel, string title, ImmutableArray<CField> fields, params CArgument[] arguments) =>
        new(title, kernel, fields, [new CCall([], [.. arguments])]);

    /// <summary>What a call reads of an image, or of a constant that all pixels share.</summary>
    public CArgument InputView(int index)
    {
        int tensor = layer.Inputs[index];
        if (maps is not null && maps.IndexOf(tensor) is >= 0 and var map)
            return new CArgument.MapView(map);

        var shape = Input(index).Shape;
        int pitch = IsShared(index) ? 0 : shape[2] * BytesOf(shape[3], InputBits(index));
        return new CArgument.View(InputPlace(index), Affine.Zero, pitch);
    }

    /// <summary>Whether an operand is a constant of one pixel for all.</summary>
    public bool IsShared(int index) =>
        Input(index).Constant is not null && (Input(index).Shape.Rank < 4 || Input(index).Shape[1] * Input(index).Shape[2] == 1);

    /// <summary>What a call computes of an image, tile by tile.</summary>
    public CArgument OutputRegion => new CArgument.MapRegion(maps!.IndexOf(layer.Output));

    /// <summary>One call per image of the batch, or a call for the tile's part of it; first the input, then the output.</summary>
    /// <param name="flat">The image is one row to the kernel, which looks at single pixels; a tile's part never is.</param>
    public CCall ImageCall(bool flat = false)
    {
        if (IsTiled)
            return new CCall([], [InputView(0), OutputRegion]);

        Shape x = Input(0).Shape, y = Output.Shape;
        int pitch = x[2] * BytesOf(x[3], InputBits(0)), outputPitch = y[2] * BytesOf(y[3], OutputBits);
        bool single = y[0] == 1;
        Affine from = single ? Affine.Zero : new Affine(0, [x[1] * pitch]), to = single ? Affine.Zero : new Affine(0, [y[1] * outputPitch]);
        return new CCall(
            single ? [] : [y[0]],
            [
                new CArgument.View(InputPlace(0), from, pitch),
                new CArgument.Region(OutputPlace, to, outputPitch, flat ? 1 : y[1], flat ? y[1] * y[2] : y[2]),
            ]);
    }

    public static CValue WindowOf(Window window) => new CValue.Group(
    [
        ("kernel_height", window.Kernel[0]), ("kernel_width", window.Kernel[1]),
        ("stride_y", window.Strides[0]), ("stride_x", window.Strides[1]),
        ("dilation_y", window.Dilations[0]), ("dilation_x", window.Dilations[1]),
        ("pad_top", window.PadsBegin[0]), ("pad_left", window.PadsBegin[1]),
    ]);

    public static CValue RequantizationOf(Requantization to) => new CValue.Group(
    [
        ("multipliers", to.Multipliers.ToArray()), ("per_channel", to.Multipliers.Length > 1),
        ("pre_shift", to.PreShift), ("addend", to.Addend), ("shift", to.Shift), ("min", to.Min), ("max", to.Max),
    ]);

    private Storage InputPlace(int index) => places(layer.Inputs[index]);

    private Storage OutputPlace => places(layer.Output);
}
