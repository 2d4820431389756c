import { expect, it } from 'vitest';
import { libraryWithEyes, QUICK } from '../support/eyes.ts';
import { resultOf, simgan, simganJson, startSimgan } from '../support/simgan.ts';

/** Starts a worker and waits until it has said something. */
async function startWorker(library: string, until: RegExp) {
  const worker = startSimgan(library, 'queue', 'run');
  const ended = resultOf(worker);
  await new Promise<void>((resolve, reject) => {
    let said = '';
    worker.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (until.test(said)) resolve();
    });
    void ended.then(({ stderr }) => reject(new Error(`The worker ended: ${stderr}`)));
  });
  return { worker, ended };
}

it('takes trainings in at any time, survives a kill, and works off what is left', async () => {
  const library = await libraryWithEyes(12);
  const waiting = async () =>
    ((await simganJson(library, 'queue')) as { name: string; status: string }[]).map(({ name, status }) => [
      name,
      status,
    ]);
  await simganJson(library, 'train', ...QUICK, '--steps', '100000', '--name', 'endless', '--queue');
  await simganJson(library, 'train', ...QUICK, '--steps', '3', '--queue');

  const first = await startWorker(library, /Training/);
  const meanwhile = await simganJson(
    library,
    'train',
    ...QUICK,
    '--name',
    'meanwhile',
    '--steps',
    '2',
    '--queue',
  );
  expect(meanwhile).toEqual({ name: 'meanwhile', isTakenIn: false });
  const second = await simgan(library, 'queue', 'run');
  expect(second.exitCode).toBe(1);
  expect(second.stderr).toContain(`process ${first.worker.pid}`);
  first.worker.kill('SIGKILL');
  await first.ended;
  expect(await waiting()).toEqual([
    ['endless', 'interrupted'],
    ['run 2', 'queued'],
    ['meanwhile', 'requested'],
  ]);

  const last = await startWorker(library, /endless was interrupted[^]*Training/);
  await simganJson(library, 'control', 'stop');
  const { exitCode, stdout } = await last.ended;
  expect(stdout).toMatch(/^endless: stopped at step \d+ of 100000.*\nrun 2: done.*\nmeanwhile: done/);
  expect(exitCode).toBe(0);
  const removal = await simgan(library, 'queue', 'remove', 'endless');
  expect(removal.stderr).toContain('The queue is empty.');
});
