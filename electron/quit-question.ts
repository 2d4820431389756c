import type { MessageBoxOptions } from 'electron';
import type { Activity } from './activity.ts';
import type { QuitChoice } from './quit-supervisor.ts';

/** The answers in the order of the buttons. Closing the box is "cancel". */
const CHOICES: readonly QuitChoice[] = ['save-and-quit', 'keep-in-tray', 'cancel'];

/** The box that is shown where somebody quits while something is at work. */
export function quitQuestion({ running, waiting, trainingRunIds }: Activity): MessageBoxOptions {
  const names = running.map(({ title }) => `“${title}”`).join(' and ');
  const more =
    waiting === 0
      ? ''
      : `\n${waiting === 1 ? 'One more job waits' : `${waiting} more jobs wait`}; it keeps its place.`;
  const what =
    trainingRunIds.length > 0
      ? 'A training that is paused saves a checkpoint and goes on exactly where it was.'
      : 'What is done stays done.';
  return {
    type: 'question',
    message: `${names === '' ? 'Something' : names} is still at work.`,
    detail: `${what}${more}`,
    buttons: ['Pause, save and quit', 'Keep running in the tray', 'Cancel'],
    defaultId: 0,
    cancelId: CHOICES.indexOf('cancel'),
    noLink: true,
  };
}

export function choiceOfButton(button: number): QuitChoice {
  return CHOICES.at(button) ?? 'cancel';
}
