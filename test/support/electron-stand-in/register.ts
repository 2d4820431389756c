import { registerHooks } from 'node:module';

// Whoever imports "electron" gets the stand-in. Loaded by `node --import`, before the shell's own entry.
registerHooks({
  resolve(specifier, context, nextResolve) {
    if (specifier !== 'electron') return nextResolve(specifier, context);
    return {
      url: new URL('./electron.ts', import.meta.url).href,
      shortCircuit: true,
      format: 'module-typescript',
    };
  },
});
