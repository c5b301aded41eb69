// node bench.mjs MODEL.onnx 1,3,128,128
// Times single inferences of a float32 model on one thread. Each line "N" on standard input runs N of them and answers with one
// line: a JSON array of N times in microseconds. Ends with its input.
import readline from 'node:readline';
import ort from 'onnxruntime-node';

const [model, shape] = process.argv.slice(2);
const dimensions = shape.split(',').map(Number);
const session = await ort.InferenceSession.create(model, {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
});

// Values do not change the time of dense kernels; a fixed pattern in [-1, 1) keeps them ordinary.
const values = Float32Array.from({ length: dimensions.reduce((a, b) => a * b, 1) }, (_, i) => ((i * 37) % 256) / 128 - 1);
const feeds = { [session.inputNames[0]]: new ort.Tensor('float32', values, dimensions) };

for await (const line of readline.createInterface({ input: process.stdin })) {
  const times = [];
  for (let i = 0; i < Number(line); i++) {
    const start = process.hrtime.bigint();
    await session.run(feeds);
    times.push(Number(process.hrtime.bigint() - start) / 1000);
  }
  console.log(JSON.stringify(times));
}
