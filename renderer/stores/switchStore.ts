import { defineStore } from 'pinia';
import { ref } from 'vue';
import { isWorkUnderWay } from '../../core/contract/work-under-way.ts';

type WhenBusy = 'refuse' | 'stop';

/** Leaving a library with work under way: the window asks first. */
export const useSwitchStore = defineStore('switch', () => {
  /** What is under way, while the question is open. */
  const work = ref<string>();
  let answer: (isStopped: boolean) => void = () => undefined;

  function ask(what: string): Promise<boolean> {
    // An earlier question is answered by the newer one.
    answer(false);
    work.value = what;
    return new Promise((resolve) => {
      answer = (isStopped) => {
        work.value = undefined;
        resolve(isStopped);
      };
    });
  }

  return {
    work,
    keep: () => answer(false),
    stop: () => answer(true),
    /**
     * Opens, creates or closes a library. Undefined where the user keeps the work under way; fails as the operation does.
     *
     * @param leave the operation, with what is to become of work under way
     */
    async leave<Result>(leave: (whenBusy: WhenBusy) => Promise<Result>): Promise<Result | undefined> {
      try {
        return await leave('refuse');
      } catch (error) {
        if (!isWorkUnderWay(error)) throw error;
        return (await ask(error.message)) ? await leave('stop') : undefined;
      }
    },
  };
});
