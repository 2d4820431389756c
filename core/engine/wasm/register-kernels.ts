import * as tf from '@tensorflow/tfjs-core';
import { filterGradient, inputGradient } from './convolution-gradients.ts';

let registered = false;

/** Supplies what the wasm backend lacks for training, and replaces what it has too slow or wrong. Safe to call twice. */
export function registerWasmKernels(): void {
  if (registered) return;
  registered = true;
  padExplicitly(tf.Conv2D);
  padExplicitly(tf.FusedConv2D);
  replaceKernel(tf.Conv2DBackpropInput, ({ inputs, attrs }) => {
    const attributes = attrs as unknown as tf.Conv2DBackpropInputAttrs;
    requireChannelsLast(attributes.dataFormat);
    return inputGradient(
      inputs.dy as tf.Tensor4D,
      inputs.filter as tf.Tensor4D,
      attributes.inputShape,
      attributes,
    );
  });
  replaceKernel(tf.Conv2DBackpropFilter, ({ inputs, attrs }) => {
    const attributes = attrs as unknown as tf.Conv2DBackpropFilterAttrs;
    requireChannelsLast(attributes.dataFormat);
    return filterGradient(
      inputs.x as tf.Tensor4D,
      inputs.dy as tf.Tensor4D,
      attributes.filterShape,
      attributes,
    );
  });
}

/**
 * Padding 'same' gives wrong sums on this backend (tfjs 4.22) where the stride exceeds the filter along one axis; the
 * same padding spelled out in numbers is right.
 */
function padExplicitly(kernelName: string): void {
  const convolution = wasmKernel(kernelName);
  if (!convolution) throw new Error(`The wasm backend has no kernel ${kernelName}.`);
  const { kernelFunc } = convolution;
  replaceKernel(
    kernelName,
    (call) => {
      const attributes = call.attrs as unknown as tf.Conv2DAttrs;
      if (attributes.pad !== 'same') return kernelFunc(call);
      const { x, filter } = call.inputs as { x: tf.Tensor4D; filter: tf.Tensor4D };
      const { top, bottom, left, right } = tf.backend_util.computeConv2DInfo(
        x.shape,
        filter.shape,
        attributes.strides,
        attributes.dilations,
        'same',
      ).padInfo;
      const pad = [
        [0, 0],
        [top, bottom],
        [left, right],
        [0, 0],
      ];
      return kernelFunc({ ...call, attrs: { ...call.attrs, pad } });
    },
    convolution.setupFunc,
  );
}

function replaceKernel(kernelName: string, kernelFunc: tf.KernelFunc, setupFunc?: tf.KernelSetupFunc): void {
  if (wasmKernel(kernelName)) tf.unregisterKernel(kernelName, 'wasm');
  tf.registerKernel({ kernelName, backendName: 'wasm', kernelFunc, ...(setupFunc && { setupFunc }) });
}

function wasmKernel(kernelName: string): tf.KernelConfig | undefined {
  return tf.getKernelsForBackend('wasm').find((kernel) => kernel.kernelName === kernelName);
}

function requireChannelsLast(dataFormat: string): void {
  if (dataFormat !== 'NHWC') throw new Error(`Only NHWC is supported, not ${dataFormat}.`);
}
