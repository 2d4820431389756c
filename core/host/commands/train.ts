import type { Command } from 'commander';
import { z } from 'zod';
import { StudioError } from '../../base/studio-error.ts';
import type { Library } from '../../library/library.ts';
import type { Run } from '../../library/runs.ts';
import type { TrainingHooks } from '../../studio/training/execute-training.ts';
import { describeProof, proveRun } from '../../studio/training/prove.ts';
import { wishForRun } from '../../studio/training/engine-wish.ts';
import { requestTraining } from '../../studio/queue/queue.ts';
import { findRun } from '../../studio/runs/runs.ts';
import {
  branchTraining,
  resumeTraining,
  startTraining,
  type ContinuationOptions,
} from '../../studio/training/training-run.ts';
import { flagOf, settingsAsFlags } from '../../studio/training/training-flag.ts';
import { addCommand, EXIT, parseOption, type CommandContext } from '../command.ts';
import { addEngineOptions, engineWish, withEngine } from '../engine-options.ts';
import { addNewRunOptions, configFrom, requestFrom } from '../new-run-options.ts';
import { withLibrary } from '../open-library.ts';
import { takeInNow } from '../queue-intake.ts';
import { runSummary } from '../run-summary.ts';
import type { Terminal } from '../terminal.ts';
import { addTrainingFlags } from '../training-flags.ts';
import { liveKeys, liveSettingsSchema } from '../../contract/training-command.ts';
import { trainingConfigKeys, type TrainingConfig } from '../../contract/training-config.ts';

type Options = Readonly<Record<string, unknown>>;

const text = z.string().optional();

export function addTrain(program: Command): void {
  addCommand(
    program,
    'train',
    {
      summary: 'Train a refiner: Algorithm 1 of the paper on a synthetic and a real dataset',
      examples: [
        'train --preset eye-small --steps 600',
        'train --preset paper-eye --lambda 0.5 --kg 2 --engine tensorflow',
        'train --preset eye-small --history off --name "without history"',
        'train --preset eye-small --lambda 0.3 --queue',
        'train --resume last',
        'train --branch "run 1" --from-step 400 --lambda 0.3',
        'train --prove --run "run 1"',
        'train --preset eye-small --show-config > config.json',
        'train --config config.json',
      ],
    },
    (command) =>
      addTrainingFlags(
        addEngineOptions(
          addNewRunOptions(command)
            .option('--show-config', 'print the configuration that would be used, and train nothing')
            .option(
              '--resume <run>',
              'go on with a run (its name, or last) exactly where its newest checkpoint stands',
            )
            .option('--branch <run>', 'start a new run from a checkpoint of another one')
            .option('--from-step <step>', 'with --branch: the step of that checkpoint')
            .option(
              '--prove',
              'train the steps before the newest checkpoint again, in a copy, and compare the two bit for bit',
            )
            .option('--run <run>', 'with --prove: which run (its name, or last)', 'last')
            .option('--queue', 'train it later: put it into the queue, which "simgan queue run" works off')
            .option('--name <name>', 'name of the run (default: run 1, run 2, …)'),
        ),
      ),
    trainCommand,
  );
}

/** Leaves the training in the queue, and takes it in at once if nobody has the library open for writing. */
async function queueNew(context: CommandContext, config: TrainingConfig, options: Options): Promise<void> {
  if (options.resume !== undefined || options.branch !== undefined) {
    throw new StudioError('bad-usage', 'Only new runs are queued, not --resume or --branch.', {
      remedy: 'Leave --queue out, or start a new run.',
    });
  }
  const { terminal } = context;
  const name = await withLibrary(context, 'read', async (library) => {
    const request = await requestFrom(library, config, options, terminal.note);
    return requestTraining(library, request, engineWish(options));
  });
  const busy = await takeInNow(context);
  terminal.line(`${name} waits in the queue.`);
  terminal.line(busy ?? 'Work it off with: simgan queue run');
  terminal.result({ name, isTakenIn: busy === undefined });
}

