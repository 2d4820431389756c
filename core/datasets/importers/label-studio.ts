import { z } from 'zod';
import type { Annotation, Keypoint } from '../../contract/annotation.ts';
import { baseName, isPicture } from './folder.ts';
import {
  defineLabelFiles,
  withNameOptions,
  type LabelFile,
  type NamedLabel,
  type NotThisFormat,
} from './label-files.ts';
import { problemOf, type LabelDocument } from './label-document.ts';
import { hasLabel, orderOfNames, pointOf, pointsInOrder, type PointOrder } from './named-points.ts';

const resultSchema = z.looseObject({
  id: z.string().optional(),
  parentID: z.string().nullish(),
  type: z.string(),
  original_width: z.number().optional(),
  original_height: z.number().optional(),
  value: z.looseObject({
    x: z.number().optional(),
    y: z.number().optional(),
    keypointlabels: z.array(z.string()).optional(),
    rectanglelabels: z.array(z.string()).optional(),
    choices: z.array(z.string()).optional(),
  }),
});

const taskSchema = z.looseObject({
  data: z.record(z.string(), z.unknown()),
  annotations: z.array(
    z.looseObject({ was_cancelled: z.boolean().optional(), result: z.array(resultSchema) }),
  ),
});

type Result = z.output<typeof resultSchema>;
type Task = z.output<typeof taskSchema>;

/**
 * Label Studio's JSON export (labelstud.io/guide/export): tasks with their annotations. Points are in percent of the
 * image's size; a choice, or the label of a box, is a category.
 */
export const labelStudio = defineLabelFiles({
  id: 'label-studio',
  title: 'Label Studio',
  describes: 'The JSON export of Label Studio (not JSON_MIN): key points, choices.',
  roles: ['synthetic', 'real'],
  optionsSchema: withNameOptions({}),
  certainty: 0.97,
  mayBe: (path) => /\.json$/i.test(path),
  share: orderOf,
  open: (document, _options, { shared }) => open(document, shared),
});

async function orderOf(documents: Iterable<LabelDocument>): Promise<PointOrder> {
  const names = new Set<string>();
  for (const document of documents) {
    const tasks = await tasksOf(document).catch(() => []);
    if ('refused' in tasks) continue;
    for (const { value } of tasks.flatMap(resultsOf)) {
      for (const name of value.keypointlabels ?? []) names.add(name);
    }
  }
  return orderOfNames(names);
}

/** @throws StudioError for a file that is no JSON */
async function tasksOf(document: LabelDocument): Promise<readonly Task[] | NotThisFormat> {
  const head = await document.head();
  if (!/"(?:annotations|result)"/.test(head)) {
    return { refused: 'has no "annotations" with "result" as Label Studio has' };
  }
  const parsed = z
    .array(taskSchema)
    .min(1)
    .safeParse(await document.json());
  if (parsed.success) return parsed.data;
  const isClose = /"result"\s*:\s*\[/.test(head);
  return { refused: `is not as Label Studio exports it (${problemOf(parsed.error)})`, isClose };
}

/** Of the last annotation that was not cancelled. */
const resultsOf = ({ annotations }: Task): readonly Result[] =>
  annotations.findLast(({ was_cancelled: isCancelled }) => isCancelled !== true)?.result ?? [];

async function open(document: LabelDocument, order: PointOrder): Promise<LabelFile | NotThisFormat> {
  const tasks = await tasksOf(document);
  if ('refused' in tasks) return tasks;
  return {
    what: `${tasks.length} tasks${order.names.length > 0 ? ` with points ${order.names.join(', ')}` : ''}`,
    labels: () => tasks.map((task) => labelOf(task, order)),
  };
}

function labelOf(task: Task, order: PointOrder): NamedLabel {
  const results = resultsOf(task);
  const objects = objectsOf(results);
  const [largest = []] = [...objects].sort((left, right) => right.length - left.length);
  const keypoints = pointsInOrder(order, new Map(largest));
  const names = results.flatMap(({ value }) => value.choices ?? value.rectanglelabels ?? []);
  const annotations: Annotation[] = [
    ...(hasLabel(keypoints) ? [keypoints] : []),
    ...(names.length > 0 ? [{ kind: 'category', name: names[0] } as const] : []),
  ];
  const left = objects.length - 1;
  return {
    names: namesOf(task),
    annotations,
    notes:
      left > 0
        ? [
            {
              about: 'objects-left-out',
              message: `Has ${left + 1} labelled objects; the one with most points is used.`,
            },
          ]
        : [],
  };
}

type NamedPoint = readonly [string, Keypoint];

/** Points that share a parent are one object; those without one are one together. */
function objectsOf(results: readonly Result[]): NamedPoint[][] {
  const objects = new Map<string, NamedPoint[]>();
  for (const { parentID, value, original_width: width, original_height: height } of results) {
    const [name] = value.keypointlabels ?? [];
    if (name === undefined || value.x === undefined || value.y === undefined) continue;
    const point = pointOf(
      (value.x / 100) * (width ?? Number.NaN),
      (value.y / 100) * (height ?? Number.NaN),
      2,
    );
    const object = objects.get(parentID ?? '') ?? [];
    object.push([name, point]);
    objects.set(parentID ?? '', object);
  }
  return [...objects.values()];
}

/** The image's address, its path below a local folder, its file name, and that without the mark of an upload. */
function namesOf({ data }: Task): string[] {
  const written = Object.values(data).filter((value) => typeof value === 'string');
  const address = written.find((value) => isPicture(value.replace(/[?#](?!d=).*$/, ''))) ?? '';
  const local = /[?&]d=([^&]+)/.exec(address)?.[1];
  const path = decoded(local ?? address);
  return [path, baseName(path), baseName(path).replace(/^[0-9a-f]{8}-/, '')].filter((name) => name !== '');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
