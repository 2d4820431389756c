/** What a computation on the processor is called, in the same words on every engine. */
export function cpuName(threads: number): string {
  return threads === 1 ? 'CPU, 1 thread' : `CPU, ${threads} threads`;
}
