using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using QuantMcu.Compiler.Emit.CSharp;
using QuantMcu.Compiler.Lowering;
using QuantMcu.Compiler.Lowering.C;

namespace QuantMcu.Compiler.Emit.C;

/// <summary>Prints the network: kernels, a structure per layer, and the function that calls one after the other.</summary>
internal sealed class CSourcePrinter
{
    private readonly CTarget target;
    private readonly CProgram program;
    private readonly CData data;
    private readonly ImmutableArray<CPort> inputs;
    private readonly ImmutableArray<CPort> outputs;
    private readonly IndentedWriter writer = new();

    /// <summary>Kernels that only read and write whole images: what those are like stands in a structure, which takes less code than arguments.</summary>
    private readonly HashSet<string> wholeImages;

    /// <summary>Kernels that have scratch.</summary>
    private readonly HashSet<string> scratchKernels;

    private CSourcePrinter(CTarget target, CProgram program, CData data)
    {
        this.target = target;
        this.program = program;
        this.data = data;
        (inputs, outputs) = CPort.Of(program);
        wholeImages = new HashSet<string>(
            program.Steps.GroupBy(step => step.Kernel.Name)
                .Where(steps => steps.All(step => step.Kernel.Structure is not null && step.Calls.Length == 1 && WholeImage(step.Calls[0]) is not null))
                .Select(steps => steps.Key),
            StringComparer.Ordinal);
        scratchKernels = new HashSet<string>(
            program.Steps.Where(step => step.Kernel.ScratchBytes > 0).Select(step => step.Kernel.Name), StringComparer.Ordinal);
    }

    /// <param name="target">Names.</param>
    /// <param name="program">What is printed.</param>
    /// <param name="data">Gains the network's read-only data.</param>
    public static string Print(CTarget target, CProgram program, CData data) => new CSourcePrinter(target, program, data).Print();

    private string Print()
    {
        writer.Raw(CHeaderPrinter.Notice);
        writer.Text($"#include \"{target.Name}.h\"");
        if (CTilePrinter.NeedsWideExtents(program))
            writer.Raw("#define QMCU_EXTENT int32_t");

        foreach (string header in CFiles.Headers(program).OrderBy(name => name, StringComparer.Ordinal))
            writer.Text($"#include \"{header}\"");

        writer.Text($"#include \"{target.Name}_weights.h\"");
        writer.Line();
        Buffers();
        Kernels();
        for (int i = 0; i < program.Steps.Length; i++)
            Structure(i);

        var tiles = new CTilePrinter(writer, this);
        int step = 0;
        foreach (var part in program.Parts)
        {
            if (part is CTiles several)
                tiles.Functions(several, step);

            step += part.AllSteps.Count();
        }

        RunParts(tiles);
        if (program.Stage is not null)
            RunIn();

        Run();
        return writer.ToString();
    }

    /// <summary>Offsets of the buffers that are used, and of scratch by the number of its step.</summary>
    private void Buffers()
    {
        var offsets = program.Memory.Arena.Offsets;
        string[] tensors = Tensors(program.Parts).Where(place => place.Kind == StorageKind.Arena).Select(place => place.Index).Distinct()
            .OrderBy(index => index).Select(index => Text($"    BUFFER_{index} = {offsets[index]},")).ToArray();
        string[] scratch = program.Steps.Select((step, i) => step.Scratch is { } place ? Text($"    {ScratchName(i)} = {offsets[place.Index]},") : null)
            .OfType<string>().ToArray();
        Offsets("Where tensors lie in the arena.", tensors);
        Offsets("Where kernels have their scratch, by layer: in gaps between the tensors that are live then, or behind them.", scratch);
    }

    private void Offsets(string title, string[] lines)
    {
        if (lines.Length == 0)
            return;

        writer.Raw("/* " + title + " */");
        writer.Raw("enum {");
        foreach (string line in lines)
            writer.Raw(line);

        writer.Raw("};\n");
    }

