using System;
using QuantMcu.Compiler.Lowering.CSharp;

namespace QuantMcu.Compiler.Emit.CSharp.Kernels;

/// <summary>Convolutions: the method of a layer gives its constants to the shared kernel of <see cref="ConvHelpers"/>.</summary>
internal static class ConvKernel
{
    public static void Print(KernelWriter writer, int index, ConvStep step)
    {
        using (writer.Method(index, step, "x", "y"))
        {
            writer.DeclareData(index, step);
            writer.Text(RequantizeHelpers.Declare(step.Requantization));
            var (image, result, window) = (step.Image, step.Result, step.Window);
            int inputs = CodeLayout.LineBytes(image.Channels / step.Groups, step.Bits.Codes), outputs = result.Channels / step.Groups;
            writer.Use(ConvTileHelpers.Shape);
            writer.Text(
                $$"""
                var shape = new ConvShape
                {
                    Height = {{image.Height}}, Width = {{image.Width}}, Pitch = {{image.Pitch}}, Pixel = {{image.Pixel}}, Inputs = {{inputs}},
                    ResultPitch = {{result.Pitch}}, ResultPixel = {{result.Pixel}}, Outputs = {{outputs}},
                    KernelHeight = {{window.Kernel[0]}}, ExtentHeight = {{window.Extent(0)}}, ExtentWidth = {{window.Extent(1)}},
                    StrideY = {{window.Strides[0]}}, StrideX = {{window.Strides[1]}},
                    DilationY = {{window.Dilations[0]}}, DilationX = {{window.Dilations[1]}},
                    PadTop = {{window.PadsBegin[0]}}, PadLeft = {{window.PadsBegin[1]}},
                    Rows = {{step.Rows}}, Columns = {{step.Columns}}, Run = {{step.Run}},
                };
                """);
            RegionPrinter.DeclareWhole(writer, step, result);
            using (writer.Batch(image, result))
            {
                if (step.IsPlain)
                    Plain(writer, step);
                else if (step.Groups == 1)
                    Whole(writer, step);
                else
                    Groups(writer, step, inputs, outputs);
            }
        }
    }

    private static void Plain(KernelWriter writer, ConvStep step) => writer.Text(
        $$"""
        {{writer.Use(ConvPlainHelpers.Convolve(step.Bits))}}(
            x, y, weights, data + {{step.BiasOffset}}, data + {{step.MultiplierOffset}}, padding: data + {{step.PaddingOffset}},
            groups: {{step.Groups}}, kernelWidth: {{step.Window.Kernel[1]}}, shape, region, to);
        """);

    private static void Whole(KernelWriter writer, ConvStep step) => writer.Text(
        $$"""
        {{writer.Use(ConvHelpers.Convolve(step.Bits))}}(
            x, y, weights, bias: data + {{step.BiasOffset}}, multipliers: data + {{step.MultiplierOffset}}, padding: {{Padding(step)}},
            shape, region, to);
        """);

    private static void Groups(KernelWriter writer, ConvStep step, int inputs, int outputs)
    {
        int blocks = (outputs + ConvStep.Block - 1) / ConvStep.Block;
        int weights = blocks * step.Rows * step.Columns * ((step.Run + 3) / 4) * ConvWeights.BlockBytes(step.Bits.Weights);
        int words = 4 * blocks * ConvStep.Block, results = CodeLayout.LineBytes(outputs, step.Bits.Result);
        string padding = step.PaddingOffset >= 0 ? FormattableString.Invariant($"{Padding(step)} + (g * {inputs})") : "null";
        using (writer.Block($"for (int g = 0; g < {step.Groups}; g++)"))
        {
            writer.Text(
                $$"""
                {{writer.Use(ConvHelpers.Convolve(step.Bits))}}(
                    x + (g * {{inputs}}), y + (g * {{results}}), weights + (g * {{weights}}),
                    bias: data + {{step.BiasOffset}} + (g * {{words}}),
                    multipliers: data + {{step.MultiplierOffset}} + (g * {{words}}), padding: {{padding}}, shape, region, to);
                """);
        }
    }

    private static string Padding(ConvStep step) =>
        step.PaddingOffset >= 0 ? FormattableString.Invariant($"data + {step.PaddingOffset}") : "null";
}
