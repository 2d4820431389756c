import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { operationNames } from '../../core/contract/contract.ts';
import { contractCases } from '../support/contract-cases.ts';
import { openMessageRoad, type MessageRoad } from '../support/electron-messages.ts';
import { serveStudio, type ServedStudio } from '../support/served-studio.ts';

describe('the contract, by Electron’s messages', () => {
  let served: ServedStudio;
  let road: MessageRoad;

  beforeAll(async () => {
    served = await serveStudio();
    road = openMessageRoad(served.studio);
  });
  afterEach(() => served.direct.library.close({}));
  afterAll(async () => {
    road.close();
    await served[Symbol.asyncDispose]();
  });

  it.each(contractCases)('$name', async ({ run }) => {
    await run({ studio: road.studio, folder: served.folder });
  });

  it('shows the window operations and a way to listen, and nothing else', () => {
    const { subscribe, ...domains } = road.bridge;
    expect(subscribe).toBeTypeOf('function');
    const names = Object.entries(domains).flatMap(([domain, methods]) =>
      Object.keys(methods).map((method) => `${domain}.${method}`),
    );
    expect(names.toSorted()).toEqual(operationNames.toSorted());
  });

  it('replies with a failure in place of an error, of which only the message would cross', async () => {
    const reply = await road.bridge.runs.get({ id: 'one' });
    expect(reply).toMatchObject({ failure: { code: 'bad-usage', remedy: expect.any(String) as string } });
  });
});
