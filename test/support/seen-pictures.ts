/** The cells in view, each by whether its thumbnail is there and decoded, as an expression for the page. */
const CELLS_IN_VIEW = `(() => {
  const grid = document.querySelector('[role=grid]')?.getBoundingClientRect();
  return [...document.querySelectorAll('[role=gridcell]')].flatMap((cell) => {
    const box = cell.getBoundingClientRect();
    const image = cell.querySelector('img');
    const isSeen = grid && box.bottom > grid.top && box.top < grid.bottom;
    return isSeen ? [image !== null && image.complete && image.naturalWidth > 0] : [];
  });
})()`;

/** Whether a thumbnail is in view and decoded, as an expression for the page. */
export const FIRST_PICTURE = `${CELLS_IN_VIEW}.some(Boolean)`;

/** Whether all thumbnails in view are there and decoded. */
export const ALL_PICTURES = `((cells) => cells.length > 0 && cells.every(Boolean))(${CELLS_IN_VIEW})`;
