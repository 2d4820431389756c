import type { ActionScope } from './user-action.ts';

/** Keys that move or hold rather than act: for the shortcut sheet; they are in no menu and cannot be changed. */
export const gestures: readonly {
  readonly scope: ActionScope;
  readonly keys: string;
  readonly does: string;
}[] = [
  { scope: 'grid', keys: '← → ↑ ↓', does: 'Move from image to image' },
  { scope: 'grid', keys: 'Home End', does: 'First and last image' },
  { scope: 'grid', keys: 'Page Up, Page Down', does: 'A page back and on' },
  { scope: 'grid', keys: 'Space', does: 'Select the image, or deselect it' },
  { scope: 'grid', keys: 'Shift + arrows', does: 'Extend the selection' },
  { scope: 'grid', keys: 'Enter', does: 'Open the image in the loupe' },
  { scope: 'loupe', keys: '← →', does: 'Previous and next sample' },
  { scope: 'loupe', keys: '↑ ↓', does: 'Newer and older step' },
  { scope: 'loupe', keys: 'Hold Space', does: 'Peek at the other image' },
  { scope: 'loupe', keys: 'Hold H', does: 'Hide the labels' },
  { scope: 'turing', keys: '←', does: 'It is refined' },
  { scope: 'turing', keys: '→', does: 'It is real' },
];
