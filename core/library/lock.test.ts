import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createLibrary, openLibrary } from './library.ts';
import { addRun, errorOf, temporaryFolder } from './temporary-library.ts';

/** Other processes start slowly on a busy machine. */
const PROCESS_TEST_TIMEOUT_MS = 30_000;

/** Opens the library for writing, says so or why not, and holds it. */
const HOLDER = `
  import { openLibrary } from ${JSON.stringify(new URL('library.ts', import.meta.url).href)};
  try {
    globalThis.library = openLibrary(process.argv[2], { access: 'write' });
    process.send('open');
    setInterval(() => {}, 1000);
  } catch (error) {
    process.send(error.code ?? String(error));
    process.disconnect();
  }
`;

function startHolder(folder: string, libraryFolder: string): ChildProcess {
  const script = join(folder, 'holder.mjs');
  writeFileSync(script, HOLDER);
  const child = fork(script, [libraryFolder], { execArgv: [] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

async function firstMessage(child: ChildProcess): Promise<unknown> {
  const [message] = (await once(child, 'message')) as unknown[];
  return message;
}

function lockFile(libraryFolder: string, changes: Record<string, unknown>): string {
  const path = join(libraryFolder, 'library.lock');
  writeFileSync(
    path,
    JSON.stringify({
      token: 'someone else',
      processId: process.ppid,
      processStartedAt: new Date(0).toISOString(),
      host: hostname(),
      program: 'simgan train',
      lockedAt: '2026-01-02T03:04:05.000Z',
      ...changes,
    }),
  );
  return path;
}

test(
  'a second writer is told who holds the library; after a kill it takes over',
  { timeout: PROCESS_TEST_TIMEOUT_MS },
  async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'a.simgan');
    createLibrary(path).close();
    const child = startHolder(folder.path, path);
    expect(await firstMessage(child)).toBe('open');

    const error = errorOf(() => openLibrary(path, { access: 'write' }));
    expect(error.code).toBe('busy');
    expect(error.message).toContain(`process ${child.pid ?? '?'} `);
    expect(error.message).toContain('holder.mjs');
    expect(error.message).toMatch(/since \d{4}-\d\d-\d\dT/);
    openLibrary(path, { access: 'read' }).close();

    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(existsSync(join(path, 'library.lock'))).toBe(true);
    using library = openLibrary(path, { access: 'write' });
    expect(readFileSync(join(path, 'library.lock'), 'utf8')).toContain(`"processId": ${process.pid}`);
    expect(library.access).toBe('write');
  },
);

test(
  'of several processes that find the same stale lock, one gets it',
  { timeout: PROCESS_TEST_TIMEOUT_MS },
  async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'a.simgan');
    createLibrary(path).close();
    lockFile(path, { processId: 2 ** 30 });
    const children = Array.from({ length: 3 }, () => startHolder(folder.path, path));
    const answers = await Promise.all(children.map(firstMessage));
    expect(answers.sort()).toEqual(['busy', 'busy', 'open']);
  },
);

test('twice in one process is refused as well', () => {
  using folder = temporaryFolder();
  const path = join(folder.path, 'a.simgan');
  using library = createLibrary(path);
  expect(errorOf(() => openLibrary(path, { access: 'write' })).code).toBe('busy');
  library.close();
  library.close();
  openLibrary(path, { access: 'write' }).close();
});

test('a lock of another host is respected, and the remedy says what to delete', () => {
  using folder = temporaryFolder();
  const path = join(folder.path, 'a.simgan');
  createLibrary(path).close();
  const lock = lockFile(path, { host: `not-${hostname()}`, processId: 2 ** 30 });
  const error = errorOf(() => openLibrary(path, { access: 'write' }));
  expect(error.message).toContain('"simgan train"');
  expect(error.remedy).toContain(lock);
});

test('a lock with our own number from before this process began is stale', () => {
  using folder = temporaryFolder();
  const path = join(folder.path, 'a.simgan');
  createLibrary(path).close();
  lockFile(path, { processId: process.pid });
  openLibrary(path, { access: 'write' }).close();
});

test('what a crash left that is no lock is taken over', () => {
  using folder = temporaryFolder();
  const path = join(folder.path, 'a.simgan');
  createLibrary(path).close();
  const lock = join(path, 'library.lock');
  writeFileSync(lock, '');
  writeFileSync(`${lock}.tmp`, '{"token": ');
  openLibrary(path, { access: 'write' }).close();
  expect(existsSync(lock)).toBe(false);
  expect(existsSync(`${lock}.tmp`)).toBe(false);
});

describe('a lock that is lent', () => {
  test('lets another connection write, beside the lender and in turn with it', () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'a.simgan');
    using lender = createLibrary(path);
    using borrower = openLibrary(path, { access: 'write', underLockOf: lender.lockToken ?? '' });
    const run = addRun(borrower);
    lender.runs.update(run.id, { notes: 'by the lender' });
    borrower.transaction(() => borrower.runs.update(run.id, { verdict: 'by the borrower' }));
    expect(lender.runs.get(run.id)).toMatchObject({ notes: 'by the lender', verdict: 'by the borrower' });
  });

  test('ends with the lender: nothing is written any more, single statements and returning ones included', () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'a.simgan');
    const lender = createLibrary(path);
    using borrower = openLibrary(path, { access: 'write', underLockOf: lender.lockToken ?? '' });
    const run = addRun(borrower);
    borrower.previews.record(run.id, { step: 1, kind: 'refined', path: 'a.png' });
    lender.close();
    using next = openLibrary(path, { access: 'write' });
    const attempts = [
      () => borrower.transaction(() => borrower.runs.update(run.id, { notes: 'late' })),
      () => borrower.runs.update(run.id, { notes: 'late' }),
      () => borrower.previews.truncateAfter(run.id, 0),
      () => addRun(borrower),
    ];
    for (const attempt of attempts) expect(errorOf(attempt).code).toBe('busy');
    expect(borrower.runs.list()).toHaveLength(1);
    expect(next.runs.get(run.id)?.notes).toBe('');
    expect(next.previews.list(run.id)).toHaveLength(1);
  });

  test('is refused where nobody holds it', () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'a.simgan');
    createLibrary(path).close();
    const borrow = () => openLibrary(path, { access: 'write', underLockOf: 'made up' });
    expect(errorOf(borrow).code).toBe('busy');
  });

  test(
    'goes over to the next writer in one instant: a borrower that outlives its lender writes before or never',
    { timeout: PROCESS_TEST_TIMEOUT_MS },
    async () => {
      using folder = temporaryFolder();
      const path = join(folder.path, 'a.simgan');
      createLibrary(path).close();
      const child = startHolder(folder.path, path);
      expect(await firstMessage(child)).toBe('open');
      const { token } = JSON.parse(readFileSync(join(path, 'library.lock'), 'utf8')) as { token: string };
      using borrower = openLibrary(path, { access: 'write', underLockOf: token });
      const run = addRun(borrower);
      child.kill('SIGKILL');
      await once(child, 'exit');
      borrower.runs.update(run.id, { notes: 'nobody has taken over yet' });
      using next = openLibrary(path, { access: 'write' });
      expect(errorOf(() => borrower.runs.update(run.id, { notes: 'too late' })).code).toBe('busy');
      expect(next.runs.get(run.id)?.notes).toBe('nobody has taken over yet');
    },
  );
});
