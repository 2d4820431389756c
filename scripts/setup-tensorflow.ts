import { parseArgs } from 'node:util';
import { StudioError, messageOf } from '../core/base/studio-error.ts';
import { installTensorflow, librariesFolder, removeTensorflow } from '../core/engine/tensorflow/install.ts';

const help = `Installs a current TensorFlow for the engine "tensorflow" of this program, on Linux.

  npm run setup:tensorflow              for the processor (about 1 GB)
  npm run setup:tensorflow -- --gpu     for NVIDIA cards, with the CUDA libraries (about 4 GB)
  npm run setup:tensorflow -- --undo    takes it back

Needs Python 3 with pip, a C++ compiler and make. Nothing is installed into Python or the system.`;

async function main(): Promise<void> {
  const values = readFlags();
  if (values.help) {
    console.log(help);
    return;
  }
  if (values.undo) {
    const removed = await removeTensorflow();
    console.log(
      removed ? 'TensorFlow was taken out again.' : 'TensorFlow was not installed by this command.',
    );
    return;
  }
  const { device, version, measurement } = await installTensorflow(values.gpu ? 'gpu' : 'cpu', console.log);
  const { stepsPerSecond, largestError } = measurement;
  // A machine that is too busy to be timed has an engine all the same.
  const speed = stepsPerSecond ? `${stepsPerSecond.toPrecision(3)} probe steps/s, ` : '';
  console.log(`${version} works on ${device}: ${speed}largest error ${largestError.toPrecision(2)}.`);
  console.log(`The library lies in ${librariesFolder()}; node_modules/@tensorflow/tfjs-node links to it.`);
  console.log('To take it back: npm run setup:tensorflow -- --undo');
  if (values.gpu && device.startsWith('CPU')) {
    console.log('It computes on the processor, because TensorFlow found no NVIDIA card that it can use.');
  }
}

function readFlags(): { gpu?: boolean; undo?: boolean; help?: boolean } {
  try {
    return parseArgs({
      options: { gpu: { type: 'boolean' }, undo: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    }).values;
  } catch (error) {
    throw new StudioError('bad-usage', messageOf(error), { remedy: help, cause: error });
  }
}

main().catch((error: unknown) => {
  if (!(error instanceof StudioError)) throw error;
  console.error(`${error.message}\n${error.remedy}`);
  process.exitCode = error.code === 'bad-usage' ? 2 : 1;
});
