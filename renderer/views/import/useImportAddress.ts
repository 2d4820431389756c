import { watch } from 'vue';
import { useRoute, useRouter, type LocationQuery } from 'vue-router';
import { importSteps, useImportStore } from '../../stores/importStore.ts';
import { adjustmentOf, fixesOf, isFix } from './fixes.ts';

const textOf = (query: LocationQuery, name: string): string | undefined => {
  const value = query[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
};

/** Keeps what is being imported in the address, so that "back" and a reload find it again. */
export function useImportAddress(): void {
  const store = useImportStore();
  const route = useRoute();
  const router = useRouter();

  const read = (query: LocationQuery): void => {
    const folder = textOf(query, 'folder');
    const role = query.role === 'real' || query.role === 'synthetic' ? query.role : undefined;
    const isOther = (folder ?? '') !== store.folder || (role !== undefined && role !== store.role);
    if (isOther) store.begin({ ...(role ? { role } : {}), ...(folder === undefined ? {} : { folder }) });
    store.format = textOf(query, 'format') ?? null;
    store.step = importSteps.find((known) => known === query.step) ?? 'choose';
    const fixes = textOf(query, 'fixes')?.split(',') ?? [];
    store.adjustment = adjustmentOf(fixes.filter(isFix));
  };
  read(route.query);

  watch(
    () => ({
      role: store.role,
      folder: store.folder || undefined,
      format: store.format ?? undefined,
      step: store.step === 'choose' ? undefined : store.step,
      fixes: fixesOf(store.adjustment).join(',') || undefined,
    }),
    (query, before) => {
      if (route.name !== 'import') return;
      const isStep = query.step !== before.step;
      void (isStep ? router.push({ query }) : router.replace({ query }));
    },
  );
  watch(
    () => route.query,
    (query) => {
      if (route.name === 'import') read(query);
    },
  );
}
