import { defineStore } from 'pinia';
import { ref } from 'vue';

/** What is open over and beside the screens. At the right there is room for one: the jobs; below, for the log. */
export const usePanelStore = defineStore('panels', () => {
  const palette = ref(false);
  const jobs = ref(false);
  const log = ref(false);
  const keys = ref(false);

  return {
    palette,
    jobs,
    log,
    keys,
    /** Closes what is open beside the screen. Says whether there was anything. */
    closeOne(): boolean {
      for (const panel of [jobs, log]) {
        if (panel.value) {
          panel.value = false;
          return true;
        }
      }
      return false;
    },
  };
});
