using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using QuantMcu.Compiler.Emit.CSharp;
using QuantMcu.Compiler.Lowering.CSharp;
using QuantMcu.Compiler.Lowering.Nano;

namespace QuantMcu.Compiler.Emit.Nano;

/// <summary>
/// Phase 2 for .NET nanoFramework: implements the partial methods of <see cref="NanoApiPrinter"/>, with the kernels of a program where the class
/// has managed code. C# 9 in the subset that allocates nothing and means the same on the device: static methods, primitive locals, one-dimensional
/// arrays and offsets; no pointers, spans, generics or structures.
/// </summary>
public static class NanoPrinter
{
    /// <summary>Text of the file, and its array data.</summary>
    /// <param name="target">The user's class.</param>
    /// <param name="api">What phase 1 printed.</param>
    /// <param name="backend">Which ways to run there are.</param>
    /// <param name="program">The compiled network.</param>
    public static NanoSource Print(ClassTarget target, ClassApi api, NanoBackend backend, NanoProgram program)
    {
        var writer = new IndentedWriter();
        var figures = new NanoSource("", 0, 0);
        using (NanoClass.Open(writer, target))
        {
            Figures(writer, api, backend, program);
            for (int i = 0; i < api.Inputs.Length; i++)
                NanoPorts.PrintInput(writer, api.Inputs[i], OffsetOf(api.Inputs, i), program.Schedule.Inputs[i]);

            for (int i = 0; i < api.Outputs.Length; i++)
                NanoPorts.PrintOutput(writer, api.Outputs[i], OffsetOf(api.Outputs, i), program.Schedule.Outputs[i]);

            if (backend.Managed)
            {
                writer.Line();
                using (writer.Block($"private static class {NanoClass.Kernels}"))
                    figures = KernelClass(new NanoWriter(writer, program, api), api, program, writer);
            }
        }

        return figures with { Text = writer.ToString() };
    }

    private static int OffsetOf(IEnumerable<ApiPort> ports, int index) => NanoClass.WithOffsets(ports).ElementAt(index).Offset;

    private static void Figures(IndentedWriter writer, ClassApi api, NanoBackend backend, NanoProgram program)
    {
        var schedule = program.Schedule;
        writer.Text(
            $$"""
            static partial void GetArenaBytes(ref int value)
            {
                value = {{schedule.ArenaBytes + program.ScratchBytes}};
            }

            static partial void GetWeightBytes(ref int value)
            {
                value = {{schedule.WeightBytes}};
            }

            static partial void GetExecutedMacs(ref long value)
            {
                value = {{schedule.Cost.ExecutedMacs}};
            }

            """);
        if (api.CountsPatches)
        {
            writer.Text(
                $$"""
                static partial void GetPatchBranches(ref int value)
                {
                    value = {{schedule.Stage?.Branches.Length ?? 0}};
                }

                """);
        }

        if (backend.Managed)
        {
            writer.Text(
                $$"""
                {{NanoApiPrinter.InferSignature}}
                {
                    {{NanoClass.Kernels}}.Run(input, output{{(api.CountsPatches ? ", patches" : "")}});
                    done = true;
                }

                """);
        }
    }

    private static NanoSource KernelClass(NanoWriter writer, ClassApi api, NanoProgram program, IndentedWriter text)
    {
        Buffers(writer, program);
        var schedule = program.Schedule;
        var stage = schedule.Stage is null ? null : new NanoTilePrinter(schedule.Stage, writer, 0);
        var fused = schedule.Steps.Select(step => step is FusedStep several ? new NanoTilePrinter(several.Tiles, writer, several.Branch) : null).ToArray();
        Run(writer, api, program, stage, fused);
        stage?.Methods(schedule.FirstStep);
        for (int i = 0; i < fused.Length; i++)
        {
            int number = schedule.NumberOf(i);
            fused[i]?.Methods(_ => number);
        }

        int index = 0;
        foreach (var step in schedule.AllSteps)
        {
            writer.Line();
            NanoLayerPrinter.Print(writer, index++, step);
        }

        foreach (var kernel in writer.Kernels)
        {
            writer.Line();
            writer.Raw(kernel.Text);
        }

        string code = text.ToString();
        writer.Arrays.Print(text);
        var tiles = program.Schedule.Stage?.Branches ?? [];
        return new NanoSource("", writer.Arrays.TotalBytes, writer.Arrays.Count)
        {
            MostIlBytes = MostIlBytes(code, writer.Arrays.Count),
            Methods = index + writer.Kernels.Count() + OtherMethods + tiles.Length + fused.Count(step => step is not null),
            MostLocals = OtherMethods + tiles.Concat(program.Schedule.Steps.OfType<FusedStep>().SelectMany(step => step.Tiles.Branches))
                .Select(branch => branch.Maps.Length).DefaultIfEmpty(0).Max(),
        };
    }

