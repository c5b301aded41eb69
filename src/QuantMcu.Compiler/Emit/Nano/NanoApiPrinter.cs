using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using QuantMcu.Compiler.Emit.CSharp;
using QuantMcu.Compiler.Lowering.Nano;

namespace QuantMcu.Compiler.Emit.Nano;

/// <summary>
/// Phase 1 for .NET nanoFramework: the public surface of an annotated class. It compiles alone: what only phase 2 knows is reached through partial
/// methods, which vanish where nobody implements them. Codes are bytes in every array, also signed ones (two's complement), so that the firmware
/// takes the same arrays; several inputs, or outputs, stand one after another in one array.
/// </summary>
public static class NanoApiPrinter
{
    public static string Print(ClassTarget target, ClassApi api, NanoBackend backend)
    {
        var writer = new IndentedWriter();
        using (NanoClass.Open(writer, target))
        {
            Constants(writer, api);
            foreach (var (port, offset) in NanoClass.WithOffsets(api.Inputs))
                Port(writer, port, offset, "input");

            foreach (var (port, offset) in NanoClass.WithOffsets(api.Outputs))
                Port(writer, port, offset, "output");

            if (backend.Managed && backend.Weights == NanoWeights.Resource)
                WeightReader(writer);

            Run(writer, target, api, backend, counts: false);
            if (api.CountsPatches)
                Run(writer, target, api, backend, counts: true);

            foreach (var port in api.Inputs)
                Quantize(writer, port);

            foreach (var port in api.Outputs)
                Dequantize(writer, port);

            Partials(writer, api);
            if (backend.Native)
                Native(writer, api);
        }

        return writer.ToString();
    }

    private static void Constants(IndentedWriter writer, ClassApi api)
    {
        writer.Text(
            $$"""
            /// <summary>SHA-256 of the model, its calibration samples and the options: same hash, same code.</summary>
            public const string ContentHash = "{{api.ContentHash}}";

            /// <summary>Length of the array that <c>Run</c> reads: codes of all inputs, one input after another.</summary>
            public const int InputBytes = {{NanoClass.Length(api.Inputs)}};

            /// <summary>Length of the array that <c>Run</c> writes: codes of all outputs, one output after another.</summary>
            public const int OutputBytes = {{NanoClass.Length(api.Outputs)}};

            """);
        Figure("Bytes of working memory of one inference in managed code: arena and buffers.", "int", "ArenaBytes");
        Figure("Bytes of weights, biases, multipliers and tables.", "int", "WeightBytes");
        Figure("Multiply-accumulates of one inference, with what patches compute again.", "long", "ExecutedMacs");
        if (api.CountsPatches)
            Figure("Number of branches: ways to compute a patch, which differ in bit widths; 0 without patches.", "int", "PatchBranches");

        void Figure(string summary, string type, string name) => writer.Text(
            $$"""
            /// <summary>{{summary}}</summary>
            public static {{type}} {{name}}
            {
                get
                {
                    {{type}} value = 0;
                    Get{{name}}(ref value);
                    return value;
                }
            }

            """);
    }

    private static void Port(IndentedWriter writer, ApiPort port, int offset, string role)
    {
        writer.Text(
            $$"""
            /// <summary>
            /// Codes of the {{role}}: {{(port.Shape.Rank == 0 ? "a single one" : string.Join(" x ", port.Shape))}}{{(port.Signed ? ", signed, in two's complement" : "")}}.
            /// </summary>
            public const int {{port.Name}}Length = {{port.Shape.Elements}};

            /// <summary>Where they start in the array of all {{role}}s.</summary>
            public const int {{port.Name}}Offset = {{offset}};

            """);
        ApiPrinter.Quantization(writer, port, role);
    }