async function trainCommand(context: CommandContext, _arguments: string[], options: Options): Promise<void> {
  const { terminal, signal } = context;
  const resumed = text.parse(options.resume);
  const parent = text.parse(options.branch);
  const config = await configFrom(options);
  if (options.showConfig === true) {
    process.stdout.write(`${JSON.stringify(config, undefined, 2)}\n`);
    return;
  }
  if (options.queue === true) {
    await queueNew(context, config, options);
    return;
  }
  if (options.prove === true) {
    await prove(context, options);
    return;
  }
  const hooks: TrainingHooks = {
    signal,
    onProgress: terminal.progress,
    onNote: terminal.note,
  };
  await withLibrary(context, 'write', async (library) => {
    const before = resumed ?? parent;
    const earlier = before === undefined ? undefined : findRun(library, before);
    const wish = engineWish(options);
    const run = await withEngine(earlier ? wishForRun(earlier, wish) : wish, terminal, async (engine) => {
      if (earlier && resumed !== undefined) {
        return resumeTraining(library, engine, earlier, continuationFrom(config, options), hooks);
      }
      if (earlier) {
        const name = text.parse(options.name);
        const step = parseOption(z.coerce.number().int(), options.fromStep, '--from-step');
        const continuation = { ...continuationFrom(config, options), name };
        return branchTraining(library, engine, earlier, step, continuation, hooks);
      }
      const request = await requestFrom(library, config, options, terminal.note);
      return startTraining(library, engine, request, hooks);
    });
    terminal.endProgress();
    report(terminal, library, run);
  });
}

/** Trains the last steps of a run again; the exit code says whether an engine that promises the same bits kept its word. */
async function prove(context: CommandContext, options: Options): Promise<void> {
  const { terminal, signal } = context;
  await withLibrary(context, 'read', async (library) => {
    const run = findRun(library, z.string().parse(options.run));
    await withEngine(wishForRun(run, engineWish(options)), terminal, async (engine) => {
      const proof = await proveRun(library, engine, run, { signal, onProgress: terminal.progress });
      terminal.endProgress();
      const isIdentical = proof.differences.length === 0;
      terminal.line(describeProof(proof, engine));
      terminal.result({ isIdentical, ...proof, engine: engine.name, device: engine.device });
      if (!isIdentical && proof.isPromised) process.exitCode = EXIT.failed;
    });
  });
}

/** What may be given with --resume and --branch: settings that change while a run goes on, and more steps. */
function continuationFrom(config: TrainingConfig, options: Options): ContinuationOptions {
  const given = trainingConfigKeys.filter((key) => options[key] !== undefined);
  const fixed = given.filter((key) => key !== 'steps' && !liveKeys.some((live) => live === key));
  if (fixed.length > 0) {
    throw new StudioError(
      'bad-usage',
      `A run goes on with its networks and data as they are: ${fixed.map(flagOf).join(', ')} cannot be changed.`,
      { remedy: `These may: --steps, ${liveKeys.map(flagOf).join(', ')}. Or start a new run.` },
    );
  }
  const settings = Object.fromEntries(
    given.filter((key) => key !== 'steps').map((key) => [key, config[key]]),
  );
  return {
    steps: options.steps === undefined ? undefined : config.steps,
    settings: liveSettingsSchema.parse(settings),
  };
}

function report(terminal: Terminal, library: Library, run: Run): void {
  const summary = runSummary(library, run);
  terminal.line(`${run.name}: ${run.status} at step ${run.step} of ${run.totalSteps}, ${summary.time}`);
  if (run.verdict !== null) terminal.line(run.verdict);
  if (run.status === 'stopped') {
    const goOn = `simgan train --resume ${JSON.stringify(run.name)}`;
    const remedies = remediesOf(library, run);
    if (remedies.length === 0) terminal.line(`A checkpoint was saved. Go on with: ${goOn}`);
    else terminal.line('Go on with one of these, or with several of their settings at once:');
    for (const flags of remedies) terminal.line(`  ${goOn} ${flags}`);
  }
  terminal.result(summary);
}

/** Settings that may help a run that a guard has ended, as flags. */
function remediesOf(library: Library, run: Run): string[] {
  const last = library.runEvents.list(run.id, 'guard').at(-1);
  const finding = endingSchema.safeParse(last?.content);
  return finding.success ? finding.data.remedies.map(({ changes }) => settingsAsFlags(changes)) : [];
}

const endingSchema = z.object({
  action: z.enum(['stop', 'rewind']),
  remedies: z.array(z.object({ changes: liveSettingsSchema })),
});
