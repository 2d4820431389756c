import { Menu, Tray } from 'electron';

export interface StudioTray {
  /** Shows the icon, if it is not shown. */
  show(): void;
  hide(): void;
  setText(text: string): void;
}

/** The icon that stands for the program while its window is away. */
export function createTray(iconFile: string, open: () => void, quit: () => void): StudioTray {
  let tray: Tray | undefined;
  return {
    show() {
      if (tray) return;
      tray = new Tray(iconFile);
      tray.setContextMenu(
        Menu.buildFromTemplate([
          { label: 'Open SimGAN Studio', click: open },
          { type: 'separator' },
          { label: 'Quit', click: quit },
        ]),
      );
      tray.on('click', open);
    },
    hide() {
      tray?.destroy();
      tray = undefined;
    },
    setText: (text) => tray?.setToolTip(text),
  };
}
