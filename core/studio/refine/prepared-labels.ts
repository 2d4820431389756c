import type { Annotation } from '../../contract/annotation.ts';
import type { Preprocessing } from '../../contract/preprocessing.ts';
import { mapKeypoints, placeBox } from '../../datasets/pixels/geometry.ts';
import type { LabelledImage } from '../../library/images.ts';

/** The labels of a stored image, in the pixels of the prepared one. */
export function preparedLabels(image: LabelledImage, preprocessing: Preprocessing): Annotation[] {
  const box = image.crop ?? { x: 0, y: 0, width: image.widthPx, height: image.heightPx };
  const { transform } = placeBox(box, preprocessing);
  return image.annotations.map(({ annotation }) =>
    annotation.kind === 'keypoints' ? mapKeypoints(annotation, transform) : annotation,
  );
}
