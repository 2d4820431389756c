import { useClipboard } from '@vueuse/core';
import { computed, ref, shallowRef, watch } from 'vue';
import { z } from 'zod';
import type { InputOf, OutputOf } from '../../../core/contract/contract.ts';
import { attempt } from '../../composables/attempt.ts';
import { useLatest } from '../../composables/latest.ts';
import { useJobStore } from '../../stores/jobStore.ts';
import { useToastStore } from '../../stores/toastStore.ts';
import { studio } from '../../studio.ts';
import { text } from '../../text/index.ts';
import type { ResultPlace } from '../results/useResultPlace.ts';
import { budgetOf } from './budget.ts';

export type ExportFormat = InputOf<'export.preview'>['formats'][number];
export type ExportPreview = OutputOf<'export.preview'>;

export const FORMATS = ['jsonl', 'csv', 'coco'] as const satisfies readonly ExportFormat[];

/** What an export's job gives back; see core/studio/export-run.ts. */
const exportResultSchema = z.object({
  folder: z.string(),
  imageCount: z.number(),
  heldBack: z.object({ overBudget: z.number(), unverified: z.number(), excluded: z.number() }),
  manifestSha256: z.string(),
});
export type ExportResult = z.infer<typeof exportResultSchema>;

/** The order as the form has it, what would come of it, and the export itself. */
export function useExport(place: ResultPlace) {
  const jobs = useJobStore();
  const toasts = useToastStore();
  const { copy } = useClipboard();
  const formats = ref<ExportFormat[]>(['jsonl', 'coco']);
  const budgetText = ref('');
  const includeUnverified = ref(false);
  const folder = ref<string>();
  const draw = ref(0);
  const result = shallowRef<ExportResult>();

  watch(
    () => place.refined.value?.budgetPx,
    (budget) => (budgetText.value = budget === undefined || budget === 0 ? '' : String(budget)),
    { immediate: true },
  );
  const budget = computed(() => budgetOf(budgetText.value));
  const order = computed<InputOf<'export.preview'> | undefined>(() => {
    const refined = place.refined.value;
    if (!refined || budget.value === undefined || formats.value.length === 0) return undefined;
    return {
      runId: refined.runId,
      step: refined.step,
      formats: formats.value,
      driftBudgetPx: budget.value,
      includeUnverified: includeUnverified.value,
    };
  });
  const preview = useLatest(
    () => order.value && { ...order.value, draw: draw.value },
    (asked) => studio.export.preview(asked),
    { delayMs: 150 },
  );
  const job = computed(() => jobs.active.find(({ kind }) => kind === 'export'));
  const why = computed(() => {
    if (job.value) return text.export.isBusy;
    if (formats.value.length === 0) return text.export.needsFormat;
    if (budget.value === undefined) return text.export.budgetError;
    if (preview.value.value?.images === 0) return text.export.nothingLeaves;
    return folder.value === undefined ? text.export.needsFolder : '';
  });

  async function start(): Promise<void> {
    const [asked, into] = [order.value, folder.value];
    if (!asked || into === undefined) return;
    result.value = undefined;
    const started = await attempt(() => studio.export.start({ ...asked, folder: into }));
    if (!started) return;
    const ended = await jobs.ended(started.jobId);
    if (ended.status === 'done') result.value = exportResultSchema.parse(ended.result);
  }

  async function copyCommandLine(): Promise<void> {
    const line = preview.value.value?.commandLine;
    if (line === undefined) return;
    await copy(line);
    toasts.say(text.export.copied);
  }

  return {
    ...{ formats, budgetText, budget, includeUnverified, folder, preview, why, result },
    another: () => (draw.value += 1),
    start,
    copyCommandLine,
  };
}
