import { useToastStore } from '../stores/toastStore.ts';

/** Does something and shows a failure as a toast. Undefined when it failed. */
export async function attempt<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await work();
  } catch (error) {
    useToastStore().fail(error);
    return undefined;
  }
}
