import { expect, test } from 'vitest';
import { createApp } from 'vue';
import { createMemoryHistory, createRouter } from 'vue-router';
import { usePutQuery } from './usePutQuery.ts';

async function openAt(address: string) {
  const component = { render: () => null };
  const router = createRouter({
    history: createMemoryHistory(),
    routes: ['/inspect', '/export'].map((path) => ({ path, component })),
  });
  await router.push(address);
  return { router, put: createApp(component).use(router).runWithContext(usePutQuery) };
}

/** Of an address that is written a few turns later. */
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

test('several choices at once all end in the address', async () => {
  const { router, put } = await openAt('/inspect?run=3&image=7');
  put({ against: 'real' });
  put({ side: 'real', image: undefined });
  put({ mode: 'one' });
  await expect
    .poll(() => router.currentRoute.value.query)
    .toEqual({
      run: '3',
      against: 'real',
      side: 'real',
      mode: 'one',
    });
});

test('what was chosen on a screen that is left does not follow to the next', async () => {
  const { router, put } = await openAt('/inspect');
  put({ side: 'real' });
  put({ mode: 'one' });
  await router.push('/export');
  await settled();
  expect(router.currentRoute.value.fullPath).toBe('/export');
  put({ draw: '2' });
  await expect.poll(() => router.currentRoute.value.fullPath).toBe('/export?draw=2');
});
