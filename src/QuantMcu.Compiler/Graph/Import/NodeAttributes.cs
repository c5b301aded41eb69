using System.Collections.Generic;
using System.Linq;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Onnx;
using QuantMcu.Compiler.Onnx.Proto;
using AttributeType = QuantMcu.Compiler.Onnx.Proto.AttributeProto.Types.AttributeType;

namespace QuantMcu.Compiler.Graph.Import;

/// <summary>
/// The attributes of one node, by name and type. An attribute that an importer never asked for is refused in the end, as it could
/// change what the operator means.
/// </summary>
internal sealed class NodeAttributes
{
    private readonly Dictionary<string, AttributeProto> attributes = new();
    private readonly HashSet<string> asked = new();
    private readonly string node;
    private readonly string @operator;

    public NodeAttributes(NodeProto proto, string node)
    {
        this.node = node;
        @operator = proto.OpType;
        foreach (var attribute in proto.Attribute)
        {
            if (attributes.ContainsKey(attribute.Name))
                throw Invalid("attribute '" + attribute.Name + "' is given twice");
            if (attribute.RefAttrName.Length > 0)
                throw Invalid("attribute '" + attribute.Name + "' refers to one of a function");

            attributes.Add(attribute.Name, attribute);
        }
    }

    public bool Has(string name)
    {
        asked.Add(name);
        return attributes.ContainsKey(name);
    }

    public long? Integer(string name) => Find(name, AttributeType.Int)?.I;

    public int Int(string name, int absent) => (int)Range(name, Integer(name) ?? absent, int.MinValue, int.MaxValue);

    public bool Flag(string name, bool absent) => Range(name, Integer(name) ?? (absent ? 1 : 0), 0, 1) == 1;

    public float Float(string name, float absent) => Find(name, AttributeType.Float)?.F ?? absent;

    public float? Float(string name) => Find(name, AttributeType.Float)?.F;

    public string Text(string name, string absent) => Find(name, AttributeType.String)?.S.ToStringUtf8() ?? absent;

    public long[]? Integers(string name) => Find(name, AttributeType.Ints)?.Ints.ToArray();

    public float[]? Floats(string name) => Find(name, AttributeType.Floats)?.Floats.ToArray();

    public Tensor? Tensor(string name)
    {
        if (Find(name, AttributeType.Tensor) is not { } attribute)
            return null;

        return TensorReader.Read(attribute.T ?? throw Invalid("attribute '" + name + "' holds no tensor"), node + "." + name);
    }

    /// <summary>Accepts attributes that mean nothing at inference.</summary>
    public void Ignore(params string[] names) => asked.UnionWith(names);

    /// <exception cref="ModelException">The node has an attribute that its operator does not.</exception>
    public void CheckAllAsked()
    {
        foreach (string name in attributes.Keys.Where(name => !asked.Contains(name)).OrderBy(name => name, System.StringComparer.Ordinal))
            throw Invalid("it has an attribute '" + name + "' that its opset does not define");
    }

    /// <exception cref="ModelException">The value is outside the range.</exception>
    public long Range(string name, long value, long min, long max) =>
        value >= min && value <= max ? value : throw Invalid("attribute '" + name + "' is " + value);

    private AttributeProto? Find(string name, AttributeType type)
    {
        asked.Add(name);
        if (!attributes.TryGetValue(name, out var attribute))
            return null;

        // Before IR 2 attributes had no type; the field that is filled decided.
        if (attribute.Type != type && attribute.Type != AttributeType.Undefined)
            throw Invalid("attribute '" + name + "' is of type " + attribute.Type + ", not " + type);

        return attribute;
    }

    private ModelException Invalid(string what) => new(OnnxRules.InvalidNode, node, @operator, what);
}