    private static void WeightReader(IndentedWriter writer) => writer.Raw(
        """
        /// <summary>Reads a piece of the network's weights, which are not in the assembly.</summary>
        /// <param name="offset">Where it starts in the weights.</param>
        /// <param name="buffer">Takes it from index 0 on.</param>
        /// <param name="count">Its bytes.</param>
        public delegate void WeightReader(int offset, byte[] buffer, int count);

        /// <summary>Where the weights come from: a resource, a file, flash memory. Set it before the first <c>Run</c>.</summary>
        public static WeightReader ReadWeights;

        """);

    private static void Run(IndentedWriter writer, ClassTarget target, ClassApi api, NanoBackend backend, bool counts)
    {
        string ways = (backend.Native, backend.Managed) switch
        {
            (true, true) => "In the firmware where that has the model, else in managed code.",
            (true, false) => "In the firmware.",
            _ => "In managed code.",
        };
        writer.Text(
            $$"""
            /// <summary>Runs the network once. {{ways}} Allocates nothing. Calls must not overlap.</summary>
            /// <param name="input">Codes of all inputs, one input after another: <see cref="InputBytes"/>.</param>
            /// <param name="output">Receives the codes of all outputs: <see cref="OutputBytes"/>.</param>
            """);
        if (counts)
            writer.Raw("/// <param name=\"patches\">Receives how many patches each branch computed: <see cref=\"PatchBranches\"/> numbers.</param>");

        writer.Raw("/// <exception cref=\"global::System.ArgumentException\">An array has the wrong length.</exception>");
        if (backend.Native)
        {
            writer.Raw("/// <exception cref=\"global::System.NotSupportedException\">The firmware does not have the model, nor is there managed code.</exception>");
        }

        using (writer.Block($"public static void Run(byte[] input, byte[] output{(counts ? ", int[] patches" : "")})"))
        {
            writer.Raw(
                """
                CheckLength(input.Length, InputBytes, "input");
                CheckLength(output.Length, OutputBytes, "output");
                """);
            if (counts)
                writer.Raw("CheckLength(patches.Length, PatchBranches, \"patches\");");

            if (backend.Native)
            {
                writer.Line();
                writer.Text($"if ({NanoClass.Native}.Run(input, output{(counts ? ", patches" : api.CountsPatches ? ", null" : "")}))");
                writer.Raw("    return;");
            }

            writer.Line();
            writer.Text(
                $$"""
                bool done = false;
                Infer(input, output, {{(counts ? "patches" : "null")}}, ref done);
                if (!done)
                {
                    throw new global::System.NotSupportedException(
                        {{Missing(target, api, backend)}});
                }
                """);
        }

        writer.Line();
    }

    /// <summary>What is said where neither firmware nor managed code has the network.</summary>
    private static string Missing(ClassTarget target, ClassApi api, NanoBackend backend)
    {
        string model = target.Name.TrimStart('@') + " (content hash " + api.ContentHash.Substring(0, Math.Min(16, api.ContentHash.Length)) + ")";
        string folder = backend.FirmwareFolder.Length > 0
            ? "was written to " + backend.FirmwareFolder
            : "'quantmcu compile --emit nano -o DIR' writes";
        string[] parts = backend.Native
            ?
            [
                $"This firmware lacks the native model {model}, and managed kernels were not emitted. ",
                "Build the firmware with InteropAssemblies/QuantMcu.Nano, ",
                $"which {folder}, or set QuantMcuBackend to Managed.",
            ]
            : [$"The network {model} was not compiled: ", "see the errors of the build."];
        return string.Join("\n        + ", parts.Select(part => "\"" + part.Replace("\\", "/").Replace("\"", "'") + "\""));
    }

    private static void Quantize(IndentedWriter writer, ApiPort port) => writer.Text(
        $$"""
        /// <summary>Turns real values, in the units of the model's input, into the nearest codes.</summary>
        /// <param name="real">Real values: <see cref="{{port.Name}}Length"/> of them.</param>
        /// <param name="input">The array of all inputs, which receives as many codes at <see cref="{{port.Name}}Offset"/>.</param>
        /// <exception cref="global::System.ArgumentException">An array has the wrong length.</exception>
        public static void Quantize{{port.Verb}}(float[] real, byte[] input)
        {
            CheckLength(real.Length, {{port.Name}}Length, "real");
            CheckLength(input.Length, InputBytes, "input");
            Quantize{{port.Name}}Codes(real, input);
        }

        """);

