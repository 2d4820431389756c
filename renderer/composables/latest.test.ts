import { effectScope, nextTick, ref } from 'vue';
import { describe, expect, it } from 'vitest';
import { useLatest } from './latest.ts';

/** Until all timers of no delay and what follows them have run. */
const settled = async (): Promise<void> => {
  await nextTick();
  await new Promise((resolve) => setTimeout(resolve, 5));
};

describe('what is asked for anew', () => {
  it('shows the answer to the newest question, however late older ones come', async () => {
    const key = ref<string>();
    const answers = new Map<string, (value: string) => void>();
    const scope = effectScope();
    const latest = scope.run(() =>
      useLatest(
        () => key.value,
        (asked) => new Promise<string>((resolve) => answers.set(asked, resolve)),
      ),
    );
    await settled();
    expect(latest?.isLoading.value).toBe(false);
    key.value = 'first';
    await settled();
    key.value = 'second';
    await settled();
    expect(latest?.isLoading.value).toBe(true);
    answers.get('second')?.('of the second');
    await settled();
    answers.get('first')?.('of the first');
    await settled();
    expect(latest?.value.value).toBe('of the second');
    expect(latest?.isLoading.value).toBe(false);
    key.value = undefined;
    await settled();
    expect(latest?.value.value).toBeUndefined();
    scope.stop();
  });

  it('keeps why it failed until something else is asked', async () => {
    const key = ref(1);
    const scope = effectScope();
    const latest = scope.run(() =>
      useLatest(
        () => key.value,
        (asked) => (asked === 1 ? Promise.reject(new Error('gone')) : Promise.resolve(asked)),
      ),
    );
    await settled();
    expect(latest?.error.value).toMatchObject({ message: 'gone' });
    key.value = 2;
    await settled();
    expect(latest?.error.value).toBeUndefined();
    expect(latest?.value.value).toBe(2);
    scope.stop();
  });
});
