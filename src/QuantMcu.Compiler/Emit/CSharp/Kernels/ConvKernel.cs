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
            int inputs = image.Channels / step.Groups, outputs = result.Channels / step.Groups;
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
            Calls(writer, step);
        }
    }

    private static void Calls(KernelWriter writer, ConvStep step)
    {
        string padding = step.PaddingOffset >= 0 ? $"data + {step.PaddingOffset}" : "null";
        string kernel = writer.Use(ConvHelpers.Convolve);
        using (writer.Batch(step.Image, step.Result))
        {
            if (step.Groups == 1)
            {
                writer.Text(
                    $$"""
                    {{kernel}}(
                        x, y, weights, bias: data + {{step.BiasOffset}}, multipliers: data + {{step.MultiplierOffset}}, padding: {{padding}},
                        shape, region, to);
                    """);
                return;
            }

            int inputs = step.Image.Channels / step.Groups, outputs = step.Result.Channels / step.Groups;
            int blocks = (outputs + ConvStep.Block - 1) / ConvStep.Block;
            int weights = blocks * step.Rows * step.Columns * ((step.Run + 3) / 4) * 4 * ConvStep.Block;
            int words = 4 * blocks * ConvStep.Block;
            string padAt = step.PaddingOffset >= 0 ? $"{padding} + (g * {inputs})" : "null";
            using (writer.Block($"for (int g = 0; g < {step.Groups}; g++)"))
            {
                writer.Text(
                    $$"""
                    {{kernel}}(
                        x + (g * {{inputs}}), y + (g * {{outputs}}), weights + (g * {{weights}}),
                        bias: data + {{step.BiasOffset}} + (g * {{words}}),
                        multipliers: data + {{step.MultiplierOffset}} + (g * {{words}}), padding: {{padAt}}, shape, region, to);
                    """);
            }
        }
    }
}
