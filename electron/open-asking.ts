import type { BrowserWindow, Dialog } from 'electron';
import { isWorkUnderWay } from '../core/contract/work-under-way.ts';
import type { Studio } from '../core/studio/service/studio.ts';
import { askStudio } from './ask-studio.ts';

/**
 * Opens a library; where work is under way in the open one, `askToStop` is asked first. Fails as the operation does.
 *
 * @param askToStop is told what is under way; true: it is stopped, and the library opened
 */
export async function openAsking(
  studio: Pick<Studio, 'call'>,
  folder: string,
  askToStop: (work: string) => Promise<boolean>,
): Promise<void> {
  try {
    await askStudio(studio, 'library.open', { folder });
  } catch (error) {
    if (!isWorkUnderWay(error)) throw error;
    if (await askToStop(error.message)) await askStudio(studio, 'library.open', { folder, whenBusy: 'stop' });
  }
}

/** The question in a dialog of the system: true for "Stop and switch". */
export async function askWhenBusy(
  dialog: Pick<Dialog, 'showMessageBox'>,
  window: BrowserWindow | undefined,
  work: string,
): Promise<boolean> {
  const question = {
    type: 'question' as const,
    message: work,
    detail:
      'Stopped work does not start again by itself. A training saves a checkpoint first and can be resumed.',
    buttons: ['Keep working', 'Stop and switch'],
    defaultId: 0,
    cancelId: 0,
    noLink: true,
  };
  const { response } = await (window
    ? dialog.showMessageBox(window, question)
    : dialog.showMessageBox(question));
  return response === 1;
}
