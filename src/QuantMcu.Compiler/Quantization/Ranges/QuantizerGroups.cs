using System.Collections.Generic;
using QuantMcu.Compiler.Graph;

namespace QuantMcu.Compiler.Quantization.Ranges;

/// <summary>Sets of values that share one quantizer (disjoint-set forest), some of them with a quantizer that is given.</summary>
internal sealed class QuantizerGroups
{
    private readonly Dictionary<Value, Group> groups = [];
    private readonly List<Value> order = [];

    /// <summary>The groups, in the order of their first values.</summary>
    public IEnumerable<IReadOnlyList<Value>> All
    {
        get
        {
            var seen = new HashSet<Group>();
            foreach (var value in order)
            {
                if (seen.Add(groups[value]))
                    yield return groups[value].Members;
            }
        }
    }

    public void Add(Value value)
    {
        if (groups.ContainsKey(value))
            return;

        groups[value] = new Group(value);
        order.Add(value);
    }

    public IReadOnlyList<Value> Members(Value value) => groups[value].Members;

    /// <summary>The given quantizer of a value's group, or null where it is free.</summary>
    public Quantizer? Given(Value value) => groups[value].Given;

    /// <summary>Gives a group its quantizer; no effect where it has one already.</summary>
    public void Give(Value value, Quantizer quantizer) => groups[value].Given ??= quantizer;

    /// <summary>Lets two values share one quantizer; false, and nothing done, where both have different ones already.</summary>
    public bool Join(Value first, Value second)
    {
        Group a = groups[first], b = groups[second];
        if (a == b)
            return true;
        if (a.Given is not null && b.Given is not null && a.Given != b.Given)
            return false;

        a.Given ??= b.Given;
        a.Members.AddRange(b.Members);
        foreach (var member in b.Members)
            groups[member] = a;
        return true;
    }

    private sealed class Group(Value first)
    {
        public List<Value> Members { get; } = [first];

        public Quantizer? Given { get; set; }
    }
}
