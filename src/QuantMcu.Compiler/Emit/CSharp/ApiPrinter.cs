using System.Collections.Generic;
using System.Linq;

namespace QuantMcu.Compiler.Emit.CSharp;

/// <summary>
/// Phase 1: the public surface of an annotated class. It needs no compiled network and compiles alone: what only phase 2 knows
/// is reached through partial methods, which vanish where nobody implements them.
/// </summary>
public static class ApiPrinter
{
    public static string Print(ClassTarget target, ClassApi api)
    {
        var writer = new IndentedWriter();
        ClassPrinter.Header(writer);
        using (ClassPrinter.Open(writer, target))
        {
            Constants(writer, api);
            Patches(writer);
            foreach (var input in api.Inputs)
                Port(writer, input, "input");

            foreach (var output in api.Outputs)
                Port(writer, output, "output");

            Run(writer, api, counts: false);
            RunPointers(writer, api, counts: false);
            if (api.CountsPatches)
            {
                Run(writer, api, counts: true);
                RunPointers(writer, api, counts: true);
            }

            foreach (var input in api.Inputs)
                Quantize(writer, input);

            foreach (var output in api.Outputs)
                Dequantize(writer, output);

            Partials(writer, api);
            CheckLength(writer);
        }

        return writer.ToString();
    }

    private static void Constants(IndentedWriter writer, ClassApi api) => writer.Text(
        $$"""
        /// <summary>SHA-256 of the model, its calibration samples and the options: same hash, same code.</summary>
        public const string ContentHash = "{{api.ContentHash}}";

        /// <summary>Bytes of working memory of one inference.</summary>
        public static int ArenaBytes
        {
            get
            {
                int bytes = 0;
                GetArenaBytes(ref bytes);
                return bytes;
            }
        }

        /// <summary>Bytes of weights, biases, multipliers and tables.</summary>
        public static int WeightBytes
        {
            get
            {
                int bytes = 0;
                GetWeightBytes(ref bytes);
                return bytes;
            }
        }

        /// <summary>Multiply-accumulates of the network, layer by layer.</summary>
        public static long Macs
        {
            get
            {
                long macs = 0, executedMacs = 0, bitOps = 0;
                GetCost(ref macs, ref executedMacs, ref bitOps);
                return macs;
            }
        }

        /// <summary>Multiply-accumulates of one inference, with what patches compute again.</summary>
        public static long ExecutedMacs
        {
            get
            {
                long macs = 0, executedMacs = 0, bitOps = 0;
                GetCost(ref macs, ref executedMacs, ref bitOps);
                return executedMacs;
            }
        }

        /// <summary>BitOPs of one inference: multiply-accumulates times bits of one factor times bits of the other.</summary>
        public static long BitOps
        {
            get
            {
                long macs = 0, executedMacs = 0, bitOps = 0;
                GetCost(ref macs, ref executedMacs, ref bitOps);
                return bitOps;
            }
        }

        """);

    private static void Patches(IndentedWriter writer)
    {
        Property("Rows of patches, which the first layers compute one after the other; 1: the network runs layer by layer.", "int", "PatchRows");
        Property("Columns of patches; 1 where there is a single patch, or none, in a row.", "int", "PatchColumns");
        Property("Whether pixels that patches share are kept for the next patch; else every patch computes them again.", "bool", "PatchHaloCached");
        Property("Number of branches: ways to compute a patch, which differ in bit widths; 0 without patches.", "int", "PatchBranches");
        Property(
            "Branch of every patch, row by row; with dynamic classification, of patches without outliers. Empty without patches.",
            "global::System.ReadOnlySpan<byte>", "PatchClasses");

        void Property(string summary, string type, string name) => writer.Text(
            $$"""
            /// <summary>{{summary}}</summary>
            public static {{type}} {{name}}
            {
                get
                {
                    {{type}} value = {{(name is "PatchRows" or "PatchColumns" ? "1" : "default")}};
                    Get{{name}}(ref value);
                    return value;
                }
            }

            """);
    }

    private static void Port(IndentedWriter writer, ApiPort port, string role)
    {
        writer.Text(
            $$"""
            /// <summary>
            /// Codes of the {{role}}: {{(port.Shape.Rank == 0 ? "a single one" : string.Join(" x ", port.Shape))}}.
            /// </summary>
            public const int {{port.Name}}Length = {{port.Shape.Elements}};

            /// <summary>Dimensions of the {{role}}, outermost first; the last one varies fastest.</summary>
            public static global::System.ReadOnlySpan<int> {{port.Name}}Shape => new int[] { {{string.Join(", ", port.Shape)}} };

            """);
        Quantization(writer, port, role);
    }

