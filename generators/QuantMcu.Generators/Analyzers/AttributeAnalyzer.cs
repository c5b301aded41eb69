using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Generators.Diagnostics;
using QuantMcu.Generators.Request;

namespace QuantMcu.Generators.Analyzers;

/// <summary>Looks at every class that asks for a model.</summary>
public abstract class AttributeAnalyzer : DiagnosticAnalyzer
{
    private protected AttributeAnalyzer(params DiagnosticRule[] rules) => SupportedDiagnostics = Descriptors.Of(rules);

    /// <inheritdoc/>
    public sealed override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; }

    /// <inheritdoc/>
    public sealed override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(start =>
        {
            if (start.Compilation.GetTypeByMetadataName(AttributeReader.MetadataName) is { } attribute)
                start.RegisterSymbolAction(symbol => Analyze(symbol, attribute), SymbolKind.NamedType);
        });
    }

    private protected abstract void Analyze(in AnnotatedClass annotated);

    private void Analyze(SymbolAnalysisContext context, INamedTypeSymbol attribute)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        foreach (AttributeData data in type.GetAttributes())
        {
            if (SymbolEqualityComparer.Default.Equals(data.AttributeClass, attribute)
                && data.ApplicationSyntaxReference?.GetSyntax(context.CancellationToken) is AttributeSyntax syntax)
            {
                Analyze(new AnnotatedClass(context, type, AttributeReader.Read(type, data), syntax));
            }
        }
    }
}

/// <summary>A class that asks for a model, and where to report on it.</summary>
internal readonly record struct AnnotatedClass(
    SymbolAnalysisContext Context, INamedTypeSymbol Type, ModelRequest Request, AttributeSyntax Syntax)
{
    /// <summary>Reports on an argument of the attribute, or on the whole attribute where it is null or was not written.</summary>
    public void Report(Compiler.Diagnostics.Diagnostic diagnostic, string? argument)
    {
        SourcePlace place = AttributePlaces.Of(Syntax).Find(argument);
        Context.ReportDiagnostic(diagnostic.At(Location.Create(Syntax.SyntaxTree, place.Span)));
    }
}
