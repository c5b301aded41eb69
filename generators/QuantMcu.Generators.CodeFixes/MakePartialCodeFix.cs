using System.Collections.Immutable;
using System.Composition;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace QuantMcu.Generators.CodeFixes;

/// <summary>Mends QMCU1001: adds the partial modifier to the class, and to the types around it, that lack it.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class MakePartialCodeFix : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds => ImmutableArray.Create("QMCU1001");

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        SyntaxNode? root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        TypeDeclarationSyntax? type = root?.FindNode(context.Span).FirstAncestorOrSelf<TypeDeclarationSyntax>();
        if (type is null)
            return;

        var action = CodeAction.Create(
            "Make partial", cancellation => MakePartialAsync(context.Document, type, cancellation), nameof(MakePartialCodeFix));
        context.RegisterCodeFix(action, context.Diagnostics);
    }

    private static async Task<Document> MakePartialAsync(
        Document document, TypeDeclarationSyntax type, CancellationToken cancellation)
    {
        SyntaxNode? root = await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false);
        var closed = type.AncestorsAndSelf().OfType<TypeDeclarationSyntax>()
            .Where(candidate => !candidate.Modifiers.Any(SyntaxKind.PartialKeyword));
        return document.WithSyntaxRoot(root!.ReplaceNodes(closed, (_, inner) => MakePartial(inner)));
    }

    /// <summary>
    /// The modifier goes last, where C# wants it; a type without modifiers hands over its leading comments and blanks.
    /// </summary>
    private static TypeDeclarationSyntax MakePartial(TypeDeclarationSyntax type)
    {
        SyntaxToken partial = SyntaxFactory.Token(SyntaxKind.PartialKeyword).WithTrailingTrivia(SyntaxFactory.Space);
        if (type.Modifiers.Count > 0)
            return type.AddModifiers(partial);

        SyntaxToken keyword = type.Keyword;
        return type
            .WithKeyword(keyword.WithLeadingTrivia())
            .AddModifiers(partial.WithLeadingTrivia(keyword.LeadingTrivia));
    }
}