    /// <summary>What the codes of a port mean; of classes for nanoFramework, too.</summary>
    internal static void Quantization(IndentedWriter writer, ApiPort port, string role) => writer.Text(
        $$"""
        /// <summary>Real value of one step of the {{role}}'s codes: real = Scale * (code - ZeroPoint).</summary>
        /// <remarks>Of the first channel, where channels differ.</remarks>
        public static float {{port.Name}}Scale
        {
            get
            {
                float scale = 0;
                int zeroPoint = 0;
                Get{{port.Name}}Quantization(ref scale, ref zeroPoint);
                return scale;
            }
        }

        /// <summary>The {{role}}'s code of real 0, rounded where none is exact.</summary>
        public static int {{port.Name}}ZeroPoint
        {
            get
            {
                float scale = 0;
                int zeroPoint = 0;
                Get{{port.Name}}Quantization(ref scale, ref zeroPoint);
                return zeroPoint;
            }
        }

        """);

    private static void Run(IndentedWriter writer, ClassApi api, bool counts)
    {
        writer.Raw(
            """
            /// <summary>Runs the network once. Allocates nothing. Uses one static arena: calls must not overlap.</summary>
            """);
        ParameterDocs(writer, api);
        if (counts)
        {
            writer.Raw(
                "/// <param name=\"patches\">Receives how many patches each branch computed: <see cref=\"PatchBranches\"/> numbers.</param>");
        }

        writer.Raw("/// <exception cref=\"global::System.ArgumentException\">A span has the wrong length.</exception>");
        var spans = api.Inputs.Select(port => $"global::System.ReadOnlySpan<{port.Type}> {port.Parameter}")
            .Concat(api.Outputs.Select(port => $"global::System.Span<{port.Type}> {port.Parameter}"))
            .Concat(counts ? ["global::System.Span<int> patches"] : []);
        using (writer.Block($"public static void Run({string.Join(", ", spans)})"))
        {
            foreach (var port in Ports(api))
                writer.Text($"CheckLength({port.Parameter}.Length, {port.Name}Length, \"{port.Parameter}\");");

            if (counts)
                writer.Raw("CheckLength(patches.Length, PatchBranches, \"patches\");");

            writer.Line();
            writer.Raw("byte* arena = null;");
            writer.Raw("GetStaticArena(ref arena);");
            foreach (var port in Ports(api))
                writer.Text($"fixed ({port.Type}* {port.Parameter}Pointer = {port.Parameter})");

            if (counts)
                writer.Raw("fixed (int* patchesPointer = patches)");

            string last = counts ? ", patchesPointer" : api.CountsPatches ? ", null" : "";
            using (writer.Braces())
                writer.Text($"Infer({string.Join(", ", Ports(api).Select(port => port.Parameter + "Pointer"))}, arena{last});");
        }

        writer.Line();
    }

    private static void RunPointers(IndentedWriter writer, ClassApi api, bool counts)
    {
        writer.Raw(
            """
            /// <summary>
            /// Runs the network once, in the caller's arena. Allocates nothing. Threads may run it at once, each in its own
            /// arena.
            /// </summary>
            """);
        ParameterDocs(writer, api);
        writer.Raw("/// <param name=\"arena\">At least <see cref=\"ArenaBytes\"/> bytes; their content does not matter.</param>");
        if (counts)
        {
            writer.Raw(
                "/// <param name=\"patches\">Receives how many patches each branch computed: <see cref=\"PatchBranches\"/> numbers.</param>");
        }

        string parameters = PointerParameters(api) + (counts ? ", int* patches" : "");
        string arguments = string.Join(", ", Ports(api).Select(port => port.Parameter).Append("arena"))
            + (counts ? ", patches" : api.CountsPatches ? ", null" : "");
        writer.Text($"public static void Run({parameters}) => Infer({arguments});");
        writer.Line();
    }

    private static void ParameterDocs(IndentedWriter writer, ClassApi api)
    {
        foreach (var input in api.Inputs)
            writer.Text($"/// <param name=\"{input.Parameter}\">Codes of the input: <see cref=\"{input.Name}Length\"/>.</param>");

        foreach (var output in api.Outputs)
            writer.Text($"/// <param name=\"{output.Parameter}\">Receives <see cref=\"{output.Name}Length\"/> codes.</param>");
    }

