import type { BrowserWindowConstructorOptions, WebPreferences } from 'electron';

/**
 * What a page of this program may do: as little as there is. Every item is said, also where it is Electron's default, so
 * that a changed default changes nothing here.
 */
function webPreferences(preloadFile: string, withDeveloperTools: boolean): WebPreferences {
  return {
    preload: preloadFile,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    webviewTag: false,
    plugins: false,
    navigateOnDragDrop: false,
    devTools: withDeveloperTools,
    spellcheck: false,
    // Charts of a training go on while another window covers this one.
    backgroundThrottling: false,
  };
}

export interface WindowChoices {
  readonly preloadFile: string;
  readonly iconFile: string;
  readonly withDeveloperTools: boolean;
  readonly isDark: boolean;
}

export function windowOptions(choices: WindowChoices): BrowserWindowConstructorOptions {
  return {
    // Under this name Electron keeps place, size and state from start to start, also with several displays.
    name: 'studio',
    windowStatePersistence: true,
    title: 'SimGAN Studio',
    width: 1440,
    height: 900,
    minWidth: 800,
    minHeight: 560,
    // Shown when the page has painted: an empty frame would flash.
    show: false,
    backgroundColor: choices.isDark ? '#1b1c1e' : '#f4f4f2',
    icon: choices.iconFile,
    webPreferences: webPreferences(choices.preloadFile, choices.withDeveloperTools),
  };
}
