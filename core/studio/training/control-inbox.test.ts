import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../library/temporary-library.ts';
import { openInbox, sendCommand } from './control-inbox.ts';

test('commands are taken in order, or the oldest of some kinds', async () => {
  using folder = temporaryFolder();
  const inbox = openInbox(folder.path, (text) => expect.unreachable(text));
  expect(inbox.take()).toBeUndefined();
  for (const kind of ['pause', 'resume', 'stop'] as const) await sendCommand(folder.path, { kind });
  expect(inbox.take(['stop', 'resume'])).toEqual({ kind: 'resume' });
  expect(inbox.take()).toEqual({ kind: 'pause' });
  expect(inbox.take()).toEqual({ kind: 'stop' });
  expect(inbox.take()).toBeUndefined();
});

test.each(['{"kind":"pa', '{"kind":"jump"}', ''])('the damaged command %j is set aside', async (content) => {
  using folder = temporaryFolder();
  const notes: string[] = [];
  const inbox = openInbox(folder.path, (text) => notes.push(text));
  writeFileSync(join(folder.path, 'control', '0-damaged.json'), content);
  expect(inbox.isWaiting()).toBe(false);
  expect(inbox.take(['stop'])).toBeUndefined();
  await sendCommand(folder.path, { kind: 'stop' });
  expect(inbox.take()).toEqual({ kind: 'stop' });
  expect(notes).toEqual([expect.stringContaining('0-damaged.json')]);
  const [aside] = readdirSync(join(folder.path, 'control'));
  expect(notes[0]).toContain(aside);
});
