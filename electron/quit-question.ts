import type { MessageBoxOptions } from 'electron';
import type { Activity } from './activity.ts';
import type { QuitChoice } from './quit-supervisor.ts';

/** The answers in the order of the buttons. Closing the box is "cancel". */
const CHOICES: readonly QuitChoice[] = ['save-and-quit', 'keep-in-tray', 'cancel'];

/** The box that is shown where somebody quits while jobs are running. */
export function quitQuestion(activity: Activity): MessageBoxOptions {
  const { running, waiting, trainingRunIds } = activity;
  const names = running.map(({ title }) => `“${title}”`).join(' and ');
  return {
    type: 'question',
    message: `${names} ${running.length > 1 ? 'are' : 'is'} still running.`,
    detail: [...running.map((job) => fateOf(job, activity)), ...fateOfWaiting(waiting)].join('\n'),
    buttons: [
      trainingRunIds.length > 0 ? 'Save and quit' : 'Stop and quit',
      'Keep running in the tray',
      'Cancel',
    ],
    defaultId: 0,
    cancelId: CHOICES.indexOf('cancel'),
    noLink: true,
  };
}

/** What quitting does to a job. */
function fateOf(
  { kind, title }: Activity['running'][number],
  { trainingRunIds, isPaused }: Pick<Activity, 'trainingRunIds' | 'isPaused'>,
): string {
  if (kind !== 'train') return `“${title}” is cancelled. What it has finished is kept.`;
  if (trainingRunIds.length === 0) {
    return `“${title}” has no checkpoint yet: it starts again when its library is opened.`;
  }
  return isPaused
    ? `“${title}” is paused. It saves a checkpoint and waits there until you resume it.`
    : `“${title}” saves a checkpoint and continues there when its library is opened again.`;
}

function fateOfWaiting(waiting: number): string[] {
  if (waiting === 0) return [];
  return [waiting === 1 ? 'One waiting job keeps its place.' : `${waiting} waiting jobs keep their places.`];
}

export function choiceOfButton(button: number): QuitChoice {
  return CHOICES.at(button) ?? 'cancel';
}
