using System;

namespace QuantMcu.Compiler.Quantization.Weights;

/// <summary>
/// Second moments of what each group of a convolution multiplies its weights by. Of long windows only the blocks along the diagonal are kept: what
/// lies in different blocks counts as uncorrelated.
/// </summary>
internal sealed class InputCovariance
{
    private const int LargestBlock = 1024;

    /// <summary>Windows that are added in one pass over a matrix.</summary>
    private const int Batch = 8;

    private readonly int perChannel;
    private readonly int blocks;
    private readonly double[][] products;
    private readonly double[] sums;
    private long count;

    /// <param name="groups">Groups of the convolution.</param>
    /// <param name="perChannel">Weights of one output channel.</param>
    public InputCovariance(int groups, int perChannel)
    {
        this.perChannel = perChannel;
        Groups = groups;
        blocks = (perChannel + LargestBlock - 1) / LargestBlock;
        products = new double[groups * blocks][];
        for (int i = 0; i < products.Length; i++)
            products[i] = new double[Size(i % blocks) * Size(i % blocks)];
        sums = new double[groups * perChannel];
    }

    private InputCovariance(InputCovariance first, InputCovariance second)
        : this(first.Groups, first.perChannel)
    {
        foreach (var part in new[] { first, second })
        {
            for (int i = 0; i < products.Length; i++)
                Axpy.Add(products[i], 0, 1, part.products[i], 0, products[i].Length);
            Axpy.Add(sums, 0, 1, part.sums, 0, sums.Length);
            count += part.count;
        }
    }

    public int Groups { get; }

    public int Blocks => blocks;

    /// <summary>Windows seen.</summary>
    public long Count => count;

    /// <summary>First weight of a block.</summary>
    public int Start(int block) => (int)((long)perChannel * block / blocks);

    /// <summary>Weights of a block.</summary>
    public int Size(int block) => Start(block + 1) - Start(block);

    /// <summary>The moments of the windows of both.</summary>
    public static InputCovariance Sum(InputCovariance first, InputCovariance second) => new(first, second);

    /// <summary>Takes in windows, each of all groups.</summary>
    public void Add(float[] windows)
    {
        int length = Groups * perChannel;
        var rows = new double[Batch * Math.Min(perChannel, LargestBlock)];
        var factors = new double[Batch];
        int total = length == 0 ? 0 : windows.Length / length;
        for (int first = 0; first < total; first += Batch)
        {
            int batch = Math.Min(Batch, total - first);
            for (int matrix = 0; matrix < products.Length; matrix++)
                Add(windows, first, batch, matrix, rows, factors);
        }

        for (int i = 0; i < windows.Length; i++)
            sums[i % length] += windows[i];
        count += total;
    }

    private void Add(float[] windows, int first, int batch, int matrix, double[] rows, double[] factors)
    {
        int block = matrix % blocks, size = Size(block), offset = (matrix / blocks * perChannel) + Start(block);
        for (int row = 0; row < batch; row++)
        {
            int source = ((first + row) * Groups * perChannel) + offset;
            for (int i = 0; i < size; i++)
                rows[(row * size) + i] = windows[source + i];
        }

        // Only the upper triangle; the matrix is symmetric.
        for (int i = 0; i < size; i++)
        {
            bool any = false;
            for (int row = 0; row < batch; row++)
            {
                factors[row] = rows[(row * size) + i];
                any |= factors[row] != 0;
            }

            if (any)
                Axpy.AddRows(products[matrix], (i * size) + i, factors, rows, i, size, batch, size - i);
        }
    }

    /// <summary>Means of products of every two inputs of a block, symmetric.</summary>
    /// <param name="group">The group.</param>
    /// <param name="block">The block.</param>
    /// <param name="centered">Of their differences from their means: what remains of an error whose mean the bias takes out.</param>
    public double[] Matrix(int group, int block, bool centered)
    {
        int size = Size(block), offset = (group * perChannel) + Start(block);
        double[] upper = products[(group * blocks) + block];
        var matrix = new double[upper.Length];
        for (int i = 0; i < size; i++)
        {
            double mean = centered ? sums[offset + i] / count : 0;
            for (int j = i; j < size; j++)
                matrix[(i * size) + j] = matrix[(j * size) + i] = (upper[(i * size) + j] / count) - (mean * sums[offset + j] / count);
        }

        return matrix;
    }
}
