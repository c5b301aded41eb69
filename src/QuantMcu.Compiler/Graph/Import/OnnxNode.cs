using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Onnx;
using QuantMcu.Compiler.Onnx.Proto;

namespace QuantMcu.Compiler.Graph.Import;

/// <summary>One ONNX node while it is imported: what it says, its inputs as values, and the way to put operators in its place.</summary>
internal sealed class OnnxNode
{
    private readonly NodeProto proto;
    private readonly GraphAssembler graph;
    private readonly HashSet<int> asked = new();

    public OnnxNode(NodeProto proto, GraphAssembler graph)
    {
        this.proto = proto;
        this.graph = graph;
        Name = proto.Name.Length > 0 ? proto.Name : proto.Output.FirstOrDefault(name => name.Length > 0) ?? proto.OpType;
        Attributes = new NodeAttributes(proto, Name);
        InputCount = CountNamed(proto.Input);
        OutputCount = CountNamed(proto.Output);
    }

    public string Name { get; }

    public string Operator => proto.OpType;

    public bool IsDefaultDomain => OnnxReader.IsDefaultDomain(proto.Domain);

    public string Domain => proto.Domain;

    public int Opset => graph.Opset;

    public NodeAttributes Attributes { get; }

    /// <summary>Inputs up to the last that is given.</summary>
    public int InputCount { get; }

    /// <summary>Outputs up to the last that is named.</summary>
    public int OutputCount { get; }

    public bool HasOutput(int index) => index < OutputCount && proto.Output[index].Length > 0;

    /// <summary>A required input.</summary>
    public Value Input(int index) => Optional(index) ?? throw Invalid("input " + index + " is missing");

    /// <summary>An input, or null where it is left out.</summary>
    public Value? Optional(int index)
    {
        asked.Add(index);
        if (index >= InputCount || proto.Input[index].Length == 0)
            return null;

        string name = proto.Input[index];
        return graph.Find(name) ?? throw Unsupported(
            "uses '" + name + "', an output that inference does not have", "only the first output of the node that makes it");
    }

    /// <summary>A required input of a floating type.</summary>
    public Value Float(int index)
    {
        var value = Input(index);
        return value.Type.Element.IsFloat() ? value : throw Invalid("input " + index + " is " + value.Type + ", not floating");
    }

    /// <summary>A required input of another value's element type.</summary>
    public Value Like(Value other, int index)
    {
        var value = Input(index);
        return value.Type.Element == other.Type.Element
            ? value
            : throw Invalid("input " + index + " is " + value.Type + " where the first is " + other.Type);
    }

    public Value? OptionalLike(Value other, int index) => Optional(index) is null ? null : Like(other, index);

    /// <summary>An input that must be constant, or null where it is left out.</summary>
    /// <param name="index">Index of the input.</param>
    /// <param name="role">Its name in ONNX's specification.</param>
    public Tensor? OptionalConstant(int index, string role)
    {
        if (Optional(index) is not { } value)
            return null;

        return value.Constant ?? throw new ModelException(OnnxRules.NotConstant, Name, role, Operator, value.Name);
    }

    /// <summary>A required constant input.</summary>
    public Tensor Constant(int index, string role) => OptionalConstant(index, role) ?? throw Invalid("input " + index + " ('" + role + "') is missing");

    /// <summary>A constant vector of integers (or a scalar), or null where it is left out.</summary>
    public long[]? OptionalIntegers(int index, string role)
    {
        var tensor = OptionalConstant(index, role);
        if (tensor is null)
            return null;
        if (tensor.Element.IsFloat() || tensor.Shape.Rank > 1)
            throw Invalid("input '" + role + "' is " + tensor.Type + ", not a vector of integers");

        return tensor.Integers;
    }

    public long[] Integers(int index, string role) => OptionalIntegers(index, role) ?? throw Invalid("input " + index + " ('" + role + "') is missing");

