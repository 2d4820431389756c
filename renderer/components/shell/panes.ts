/** Moves the focus to the next part of the window that is marked as a pane, and back to the first after the last. */
export function focusNextPane(): void {
  const panes = [...document.querySelectorAll<HTMLElement>('[data-pane]')].filter(
    (pane) => pane.offsetParent !== null || pane.getClientRects().length > 0,
  );
  if (panes.length === 0) return;
  const here = panes.findIndex((pane) => pane.contains(document.activeElement));
  const pane = panes[(here + 1) % panes.length];
  const first = pane.querySelector<HTMLElement>(
    'a[href], button:not([disabled]), input, select, textarea, [tabindex="0"]',
  );
  (first ?? pane).focus();
}
