import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createQuitSupervisor, type QuitChoice, type QuitParts } from './quit-supervisor.ts';

function supervised(changes: Partial<QuitParts> & { readonly choices?: QuitChoice[] } = {}) {
  const happened: string[] = [];
  const choices = changes.choices ?? [];
  const supervisor = createQuitSupervisor({
    isBusy: () => choices.length > 0,
    ask() {
      const choice = choices.shift();
      happened.push(`asked: ${String(choice)}`);
      return Promise.resolve(choice ?? 'cancel');
    },
    closeStudio: async () => {
      await delay(5);
      happened.push('closed');
    },
    moveToTray: () => void happened.push('in the tray'),
    onClosing: () => void happened.push('closing'),
    exit: () => void happened.push('exit'),
    onFault: (error) => void happened.push(String(error)),
    closeLimitMs: 10_000,
    ...changes,
  });
  return { supervisor, happened };
}

describe('quitting', () => {
  it('closes the studio first, and asks nothing while nothing is at work', async () => {
    const { supervisor, happened } = supervised();
    expect(supervisor.isClosed()).toBe(false);
    await supervisor.request();
    expect(happened).toEqual(['closing', 'closed', 'exit']);
    expect(supervisor.isClosed()).toBe(true);
  });

  it('asks while something is at work, and saves before it ends', async () => {
    const { supervisor, happened } = supervised({ choices: ['save-and-quit'] });
    await supervisor.request();
    expect(happened).toEqual(['asked: save-and-quit', 'closing', 'closed', 'exit']);
  });

  it('goes on in the tray, and asks again the next time', async () => {
    const { supervisor, happened } = supervised({ choices: ['keep-in-tray', 'save-and-quit'] });
    await supervisor.request();
    expect(happened).toEqual(['asked: keep-in-tray', 'in the tray']);
    expect(supervisor.isClosed()).toBe(false);
    await supervisor.request();
    expect(happened.at(-1)).toBe('exit');
  });

  it('does nothing when it is cancelled, also many times', async () => {
    const { supervisor, happened } = supervised({ choices: ['cancel', 'cancel', 'cancel'] });
    for (let time = 0; time < 3; time++) await supervisor.request();
    expect(happened).toEqual(Array(3).fill('asked: cancel'));
    expect(supervisor.isClosed()).toBe(false);
  });

  it('asks once, however often quitting is wished for meanwhile', async () => {
    const { supervisor, happened } = supervised({ choices: ['save-and-quit', 'cancel'] });
    await Promise.all([supervisor.request(), supervisor.request(), supervisor.request()]);
    await Promise.all([supervisor.request(), supervisor.closeNow(), supervisor.request()]);
    expect(happened).toEqual(['asked: save-and-quit', 'closing', 'closed', 'exit']);
  });

  it('saves without asking when the system goes down, also while it asks', async () => {
    let answer: (choice: QuitChoice) => void = () => undefined;
    const { supervisor, happened } = supervised({
      isBusy: () => true,
      ask: () => new Promise((resolve) => (answer = resolve)),
    });
    const asking = supervisor.request();
    await supervisor.closeNow();
    expect(happened).toEqual(['closing', 'closed', 'exit']);
    answer('save-and-quit');
    await asking;
    expect(happened).toEqual(['closing', 'closed', 'exit']);
  });

  it('ends although the studio fails to close, and says so', async () => {
    const { supervisor, happened } = supervised({
      closeStudio: () => Promise.reject(new Error('the disk is gone')),
    });
    await supervisor.request();
    expect(happened).toEqual(['closing', 'Error: the disk is gone', 'exit']);
  });

  it('does not wait for ever', async () => {
    const { supervisor, happened } = supervised({
      closeStudio: () => new Promise(() => undefined),
      closeLimitMs: 10,
    });
    await supervisor.request();
    expect(happened).toEqual(['closing', 'Error: The studio did not close within 0.01 seconds.', 'exit']);
  });

  it('can be asked again after the question itself failed', async () => {
    let times = 0;
    const { supervisor, happened } = supervised({
      isBusy: () => true,
      ask: () => (times++ === 0 ? Promise.reject(new Error('no box')) : Promise.resolve('save-and-quit')),
    });
    await expect(supervisor.request()).rejects.toThrow('no box');
    await supervisor.request();
    expect(happened).toEqual(['closing', 'closed', 'exit']);
  });
});
