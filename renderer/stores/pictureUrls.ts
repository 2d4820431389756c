import * as addresses from '../../core/contract/picture-urls.ts';
import { useLibraryStore } from './libraryStore.ts';

/** Addresses of pictures and reports of the open library. Reactive: they are others when its pictures may be others. */

/** An address that the studio gave without its library. */
export const ofOpenLibrary = (address: string): string =>
  addresses.inLibrary(useLibraryStore().pictures, address);

const inOpenLibrary =
  <Parameters extends readonly unknown[]>(address: (...of: Parameters) => string) =>
  (...of: Parameters): string =>
    ofOpenLibrary(address(...of));

export const imageUrl = inOpenLibrary(addresses.imageUrl);
export const preparedUrl = inOpenLibrary(addresses.preparedUrl);
export const previewUrl = inOpenLibrary(addresses.previewUrl);
export const refinedUrl = inOpenLibrary(addresses.refinedUrl);
export const historyUrl = inOpenLibrary(addresses.historyUrl);
export const reportUrl = inOpenLibrary(addresses.reportUrl);
export const curvesUrl = inOpenLibrary(addresses.curvesUrl);
