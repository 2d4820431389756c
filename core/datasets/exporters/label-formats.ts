import { cocoFormat } from './coco-keypoints.ts';
import { csvFormat } from './csv.ts';
import { jsonlFormat } from './jsonl.ts';
import type { AnnotationKind, LabelFormat } from './label-format.ts';
import type { LabelFormatId } from './manifest.ts';

/** All formats of label files, in the order in which they are offered. */
export const labelFormats: Readonly<Record<LabelFormatId, LabelFormat>> = {
  jsonl: jsonlFormat,
  csv: csvFormat,
  coco: cocoFormat,
};

export interface FormatLoss {
  readonly format: LabelFormatId;
  readonly kind: AnnotationKind;
  /** "COCO keypoints: gaze: kept in an extra field …" */
  readonly message: string;
}

/** What the formats cannot hold, or hold where common tools do not look. To be shown before an export starts. */
export function describeLoss(
  formats: readonly LabelFormatId[],
  kinds: readonly AnnotationKind[],
): FormatLoss[] {
  return formats.flatMap((id) => {
    const { title, loses } = labelFormats[id];
    return kinds.flatMap((kind) => {
      const loss = loses[kind];
      return loss === undefined ? [] : [{ format: id, kind, message: `${title}: ${kind}: ${loss}` }];
    });
  });
}
