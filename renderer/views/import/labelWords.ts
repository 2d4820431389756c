import type { Annotation } from '../../../core/contract/annotation.ts';
import { counted, degrees } from '../../composables/format.ts';
import { text } from '../../text/index.ts';

/** What an image's labels say, in words. */
export function labelWords(annotations: readonly Annotation[]): string {
  const words = text.import.labels;
  if (annotations.length === 0) return words.noLabel;
  return annotations
    .map((annotation) => {
      switch (annotation.kind) {
        case 'gaze':
          return words.gaze(degrees(annotation.pitchRad), degrees(annotation.yawRad));
        case 'keypoints':
          return counted(annotation.points.length, 'point');
        case 'category':
          return words.category(annotation.name);
      }
    })
    .join(', ');
}
