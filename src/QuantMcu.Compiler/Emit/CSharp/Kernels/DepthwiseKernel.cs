using System;
using QuantMcu.Compiler.Emit.CSharp.Kernels.Packed;
using QuantMcu.Compiler.Lowering.CSharp;

namespace QuantMcu.Compiler.Emit.CSharp.Kernels;

/// <summary>Depthwise convolutions.</summary>
internal static class DepthwiseKernel
{
    public static void Print(KernelWriter writer, int index, DepthwiseStep step)
    {
        using (writer.Method(index, step, "x", "y"))
        {
            writer.DeclareData(index, step);
            writer.Text(RequantizeHelpers.Declare(step.Requantization));
            var (image, result, window) = (step.Image, step.Result, step.Window);
            writer.Use(DepthwiseHelpers.Shape);
            writer.Text(
                $$"""
                var shape = new DepthwiseShape
                {
                    Height = {{image.Height}}, Width = {{image.Width}}, Pitch = {{image.Pitch}}, Channels = {{image.Channels}},
                    ResultPitch = {{result.Pitch}},
                    KernelHeight = {{window.Kernel[0]}}, KernelWidth = {{window.Kernel[1]}},
                    StrideY = {{window.Strides[0]}}, StrideX = {{window.Strides[1]}},
                    DilationY = {{window.Dilations[0]}}, DilationX = {{window.Dilations[1]}},
                    PadTop = {{window.PadsBegin[0]}}, PadLeft = {{window.PadsBegin[1]}},
                };
                """);
            RegionPrinter.DeclareWhole(writer, step, result);
            bool packed = step.Bits.Suffix.Length > 0;
            string kernel = writer.Use(packed ? PackedDepthwiseHelpers.Convolve(step.Bits) : DepthwiseHelpers.Convolve);
            string block = packed ? FormattableString.Invariant($"block: {step.Block}, ") : "";
            using (writer.Batch(image, result))
            {
                writer.Text(
                    $$"""
                    {{kernel}}(
                        x, y, weights, bias: data + {{step.BiasOffset}}, multipliers: data + {{step.MultiplierOffset}},
                        padding: data + {{step.PaddingOffset}}, {{block}}shape, region, to);
                    """);
            }
        }
    }
}