    private static void Dequantize(IndentedWriter writer, ApiPort port) => writer.Text(
        $$"""
        /// <summary>Turns codes of the output into real values, in the units of the model's output.</summary>
        /// <param name="output">The array of all outputs; the codes start at <see cref="{{port.Name}}Offset"/>.</param>
        /// <param name="real">Receives <see cref="{{port.Name}}Length"/> real values.</param>
        /// <exception cref="global::System.ArgumentException">An array has the wrong length.</exception>
        public static void Dequantize{{port.Verb}}(byte[] output, float[] real)
        {
            CheckLength(output.Length, OutputBytes, "output");
            CheckLength(real.Length, {{port.Name}}Length, "real");
            Dequantize{{port.Name}}Codes(output, real);
        }

        """);

    private static void Partials(IndentedWriter writer, ClassApi api)
    {
        writer.Raw(
            """
            static partial void GetArenaBytes(ref int value);

            static partial void GetWeightBytes(ref int value);

            static partial void GetExecutedMacs(ref long value);

            """);
        if (api.CountsPatches)
            writer.Raw("static partial void GetPatchBranches(ref int value);\n");

        foreach (string signature in Signatures(api))
        {
            writer.Raw(signature + ";");
            writer.Line();
        }

        writer.Raw(
            """
            private static void CheckLength(int length, int expected, string parameter)
            {
                if (length != expected)
                {
                    throw new global::System.ArgumentException(
                        "Wrong length " + length.ToString() + "; needed: " + expected.ToString(), parameter);
                }
            }
            """);
    }

    private static IEnumerable<string> Signatures(ClassApi api) =>
        new[] { InferSignature }.Concat(ApiPrinter.Ports(api).Select(ApiPrinter.QuantizationSignature))
            .Concat(api.Inputs.Select(QuantizeSignature)).Concat(api.Outputs.Select(DequantizeSignature));

    internal const string InferSignature = "static partial void Infer(byte[] input, byte[] output, int[] patches, ref bool done)";

    internal static string QuantizeSignature(ApiPort port) => $"static partial void Quantize{port.Name}Codes(float[] real, byte[] codes)";

    internal static string DequantizeSignature(ApiPort port) => $"static partial void Dequantize{port.Name}Codes(byte[] codes, float[] real)";

    private static void Native(IndentedWriter writer, ClassApi api)
    {
        var hash = Enumerable.Range(0, api.ContentHash.Length / 2)
            .Select(i => byte.Parse(api.ContentHash.Substring(2 * i, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        string counts = api.CountsPatches ? ", int[] patches" : "";
        writer.Line();
        using (writer.Block($"private static class {NanoClass.Native}"))
        {
            writer.Text(
                $$"""
                private static readonly byte[] Hash = { {{string.Join(", ", hash)}} };

                /// <summary>Handle of the firmware's model; -1: it has none; -2: it was not asked yet.</summary>
                private static int model = -2;

                public static bool Run(byte[] input, byte[] output{{counts}})
                {
                    if (model == -2)
                        model = Find();

                    if (model < 0)
                        return false;

                    global::QuantMcu.Nano.NativeModel.Run(model, input, output);
                """);
            if (api.CountsPatches)
            {
                writer.Raw(
                    """
                        if (patches != null)
                            global::QuantMcu.Nano.NativeModel.PatchCounts(model, patches);

                    """);
            }

            writer.Raw(
                """
                    return true;
                }

                /// <summary>A firmware without the native part of QuantMcu.Nano throws.</summary>
                private static int Find()
                {
                    try
                    {
                        return global::QuantMcu.Nano.NativeModel.Find(Hash);
                    }
                    catch (global::System.Exception)
                    {
                        return -1;
                    }
                }
                """);
        }
    }
}
