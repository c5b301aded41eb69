using System.Collections.Immutable;

namespace QuantMcu.Compiler.Graph.Import;

/// <summary>What a caller of a model sees: its inputs (without initializers) and outputs, in the model's order.</summary>
public sealed record ModelInterface(string Name, ImmutableArray<ModelPort> Inputs, ImmutableArray<ModelPort> Outputs);

/// <summary>An input or output by its name in the model, every dimension known.</summary>
public sealed record ModelPort(string Name, TensorType Type);
