namespace QuantMcu.Compiler.Graph;

/// <summary>What is known of a tensor before it has values.</summary>
public sealed record TensorType(ElementType Element, Shape Shape)
{
    public override string ToString() => Element + "[" + Shape + "]";
}
