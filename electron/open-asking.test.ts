import type { BaseWindow, MessageBoxOptions } from 'electron';
import { describe, expect, it } from 'vitest';
import { StudioError } from '../core/base/studio-error.ts';
import { workUnderWay } from '../core/contract/work-under-way.ts';
import { askWhenBusy, openAsking } from './open-asking.ts';

/** A studio that refuses to open another library with this error, unless work is to be stopped. */
function busyStudio(error: Error) {
  const calls: unknown[] = [];
  return {
    calls,
    call(_: string, input: unknown) {
      calls.push(input);
      const stops = typeof input === 'object' && input !== null && 'whenBusy' in input;
      return stops ? Promise.resolve({}) : Promise.reject(error);
    },
  };
}

describe('opening a library while work is under way', () => {
  const work = workUnderWay('run 1 is training, about 10 min left.');

  it('asks with what is under way, and stops it only on demand', async () => {
    const studio = busyStudio(work);
    const asked: string[] = [];
    const answer = (isStopped: boolean) => (text: string) => {
      asked.push(text);
      return Promise.resolve(isStopped);
    };
    await openAsking(studio, '/eyes', answer(false));
    expect(studio.calls).toEqual([{ folder: '/eyes' }]);
    await openAsking(studio, '/eyes', answer(true));
    expect(studio.calls.slice(1)).toEqual([{ folder: '/eyes' }, { folder: '/eyes', whenBusy: 'stop' }]);
    expect(asked).toEqual([work.message, work.message]);
  });

  it('asks nothing where the library cannot be opened for another reason', async () => {
    const locked = new StudioError('busy', 'Another program has it.', { remedy: 'Close it there.' });
    const unexpected = (): Promise<boolean> => Promise.reject(new Error('It was asked.'));
    await expect(openAsking(busyStudio(locked), '/eyes', unexpected)).rejects.toBe(locked);
  });

  it.each([
    [0, false],
    [1, true],
  ])('reads button %i', async (response, isStopped) => {
    const shown: MessageBoxOptions[] = [];
    const dialog = {
      showMessageBox(...values: [BaseWindow, MessageBoxOptions] | [MessageBoxOptions]) {
        shown.push(values.at(-1) as MessageBoxOptions);
        return Promise.resolve({ response, checkboxChecked: false });
      },
    };
    expect(await askWhenBusy(dialog, undefined, work.message)).toBe(isStopped);
    expect(shown[0]).toMatchObject({
      message: work.message,
      buttons: ['Keep working', 'Stop and switch'],
      defaultId: 0,
      cancelId: 0,
    });
  });
});
