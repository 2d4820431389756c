import type { Connection } from './connection.ts';
import { noSuch } from './errors.ts';

export interface NewTuringSession {
  readonly runId: number;
  /** Of the checkpoint. */
  readonly step: number;
  readonly rater: string;
  /** Of the choice and order of the trials. */
  readonly seed: number;
}

export interface TuringSession extends NewTuringSession {
  readonly id: number;
  readonly startedAt: string;
}

export interface NewTuringTrial {
  /** A refined image goes by the synthetic one that it was made of. */
  readonly imageId: number;
  readonly shown: 'real' | 'refined' | 'synthetic';
  /** Real against synthetic, hidden among the others. */
  readonly isCatch: boolean;
}

type TuringAnswer = 'real' | 'refined';

export interface TuringTrial extends Omit<NewTuringTrial, 'imageId'> {
  /** From 0, in the order of showing. */
  readonly trial: number;
  /** Null when the image is no longer in the library. */
  readonly imageId: number | null;
  readonly answer: TuringAnswer | null;
  readonly answeredAt: string | null;
}

/** The visual Turing test: who was shown what, and what they said. */
export interface Turing {
  /** Records a session with all its trials, in the order of showing. */
  add(session: NewTuringSession, trials: readonly NewTuringTrial[]): TuringSession;
  get(id: number): TuringSession | undefined;
  /** Of a run, newest first. */
  list(runId: number): TuringSession[];
  /** In the order of showing. */
  trials(sessionId: number): TuringTrial[];
  trial(sessionId: number, trial: number): TuringTrial | undefined;
  /** Records an answer; the first one counts: says whether it was that. */
  answer(sessionId: number, trial: number, answer: TuringAnswer): boolean;
  /** Forgets the sessions of checkpoints after a step. */
  truncateAfter(runId: number, step: number): void;
}

const SESSION_COLUMNS = 'id, run_id AS runId, step, rater, seed, started_at AS startedAt';
const TRIAL_COLUMNS =
  'trial, image_id AS imageId, shown, is_catch AS isCatch, answer, answered_at AS answeredAt';

type TrialRow = Omit<TuringTrial, 'isCatch'> & { isCatch: number };

export function turingTable(connection: Connection): Turing {
  const insert = connection.prepare<[number, number, string, number, string]>(
    'INSERT INTO turing_sessions (run_id, step, rater, seed, started_at) VALUES (?, ?, ?, ?, ?)',
  );
  const insertTrial = connection.prepare<[number, number, number, string, number]>(
    'INSERT INTO turing_trials (session_id, trial, image_id, shown, is_catch) VALUES (?, ?, ?, ?, ?)',
  );
  const byId = connection.prepare<[number], TuringSession>(
    `SELECT ${SESSION_COLUMNS} FROM turing_sessions WHERE id = ?`,
  );
  const list = connection.prepare<[number], TuringSession>(
    `SELECT ${SESSION_COLUMNS} FROM turing_sessions WHERE run_id = ? ORDER BY id DESC`,
  );
  const trials = connection.prepare<[number], TrialRow>(
    `SELECT ${TRIAL_COLUMNS} FROM turing_trials WHERE session_id = ? ORDER BY trial`,
  );
  const oneTrial = connection.prepare<[number, number], TrialRow>(
    `SELECT ${TRIAL_COLUMNS} FROM turing_trials WHERE session_id = ? AND trial = ?`,
  );
  const answer = connection.prepare<[string, string, number, number]>(
    `UPDATE turing_trials SET answer = ?, answered_at = ?
     WHERE session_id = ? AND trial = ? AND answer IS NULL`,
  );
  const truncate = connection.prepare<[number, number]>(
    'DELETE FROM turing_sessions WHERE run_id = ? AND step > ?',
  );
  const fromRow = (row: TrialRow): TuringTrial => ({ ...row, isCatch: row.isCatch === 1 });
  return {
    add: ({ runId, step, rater, seed }, planned) =>
      connection.transaction(() => {
        const { insertedId } = insert.run(runId, step, rater, seed, new Date().toISOString());
        for (const [place, { imageId, shown, isCatch }] of planned.entries()) {
          insertTrial.run(insertedId, place, imageId, shown, isCatch ? 1 : 0);
        }
        const added = byId.get(insertedId);
        if (!added) throw noSuch('Turing test', insertedId);
        return added;
      }),
    get: (id) => byId.get(id),
    list: (runId) => list.all(runId),
    trials: (sessionId) => trials.all(sessionId).map(fromRow),
    trial(sessionId, trial) {
      const row = oneTrial.get(sessionId, trial);
      return row && fromRow(row);
    },
    answer: (sessionId, trial, said) =>
      answer.run(said, new Date().toISOString(), sessionId, trial).changes > 0,
    truncateAfter: (runId, step) => void truncate.run(runId, step),
  };
}
