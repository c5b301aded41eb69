using System;
using System.Collections.Generic;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Patching;

namespace QuantMcu.Compiler.Request;

/// <summary>Two options that exclude each other, or one that means nothing beside the other.</summary>
/// <param name="Option">The option that has to go, as C# writes it.</param>
/// <param name="Other">The option that it contradicts, with its value.</param>
/// <param name="Reason">Why the two do not go together.</param>
/// <param name="Remedy">What to do.</param>
internal sealed record Contradiction(string Option, string Other, string Reason, string Remedy)
{
    private const string PatchesNone = "Patches = none";

    /// <summary>Every contradiction among options that can each be read.</summary>
    public static IEnumerable<Contradiction> In(CompileOptions options)
    {
        foreach (Contradiction contradiction in OfPrecision(options))
            yield return contradiction;
        foreach (Contradiction contradiction in OfPatches(options))
            yield return contradiction;
        foreach (Contradiction contradiction in OfDynamicClassification(options))
            yield return contradiction;
    }

    /// <summary>The error, for the option's name as its user wrote it.</summary>
    public OptionError Error(Func<string, string> written)
    {
        string name = written(Option);
        return new OptionError(name, Diagnostic.Create(RequestRules.ContradictoryOptions, name, Other, Reason, Remedy));
    }

    private static IEnumerable<Contradiction> OfPrecision(CompileOptions options)
    {
        const string Int8 = "Precision = Int8";
        const string Remedy = "Set Precision to Mixed, or leave the option out.";
        if (options.Precision == Precision.Int8)
        {
            if (options.WeightBits < 8)
                yield return new Contradiction("WeightBits", Int8, "all weights have 8 bits there", Remedy);
            if (options.StageOnly)
                yield return new Contradiction("StageOnly", Int8, "no bit widths are searched there", Remedy);
            if (options.Classification == PatchClassification.Dynamic)
                yield return new Contradiction("Classification", Int8, "every patch has 8 bits there", Remedy);
            yield break;
        }

        if (options.Search == Search.Output && options.Lambda is not null)
            yield return new Contradiction("Lambda", "Search = Output", "only the score of VDQS has a lambda", "Set Search to Entropy.");
        if (options.Search == Search.Entropy && options.MaxDamage is not null)
        {
            yield return new Contradiction(
                "MaxDamage", "Search = Entropy", "VDQS measures no damage to the output", "Set Search to Output, or give Lambda.");
        }
    }

    private static IEnumerable<Contradiction> OfPatches(CompileOptions options)
    {
        if (options.Patches != PatchGrid.Whole)
            yield break;

        const string Reason = "there are no patches then";
        const string Remedy = "Leave one of the two out.";
        if (options.Halo is not null)
            yield return new Contradiction("Halo", PatchesNone, Reason, Remedy);
        if (options.StageOnly)
            yield return new Contradiction("StageOnly", PatchesNone, Reason, Remedy);
        if (options.Classification == PatchClassification.Dynamic)
            yield return new Contradiction("Classification", PatchesNone, Reason, Remedy);
    }

    private static IEnumerable<Contradiction> OfDynamicClassification(CompileOptions options)
    {
        if (options.Classification != PatchClassification.Dynamic)
            yield break;

        if (options.Halo == Halo.Cache)
        {
            yield return new Contradiction(
                "Classification",
                "Halo = Cache",
                "patches share what is kept between them, so they cannot choose a branch each",
                "Set Halo to Recompute, or Classification to Static.");
        }

        if (options.Classified == ClassifiedTensor.FirstFeatureMap)
        {
            yield return new Contradiction(
                "Classified",
                "Classification = Dynamic",
                "a patch is examined before its first feature map exists",
                "Set Classified to Input, or Classification to Static.");
        }
    }
}
