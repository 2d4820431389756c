import type { WebContents } from 'electron';

/** Starts the program, lets the window ask the studio something, tells the answer and ends: for scripts/check-package.ts. */
export const START_CHECK_FLAG = '--check-start';

/** What the window itself gets as an answer through preload and messages, as one line of JSON. */
export async function answerThroughWindow(
  contents: Pick<WebContents, 'executeJavaScript' | 'isLoading' | 'once'>,
): Promise<string> {
  if (contents.isLoading()) {
    await new Promise<void>((resolve) => {
      contents.once('did-finish-load', () => resolve());
    });
  }
  const reply: unknown = await contents.executeJavaScript('window.studioBridge.system.info({})');
  return JSON.stringify(reply);
}
