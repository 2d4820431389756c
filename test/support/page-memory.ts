import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';

/** What a page and its host hold, after what nobody needs any more was collected. Resident memory on Linux only. */
export interface PageMemory {
  readonly heapBytes: number;
  readonly nodes: number;
  readonly listeners: number;
  /** Of the process that draws the page. */
  readonly pageResidentBytes: number;
  readonly hostResidentBytes: number;
}

export async function pageMemory(page: Page, hostProcessId: number): Promise<PageMemory> {
  const session = await page.context().newCDPSession(page);
  const browser = await page.context().browser()?.newBrowserCDPSession();
  if (!browser) throw new Error('The page is of no browser of its own.');
  try {
    await session.send('HeapProfiler.collectGarbage');
    await session.send('Performance.enable');
    const { metrics } = await session.send('Performance.getMetrics');
    const metric = (name: string): number => metrics.find((one) => one.name === name)?.value ?? NaN;
    const { processInfo } = await browser.send('SystemInfo.getProcessInfo');
    const renderers = processInfo.filter(({ type }) => type === 'renderer');
    const resident = await Promise.all(renderers.map(({ id }) => residentBytes(id)));
    return {
      heapBytes: metric('JSHeapUsedSize'),
      nodes: metric('Nodes'),
      listeners: metric('JSEventListeners'),
      pageResidentBytes: Math.max(...resident),
      hostResidentBytes: await residentBytes(hostProcessId),
    };
  } finally {
    await Promise.all([session.detach(), browser.detach()]);
  }
}

const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

/** "11.2 MiB, 4012, 310; 151.0 MiB, 198.4 MiB": heap, nodes, listeners; resident page, host. */
export function describeMemory(memory: PageMemory): string {
  const { heapBytes, nodes, listeners, pageResidentBytes, hostResidentBytes } = memory;
  return `${mebibytes(heapBytes)}, ${nodes}, ${listeners}; ${mebibytes(pageResidentBytes)}, ${mebibytes(hostResidentBytes)}`;
}

/** Resident memory of a process, in bytes. Linux only. */
export async function residentBytes(processId: number): Promise<number> {
  const status = await readFile(`/proc/${processId}/status`, 'utf8');
  return 1024 * Number(/VmRSS:\s*(\d+) kB/.exec(status)?.[1] ?? NaN);
}