    /// <summary>IL takes less bytes than its source has characters without comments and space; an array is three instructions of the constructor.</summary>
    private static int MostIlBytes(string code, int arrays)
    {
        int characters = code.Split('\n').Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal))
            .Sum(line => line.Count(c => !char.IsWhiteSpace(c)));
        return characters + (32 * arrays);
    }

    /// <summary>Methods that are neither layers nor kernels, and locals of a tile that are no maps.</summary>
    private const int OtherMethods = 8;

    private static void Buffers(NanoWriter writer, NanoProgram program)
    {
        Buffer("Arena", "Everything that one inference writes.", program.Schedule.ArenaBytes);
        Buffer("Window", "Codes under a window, one a byte.", program.WindowBytes);
        Buffer("Unpacked", "Weights of a depthwise layer, one a byte.", program.UnpackedBytes);
        Buffer("Piece", "Weights that were read from the resource.", program.PieceBytes);
        if (program.PieceBytes > 0)
            Reader(writer, program);

        void Buffer(string name, string summary, int bytes)
        {
            // Kernels that need no buffer still name it.
            writer.Text(
                $$"""
                /// <summary>{{summary}}</summary>
                private static readonly byte[] {{name}} = new byte[{{bytes}}];

                """);
        }
    }

    private static void Reader(NanoWriter writer, NanoProgram program) => writer.Text(
        $$"""
        /// <summary>The first bytes of the resource, by which the weights of another build are told.</summary>
        private static readonly byte[] Tag = { {{string.Join(", ", program.Tag)}} };

        private static bool tagRead;

        /// <summary>Reads weights into Piece.</summary>
        private static void Read(int offset, int count)
        {
            if (!tagRead)
                ReadTag();

            ReadWeights(offset, Piece, count);
        }

        private static void ReadTag()
        {
            if (ReadWeights == null)
            {
                throw new global::System.InvalidOperationException(
                    "The weights of this network are in a binary resource: set ReadWeights before the first Run.");
            }

            ReadWeights(0, Piece, {{NanoProgram.TagBytes}});
            for (int i = 0; i < {{NanoProgram.TagBytes}}; i++)
            {
                if (Piece[i] != Tag[i])
                {
                    throw new global::System.InvalidOperationException(
                        "ReadWeights gives the weights of another network: put the file of this build into the resource.");
                }
            }

            tagRead = true;
        }

        """);

    private static void Run(NanoWriter writer, ClassApi api, NanoProgram program, NanoTilePrinter? stage, NanoTilePrinter?[] fused)
    {
        var schedule = program.Schedule;
        using (writer.Block($"public static void Run(byte[] input, byte[] output{(api.CountsPatches ? ", int[] patches" : "")})"))
        {
            if (stage is not null)
            {
                stage.Loops("Patch stage", api.CountsPatches);
                writer.Line();
                writer.Raw("// The rest, layer by layer.");
            }

            for (int i = 0; i < schedule.Steps.Length; i++)
            {
                var step = schedule.Steps[i];
                int number = schedule.NumberOf(i);
                if (step is FusedStep { Steps.Length: var several })
                    fused[i]!.Loops(FormattableString.Invariant($"Layers {number} to {number + several - 1} together"), counts: false);
                else
                    writer.Text($"Layer{number}({string.Join(", ", step.Inputs.Add(step.Output).Select(writer.To))});");
            }
        }
    }

    internal static string Real(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}

/// <summary>An emitted file.</summary>
/// <param name="Text">C#.</param>
/// <param name="ArrayBytes">Bytes of its array data.</param>
/// <param name="Arrays">How many arrays there are.</param>
public sealed record NanoSource(string Text, int ArrayBytes, int Arrays)
{
    /// <summary>No fewer bytes of IL than the file makes.</summary>
    public int MostIlBytes { get; init; }

    /// <summary>No fewer methods than the class with the kernels has.</summary>
    public int Methods { get; init; }

    /// <summary>No fewer locals than any of them has.</summary>
    public int MostLocals { get; init; }
}
