export const common = {
  close: 'Close',
  cancel: 'Cancel',
  save: 'Save',
  remove: 'Remove',
  undo: 'Undo',
  redo: 'Redo',
  retry: 'Try again',
  dismiss: 'Dismiss',
  loading: (what: string) => `Loading ${what} …`,
  choose: 'Choose …',
  none: 'none',
} as const;
