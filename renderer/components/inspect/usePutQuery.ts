import { isNavigationFailure, NavigationFailureType, useRouter, type Router } from 'vue-router';

type Changes = Readonly<Record<string, string | undefined>>;

/** What is still to be written, and the screen that it is for. */
const waiting: { readonly path: string; readonly changes: Changes }[] = [];
let isWriting = false;

/**
 * Writes choices into the address; undefined takes one out. Several at once are written one after the other: each is
 * put on top of the address as the one before has left it, so that none is lost.
 */
export function usePutQuery(): (changes: Changes) => void {
  const router = useRouter();
  return (changes) => {
    waiting.push({ path: router.currentRoute.value.path, changes });
    if (!isWriting) void write(router);
  };
}

async function write(router: Router): Promise<void> {
  isWriting = true;
  try {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const { path, query } = router.currentRoute.value;
      if (path !== next.path) continue;
      const failure = await router.replace({ query: { ...query, ...next.changes } });
      // Somebody goes elsewhere: of a screen that is left there is nothing to remember.
      if (isNavigationFailure(failure, NavigationFailureType.cancelled)) waiting.length = 0;
    }
  } finally {
    isWriting = false;
  }
}
