import { defineStore } from 'pinia';
import { computed, ref, watch } from 'vue';
import type { OutputOf } from '../../core/contract/contract.ts';
import type { DepthMaps } from '../../core/contract/depth-maps.ts';
import { NO_ADJUSTMENT, type LabelAdjustment } from '../../core/contract/label-adjustment.ts';
import { importReportSchema } from '../../core/contract/operations/datasets.ts';
import { useLatest } from '../composables/latest.ts';
import { lastPart } from '../composables/paths.ts';
import { studio } from '../studio.ts';
import type { Preprocessing } from '../../core/contract/preprocessing.ts';
import { useJobStore } from './jobStore.ts';
import { useShapeStore } from './shapeStore.ts';

export type ImportRole = 'synthetic' | 'real';
export type ImportSample = OutputOf<'import.sample'>;

export const importSteps = ['choose', 'labels', 'shape', 'report'] as const;
export type ImportStep = (typeof importSteps)[number];

const SAMPLES = 12;
/** Below it a format is not taken without being chosen. */
const LIKELY = 0.05;

/** An import as it is being prepared: what was chosen so far, and what the studio says to it. Nothing is written. */
export const useImportStore = defineStore('import', () => {
  const jobs = useJobStore();
  const shapes = useShapeStore();
  const step = ref<ImportStep>('choose');
  const role = ref<ImportRole>('synthetic');
  const folder = ref('');
  /** Null: the one that is recognised. */
  const format = ref<string | null>(null);
  const options = ref<Readonly<Record<string, unknown>>>({});
  const adjustment = ref<LabelAdjustment>(NO_ADJUSTMENT);
  /** What the images are said to be: depth maps, or null for pictures; undefined leaves it to the look at them. */
  const chosenDepth = ref<DepthMaps | null>();
  const chosenCrop = ref<boolean>();
  /** How the networks are to see the images; undefined until it was looked at. */
  const shape = ref<Preprocessing>();
  const name = ref('');
  const copy = ref(false);
  /** Imports synthetic images that have no label. */
  const unlabelled = ref(false);
  /** Keeps impossible labels. */
  const keepImpossible = ref(false);
  const jobId = ref<number>();

  const formats = useLatest(
    () => true,
    () => studio.import.formats({}),
  );
  const detection = useLatest(
    () => folder.value || undefined,
    (path) => studio.import.detect({ folder: path }),
  );
  const formatsOfRole = computed(() =>
    (formats.value.value ?? []).filter(({ roles }) => roles.includes(role.value)),
  );
  const detected = computed(() =>
    (detection.value.value ?? []).find(
      ({ id, confidence }) => confidence > LIKELY && formatsOfRole.value.some((one) => one.id === id),
    ),
  );
  const chosenFormat = computed(() => format.value ?? detected.value?.id);
  const sample = useLatest(
    () =>
      chosenFormat.value === undefined || detection.isLoading.value
        ? undefined
        : { role: role.value, folder: folder.value, format: chosenFormat.value, options: options.value },
    (asked) => studio.import.sample({ ...asked, count: SAMPLES }),
    { delayMs: 150 },
  );

  // Options belong to a format, and what was put right to the labels that it reads.
  watch([folder, chosenFormat], ([path], [pathBefore, formatBefore]) => {
    if (path !== pathBefore) name.value = lastPart(path);
    // What an address says of a folder that is still being looked at stays.
    if (pathBefore === '' || formatBefore === undefined) return;
    options.value = {};
    adjustment.value = NO_ADJUSTMENT;
  });
  watch([folder, chosenFormat], () => {
    chosenDepth.value = undefined;
    chosenCrop.value = undefined;
  });

  const depth = computed({
    get: () => (chosenDepth.value === undefined ? (sample.value.value?.depth ?? null) : chosenDepth.value),
    set: (said: DepthMaps | null) => (chosenDepth.value = said),
  });
  /** Whether depth maps are used around what lies in their window. */
  const cropToDepth = computed({
    get: () => depth.value !== null && (chosenCrop.value ?? sample.value.value?.cropToDepth ?? false),
    set: (on: boolean) => (chosenCrop.value = on),
  });

  const job = computed(() => jobs.jobs.find(({ id }) => id === jobId.value));
  const report = computed(() => {
    if (job.value?.status !== 'done') return undefined;
    const parsed = importReportSchema.safeParse(job.value.result);
    return parsed.success ? parsed.data : undefined;
  });

  async function start(): Promise<void> {
    const order = {
      role: role.value,
      folder: folder.value,
      format: format.value,
      options: options.value,
      adjustment: adjustment.value,
      depth: depth.value,
      cropToDepth: cropToDepth.value,
      name: name.value.trim() || null,
      copy: copy.value,
      unlabelled: unlabelled.value,
      keepImpossible: keepImpossible.value,
    };
    jobId.value = (await studio.import.start(order)).jobId;
    if (shape.value) shapes.keep(shape.value);
  }

  /** Another import, or this one once more. */
  function begin(what: { readonly role?: ImportRole; readonly folder?: string }): void {
    jobId.value = undefined;
    step.value = 'choose';
    role.value = what.role ?? role.value;
    folder.value = what.folder ?? '';
    format.value = null;
    shape.value = undefined;
    name.value = lastPart(folder.value);
    unlabelled.value = false;
    keepImpossible.value = false;
  }

  return {
    ...{ step, role, folder, format, options, adjustment, depth, cropToDepth, shape, name, copy, jobId },
    ...{ unlabelled, keepImpossible },
    formats: formats.value,
    formatsOfRole,
    detection: detection.value,
    detectionError: detection.error,
    isDetecting: detection.isLoading,
    detected,
    chosenFormat,
    sample: sample.value,
    sampleError: sample.error,
    isSampling: sample.isLoading,
    job,
    report,
    start,
    begin,
  };
});
