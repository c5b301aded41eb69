using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using static QuantMcu.Compiler.Calibration.Execution.Lanes;

namespace QuantMcu.Compiler.Calibration.Execution;

/// <summary>
/// The constant right-hand side of a matrix product, packed for C[rows, Columns] = A[rows, Depth] * B[Depth, Columns] + bias.
/// Columns lie in panels of two vectors (the last panel may have one): within a panel row after row, so that the kernel reads it
/// straight through. Every sum starts with the bias and adds its products in order of depth.
/// </summary>
internal sealed unsafe class PackedMatrix
{
    /// <summary>Rows of A that a kernel takes at once: two vectors of each are 12 accumulators, for 16 registers.</summary>
    public const int RowBlock = 6;

    private readonly float[] panels;
    private readonly float[] bias;

    private PackedMatrix(int depth, int columns, float[] panels, float[] bias)
    {
        Depth = depth;
        Columns = columns;
        this.panels = panels;
        this.bias = bias;
    }

    public int Depth { get; }

    public int Columns { get; }

    /// <summary>
    /// Whether so many matrices are worth packing: padding to whole vectors must not multiply the memory of a model that is made
    /// of single columns, nor a block of rows that of a model that is made of depth.
    /// </summary>
    public static bool IsReasonable(int matrices, int columns, int depth)
    {
        long padded = (columns + Width - 1L) / Width * Width;
        return padded * depth * matrices <= ModelLimits.TensorElements && (long)RowBlock * depth <= ModelLimits.TensorElements;
    }

    /// <summary>Packs weights of which every column of B is contiguous: <paramref name="weights"/>[columns, depth].</summary>
    public static PackedMatrix Pack(ReadOnlySpan<float> weights, ReadOnlySpan<float> bias, int columns, int depth)
    {
        int padded = (columns + Width - 1) / Width * Width;
        var panels = new float[padded * depth];
        for (int column = 0; column < columns; column++)
        {
            int panel = column / (2 * Width) * (2 * Width);
            int panelWidth = Math.Min(2 * Width, padded - panel);
            int target = (panel * depth) + (column - panel);
            for (int k = 0; k < depth; k++)
                panels[target + (k * panelWidth)] = weights[(column * depth) + k];
        }

        var paddedBias = new float[padded];
        bias.CopyTo(paddedBias);
        return new PackedMatrix(depth, columns, panels, paddedBias);
    }

    /// <summary>C = clamp(A * B + bias).</summary>
    /// <param name="a">Rows of A, <paramref name="strideA"/> floats apart.</param>
    /// <param name="strideA">Floats from one row of A to the next.</param>
    /// <param name="rows">Rows of A and C; a few dozen, so that they stay in the cache while all panels pass over them.</param>
    /// <param name="c">Rows of C, <paramref name="strideC"/> floats apart.</param>
    /// <param name="strideC">Floats from one row of C to the next.</param>
    /// <param name="clamp">Applied to every result.</param>
    public void Multiply(float* a, int strideA, int rows, float* c, int strideC, Clamp clamp)
    {
        fixed (float* packed = panels, start = bias)
        {
            for (int column = 0; column < Columns; column += 2 * Width)
            {
                var task = new Panel(packed + (column * Depth), start + column, Depth, Columns - column, clamp);
                MultiplyPanel(a, strideA, rows, c + column, strideC, task);
            }
        }
    }

    private static void MultiplyPanel(float* a, int strideA, int rows, float* c, int strideC, in Panel panel)
    {
        bool two = panel.Columns > Width;
        int row = 0;
        while (row < rows)
        {
            bool block = rows >= RowBlock;

            // The last block overlaps the one before: the rows in both get the same results twice.
            if (block && row + RowBlock > rows)
                row = rows - RowBlock;

            float* rowA = a + ((long)row * strideA), rowC = c + ((long)row * strideC);
            if (block && two)
                SixRowsTwoVectors(rowA, strideA, rowC, strideC, panel);
            else if (block)
                SixRowsOneVector(rowA, strideA, rowC, strideC, panel);
            else if (two)
                OneRowTwoVectors(rowA, rowC, panel);
            else
                OneRowOneVector(rowA, rowC, panel);

            row += block ? RowBlock : 1;
        }
    }

