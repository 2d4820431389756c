import { readdirSync } from 'node:fs';

/** `npm run bench -- NAME [arguments]` runs the benchmark of that name; without a name it lists them. */
const names = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith('.ts') && name !== 'bench.ts')
  .map((name) => name.replace(/\.ts$/, ''));
const [name] = process.argv.splice(2, 1);
if (names.includes(name)) {
  await import(`./${name}.ts`);
} else {
  process.stdout.write(`Benchmarks: ${names.join(', ')}\nRun one with: npm run bench -- ${names[0]}\n`);
  process.exitCode = name === undefined ? 0 : 2;
}
