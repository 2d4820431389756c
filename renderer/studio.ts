import type { StudioClient } from '../core/contract/contract.ts';
import './transport.ts';

declare global {
  interface Window {
    /** Put there by Electron's preload, or by the browser's transport. */
    readonly studio: StudioClient;
  }
}

/** The only road to the studio. */
export const studio: StudioClient = window.studio;
