namespace QuantMcu.Generators.Request;

/// <summary>An option as text, ready for <c>OptionParser</c>.</summary>
internal sealed record OptionSetting(string Name, string Value);
