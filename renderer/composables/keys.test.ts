import { describe, expect, it } from 'vitest';
import { userActions, type UserAction } from '../../core/contract/actions.ts';
import { isPressed, keysPressed, shownKeys, type PressedKeys } from './keys.ts';

const press = (key: string, held: Partial<PressedKeys> = {}): PressedKeys => ({
  key,
  code: '',
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
});

describe('keys', () => {
  it('are told apart by their modifiers', () => {
    const ctrlK = press('k', { ctrlKey: true });
    expect(isPressed('CmdOrCtrl+K', ctrlK, false)).toBe(true);
    expect(isPressed('CmdOrCtrl+K', ctrlK, true)).toBe(false);
    expect(isPressed('CmdOrCtrl+K', press('k', { metaKey: true }), true)).toBe(true);
    expect(isPressed('K', ctrlK, false)).toBe(false);
    expect(isPressed('CmdOrCtrl+Shift+K', ctrlK, false)).toBe(false);
    expect(isPressed('CmdOrCtrl+K', press('K', { ctrlKey: true, shiftKey: true }), false)).toBe(false);
    expect(isPressed('X', press('X', { shiftKey: true }), false)).toBe(false);
  });

  it('find a sign wherever the keyboard has it', () => {
    expect(isPressed('?', press('?', { shiftKey: true }), false)).toBe(true);
    expect(isPressed('Plus', press('+', { shiftKey: true }), false)).toBe(true);
    expect(isPressed('Plus', press('+'), false)).toBe(true);
    expect(isPressed('CmdOrCtrl+Shift+.', press('>', { ctrlKey: true, shiftKey: true }), false)).toBe(true);
    expect(isPressed('CmdOrCtrl+Shift+.', press(':', { ctrlKey: true, shiftKey: true }), false)).toBe(true);
    expect(isPressed('CmdOrCtrl+.', press('>', { ctrlKey: true, shiftKey: true }), false)).toBe(false);
    expect(isPressed('CmdOrCtrl+`', press('`', { ctrlKey: true }), false)).toBe(true);
    expect(isPressed('F6', press('F6'), false)).toBe(true);
  });

  it('stop is not pause where Shift leaves a sign as it is, nor pause stop where a sign needs Shift', () => {
    const held = { ctrlKey: true, shiftKey: true };
    const shiftAlone = press('.', { ...held, code: 'Period' });
    expect(isPressed('CmdOrCtrl+Shift+.', shiftAlone, false)).toBe(true);
    expect(isPressed('CmdOrCtrl+.', shiftAlone, false)).toBe(false);
    const french = press('.', { ...held, code: 'Comma' });
    expect(isPressed('CmdOrCtrl+.', french, false)).toBe(true);
    expect(isPressed('CmdOrCtrl+Shift+.', french, false)).toBe(false);
  });

  it('written from what was pressed mean what was pressed', () => {
    for (const event of [
      press('k', { ctrlKey: true }),
      press('K', { ctrlKey: true, shiftKey: true }),
      press('x'),
      press('?', { shiftKey: true }),
      press('+', { shiftKey: true }),
      press('.', { ctrlKey: true, shiftKey: true, code: 'Period' }),
      press('.', { ctrlKey: true, shiftKey: true, code: 'Comma' }),
      press('Escape'),
      press('F7', { altKey: true }),
    ]) {
      const keys = keysPressed(event, false);
      expect(keys).toBeDefined();
      expect(isPressed(keys ?? '', event, false), keys).toBe(true);
    }
    expect(keysPressed(press('Control', { ctrlKey: true }), false)).toBeUndefined();
  });

  it('of the whole catalogue can be shown', () => {
    const actions: readonly UserAction[] = userActions;
    for (const { accelerator, singleKey } of actions) {
      const keys = accelerator ?? singleKey;
      if (keys !== undefined) expect(shownKeys(keys, false)).not.toMatch(/CmdOrCtrl|undefined|^$/);
    }
    expect(shownKeys('CmdOrCtrl+Shift+.', false)).toBe('Ctrl+Shift+.');
    expect(shownKeys('CmdOrCtrl+Shift+.', true)).toBe('⇧⌘.');
    expect(shownKeys('CmdOrCtrl+Plus', false)).toBe('Ctrl++');
    expect(shownKeys('Escape', false)).toBe('Esc');
  });
});