    /// <summary>A constant of one element, or null where it is left out.</summary>
    public Tensor? OptionalScalar(int index, string role)
    {
        var tensor = OptionalConstant(index, role);
        return tensor is null || tensor.Shape.Elements == 1 ? tensor : throw Invalid("input '" + role + "' is " + tensor.Type + ", not one number");
    }

    /// <summary>An axis, negative from the end, as 0 .. rank - 1.</summary>
    public int Axis(long axis, int rank)
    {
        if (axis < -rank || axis >= rank)
            throw Invalid("axis " + axis + " is outside rank " + rank);

        return (int)(axis < 0 ? axis + rank : axis);
    }

    /// <summary>Axes, ascending, each at most once.</summary>
    public ImmutableArray<int> Axes(IEnumerable<long> axes, int rank)
    {
        var resolved = new SortedSet<int>();
        foreach (long axis in axes)
        {
            if (!resolved.Add(Axis(axis, rank)))
                throw Invalid("axis " + axis + " is given twice");
        }

        return resolved.ToImmutableArray();
    }

    /// <summary>A shape from the model, within limits.</summary>
    public Shape Shape(IReadOnlyList<long> dimensions) => CheckedShape.Create(Name, dimensions);

    /// <summary>Adds an operator whose result only this node's own operators use.</summary>
    public Value Add(string suffix, Operator @operator, params Value?[] inputs)
    {
        string name = Name + "/" + suffix;
        return graph.Append(name, @operator, ImmutableArray.Create(inputs), new[] { name })[0];
    }

    /// <summary>Adds the operator whose outputs are this node's.</summary>
    public void Return(Operator @operator, params Value?[] inputs)
    {
        var names = proto.Output.Select((name, i) => name.Length > 0 ? name : Name + ":" + i).ToArray();
        var outputs = graph.Append(Name, @operator, ImmutableArray.Create(inputs), names);
        for (int i = 0; i < outputs.Length; i++)
            Bind(i, outputs[i]);
    }

    /// <summary>Makes a value known as an output of this node; nothing happens where the model does not name that output.</summary>
    public void Bind(int output, Value value)
    {
        if (HasOutput(output))
            graph.Bind(proto.Output[output], value);
    }

    /// <summary>Makes the first output a constant.</summary>
    public void Return(Tensor constant)
    {
        if (HasOutput(0))
            graph.Define(new Value(proto.Output[0], constant));
    }

    /// <summary>A constant number of a floating type.</summary>
    public Value Number(double number, ElementType element)
    {
        var tensor = element == ElementType.Float64
            ? Tensor.Of(Graph.Shape.Scalar, new[] { number })
            : Tensor.Of(Graph.Shape.Scalar, new[] { (float)number }, element);
        return new Value(Name + "/" + number.ToString(System.Globalization.CultureInfo.InvariantCulture), tensor);
    }

    /// <exception cref="ModelException">The node has an input or attribute that its importer never asked for.</exception>
    public void CheckAllAsked()
    {
        Attributes.CheckAllAsked();
        for (int i = 0; i < InputCount; i++)
        {
            if (!asked.Contains(i) && proto.Input[i].Length > 0)
                throw Invalid("it has " + InputCount + " inputs, more than its opset defines");
        }
    }

    /// <summary>The node breaks the rules of its operator.</summary>
    public ModelException Invalid(string what) => new(OnnxRules.InvalidNode, Name, Operator, what);

    /// <summary>The node is legal, but of a form that is not supported.</summary>
    /// <param name="what">Follows the operator's name: "has ...", "uses ...".</param>
    /// <param name="nearest">A supported form, without full stop.</param>
    public ModelException Unsupported(string what, string nearest) => new(OnnxRules.UnsupportedForm, Name, Operator, Opset, what, nearest + ".");

    private static int CountNamed(IReadOnlyList<string> names)
    {
        int count = names.Count;
        while (count > 0 && names[count - 1].Length == 0)
            count--;

        return count;
    }
}
