/** The three messages between window and main process. */
export const channels = {
  /** Window to main, answered: an operation's name and input; gives a `Reply`. */
  call: 'studio:call',
  /** Window to main: it listens now. */
  listening: 'studio:listening',
  /** Main to window: an event of the studio. */
  event: 'studio:event',
} as const;