    /// <summary>Whatever is read or written.</summary>
    internal static IEnumerable<Storage> Places(IEnumerable<CPart> parts) =>
        Tensors(parts).Concat(parts.SelectMany(part => part.AllSteps).Select(step => step.Scratch).OfType<Storage>());

    private static IEnumerable<Storage> Tensors(IEnumerable<CPart> parts) => parts.SelectMany(part => part.AllSteps)
        .SelectMany(step => step.Calls).SelectMany(call => call.Arguments).Select(PlaceOf).OfType<Storage>()
        .Concat(parts.OfType<CTiles>().SelectMany(CTilePrinter.Places));

    private static Storage? PlaceOf(CArgument argument) => argument switch
    {
        CArgument.Pointer pointer => pointer.Place,
        CArgument.View view => view.Place,
        CArgument.Region region => region.Place,
        _ => null,
    };

    private void Kernels()
    {
        writer.Raw("/* The kernels of this network: what is fixed at compile time stands in the call of each. */");
        foreach (var group in program.Steps.Select(step => step.Kernel).GroupBy(kernel => kernel.Name))
        {
            var kernel = group.First();
            string structure = kernel.Structure is { } type ? "const " + type + " *layer, " : "";
            string literals = string.Concat(kernel.Literals.Select(literal => ", " + CData.Literal(literal)));
            bool whole = wholeImages.Contains(kernel.Name);
            string parameters = whole ? "const qmcu_image *image, const uint8_t *from, uint8_t *to" : kernel.Parameters;
            string scratch = scratchKernels.Contains(kernel.Name) ? ", uint8_t *scratch" : "";
            using (writer.Block($"QMCU_SHARED void {kernel.Name}({structure}{parameters}{scratch})"))
            {
                if (whole)
                {
                    writer.Raw("const qmcu_view x = qmcu_view_of(image, from);");
                    writer.Raw("const qmcu_region y = qmcu_region_of(image, to);");
                }

                writer.Text($"{kernel.Function}({(kernel.Structure is null ? "" : "layer, ")}{kernel.Arguments}{literals});");
            }

            writer.Line();
        }
    }

    private void Structure(int index)
    {
        var step = program.Steps[index];
        if (step.Kernel.Structure is not { } type)
            return;

        string name = LayerName(index);
        writer.Text($"/* {step.Title} */");
        writer.Text($"static const {type} {name} = {{");
        foreach (var field in step.Fields)
            writer.Text($"    .{field.Name} = {Value(field.Value, name + "_" + field.Name)},");

        writer.Raw("};");
        if (wholeImages.Contains(step.Kernel.Name))
        {
            var (view, region) = WholeImage(step.Calls[0])!.Value;
            writer.Text($"static const qmcu_image {name}_image = {{ {view.Pitch}, {region.Pitch}, {region.Rows}, {region.Columns} }};");
        }

        writer.Line();
    }

    private string Value(CValue value, string name) => value switch
    {
        CValue.Integer integer => CData.Literal(integer.Value),
        CValue.Bytes bytes => data.Bytes(name, bytes.Data),
        CValue.Words words => data.Words(name, words.Data),
        CValue.Group group => "{ " + string.Join(
            ", ", group.Fields.Select(field => "." + field.Name + " = " + Value(field.Value, name + "_" + field.Name))) + " }",
        _ => throw new NotSupportedException("No C for " + value.GetType().Name + "."),
    };

    /// <summary>The function that does everything: of a network with a patch stage the one that counts patches.</summary>
    private void RunParts(CTilePrinter tiles)
    {
        string counts = program.Stage is null ? "in" : "counted", last = program.Stage is null ? "" : ", int32_t *patches";
        using (writer.Block($"void {target.Name}_run_{counts}(uint8_t *arena, {CHeaderPrinter.Parameters(inputs, outputs)}{last})"))
        {
            if (program.StackScratchBytes > 0)
            {
                writer.Raw("/* For layers whose scratch would make the arena larger than its budget. */");
                writer.Text($"uint8_t scratch[{program.StackScratchBytes}] QMCU_WORDS;");
                writer.Line();
            }

            int step = 0;
            foreach (var part in program.Parts)
            {
                writer.Text($"/* {part.Title} */");
                if (part is CTiles several)
                    tiles.Loops(several);
                else
                    Step(step, "");

                writer.Line();
                step += part.AllSteps.Count();
            }

            foreach (string unused in Unused())
                writer.Text($"(void){unused};");
        }

        writer.Line();
    }

