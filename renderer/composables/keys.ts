/** Keys as the catalogue of actions writes them ("CmdOrCtrl+Shift+."), matched against what was pressed and shown to people. */

/** What of a KeyboardEvent is needed. */
export interface PressedKeys {
  readonly key: string;
  /** Where the key is: "Period" is that of "." on most layouts. */
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

interface Combination {
  readonly mod: boolean;
  readonly alt: boolean;
  readonly shift: boolean;
  readonly key: string;
}

const MODIFIERS = new Set([
  'control',
  'meta',
  'alt',
  'shift',
  'altgraph',
  'capslock',
  'dead',
  'unidentified',
]);
const SHOWN: Readonly<Record<string, string>> = {
  plus: '+',
  escape: 'Esc',
  arrowleft: '←',
  arrowright: '→',
  arrowup: '↑',
  arrowdown: '↓',
  ' ': 'Space',
};

/** "CmdOrCtrl+Shift+Plus" → its parts. */
function parse(keys: string): Combination {
  const parts = keys.split('+').map((part) => part.toLowerCase());
  const key = parts.at(-1) ?? '';
  return {
    mod: parts.includes('cmdorctrl'),
    alt: parts.includes('alt'),
    shift: parts.includes('shift'),
    key: key === 'plus' ? '+' : key,
  };
}

/** A key that is the same with and without Shift: a letter, or one with a name. Of others Shift makes another sign. */
const keepsItsName = (key: string): boolean => key.length > 1 || key.toLowerCase() !== key.toUpperCase();

/** With Shift a keyboard gives ">" for "."; which sign that is depends on its layout. */
const SHIFTED: ReadonlyMap<string, string> = new Map([
  ['.', '>:'],
  [',', '<;'],
  ['-', '_'],
]);

/** Where most layouts have these signs without Shift. */
const PLACES: ReadonlyMap<string, string> = new Map([
  ['.', 'Period'],
  [',', 'Comma'],
  ['-', 'Minus'],
]);

/**
 * Whether Shift is held on top of the key of a sign, and not needed to write it: some keyboards give "." for the two of
 * them, and the French layout has "." above ";".
 */
const hasExtraShift = ({ key, code, shiftKey }: PressedKeys): boolean => shiftKey && PLACES.get(key) === code;

/** Whether these keys were pressed. */
export function isPressed(keys: string, event: PressedKeys, isMac: boolean): boolean {
  const wanted = parse(keys);
  const pressed = event.key.toLowerCase();
  const mod = isMac ? event.metaKey : event.ctrlKey;
  const other = isMac ? event.ctrlKey : event.metaKey;
  if (mod !== wanted.mod || other || event.altKey !== wanted.alt) return false;
  if (keepsItsName(wanted.key)) return pressed === wanted.key && event.shiftKey === wanted.shift;
  if (wanted.shift) {
    if (pressed === wanted.key) return hasExtraShift(event);
    return event.shiftKey && (SHIFTED.get(wanted.key) ?? '').includes(pressed);
  }
  // A sign such as "?" or "+" may need Shift on this keyboard.
  return pressed === wanted.key && !hasExtraShift(event);
}

/** What was pressed, as the settings keep it; undefined for a modifier alone. */
export function keysPressed(event: PressedKeys, isMac: boolean): string | undefined {
  const key = event.key.toLowerCase();
  if (MODIFIERS.has(key)) return undefined;
  const name = key === '+' ? 'Plus' : key.length === 1 ? key.toUpperCase() : event.key;
  const parts = [
    ...((isMac ? event.metaKey : event.ctrlKey) ? ['CmdOrCtrl'] : []),
    ...(event.altKey ? ['Alt'] : []),
    ...((event.shiftKey && keepsItsName(key)) || hasExtraShift(event) ? ['Shift'] : []),
  ];
  return [...parts, name].join('+');
}

/** As people read it: "Ctrl+Shift+." or "⇧⌘.". */
export function shownKeys(keys: string, isMac: boolean): string {
  const { mod, alt, shift, key } = parse(keys);
  const name = SHOWN[key] ?? (key.length === 1 ? key.toUpperCase() : key[0].toUpperCase() + key.slice(1));
  if (isMac) return `${alt ? '⌥' : ''}${shift ? '⇧' : ''}${mod ? '⌘' : ''}${name}`;
  return [...(mod ? ['Ctrl'] : []), ...(alt ? ['Alt'] : []), ...(shift ? ['Shift'] : []), name].join('+');
}

/** Whether this computer names its keys as Apple does. */
export const onMac = typeof navigator !== 'undefined' && /mac/i.test(navigator.userAgent);
