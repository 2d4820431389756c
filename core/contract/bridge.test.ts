import { expect, it } from 'vitest';
import { clientOfBridge, type StudioBridge } from './bridge.ts';
import { contract } from './contract.ts';

/** A bridge that copies what crosses it, as Electron's does. */
function copyingBridge() {
  const heard: unknown[] = [];
  const method = (input: unknown): Promise<unknown> => {
    heard.push(structuredClone(input));
    return Promise.resolve({ output: null });
  };
  const domains = Object.entries(contract).map(([domain, methods]) => [
    domain,
    Object.fromEntries(Object.keys(methods).map((name) => [name, method])),
  ]);
  const bridge = { ...Object.fromEntries(domains), subscribe: () => () => undefined } as StudioBridge;
  return { client: clientOfBridge(bridge), heard };
}

it('sends proxies, of which the state of a window is made, as what they stand for', async () => {
  const { client, heard } = copyingBridge();
  const formats = new Proxy(['jsonl', 'coco'], {});
  expect(() => structuredClone(formats)).toThrow();
  await client.export.list(new Proxy({}, {}));
  const call = client.export.preview as (input: unknown) => Promise<unknown>;
  await call({ runId: 1, step: 8, formats, left: undefined });
  expect(heard).toEqual([{}, { runId: 1, step: 8, formats: ['jsonl', 'coco'] }]);
});