    private static void Quantize(IndentedWriter writer, ApiPort port) => writer.Text(
        $$"""
        /// <summary>Turns real values, in the units of the model's input, into the nearest codes.</summary>
        /// <param name="real">Real values: <see cref="{{port.Name}}Length"/> of them.</param>
        /// <param name="codes">Receives as many codes.</param>
        /// <exception cref="global::System.ArgumentException">A span has the wrong length.</exception>
        public static void Quantize{{port.Verb}}(
            global::System.ReadOnlySpan<float> real, global::System.Span<{{port.Type}}> codes)
        {
            CheckLength(real.Length, {{port.Name}}Length, "real");
            CheckLength(codes.Length, {{port.Name}}Length, "codes");
            Quantize{{port.Name}}Codes(real, codes);
        }

        """);

    private static void Dequantize(IndentedWriter writer, ApiPort port) => writer.Text(
        $$"""
        /// <summary>Turns codes of the output into real values, in the units of the model's output.</summary>
        /// <param name="codes">Codes: <see cref="{{port.Name}}Length"/> of them.</param>
        /// <param name="real">Receives as many real values.</param>
        /// <exception cref="global::System.ArgumentException">A span has the wrong length.</exception>
        public static void Dequantize{{port.Verb}}(
            global::System.ReadOnlySpan<{{port.Type}}> codes, global::System.Span<float> real)
        {
            CheckLength(codes.Length, {{port.Name}}Length, "codes");
            CheckLength(real.Length, {{port.Name}}Length, "real");
            Dequantize{{port.Name}}Codes(codes, real);
        }

        """);

    private static void Partials(IndentedWriter writer, ClassApi api)
    {
        writer.Raw(
            """
            static partial void GetArenaBytes(ref int bytes);

            static partial void GetWeightBytes(ref int bytes);

            static partial void GetCost(ref long macs, ref long executedMacs, ref long bitOps);

            static partial void GetPatchRows(ref int value);

            static partial void GetPatchColumns(ref int value);

            static partial void GetPatchHaloCached(ref bool value);

            static partial void GetPatchBranches(ref int value);

            static partial void GetPatchClasses(ref global::System.ReadOnlySpan<byte> value);

            static partial void GetStaticArena(ref byte* arena);

            """);
        foreach (string signature in KernelSignatures(api))
        {
            writer.Raw(signature + ";");
            writer.Line();
        }
    }

    private static void CheckLength(IndentedWriter writer) => writer.Raw(
        """
        private static void CheckLength(int length, int expected, string parameter)
        {
            if (length != expected)
            {
                throw new global::System.ArgumentException(
                    "The span has " + length + " elements; it needs " + expected + ".", parameter);
            }
        }
        """);

    /// <summary>The partial methods that depend on the ports, as phase 2 repeats them.</summary>
    private static IEnumerable<string> KernelSignatures(ClassApi api)
    {
        yield return InferSignature(api);
        foreach (var port in Ports(api))
            yield return QuantizationSignature(port);

        foreach (var input in api.Inputs)
            yield return QuantizeSignature(input);

        foreach (var output in api.Outputs)
            yield return DequantizeSignature(output);
    }

    internal static string InferSignature(ClassApi api) => $"static partial void Infer({PointerParameters(api)}{(api.CountsPatches ? ", int* patches" : "")})";

    internal static string QuantizationSignature(ApiPort port) =>
        $"static partial void Get{port.Name}Quantization(ref float scale, ref int zeroPoint)";

    internal static string QuantizeSignature(ApiPort port) =>
        $"static partial void Quantize{port.Name}Codes("
        + $"global::System.ReadOnlySpan<float> real, global::System.Span<{port.Type}> codes)";

    internal static string DequantizeSignature(ApiPort port) =>
        $"static partial void Dequantize{port.Name}Codes("
        + $"global::System.ReadOnlySpan<{port.Type}> codes, global::System.Span<float> real)";

    internal static IEnumerable<ApiPort> Ports(ClassApi api) => api.Inputs.Concat(api.Outputs);

    private static string PointerParameters(ClassApi api) =>
        string.Join(", ", Ports(api).Select(port => $"{port.Type}* {port.Parameter}").Append("byte* arena"));
}
