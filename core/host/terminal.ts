import type { Progress, ProgressListener } from '../base/progress.ts';
import { createRateMeter, type RateMeter } from '../base/progress.ts';

/** Where a command writes: results to stdout, everything about the way there to stderr. */
export interface Terminal {
  readonly json: boolean;
  /** A line of the result for people; nothing with --json. */
  readonly line: (text?: string) => void;
  /** The result for scripts; nothing without --json. */
  readonly result: (value: unknown) => void;
  /** A remark on the way, on stderr. */
  readonly note: (text: string) => void;
  /** Draws progress: a bar on a terminal, a plain line every so often elsewhere. */
  readonly progress: ProgressListener;
  /** Ends the current bar, if any. */
  readonly endProgress: () => void;
}

const BAR_WIDTH = 24;
const BAR_INTERVAL_MS = 100;
const PLAIN_INTERVAL_MS = 5000;

export function createTerminal(options: { readonly json: boolean }): Terminal {
  const interactive = process.stderr.isTTY;
  let meter: RateMeter = createRateMeter();
  let label = '';
  let lastShownMs = 0;
  let lastText = '';
  let drawn = false;

  const endProgress = (): void => {
    if (drawn && interactive) process.stderr.write('\n');
    drawn = false;
    label = '';
  };
  const note = (text: string): void => {
    if (drawn && interactive) process.stderr.write('\r\u001b[K');
    process.stderr.write(`${fitted(text, process.stderr)}\n`);
    drawn = false;
  };
  const progress = (now: Progress): void => {
    const nowMs = performance.now();
    const isNew = now.label !== label;
    if (isNew) {
      endProgress();
      meter = createRateMeter();
      label = now.label;
    }
    meter.update(now.done, nowMs);
    const finished = now.done === now.total;
    const interval = interactive ? BAR_INTERVAL_MS : PLAIN_INTERVAL_MS;
    if (!finished && !isNew && nowMs - lastShownMs < interval) return;
    const text = progressText(now, meter, interactive);
    if (text === lastText) return;
    lastShownMs = nowMs;
    lastText = text;
    process.stderr.write(interactive ? `\r${text}\u001b[K` : `${text}\n`);
    drawn = true;
    if (finished) endProgress();
  };
  return {
    json: options.json,
    line(text = '') {
      if (!options.json) process.stdout.write(`${fitted(text, process.stdout)}\n`);
    },
    result(value) {
      if (options.json) process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
    },
    note,
    progress,
    endProgress,
  };
}

/** Long lines broken between words where a person reads them; files and other programs get them whole. */
function fitted(text: string, { isTTY, columns }: NodeJS.WriteStream): string {
  return isTTY ? wrapLines(text, columns) : text;
}

/** Breaks lines longer than so many characters between words; a word is never broken. */
export function wrapLines(text: string, columns: number): string {
  return text
    .split('\n')
    .map((line) => {
      let length = 0;
      return line
        .split(/(?<=\S) (?=\S)/)
        .map((word, index) => {
          const fits = length + 1 + word.length <= columns;
          length = index > 0 && fits ? length + 1 + word.length : word.length;
          return index === 0 ? word : `${fits ? ' ' : '\n'}${word}`;
        })
        .join('');
    })
    .join('\n');
}

/** One line of at most 79 characters: label, bar, share, count, rate, time left. */
function progressText({ done, total, unit, label }: Progress, meter: RateMeter, withBar: boolean): string {
  const rate = meter.perSecond();
  const left = meter.secondsLeft(total);
  const parts = [label];
  if (total !== undefined) {
    const share = total === 0 ? 1 : done / total;
    if (withBar) parts.push(bar(share).padEnd(BAR_WIDTH, '░'));
    parts.push(`${Math.floor(share * 100)} %`, `${grouped(done)}/${grouped(total)}`);
  } else {
    parts.push(`${grouped(done)} ${unit}`);
  }
  if (rate !== undefined) parts.push(`${rate >= 10 ? grouped(Math.round(rate)) : rate.toFixed(1)}/s`);
  if (left !== undefined && done !== total) parts.push(`${duration(left)} left`);
  return parts.join(' ');
}

/** A bar of at most 24 characters for a share of 0 to 1. */
export function bar(share: number): string {
  return '█'.repeat(Math.round(share * BAR_WIDTH));
}

/** Seconds as people say them: "42 s", "3 min 05 s", "2 h 10 min". */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
  return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, '0')} min`;
}

/** 12345 → "12,345". */
export function grouped(value: number): string {
  return value.toLocaleString('en-US');
}

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

/** A table of plain text whose columns are as wide as they must be. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map(({ title }, index) =>
    Math.max(title.length, ...rows.map((row) => row[index].length)),
  );
  const render = (cells: readonly string[]): string =>
    cells
      .map((cell, index) =>
        columns[index].align === 'right' ? cell.padStart(widths[index]) : cell.padEnd(widths[index]),
      )
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  return [render(columns.map(({ title }) => title)), rule, ...rows.map(render)].join('\n');
}