    [MethodImpl(Hot)]
    private static void SixRowsTwoVectors(float* a, int strideA, float* c, int strideC, in Panel panel)
    {
        float* w = panel.Weights;
        float* a0 = a, a1 = a0 + strideA, a2 = a1 + strideA, a3 = a2 + strideA, a4 = a3 + strideA, a5 = a4 + strideA;
        Vector<float> left = Load(panel.Bias), right = Load(panel.Bias + Width);
        Vector<float> c00 = left, c10 = left, c20 = left, c30 = left, c40 = left, c50 = left;
        Vector<float> c01 = right, c11 = right, c21 = right, c31 = right, c41 = right, c51 = right;
        for (long k = 0; k < panel.Depth; k++)
        {
            left = Load(w);
            right = Load(w + Width);
            w += 2 * Width;
            var x = new Vector<float>(a0[k]);
            c00 += x * left;
            c01 += x * right;
            x = new Vector<float>(a1[k]);
            c10 += x * left;
            c11 += x * right;
            x = new Vector<float>(a2[k]);
            c20 += x * left;
            c21 += x * right;
            x = new Vector<float>(a3[k]);
            c30 += x * left;
            c31 += x * right;
            x = new Vector<float>(a4[k]);
            c40 += x * left;
            c41 += x * right;
            x = new Vector<float>(a5[k]);
            c50 += x * left;
            c51 += x * right;
        }

        panel.StoreTwo(c, c00, c01);
        panel.StoreTwo(c += strideC, c10, c11);
        panel.StoreTwo(c += strideC, c20, c21);
        panel.StoreTwo(c += strideC, c30, c31);
        panel.StoreTwo(c += strideC, c40, c41);
        panel.StoreTwo(c + strideC, c50, c51);
    }

    [MethodImpl(Hot)]
    private static void SixRowsOneVector(float* a, int strideA, float* c, int strideC, in Panel panel)
    {
        float* w = panel.Weights;
        float* a0 = a, a1 = a0 + strideA, a2 = a1 + strideA, a3 = a2 + strideA, a4 = a3 + strideA, a5 = a4 + strideA;
        var column = Load(panel.Bias);
        Vector<float> c0 = column, c1 = column, c2 = column, c3 = column, c4 = column, c5 = column;
        for (long k = 0; k < panel.Depth; k++)
        {
            column = Load(w);
            w += Width;
            c0 += new Vector<float>(a0[k]) * column;
            c1 += new Vector<float>(a1[k]) * column;
            c2 += new Vector<float>(a2[k]) * column;
            c3 += new Vector<float>(a3[k]) * column;
            c4 += new Vector<float>(a4[k]) * column;
            c5 += new Vector<float>(a5[k]) * column;
        }

        panel.StoreOne(c, c0);
        panel.StoreOne(c += strideC, c1);
        panel.StoreOne(c += strideC, c2);
        panel.StoreOne(c += strideC, c3);
        panel.StoreOne(c += strideC, c4);
        panel.StoreOne(c + strideC, c5);
    }

    [MethodImpl(Hot)]
    private static void OneRowTwoVectors(float* a, float* c, in Panel panel)
    {
        float* w = panel.Weights;
        Vector<float> left = Load(panel.Bias), right = Load(panel.Bias + Width);
        for (long k = 0; k < panel.Depth; k++)
        {
            var x = new Vector<float>(a[k]);
            left += x * Load(w);
            right += x * Load(w + Width);
            w += 2 * Width;
        }

        panel.StoreTwo(c, left, right);
    }

    [MethodImpl(Hot)]
    private static void OneRowOneVector(float* a, float* c, in Panel panel)
    {
        float* w = panel.Weights;
        var sum = Load(panel.Bias);
        for (long k = 0; k < panel.Depth; k++)
        {
            sum += new Vector<float>(a[k]) * Load(w);
            w += Width;
        }

        panel.StoreOne(c, sum);
    }

    /// <summary>One panel of B, and how its results are stored.</summary>
    private readonly struct Panel
    {
        private readonly Vector<float> low;
        private readonly Vector<float> high;

        public Panel(float* weights, float* bias, int depth, int columns, Clamp clamp)
        {
            Weights = weights;
            Bias = bias;
            Depth = depth;
            Columns = columns;
            low = new Vector<float>(clamp.Min);
            high = new Vector<float>(clamp.Max);
        }

        public float* Weights { get; }

        public float* Bias { get; }

        public int Depth { get; }

        /// <summary>Columns from this panel on: the panel's own and perhaps more.</summary>
        public int Columns { get; }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void StoreTwo(float* c, Vector<float> left, Vector<float> right)
        {
            Store(c, Limit(left, low, high));
            right = Limit(right, low, high);
            if (Columns >= 2 * Width)
                Store(c + Width, right);
            else
                StorePart(c + Width, right, Columns - Width);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void StoreOne(float* c, Vector<float> sum)
        {
            sum = Limit(sum, low, high);
            if (Columns >= Width)
                Store(c, sum);
            else
                StorePart(c, sum, Columns);
        }
    }
}
