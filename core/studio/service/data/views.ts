import { viewSchema } from '../../../contract/operations/images.ts';
import type { StudioContext } from '../context.ts';
import type { HandlersOf } from '../handlers.ts';

export function viewHandlers({
  library,
  publish,
}: Pick<StudioContext, 'library' | 'publish'>): HandlersOf<'views'> {
  return {
    views: {
      // One that an older or newer program wrote otherwise is left out; it stays on record.
      list: () =>
        library()
          .views.list()
          .flatMap((view) => viewSchema.safeParse(view).data ?? []),
      save(view) {
        library().views.save(view);
        publish({ type: 'data', what: 'views' });
        return {};
      },
      remove({ name }) {
        library().views.remove(name);
        publish({ type: 'data', what: 'views' });
        return {};
      },
    },
  };
}
