using System.Collections.Generic;

namespace QuantMcu.Generators.Generation;

/// <summary>
/// The engine's latest answers, for the life of the process: compiler servers outlive builds. Bounded: the answer that was used
/// longest ago makes room.
/// </summary>
internal sealed class CompilationCache(int capacity)
{
    private readonly object gate = new();
    private readonly Dictionary<string, LinkedListNode<Entry>> entries = [];
    private readonly LinkedList<Entry> byUse = new();

    /// <summary>The one that all compilations of this process share.</summary>
    public static CompilationCache Shared { get; } = new(capacity: 16);

    public CompiledClass? Find(string key)
    {
        lock (gate)
        {
            if (!entries.TryGetValue(key, out LinkedListNode<Entry>? node))
                return null;

            byUse.Remove(node);
            byUse.AddFirst(node);
            return node.Value.Answer;
        }
    }

    public void Add(string key, CompiledClass answer)
    {
        lock (gate)
        {
            if (entries.ContainsKey(key))
                return;

            entries.Add(key, byUse.AddFirst(new Entry(key, answer)));
            if (entries.Count <= capacity)
                return;

            entries.Remove(byUse.Last!.Value.Key);
            byUse.RemoveLast();
        }
    }

    /// <summary>Forgets all, as a new process would.</summary>
    public void Clear()
    {
        lock (gate)
        {
            entries.Clear();
            byUse.Clear();
        }
    }

    private sealed record Entry(string Key, CompiledClass Answer);
}
