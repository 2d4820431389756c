import { computed } from 'vue';
import { useAction } from '../../composables/actions.ts';
import { text } from '../../text/index.ts';
import type { LoupePicture } from './loupe.ts';
import type { Comparison } from './useComparison.ts';

interface LoupeActions {
  readonly b: () => LoupePicture | undefined;
  readonly comparison: Comparison;
  readonly isLabelled: () => boolean;
  readonly nextLayer: () => void;
  readonly zoomToLabel: () => void;
  readonly fit: () => void;
}

/** The actions of the catalogue that a loupe does, with why it cannot do one now. */
export function useLoupeActions(loupe: LoupeActions): void {
  const { showOne, showDifference, turnOn, changeGain, reducesMotion } = loupe.comparison;
  const whyOne = computed(() => (loupe.b() === undefined ? text.loupe.nothingToCompare : ''));
  const whyStill = computed(() => (reducesMotion.value ? text.loupe.flickerIsMotion : whyOne.value));
  const whyUnlabelled = computed(() => (loupe.isLabelled() ? '' : text.data.noLabels));
  useAction('loupe.synthetic', () => showOne('a'));
  useAction('loupe.refined', () => showOne('b'), { why: whyOne });
  useAction('loupe.difference', showDifference, { why: whyOne });
  useAction('loupe.slider', () => turnOn('slider'), { why: whyOne });
  useAction('loupe.flicker', () => turnOn('flicker'), { why: whyStill });
  useAction('loupe.gain-down', () => changeGain(-1), { why: whyOne });
  useAction('loupe.gain-up', () => changeGain(1), { why: whyOne });
  useAction('loupe.next-layer', loupe.nextLayer, { why: whyUnlabelled });
  useAction('loupe.zoom-label', loupe.zoomToLabel, { why: whyUnlabelled });
  useAction('loupe.fit', loupe.fit);
}
