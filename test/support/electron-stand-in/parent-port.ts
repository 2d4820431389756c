import { registerHooks } from 'node:module';
import { ELECTRON_VERSION } from './version.ts';

// Gives a forked process what Electron gives a utility process: `process.parentPort`, and no `process.send`.
const send = process.send?.bind(process);
const parentPort = {
  postMessage: (message: unknown) => void send?.(message),
  on: (_: 'message', listener: (event: { readonly data: unknown }) => void) =>
    void process.on('message', (data) => listener({ data })),
};
Object.defineProperty(process, 'parentPort', { value: parentPort });
Object.defineProperty(process.versions, 'electron', { value: ELECTRON_VERSION, enumerable: true });
Object.defineProperty(process, 'send', { value: undefined });
process.on('disconnect', () => process.exit(0));

// Electron refuses the ArrayBuffers over foreign memory that this package makes.
registerHooks({
  resolve(specifier, context, nextResolve) {
    if (specifier === 'webgpu') throw new Error('External buffers are not allowed');
    return nextResolve(specifier, context);
  },
});
