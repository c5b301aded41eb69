using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Lowering.CSharp;
using QuantMcu.Compiler.Memory;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Lowering.C;

/// <summary>A layer with its surroundings, for the file that lowers it.</summary>
internal sealed class CContext(QuantizedNetwork network, NetworkMemoryPlan memory, QuantizedLayer layer, Target target)
{
    /// <summary>Whether the core has the DSP extension.</summary>
    public bool HasDsp => target is Target.CortexM4 or Target.CortexM7 or Target.CortexM33 or Target.CortexM55;

    public QuantizedTensor Output => network.Tensor(layer.Output);

    public int OutputBits => Output.Quantizer.Bits;

    public int OutputLine => LineOf(Output);

    public QuantizedTensor Input(int index) => network.Tensor(layer.Inputs[index]);

    public int InputBits(int index) => Input(index).Quantizer.Bits;

    public int InputLine(int index) => LineOf(Input(index));

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

    /// <summary>One call per image of the batch; first the input, then the output.</summary>
    /// <param name="flat">The image is one row to the kernel, which looks at single pixels.</param>
    public CCall ImageCall(bool flat = false)
    {
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

    private Storage InputPlace(int index) => memory.Tensors[layer.Inputs[index]];

    private Storage OutputPlace => memory.Tensors[layer.Output];
}
