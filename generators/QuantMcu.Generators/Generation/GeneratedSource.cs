namespace QuantMcu.Generators.Generation;

/// <summary>A file to add to the compilation.</summary>
/// <param name="FileName">Its name, unique in the project.</param>
/// <param name="Text">C# source, or null for no file.</param>
internal sealed record GeneratedSource(string FileName, string? Text);
