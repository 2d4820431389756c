import { randomInt } from 'node:crypto';
import { StudioError } from '../../../base/studio-error.ts';
import { turingUrl } from '../../../contract/picture-urls.ts';
import type { Library } from '../../../library/library.ts';
import type { TuringSession } from '../../../library/turing.ts';
import { planTuringTest, turingResult } from '../../evaluation/turing-test.ts';
import type { StudioContext } from '../context.ts';
import type { HandlersOf } from '../handlers.ts';
import { checkpointOf, runOf } from './lookup.ts';

export function turingHandlers(context: StudioContext): HandlersOf<'turing'> {
  return {
    turing: {
      start({ runId, step, trials, rater }) {
        const library = context.library();
        const { run, checkpoint } = checkpointOf(library, runId, step);
        const seed = randomInt(2 ** 31);
        const planned = planTuringTest(library, run, { trials, seed });
        const session = library.turing.add({ runId, step: checkpoint.step, rater, seed }, planned);
        const first = nextTrial(library, session);
        if (!first) throw new Error('A Turing test was planned without trials.');
        return first;
      },
      answer({ session: id, trial, answer }) {
        const library = context.library();
        const session = sessionOf(library, id);
        const asked = library.turing.trial(id, trial);
        if (!asked) {
          throw new StudioError('not-found', `This test has no trial ${trial}.`, {
            remedy: 'Go on with the one that is shown.',
          });
        }
        library.turing.answer(id, trial, answer);
        const next = nextTrial(library, session) ?? null;
        if (!next) context.publish({ type: 'results', runId: session.runId, what: 'turing' });
        return { next };
      },
      result({ session: id }) {
        const library = context.library();
        return turingResult(sessionOf(library, id), library.turing.trials(id));
      },
      list({ runId }) {
        const library = context.library();
        runOf(library, runId);
        return library.turing
          .list(runId)
          .map((session) => turingResult(session, library.turing.trials(session.id)));
      },
    },
  };
}

/** @throws StudioError 'not-found' */
function sessionOf(library: Library, id: number): TuringSession {
  const session = library.turing.get(id);
  if (session) return session;
  throw new StudioError('not-found', 'There is no such Turing test any more.', {
    remedy: 'Start another one.',
    details: { session: id },
  });
}

/** The first trial without an answer. */
function nextTrial(library: Library, { id }: TuringSession) {
  const trials = library.turing.trials(id);
  const next = trials.find(({ answer }) => answer === null);
  if (!next) return undefined;
  return { session: id, trial: next.trial, total: trials.length, pictureUrl: turingUrl(id, next.trial) };
}
