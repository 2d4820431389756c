import { expect, test } from 'vitest';
import { exampleConfig } from '../train/config.fixture.ts';
import { liveTextsOf, readLiveSettings } from './liveForm.ts';

test('only what differs from the run is a change', () => {
  expect(readLiveSettings(exampleConfig, liveTextsOf(exampleConfig))).toEqual({ settings: {}, errors: {} });
  const texts = liveTextsOf(exampleConfig, { lambda: 0.4, psi: 'derivatives' });
  expect(readLiveSettings(exampleConfig, { ...texts, kg: '3' }).settings).toEqual({
    lambda: 0.4,
    psi: 'derivatives',
    kg: 3,
  });
});

test('a wrong value is told at its field, and nothing is changed by halves', () => {
  const texts = { ...liveTextsOf(exampleConfig, { lambda: 0.4 }), kd: 'two' };
  const { settings, errors } = readLiveSettings(exampleConfig, texts);
  expect(settings).toEqual({});
  expect(Object.keys(errors)).toEqual(['kd']);
});
