import { Notification } from 'electron';
import type { Notice } from './job-notice.ts';

/** Notifications that are shown; one that nobody holds is collected, and its click with it. */
const shown = new Set<Notification>();

export function showNotice({ title, body }: Notice, onClick: () => void): void {
  const notification = new Notification({ title, body });
  shown.add(notification);
  notification.on('click', onClick);
  notification.on('close', () => shown.delete(notification));
  notification.show();
}
