import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomic } from '../../../base/atomic-file.ts';
import { messageOf } from '../../../base/studio-error.ts';
import { engineSchema } from '../../../contract/operations/studio.ts';
import type { StudioContext } from '../context.ts';
import type { HandlersOf } from '../handlers.ts';

type Engine = z.infer<typeof engineSchema>;

/** What the job finds out about an engine; as `EngineReport`, after its way through JSON. */
const reportSchema = z.discriminatedUnion('state', [
  z.object({
    name: engineSchema.shape.name,
    state: z.literal('missing'),
    reason: z.string(),
    remedy: z.string(),
  }),
  z.object({
    name: engineSchema.shape.name,
    state: z.enum(['works', 'wrong']),
    device: z.string(),
    version: z.string(),
    deterministic: z.boolean(),
    /** Null: not a number. */
    largestError: z.number().nullable(),
    stepsPerSecond: z.number(),
  }),
]);

const fileIn = (stateFolder: string): string => join(stateFolder, 'engines.json');

/** What was measured last on this computer is kept beside the settings; nothing is probed to list it. */
export function engineHandlers(context: StudioContext): HandlersOf<'engines'> {
  let known: Engine[] | undefined;
  context.jobs.onEnded((job) => {
    if (job.kind !== 'engines' || job.status !== 'done') return;
    const reports = z.array(reportSchema).safeParse(job.result);
    if (!reports.success) return;
    known = reports.data.map(describe);
    const text = `${JSON.stringify(known, undefined, 2)}\n`;
    writeFileAtomic(fileIn(context.stateFolder), text).catch((error: unknown) => {
      context.log.add('warn', 'engines', `What was measured could not be kept: ${messageOf(error)}`);
    });
  });
  return {
    engines: {
      list: () => (known ??= readEngines(context.stateFolder)),
      measure: () => ({
        jobId: context.jobs.start({
          kind: 'engines',
          title: 'Measuring the engines',
          lane: 'engine',
          input: {},
        }).id,
      }),
    },
  };
}

/** A file that cannot be read costs a measurement and nothing else. */
function readEngines(stateFolder: string): Engine[] {
  const path = fileIn(stateFolder);
  if (!existsSync(path)) return [];
  try {
    return z.array(engineSchema).parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return [];
  }
}

function describe(report: z.infer<typeof reportSchema>): Engine {
  if (report.state === 'missing') {
    const { name, state, reason, remedy } = report;
    return {
      ...{ name, state, reason, remedy },
      device: null,
      version: null,
      deterministic: false,
      stepsPerSecond: null,
      largestError: null,
    };
  }
  const isRight = report.state === 'works';
  const repeats = report.deterministic ? 'repeats bit for bit' : 'last digits may vary';
  return {
    ...report,
    reason: isRight ? `Its numbers are right; it ${repeats}.` : 'It computes wrongly and is never chosen.',
    remedy: isRight ? '' : `Update the driver of ${report.device}.`,
  };
}
