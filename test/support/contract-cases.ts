import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { StudioError } from '../../core/base/studio-error.ts';
import {
  contract,
  operationNames,
  operationOf,
  type OperationName,
  type StudioClient,
} from '../../core/contract/contract.ts';
import type { StudioEvent } from '../../core/contract/events.ts';

/** What a case works with: the studio at the end of some road, and a folder of the case's own. */
export interface ContractFixture {
  readonly studio: StudioClient;
  readonly folder: string;
}

export interface ContractCase {
  readonly name: string;
  readonly run: (fixture: ContractFixture) => Promise<void>;
}

/** Queries that need nothing but, at most, an open library. */
const PLAIN_QUERIES = [
  'library.current',
  'library.recent',
  'import.formats',
  'datasets.list',
  'datasets.health',
  'datasets.map',
  'views.list',
  'runs.list',
  'runs.presets',
  'export.list',
  'engines.list',
  'jobs.list',
  'settings.get',
  'system.info',
] as const satisfies readonly OperationName[];

/**
 * What must hold on every road to the studio: the service itself, a WebSocket, Electron's messages. Each case begins with
 * no open library.
 */
export const contractCases: readonly ContractCase[] = [
  {
    name: 'has a method for every operation of the contract, and nothing more',
    run({ studio }) {
      const { subscribe, onReconnect, ...domains } = studio;
      expect([typeof subscribe, typeof onReconnect]).toEqual(['function', 'function']);
      const names = Object.entries(domains).flatMap(([domain, methods]) =>
        Object.keys(methods).map((method) => `${domain}.${method}`),
      );
      expect(names.toSorted()).toEqual(operationNames.toSorted());
      return Promise.resolve();
    },
  },
  {
    name: 'says that no library is open, as what it is',
    async run({ studio }) {
      expect(await studio.library.current({})).toBeNull();
      const failure = await failureOf(studio.datasets.list({}));
      expect(failure.code).toBe('not-found');
      expect(failure.remedy).not.toBe('');
    },
  },
  {
    name: 'answers every plain query in the shape that the contract gives',
    async run({ studio, folder }) {
      await studio.library.create({ folder: join(folder, 'Plain.simgan'), name: null });
      for (const name of PLAIN_QUERIES) {
        const parsed = operationOf(name).output.safeParse(await callByName(studio, name, {}));
        expect(parsed.error, name).toBeUndefined();
      }
    },
  },
  {
    name: 'makes a library with a name in any script, and tells everyone',
    async run({ studio, folder }) {
      const events: StudioEvent[] = [];
      const unsubscribe = studio.subscribe((event) => events.push(event));
      const name = 'Ögen · 眼 · 👁\u200d🗨 "quoted" \\ back';
      const made = await studio.library.create({ folder: join(folder, 'Names.simgan'), name });
      expect(made.name).toBe(name);
      expect(await studio.library.current({})).toEqual(made);
      await expect
        .poll(() => events.filter(({ type }) => type === 'library'))
        .toContainEqual({ type: 'library', library: made });
      unsubscribe();
      events.splice(0);
      await studio.library.close({});
      expect(await studio.library.current({})).toBeNull();
      expect(events).toEqual([]);
    },
  },
  {
    name: 'refuses an input that does not fit, and names the value',
    async run({ studio }) {
      const wrong = studio.runs.metrics as (input: unknown) => Promise<unknown>;
      for (const input of [
        undefined,
        null,
        {},
        7,
        'x',
        { id: 'one' },
        { id: 1, maxPoints: -1, extra: true },
      ]) {
        const failure = await failureOf(wrong(input));
        expect(failure.code, JSON.stringify(input)).toBe('bad-usage');
        expect(failure.message).toContain('Read curves');
      }
    },
  },
  {
    name: 'says what was not found, with remedy and details',
    async run({ studio, folder }) {
      const nowhere = join(folder, 'Nowhere.simgan');
      const failure = await failureOf(studio.library.open({ folder: nowhere }));
      expect(failure.code).toBe('not-found');
      expect(failure.message).toContain('Nowhere.simgan');
      expect(failure.remedy).not.toBe('');
      expect(existsSync(nowhere)).toBe(false);
      await studio.library.create({ folder: join(folder, 'Missing.simgan'), name: null });
      expect((await failureOf(studio.runs.get({ id: 99 }))).code).toBe('not-found');
      expect((await failureOf(studio.images.get({ id: 99 }))).code).toBe('not-found');
      expect((await failureOf(studio.jobs.get({ id: 99 }))).code).toBe('not-found');
    },
  },
  {
    name: 'keeps settings, and tells everyone of them',
    async run({ studio }) {
      const events: StudioEvent[] = [];
      studio.subscribe((event) => events.push(event));
      const before = await studio.settings.get({});
      const changed = { ...before, theme: 'light', zoom: 125, keys: { palette: 'Mod+P' } } as const;
      expect(await studio.settings.set({ theme: 'light', zoom: 125, keys: { palette: 'Mod+P' } })).toEqual(
        changed,
      );
      expect(await studio.settings.get({})).toEqual(changed);
      await expect.poll(() => events).toContainEqual({ type: 'settings', settings: changed });
      expect(await studio.settings.set(before)).toEqual(before);
    },
  },
  {
    name: 'runs a job to its end, and its images can be searched',
    async run({ studio, folder }) {
      await studio.library.create({ folder: join(folder, 'Eyes.simgan'), name: null });
      const events: StudioEvent[] = [];
      studio.subscribe((event) => events.push(event));
      const { jobId } = await studio.simulate.start({
        subject: 'eye',
        look: 'render',
        name: 'drawn',
        count: 12,
        seed: 1,
        widthPx: 55,
        heightPx: 35,
      });
      const statusesTold = (): string[] =>
        events.flatMap((event) => (event.type === 'job' && event.job.id === jobId ? [event.job.status] : []));
      await expect.poll(statusesTold, { timeout: 30_000 }).toContain('done');
      expect(await studio.jobs.get({ id: jobId })).toMatchObject({
        kind: 'simulate',
        status: 'done',
        failure: null,
      });
      const [dataset] = await studio.datasets.list({});
      expect(dataset).toMatchObject({ name: 'drawn', role: 'synthetic', images: 12, withGaze: 12 });
      const { listing, count } = await studio.images.open({
        filter: { role: 'synthetic' },
        sort: { by: 'yawRad' },
      });
      expect(count).toBe(12);
      const images = await studio.images.window({ listing, from: 2, count: 5 });
      expect(images).toHaveLength(5);
      const parsed = contract.images.window.output.safeParse(images);
      expect(parsed.error).toBeUndefined();
    },
  },
  {
    name: 'answers many questions at once, each its own',
    async run({ studio, folder }) {
      await studio.library.create({ folder: join(folder, 'Many.simgan'), name: null });
      const questions = [
        ['settings.get', {}],
        ['library.current', {}],
        ['system.info', {}],
        ['runs.presets', {}],
        ['jobs.list', {}],
      ] as const;
      const asked = [...Array(60).keys()].map((place) => questions[place % questions.length]);
      const answers = await Promise.all(asked.map(([name, input]) => callByName(studio, name, input)));
      answers.forEach((answer, place) => {
        const [name] = asked[place];
        expect(operationOf(name).output.safeParse(answer).error, name).toBeUndefined();
      });
    },
  },
];

function callByName(studio: StudioClient, name: OperationName, input: unknown): Promise<unknown> {
  const [domain, method] = name.split('.') as [keyof typeof contract, string];
  return (studio[domain] as Readonly<Record<string, (input: unknown) => Promise<unknown>>>)[method](input);
}

/** What a call failed with, which must be an error with code and remedy again at this end of the road. */
async function failureOf(call: Promise<unknown>): Promise<StudioError> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(StudioError);
  return error as StudioError;
}
