import { describe, expect, test } from 'vitest';
import { createRateMeter } from './progress.ts';

describe('rate meter', () => {
  test('says nothing before there is enough to say', () => {
    const meter = createRateMeter();
    expect(meter.perSecond()).toBeUndefined();
    meter.update(0, 0);
    meter.update(5, 200);
    expect(meter.perSecond()).toBeUndefined();
    expect(meter.secondsLeft(100)).toBeUndefined();
  });

  test('reads a steady rate and the time left', () => {
    const meter = createRateMeter();
    for (let second = 0; second <= 10; second++) meter.update(second * 20, second * 1000);
    expect(meter.perSecond()).toBe(20);
    expect(meter.secondsLeft(1000)).toBe(40);
    expect(meter.secondsLeft(100)).toBe(0);
    expect(meter.secondsLeft(undefined)).toBeUndefined();
  });

  test('forgets what lies before its window', () => {
    const meter = createRateMeter(5000);
    for (let second = 0; second <= 60; second++) meter.update(second, second * 1000);
    for (let second = 61; second <= 70; second++) meter.update(60 + (second - 60) * 10, second * 1000);
    expect(meter.perSecond()).toBe(10);
  });

  test('a standstill is no rate', () => {
    const meter = createRateMeter();
    meter.update(3, 0);
    meter.update(3, 5000);
    expect(meter.perSecond()).toBeUndefined();
  });
});
