/**
 * Does a user's whole path in a program that runs, by what its window asks of the studio: simulates eyes, trains a few
 * steps, refines, exports and verifies. What an operation needs outside of the packed archive (threads, native libraries)
 * is missed here.
 *
 * @param evaluate evaluates an expression in the page of the window and waits for its promise
 * @param folder where library and export are made; the program's user can write there
 * @returns what the verification said
 * @throws Error with the failure of the first job that fails
 */
export async function workThrough(
  evaluate: (expression: string) => Promise<unknown>,
  folder: string,
): Promise<string> {
  const said = await evaluate(`(async (folder) => {
    while (window.studio === undefined) await new Promise((resolve) => setTimeout(resolve, 100));
    const { studio } = window;
    const pause = () => new Promise((resolve) => setTimeout(resolve, 100));
    const finished = async ({ jobId }) => {
      for (;;) {
        const job = await studio.jobs.get({ id: jobId });
        if (job.status === 'failed') throw new Error(job.title + ': ' + job.failure.message);
        if (job.status === 'done') return job;
        await pause();
      }
    };
    await studio.library.create({ folder: folder + '/Check.simgan', name: null });
    for (const look of ['render', 'camera']) {
      const eyes = { subject: 'eye', look, name: look, count: 40, seed: 1, widthPx: 55, heightPx: 35 };
      await finished(await studio.simulate.start(eyes));
    }
    const datasets = await studio.datasets.list({});
    const idOf = (role) => datasets.find((dataset) => dataset.role === role).id;
    const preset = (await studio.runs.presets({})).find(({ name }) => name === 'test');
    const { runId } = await studio.runs.start({
      name: null, config: preset.config, syntheticDatasetId: idOf('synthetic'), realDatasetId: idOf('real'),
      preprocessing: null, engine: 'auto', threads: null,
    });
    for (;;) {
      const { status, error } = await studio.runs.get({ id: runId });
      if (status === 'done') break;
      if (status === 'failed' || status === 'interrupted') throw new Error('Training: ' + status + ' ' + error);
      await pause();
    }
    const [{ step }] = (await studio.checkpoints.list({ runId })).slice(-1);
    await finished(await studio.refine.start({ runId, step }));
    const order = { runId, step, formats: ['jsonl', 'csv', 'coco'], driftBudgetPx: null, includeUnverified: true };
    await finished(await studio.export.start({ ...order, folder: folder + '/exported' }));
    const { notes } = await finished(await studio.export.verify({ folder: folder + '/exported' }));
    return notes.at(-1) ?? '';
  })(${JSON.stringify(folder)})`);
  return String(said);
}
