using System;
using System.Globalization;
using System.IO;
using System.Linq;
using QuantMcu.Training;

if (args is not [var archive, var evaluationArchive, var file, .. var more] || more.Length > 1)
{
    Console.Error.WriteLine("usage: Training crops_train.npz crops_eval.npz meter_small.onnx [epochs]");
    return 2;
}

const int Batch = 32, Held = 2000, MostShift = 1;
const float Rate = 3e-3f, Decay = 1e-4f;
int epochs = more.Length == 0 ? 45 : int.Parse(more[0], CultureInfo.InvariantCulture);

var (held, train) = Pictures.OfArchive(archive).Split(Held);
var random = new Random(1);
var network = new Network(random);
Console.WriteLine(FormattableString.Invariant($"{network.Macs:N0} multiply-accumulates, {train.Count:N0} pictures"));

int batches = train.Count / Batch, step = 0;
for (int epoch = 1; epoch <= epochs; epoch++)
{
    int[] order = [.. Enumerable.Range(0, train.Count)];
    random.Shuffle(order);
    int right = 0;
    foreach (int[] batch in order.Chunk(Batch).Take(batches))
    {
        foreach (int picture in batch)
        {
            int down = random.Next(-MostShift, MostShift + 1), across = random.Next(-MostShift, MostShift + 1);
            float gain = 0.8f + (0.4f * random.NextSingle()), offset = 0.6f * (random.NextSingle() - 0.5f);
            right += network.Learn(train.Values(picture, down, across, gain, offset), train.Labels[picture]) ? 1 : 0;
        }

        // Half a cosine, after a short start from zero.
        float progress = (float)step / (batches * epochs), start = MathF.Min(1, step / (0.02f * batches * epochs));
        network.Step(Rate * start * 0.5f * (1 + MathF.Cos(MathF.PI * progress)), Decay, batch.Length);
        step++;
    }

    Console.WriteLine(FormattableString.Invariant(
        $"epoch {epoch}: {(double)right / (batches * Batch):P1} of the training pictures, {network.Accuracy(held):P1} of {Held:N0} others"));
}

File.WriteAllBytes(file, network.ToOnnx());
var evaluation = Pictures.OfArchive(evaluationArchive);
Console.WriteLine(FormattableString.Invariant($"{network.Accuracy(evaluation):P2} of {evaluation.Count} evaluation samples"));
return 0;
