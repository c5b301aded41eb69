using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Searching;

namespace QuantMcu.Compiler.Reports.Html;

/// <summary>Every decision of the searches, with what it was weighed against.</summary>
internal static class SearchSection
{
    private const int MostPlans = 500;

    public static void Write(HtmlWriter page, NetworkReport report)
    {
        var search = report.Search;
        page.Open("section").Element("h2", "Decisions");
        if (search.PatchReason.Length > 0)
            page.Element("p", search.PatchReason);

        Facts(page, search);
        Plans(page, search);
        foreach (var scope in search.Scopes)
            Scope(page, scope);

        if (search.Weights.Length > 0)
        {
            var weights = search.Weights.Select(weight => new MapDecision(weight.Layer, weight.Bits, weight.Reason, weight.Candidates));
            Decisions(page, "Weights", "layer", weights.ToImmutableArray());
        }

        Log(page, search);
        page.Close();
    }

    private static void Facts(HtmlWriter page, SearchReport search)
    {
        var facts = FactsOf(search).ToList();
        if (facts.Count == 0)
            return;

        Table.Write(page, "Settings and results of the searches", ["figure", "#value"], table =>
        {
            foreach (var (name, value) in facts)
                table.Row(name, value);
        });
    }

    private static IEnumerable<(string Name, string Value)> FactsOf(SearchReport search)
    {
        if (search.Method is { } method)
            yield return ("bit widths by", method == QuantMcu.Search.Entropy ? "VDQS (entropy against BitOPs)" : "damage to the output");
        if (search.Lambda is { } lambda)
            yield return ("lambda", Figures.Real(lambda));
        if (search.MaxDamage is { } most)
            yield return ("expected loss allowed", Figures.Real(most));
        if (search.PredictedDamage is { } predicted)
            yield return ("divergence predicted", Figures.Real(predicted));
        if (search.MeasuredDamage is { } measured)
            yield return ("expected loss", Figures.Real(measured));
        if (search.SearchMacs > 0)
            yield return ("MACs of the search's forward passes", Figures.Count(search.SearchMacs));
        if (search.Vdpc is not { } vdpc)
            yield break;

        yield return ("VDPC: classified tensor", vdpc.Tensor);
        yield return ("VDPC: mean and deviation", Figures.Real(vdpc.Mean) + ", " + Figures.Real(vdpc.Deviation));
        yield return ("VDPC: phi", Figures.Real(vdpc.Phi));
        yield return ("VDPC: outliers are below and above", Figures.Real(vdpc.Low) + ", " + Figures.Real(vdpc.High));
        yield return ("VDPC: vote", Figures.Real(vdpc.Vote));
        yield return ("VDPC: outlier patches", vdpc.Outliers.Count(outlier => outlier) + " of " + vdpc.Outliers.Length);
    }

    private static void Plans(HtmlWriter page, SearchReport search)
    {
        if (search.Plans.Length == 0)
            return;

        var shown = search.Plans.Where((plan, index) => index < MostPlans || plan.Chosen).ToList();
        string title = "Patch plans compared: " + Figures.Count(search.Plans.Length)
            + (shown.Count < search.Plans.Length ? ", of which " + Figures.Count(shown.Count) + " are shown" : "");
        page.Open("details").Element("summary", title);
        string[] columns = ["~split tensor", "grid", "halo", "#MACs executed", "#arena bytes", "#predicted cost", "chosen"];
        Table.Write(page, "Patch plans compared", columns, table =>
        {
            foreach (var plan in shown)
            {
                bool whole = plan.Split.Length == 0;
                table.Row(
                    plan.Chosen, SplitOf(plan), whole ? "" : plan.Grid.ToString(), whole ? "" : plan.Halo.ToString(),
                    Figures.Count(plan.ExecutedMacs), Figures.Count(plan.ArenaBytes),
                    plan.PredictedInstructions > 0 ? Figures.Count(plan.PredictedInstructions) : "", plan.Chosen ? "yes" : "");
            }
        });
        page.Close();
    }

    private static string SplitOf(PlanCandidate plan)
    {
        string split = plan.Split.Length == 0 ? plan.Fused > 0 ? "(fused layers)" : "(layer by layer)" : plan.Split;
        return plan.Split.Length > 0 && plan.Fused > 0 ? split + " (and fused layers)" : split;
    }

    private static void Scope(HtmlWriter page, ScopeReport scope)
    {
        string title = "Feature maps of " + scope.Name;
        if (scope.Tiles.Length > 0)
            title += " (patches " + string.Join(", ", Ranges(scope.Tiles)) + ")";

        Decisions(page, title, "feature map", scope.Maps);
    }

    /// <summary><c>0-3</c>, <c>5</c>, ... of ascending numbers.</summary>
    private static IEnumerable<string> Ranges(ImmutableArray<int> numbers)
    {
        for (int first = 0, next; first < numbers.Length; first = next)
        {
            next = first + 1;
            while (next < numbers.Length && numbers[next] == numbers[next - 1] + 1)
                next++;

            string begin = Figures.Index(numbers[first]);
            yield return next == first + 1 ? begin : begin + "-" + Figures.Index(numbers[next - 1]);
        }
    }

    private static void Decisions(HtmlWriter page, string title, string what, ImmutableArray<MapDecision> decisions)
    {
        string counts = string.Join(", ", decisions.GroupBy(decision => decision.Bits).OrderByDescending(group => group.Key)
            .Select(group => group.Count() + " of " + group.Key + " bits"));
        page.Open("details").Element("summary", title + ": " + counts);
        Table.Write(page, title, ["~" + what, "#bits", "~why", "~compared"], table =>
        {
            foreach (var decision in decisions)
            {
                table.Row(
                    decision.Map, Figures.Index(decision.Bits), decision.Reason,
                    string.Join("; ", decision.Candidates.Select(Text)));
            }
        });
        page.Close();
    }

    private static string Text(CandidateScore candidate)
    {
        var parts = new List<string>();
        void Add(string name, double? value)
        {
            if (value is not null)
                parts.Add(name + " " + Figures.Real(value));
        }

        Add("score", candidate.Score);
        Add("entropy", candidate.Entropy);
        Add("omega", candidate.Omega);
        Add("phi", candidate.Phi);
        Add("damage", candidate.Damage);
        parts.Add(Figures.Short(candidate.BitOps) + " BitOPs");
        return candidate.Bits + " bits: " + string.Join(", ", parts);
    }

    private static void Log(HtmlWriter page, SearchReport search)
    {
        if (search.Log.Length == 0)
            return;

        page.Open("details").Element("summary", "Log of " + Figures.Count(search.Log.Length) + " lines").Open("ol");
        foreach (string line in search.Log)
            page.Element("li", line);

        page.Close().Close();
    }
}
