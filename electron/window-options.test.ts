import { describe, expect, it } from 'vitest';
import { windowOptions } from './window-options.ts';

const choices = { preloadFile: '/p/preload.cjs', iconFile: '/p/icon.png', isDark: true };

describe('the window', () => {
  it('lets its page do as little as Electron can hold it to', () => {
    const { webPreferences } = windowOptions({ ...choices, withDeveloperTools: false });
    expect(webPreferences).toEqual({
      preload: '/p/preload.cjs',
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
      devTools: false,
      spellcheck: false,
      backgroundThrottling: false,
    });
    expect(webPreferences).not.toHaveProperty('enableBlinkFeatures');
  });

  it('is kept from start to start, shown when it has painted, and usable when small', () => {
    const options = windowOptions({ ...choices, withDeveloperTools: true });
    expect(options).toMatchObject({ name: 'studio', windowStatePersistence: true, show: false });
    expect(options.minWidth).toBeLessThanOrEqual(1024);
    expect(options.minHeight).toBeLessThanOrEqual(700);
  });
});
