using System;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Reference.Integer;

/// <summary>The input indices along one axis that a window at one output index covers: Start, Start + Step, ... below End, all inside the image.</summary>
internal readonly struct TapRange
{
    public TapRange(Window window, int axis, int outputIndex, int size)
    {
        Step = window.Dilations[axis];
        int first = (outputIndex * window.Strides[axis]) - window.PadsBegin[axis];
        int end = first + window.Extent(axis);
        End = Math.Min(end, size);
        Start = first < 0 ? first + ((-first + Step - 1) / Step * Step) : first;
        int paddedEnd = Math.Min(end, size + window.PadsEnd[axis]);
        PaddedCount = Math.Max(0, (paddedEnd - first + Step - 1) / Step);
        Count = Math.Max(0, (End - Start + Step - 1) / Step);
    }

    public int Start { get; }

    public int End { get; }

    public int Step { get; }

    /// <summary>Taps inside the image.</summary>
    public int Count { get; }

    /// <summary>Taps inside the image or its padding; a window that was rounded up may reach past both.</summary>
    public int PaddedCount { get; }
}
