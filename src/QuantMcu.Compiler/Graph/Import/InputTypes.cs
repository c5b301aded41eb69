using System.Collections.Generic;
using System.Linq;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Onnx;
using QuantMcu.Compiler.Onnx.Proto;
using Dimension = QuantMcu.Compiler.Onnx.Proto.TensorShapeProto.Types.Dimension;

namespace QuantMcu.Compiler.Graph.Import;

/// <summary>The types of the graph inputs, with every open dimension settled: the batch is 1, the rest must be pinned.</summary>
internal static class InputTypes
{
    /// <summary>Inputs in the model's order. Initializers that are listed as inputs too (as before IR 4) are left out.</summary>
    public static List<(string Name, TensorType Type)> Resolve(GraphProto graph, ImportOptions options)
    {
        var initializers = new HashSet<string>(graph.Initializer.Select(tensor => tensor.Name));
        var infos = graph.Input.Where(info => !initializers.Contains(info.Name)).ToList();
        var pinnable = infos.Where(info => !options.PinnedInputs.ContainsKey(info.Name)).ToList();
        var target = options.InputShape is { } shape ? Target(pinnable, shape) : null;

        var types = new List<(string, TensorType)>(infos.Count);
        foreach (var info in infos)
            types.Add((info.Name, TypeOf(info, info == target ? options.InputShape : null, options)));

        return types;
    }

    /// <summary>The element type that an output declares, or null where it declares none.</summary>
    /// <exception cref="ModelException">It declares no tensor at all, or an element type that is not read.</exception>
    public static ElementType? DeclaredElement(ValueInfoProto info)
    {
        if (info.Type is null || info.Type.ValueCase == TypeProto.ValueOneofCase.None)
            return null;

        int number = Tensor(info).ElemType;
        return number == 0 ? null : OnnxElementTypes.Read(number, info.Name);
    }

    private static TensorType TypeOf(ValueInfoProto info, Shape? given, ImportOptions options)
    {
        var tensor = Tensor(info);
        var element = OnnxElementTypes.Read(tensor.ElemType, info.Name);
        if (options.PinnedInputs.TryGetValue(info.Name, out var pinned))
            return new TensorType(element, pinned.Shape);
        if (given is not null)
            return new TensorType(element, CheckedShape.Create(info.Name, given.Select(dimension => (long)dimension).ToList()));
        if (tensor.Shape is null)
            throw new ModelException(OnnxRules.DynamicShape, info.Name, 0, "not declared");

        var dimensions = tensor.Shape.Dim.Select((dimension, axis) => Size(info.Name, dimension, axis)).ToList();
        return new TensorType(element, CheckedShape.Create(info.Name, dimensions));
    }

    private static TypeProto.Types.Tensor Tensor(ValueInfoProto info)
    {
        if (info.Type?.TensorType is { } tensor)
            return tensor;

        string what = info.Type?.ValueCase switch
        {
            TypeProto.ValueOneofCase.SequenceType => "sequence",
            TypeProto.ValueOneofCase.MapType => "map",
            TypeProto.ValueOneofCase.OptionalType => "optional",
            TypeProto.ValueOneofCase.SparseTensorType => "sparse tensor",
            _ => "undefined",
        };
        throw new ModelException(OnnxRules.UnsupportedType, info.Name, what);
    }

    private static long Size(string name, Dimension dimension, int axis)
    {
        if (!IsOpen(dimension))
            return dimension.DimValue;
        if (axis == 0)
            return 1;

        throw new ModelException(OnnxRules.DynamicShape, name, axis, dimension.DimParam.Length > 0 ? "'" + dimension.DimParam + "'" : "unknown");
    }

    private static bool IsOpen(Dimension dimension) => dimension.ValueCase != Dimension.ValueOneofCase.DimValue;

    /// <summary>The input that InputShape speaks of: the one that needs it, else the only one it can mean.</summary>
    private static ValueInfoProto Target(List<ValueInfoProto> infos, Shape shape)
    {
        var needy = infos.Where(info => Tensor(info).Shape is not { } s || s.Dim.Skip(1).Any(IsOpen)).ToList();
        var open = infos.Where(info => Tensor(info).Shape is not { } s || s.Dim.Any(IsOpen)).ToList();
        var candidates = needy.Count > 0 ? needy : open.Count > 0 ? open : infos;
        if (candidates.Count != 1)
            throw Mismatch(shape, "it has " + candidates.Count + " inputs that it could mean");

        var declared = Tensor(candidates[0]).Shape;
        if (declared is not null && !Fits(declared, shape))
        {
            string dimensions = string.Join("x", declared.Dim.Select(dimension => IsOpen(dimension) ? "?" : dimension.DimValue.ToString()));
            throw Mismatch(shape, "input '" + candidates[0].Name + "' is " + dimensions);
        }

        return candidates[0];
    }

    private static bool Fits(TensorShapeProto declared, Shape shape) =>
        declared.Dim.Count == shape.Rank
        && declared.Dim.Select((dimension, axis) => IsOpen(dimension) || dimension.DimValue == shape[axis]).All(fits => fits);

    private static ModelException Mismatch(Shape shape, string why) => new(OnnxRules.InputShapeMismatch, shape, why);
}
