import { describe, expect, it } from 'vitest';
import { createMainRecovery, createPageRecovery, type MainRecoveryParts } from './crash-recovery.ts';

function page(answer: 'reload' | 'quit' = 'reload') {
  const happened: string[] = [];
  const clock = { ms: 0 };
  const recovery = createPageRecovery({
    now: () => clock.ms,
    reload: () => void happened.push('reload'),
    ask: (reason) => {
      happened.push(`asked: ${reason}`);
      return Promise.resolve(answer);
    },
    quit: () => void happened.push('quit'),
    onFault: (error) => void happened.push(String(error)),
  });
  return { recovery, happened, clock };
}

describe('a page that dies', () => {
  it('is loaded again, and a question the second time within a minute', async () => {
    const { recovery, happened, clock } = page();
    recovery.gone('crashed');
    clock.ms = 59_000;
    recovery.gone('oom');
    await Promise.resolve();
    expect(happened).toEqual(['reload', 'asked: oom', 'reload']);
  });

  it('is loaded again each time when it lived longer than a minute', () => {
    const { recovery, happened, clock } = page();
    for (let minute = 0; minute < 5; minute++) {
      clock.ms = minute * 61_000;
      recovery.gone('crashed');
    }
    expect(happened).toEqual(Array(5).fill('reload'));
  });

  it('is left where the user quits', async () => {
    const { recovery, happened } = page('quit');
    recovery.gone('crashed');
    recovery.gone('crashed');
    await Promise.resolve();
    expect(happened).toEqual(['reload', 'asked: crashed', 'quit']);
  });

  it('is nothing to mend when it ended as it should', () => {
    const { recovery, happened } = page();
    recovery.gone('clean-exit');
    expect(happened).toEqual([]);
  });
});

function main(livedMs: number, changes: Partial<MainRecoveryParts> = {}) {
  const happened: string[] = [];
  const recover = createMainRecovery({
    startedMs: 0,
    now: () => livedMs,
    log: () => undefined,
    closeStudio: () => {
      happened.push('closed');
      return Promise.resolve();
    },
    tell: () => void happened.push('told'),
    relaunch: () => void happened.push('relaunch'),
    exit: (code) => void happened.push(`exit ${code}`),
    ...changes,
  });
  return { recover, happened };
}

describe('a fault of the main process', () => {
  it('stops jobs politely and starts the program again', async () => {
    const { recover, happened } = main(60_000);
    await Promise.all([recover(new Error('first')), recover(new Error('second'))]);
    expect(happened).toEqual(['closed', 'relaunch', 'exit 1']);
  });

  it('ends a program that falls over right away, with words', async () => {
    const { recover, happened } = main(1_000);
    await recover('no error at all');
    expect(happened).toEqual(['closed', 'told', 'exit 1']);
  });

  it('ends the program also where the studio cannot be closed', async () => {
    const { recover, happened } = main(60_000, { closeStudio: () => Promise.reject(new Error('gone')) });
    await recover(new Error('fault'));
    expect(happened).toEqual(['relaunch', 'exit 1']);
  });
});