    private void RunIn()
    {
        using (writer.Block($"void {target.Name}_run_in(uint8_t *arena, {CHeaderPrinter.Parameters(inputs, outputs)})"))
        {
            writer.Text($"int32_t patches[{target.Macro}_PATCH_BRANCHES];");
            writer.Text($"{target.Name}_run_counted(arena, {Arguments}, patches);");
        }

        writer.Line();
    }

    private IEnumerable<string> Unused()
    {
        var used = Used(Places(program.Parts)).Select(name => name.Name).ToArray();
        return Memory.Select(name => name.Name).Where(name => !used.Contains(name));
    }

    /// <summary>What functions of the network take: name, declaration, and what lies there.</summary>
    private IEnumerable<(string Name, string Declaration, StorageKind Kind, int Index)> Memory =>
    [
        ("arena", "uint8_t *arena", StorageKind.Arena, 0),
        .. inputs.Select((port, i) => (port.Parameter, "const " + port.Type + " *" + port.Parameter, StorageKind.Input, i)),
        .. outputs.Select((port, i) => (port.Parameter, port.Type + " *" + port.Parameter, StorageKind.Output, i)),
    ];

    /// <summary>Names and declarations of what holds some places.</summary>
    internal IEnumerable<(string Name, string Declaration)> Used(IEnumerable<Storage> places)
    {
        var all = places.ToArray();
        return Memory.Where(memory => all.Any(place => place.Kind == memory.Kind && (place.Kind == StorageKind.Arena || place.Index == memory.Index)))
            .Select(memory => (memory.Name, memory.Declaration));
    }

    /// <summary>Prints the calls of a step.</summary>
    /// <param name="index">Of the step.</param>
    /// <param name="condition">Under which each is made; empty: always.</param>
    internal void Step(int index, string condition)
    {
        var step = program.Steps[index];
        foreach (var call in step.Calls)
        {
            string structure = step.Kernel.Structure is null ? "" : "&" + LayerName(index) + ", ";
            var headers = Enumerable.Range(0, call.Loops.Length)
                .Select(loop => Text($"for (int32_t i{loop} = 0; i{loop} < {call.Loops[loop]}; ++i{loop})"))
                .Prepend(condition).Where(header => header.Length > 0).ToArray();
            for (int depth = 0; depth < headers.Length; depth++)
                writer.Raw(new string(' ', 4 * depth) + headers[depth]);

            string? image = wholeImages.Contains(step.Kernel.Name) ? "&" + LayerName(index) + "_image" : null;
            Call(step.Kernel.Name + "(" + structure, call, image, Scratch(index), new string(' ', 4 * Math.Max(0, headers.Length - 1)), headers.Length > 0);
        }
    }

    /// <summary>Views and regions are variables of a block, so that those of all calls share their place on the stack.</summary>
    private void Call(string start, CCall call, string? image, string scratch, string indent, bool isBody)
    {
        if (image is not null)
        {
            var (view, region) = WholeImage(call)!.Value;
            string from = Pointer(view.Place, view.Offset), to = Pointer(region.Place, region.Offset);
            writer.Raw(indent + (isBody ? "    " : "") + start + image + ", " + from + ", " + to + scratch + ");");
            return;
        }

        var names = call.Arguments.Select((argument, i) => Variable(argument, i)).ToArray();
        if (names.All(name => name is null))
        {
            writer.Raw(indent + (isBody ? "    " : "") + start + string.Join(", ", call.Arguments.Select(Argument)) + scratch + ");");
            return;
        }

        writer.Raw(indent + "{");
        for (int i = 0; i < names.Length; i++)
        {
            if (names[i] is { } name)
                writer.Raw(indent + "    const " + name.Type + " " + name.Name + " = " + Argument(call.Arguments[i]) + ";");
        }

        writer.Raw(
            indent + "    " + start + string.Join(", ", call.Arguments.Select((argument, i) => names[i]?.Name ?? Argument(argument))) + scratch + ");");
        writer.Raw(indent + "}");
    }

