import { createHash } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { propertyRuns } from '../../../test/support/property-settings.ts';
import { StudioError } from '../../base/studio-error.ts';
import { exportDataset } from './export-dataset.ts';
import { hashTree, makeSamples, streamOf, testHeader } from './export-fixture.ts';
import { verifyExport } from './verify-export.ts';
import { describeVerifyReport } from './verify-report.ts';

let folder: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'simgan-verify-'));
  const options = { formats: ['jsonl', 'csv', 'coco'], header: testHeader, existing: 'refuse' } as const;
  await exportDataset(folder, streamOf(makeSamples({ count: 12 })), options);
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const edit = (path: string, change: (text: string) => string): void => {
  const file = join(folder, path);
  writeFileSync(file, change(readFileSync(file, 'utf8')));
};

const found = async (): Promise<string[]> =>
  (await verifyExport(folder)).problems.map(({ kind, path }) => `${kind} ${path}`);

/** As someone would who knows how an export is sealed. */
function resealManifest(path: string): void {
  const content = readFileSync(join(folder, path));
  const sha256 = createHash('sha256').update(content).digest('hex');
  edit('manifest.json', (text) => {
    const manifest = JSON.parse(text) as { files: { path: string; sha256: string; bytes: number }[] };
    const files = manifest.files.map((file) =>
      file.path === path ? { ...file, sha256, bytes: content.length } : file,
    );
    return JSON.stringify({ ...manifest, files });
  });
}

describe('verifyExport', () => {
  it('finds nothing in an export as it was written, and says so in one line', async () => {
    const report = await verifyExport(folder);
    expect(report).toMatchObject({ isIntact: true, imageCount: 12, checkedFiles: 12 + 7 });
    expect(describeVerifyReport(report)).toBe(
      'Intact: 19 files are as they were exported (12 images of run "eyes | first", step 600).',
    );
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  it('finds any flipped bit in any file', async () => {
    const paths = Object.keys(hashTree(folder)).filter((path) => path !== 'manifest.json');
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths), fc.nat(), fc.nat(7), async (path, place, bit) => {
        const file = join(folder, path);
        const original = readFileSync(file);
        const changed = Buffer.from(original);
        changed[place % changed.length] ^= 1 << bit;
        writeFileSync(file, changed);
        const { problems, isIntact } = await verifyExport(folder);
        writeFileSync(file, original);
        expect(isIntact).toBe(false);
        expect(problems).toContainEqual({
          kind: 'changed',
          path,
          message: 'its SHA-256 is not that of the exported file',
        });
      }),
      { numRuns: propertyRuns(40) },
    );
    expect(await found()).toEqual([]);
  });

  it('finds missing and extra files, but not what a file manager leaves', async () => {
    rmSync(join(folder, 'images/train/f00/00000.png'));
    rmSync(join(folder, 'labels.csv'));
    writeFileSync(join(folder, 'images/train/more.png'), '');
    symlinkSync('/etc/hostname', join(folder, 'link'));
    writeFileSync(join(folder, 'images/.DS_Store'), '');
    expect((await found()).sort()).toEqual([
      'extra images/train/more.png',
      'extra link',
      'missing images/train/f00/00000.png',
      'missing labels.csv',
    ]);
  });

  it('finds an image that took the place of another, or became a folder', async () => {
    renameSync(join(folder, 'images/train/f00/00000.png'), join(folder, 'images/train/f01/00001.png'));
    mkdirSync(join(folder, 'images/train/f00/00000.png'));
    const kinds = (await verifyExport(folder)).problems.map(({ path }) => path);
    expect(kinds).toEqual(['images/train/f00/00000.png', 'images/train/f01/00001.png']);
  });

  it.each([
    ['labels.jsonl', (text: string) => text.replace(/\n.*\n/, '\n')],
    ['labels.csv', (text: string) => text.replace(/\n.*\n/, '\n')],
    ['annotations/person_keypoints_train.json', (text: string) => text.replace(/\n\{"id":2,"file.*\n/, '\n')],
  ])('finds a label that was taken out of %s although its hash was made to fit', async (path, takeOut) => {
    edit(path, takeOut);
    resealManifest(path);
    const report = await verifyExport(folder);
    expect(report.problems.length).toBe(1);
    expect(report.problems[0].kind).toBe('labels');
    expect(report.problems[0].message).toMatch(/^no label for images\/train/);
  });

  it('finds an edited label, and one for an image that is not there', async () => {
    edit('labels.jsonl', (text) => text.replace('00003.png', '99999.png'));
    const report = await verifyExport(folder);
    expect(report.problems.map(({ path, message }) => `${path}: ${message}`)).toEqual([
      'labels.jsonl: its SHA-256 is not that of the exported file',
      'labels.jsonl: names images/train/f00/99999.png, which is not in the manifest',
      'labels.jsonl: no label for images/train/f00/00003.png',
    ]);
    expect(describeVerifyReport(report)).toContain('NOT intact: 1 changed, 2 labels');
  });

  it('names the place where a label file cannot be read, and goes on', async () => {
    edit('labels.jsonl', (text) => text.replace(/\n.*\n/, '\nbroken\n'));
    writeFileSync(join(folder, 'labels.csv'), 'other,columns\n1,2\n');
    writeFileSync(join(folder, 'annotations/person_keypoints_test.json'), '{}');
    const messages = (await verifyExport(folder)).problems
      .filter(({ kind }) => kind === 'labels')
      .map(({ message }) => message);
    expect(messages).toEqual([
      expect.stringContaining('labels.jsonl, line 2'),
      expect.stringContaining('labels.csv: has no column "file_name"'),
      expect.stringContaining('person_keypoints_test.json: the list of images is not laid out'),
    ]);
  });

  it('never opens what lies outside of the export', async () => {
    edit('manifest.jsonl', (text) => text.replace(/"path":"images[^"]*"/, '"path":"../../etc/passwd"'));
    const { problems } = await verifyExport(folder);
    expect(problems).toContainEqual({
      kind: 'changed',
      path: 'manifest.jsonl, line 1',
      message: 'the path "../../etc/passwd" leads out of its folder ("..")',
    });
  });

  it('counts all problems and lists the first', async () => {
    edit('manifest.jsonl', (text) => 'x\n'.repeat(1500) + text);
    const report = await verifyExport(folder);
    expect(report.problemCounts.changed).toBe(1501);
    expect(report.problems.length).toBe(1000);
    expect(describeVerifyReport(report)).toContain('… and 1481 more');
  });
});

describe('verifyExport where it cannot begin', () => {
  it.each([
    ['no manifest', () => rmSync(join(folder, 'manifest.json')), 'not-found'],
    ['a broken manifest', () => writeFileSync(join(folder, 'manifest.json'), '{'), 'bad-input'],
    [
      'a changed manifest',
      () => edit('manifest.json', (text) => text.replace('"step"', '"stop"')),
      'bad-input',
    ],
    [
      'a newer one',
      () => edit('manifest.json', (text) => text.replace('"version": 1', '"version": 2')),
      'too-new',
    ],
  ])('says so for %s', async (_, change, code) => {
    change();
    const error = await verifyExport(folder).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StudioError);
    expect(error).toMatchObject({ code });
  });

  it('stops when asked to', async () => {
    await expect(verifyExport(folder, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'cancelled',
    });
  });
});
