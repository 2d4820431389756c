import type { GridImage } from '../../stores/dataStore.ts';
import { degrees } from '../../composables/format.ts';
import { text } from '../../text/index.ts';

/** Tag of the images that are pinned to the strip; see `edits.pin`. */
export const PINNED_TAG = 'strip';

export const isPinned = ({ tags }: GridImage): boolean => tags.includes(PINNED_TAG);

export const isCorrected = ({ annotations }: GridImage): boolean =>
  annotations.some(({ author }) => author === 'user');

/** What labels say, in a few words: "yaw 12.0°", "pitch −4.0°". */
export function describeLabels({ annotations }: Pick<GridImage, 'annotations'>): readonly string[] {
  return annotations.flatMap(({ annotation }) => {
    switch (annotation.kind) {
      case 'gaze':
        return [
          text.data.grid.yaw(degrees(annotation.yawRad)),
          text.data.grid.pitch(degrees(annotation.pitchRad)),
        ];
      case 'keypoints': {
        const visible = annotation.points.filter(({ visibility }) => visibility === 2).length;
        return [text.data.grid.visible(visible, annotation.points.length)];
      }
      case 'category':
        return [text.data.grid.category(annotation.name)];
    }
  });
}

/** "image 40 of 1,033, synthetic, yaw 12.0°, excluded: blurred" */
export function describeTile(image: GridImage | undefined, place: number, total: number): string {
  const where = text.data.grid.imageOf(place, total);
  if (image === undefined) return `${where}, ${text.data.grid.loading}`;
  const tags = image.tags.filter((tag) => tag !== PINNED_TAG);
  return [
    where,
    text.data.grid[image.role],
    ...describeLabels(image),
    ...(image.excludedReason === null ? [] : [text.data.grid.excluded(image.excludedReason)]),
    ...(image.missing ? [text.data.grid.missing] : []),
    ...(image.duplicateOf === null ? [] : [text.data.grid.duplicate]),
    ...(isPinned(image) ? [text.data.grid.pinned] : []),
    ...(isCorrected(image) ? [text.data.grid.corrected] : []),
    ...(tags.length > 0 ? [text.data.grid.tagged(tags.join(', '))] : []),
  ].join(', ');
}