    /// <summary>The last argument of a step's calls, where its kernel has scratch; else nothing.</summary>
    private string Scratch(int index)
    {
        var step = program.Steps[index];
        return !scratchKernels.Contains(step.Kernel.Name) ? ""
            : step.Scratch is not null ? ", arena + " + ScratchName(index)
            : step.StackScratchBytes > 0 ? ", scratch" : ", 0";
    }

    /// <summary>What a call reads and writes, where that is two whole images.</summary>
    private static (CArgument.View View, CArgument.Region Region)? WholeImage(CCall call) =>
        call.Arguments.Length == 2 && call.Arguments[0] is CArgument.View view && call.Arguments[1] is CArgument.Region region
            ? (view, region)
            : null;

    private static (string Type, string Name)? Variable(CArgument argument, int index) => argument switch
    {
        CArgument.View or CArgument.MapView => ("qmcu_view", index == 0 ? "x" : Text($"x{index + 1}")),
        CArgument.Region or CArgument.MapRegion => ("qmcu_region", "y"),
        _ => null,
    };

    private string Argument(CArgument argument) => argument switch
    {
        CArgument.Number number => Text(number.Value),
        CArgument.Pointer pointer => Pointer(pointer.Place, pointer.Offset),
        CArgument.View view => Text($"qmcu_whole_view({Pointer(view.Place, view.Offset)}, {view.Pitch})"),
        CArgument.MapView map => Text($"qmcu_held(&map_{map.Map})"),
        CArgument.MapRegion map => Text($"qmcu_fresh(&map_{map.Map})"),
        CArgument.Region region =>
            Text($"qmcu_whole_region({Pointer(region.Place, region.Offset)}, {region.Pitch}, {region.Rows}, {region.Columns})"),
        _ => throw new NotSupportedException("No C for " + argument.GetType().Name + "."),
    };

    /// <summary>Address of what is stored somewhere.</summary>
    internal string Pointer(Storage place) => Pointer(place, Affine.Zero);

    private string Pointer(Storage place, Affine offset)
    {
        string start = place.Kind switch
        {
            StorageKind.Arena => Text($"arena + BUFFER_{place.Index}"),
            StorageKind.Input => inputs[place.Index].Bytes(isInput: true),
            StorageKind.Output => outputs[place.Index].Bytes(isInput: false),
            _ => data.Bytes(Text($"constant_{place.Index}"), program.Constants[place.Index]),
        };
        string moved = Text(offset);
        return moved == "0" ? start : start + " + " + moved;
    }

    private static string Text(Affine value)
    {
        var terms = value.Strides.Select((stride, loop) => (stride, loop)).Where(term => term.stride != 0).Select(term => term.stride == 1
            ? Text($"i{term.loop}")
            : Text($"{CData.Literal(term.stride)} * i{term.loop}")).ToList();
        if (value.Constant != 0 || terms.Count == 0)
            terms.Add(CData.Literal(value.Constant));

        return string.Join(" + ", terms);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string LayerName(int index) => Text($"layer_{index + 1}");

    private static string ScratchName(int index) => Text($"SCRATCH_{index + 1}");

    private string Arguments => string.Join(", ", inputs.Concat(outputs).Select(port => port.Parameter));

    private void Run()
    {
        using (writer.Block($"void {target.Name}_run({CHeaderPrinter.Parameters(inputs, outputs)})"))
        {
            writer.Text($"static uint32_t arena[{Math.Max(1, (program.ArenaBytes + 3) / 4)}];");
            writer.Text($"{target.Name}_run_in((uint8_t *)arena, {Arguments});");
        }
    }
}
