import { computed, shallowRef } from 'vue';
import type { OutputOf } from '../../../core/contract/contract.ts';
import { crumbsOf, folderOf } from '../../composables/paths.ts';
import { studio } from '../../studio.ts';

type Listing = OutputOf<'system.browse'>;
export type BrowseEntry = Listing['entries'][number];

/** Walks the folders of the computer on which the studio runs. */
export function useBrowse() {
  const listing = shallowRef<Listing>();
  const error = shallowRef<unknown>();
  const isLoading = shallowRef(false);
  const roots = shallowRef<readonly string[]>([]);
  let newest = 0;

  /** Null: the roots. Says whether it could be read and nothing else was asked for meanwhile. */
  function go(folder: string | null): Promise<boolean> {
    newest += 1;
    return read(folder, newest);
  }

  async function read(folder: string | null, asked: number): Promise<boolean> {
    if (asked !== newest) return false;
    isLoading.value = true;
    try {
      const found = await studio.system.browse({ folder });
      if (asked !== newest) return false;
      listing.value = found;
      error.value = undefined;
      return true;
    } catch (caught) {
      if (asked === newest) error.value = caught;
      return false;
    } finally {
      if (asked === newest) isLoading.value = false;
    }
  }

  /**
   * Begins where the user was last; where that is gone, at the root, or at the choice where there are several. Gives way to
   * a user who goes somewhere meanwhile.
   */
  async function begin(last: string | null): Promise<void> {
    newest += 1;
    const asked = newest;
    const top = await studio.system.browse({ folder: null }).catch(() => undefined);
    roots.value = top?.folder === null ? top.entries.map(({ path }) => path) : [top?.folder ?? '/'];
    const places = last === null ? [] : [last, folderOf(last)];
    for (const place of [...places, roots.value.length === 1 ? roots.value[0] : null]) {
      if (await read(place, asked)) return;
    }
  }

  return {
    listing,
    error,
    isLoading,
    go,
    begin,
    crumbs: computed(() => {
      const folder = listing.value?.folder;
      return folder ? crumbsOf(folder, roots.value) : [];
    }),
  };
}
