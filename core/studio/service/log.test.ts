import { expect, test } from 'vitest';
import { createLog, type LogEntry } from './log.ts';

test('entries are numbered, told of, read on from a number, and the oldest give way', () => {
  const told: LogEntry[] = [];
  const log = createLog((entry) => told.push(entry));
  for (let number = 1; number <= 5_010; number++) log.add('info', 'test', `entry ${number}`);
  expect(told).toHaveLength(5_010);
  expect(log.since(0, 2)).toMatchObject([{ number: 11, text: 'entry 11' }, { number: 12 }]);
  expect(log.since(5_008, 10).map(({ number }) => number)).toEqual([5_009, 5_010]);
  expect(log.since(5_010, 10)).toEqual([]);
});
