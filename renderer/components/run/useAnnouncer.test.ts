import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { effectScope } from 'vue';
import { useAnnouncer } from './useAnnouncer.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('says the first at once and then the newest, ten seconds later', () => {
  const scope = effectScope();
  scope.run(() => {
    const { spoken, announce } = useAnnouncer();
    announce('one');
    expect(spoken.value).toBe('one');
    announce('two');
    announce('three');
    vi.advanceTimersByTime(9_999);
    expect(spoken.value).toBe('one');
    vi.advanceTimersByTime(1);
    expect(spoken.value).toBe('three');
    vi.advanceTimersByTime(60_000);
    announce('four');
    expect(spoken.value).toBe('four');
  });
  scope.stop();
});
