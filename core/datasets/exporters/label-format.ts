import type { Annotation, Category, Gaze, Keypoints } from '../../contract/annotation.ts';
import { keypointLayout, type KeypointLayout } from '../../contract/keypoint-layouts.ts';
import type { ExportHeader, ExportRecord, Split } from './export-sample.ts';
import type { LabelFormatId } from './manifest.ts';
import type { TextFile } from './text-file.ts';

export type AnnotationKind = Annotation['kind'];

/** All that a label file needs to know before its first line. */
export interface LabelSummary {
  readonly images: Readonly<Record<Split, number>>;
  readonly annotations: Readonly<Record<AnnotationKind, number>>;
  /** Layouts of the keypoints, in order of their ids. */
  readonly layouts: readonly KeypointLayout[];
  /** Points of the longest keypoints annotation. */
  readonly mostPoints: number;
  /** Whether any keypoint has a depth. */
  readonly hasDepth: boolean;
  /** What the labelled objects are, in one order. */
  readonly objectKinds: readonly ObjectKind[];
}

/** The category's name and the layout's id, where there are such. */
export interface ObjectKind {
  readonly category: string | undefined;
  readonly layout: string | undefined;
}

export interface LabelSource {
  readonly header: ExportHeader;
  readonly summary: LabelSummary;
  /** All images from the first, in the order in which they were exported; may be called again and again. */
  readonly records: () => AsyncIterable<ExportRecord>;
  /** A new label file; the path is relative to the export. */
  readonly create: (path: string) => Promise<TextFile>;
}

/** One way to write labels down. */
export interface LabelFormat {
  readonly id: LabelFormatId;
  readonly title: string;
  /** For each kind of annotation what is lost on the way, in words; nothing where it is kept whole. */
  readonly loses: Readonly<Partial<Record<AnnotationKind, string>>>;
  /** The same records give the same bytes: no times, one order of keys. */
  readonly write: (source: LabelSource) => Promise<void>;
  /**
   * The images that a label file names, as paths relative to the export.
   * @param path relative to the export
   * @throws StudioError 'bad-input', naming the place, where the file is not of this format
   */
  readonly readImagePaths: (folder: string, path: string, signal?: AbortSignal) => AsyncIterable<string>;
  /** Python that reads the labels and opens the images, run in the export's folder. */
  readonly loading: (summary: LabelSummary) => string;
}

/** What is labelled in an image: at most one annotation of each kind. */
export interface LabelledObject {
  readonly gaze?: Gaze;
  readonly keypoints?: Keypoints;
  readonly category?: Category;
}

/** Groups annotations into objects for formats with one row per object: the first of each kind, the second of each… */
export function objectsOf(annotations: readonly Annotation[]): LabelledObject[] {
  const objects: LabelledObject[] = [];
  const counts = { gaze: 0, keypoints: 0, category: 0 };
  for (const annotation of annotations) {
    const place = counts[annotation.kind]++;
    objects[place] = { ...objects[place], [annotation.kind]: annotation };
  }
  return objects;
}

export interface LabelSummaryBuilder {
  add(record: ExportRecord): void;
  summary(): LabelSummary;
}

export function createLabelSummary(): LabelSummaryBuilder {
  const images = { train: 0, test: 0 };
  const annotations = { gaze: 0, keypoints: 0, category: 0 };
  const pointCounts = new Map<string, number>();
  const objectKinds = new Map<string, ObjectKind>();
  let hasDepth = false;
  return {
    add(record) {
      images[record.split] += 1;
      for (const annotation of record.annotations) {
        annotations[annotation.kind] += 1;
        if (annotation.kind !== 'keypoints') continue;
        const { layout, points } = annotation;
        pointCounts.set(layout, Math.max(pointCounts.get(layout) ?? 0, points.length));
        hasDepth ||= points.some((point) => point.zMm !== undefined);
      }
      for (const { category, keypoints } of objectsOf(record.annotations)) {
        const kind = { category: category?.name, layout: keypoints?.layout };
        objectKinds.set(objectKey(kind), kind);
      }
    },
    summary: () => ({
      images,
      annotations,
      layouts: [...pointCounts]
        .sort(([left], [right]) => compareText(left, right))
        .map(([id, count]) => keypointLayout(id, count)),
      mostPoints: Math.max(0, ...pointCounts.values()),
      hasDepth,
      objectKinds: [...objectKinds.values()].sort(compareKinds),
    }),
  };
}

/** By category, then by layout; none comes first. */
function compareKinds(left: ObjectKind, right: ObjectKind): number {
  return (
    compareText(left.category ?? '', right.category ?? '') ||
    compareText(left.layout ?? '', right.layout ?? '')
  );
}

/** By code units: the same order in every country. */
const compareText = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

/** A text that is equal for equal kinds of object, and only for those. */
export const objectKey = (kind: ObjectKind): string =>
  JSON.stringify([kind.category ?? null, kind.layout ?? null]);
