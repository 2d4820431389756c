/** Which part of a picture is seen. The same for every pane, whatever the size of its picture in pixels. */
export interface Viewport {
  /** 1 fits the picture into its pane. */
  readonly zoom: number;
  /** The place of the picture in the middle of the pane, as shares of its width and height. */
  readonly x: number;
  readonly y: number;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where a picture lies in its pane, in CSS pixels. */
export interface Placement {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export const FIT: Viewport = { zoom: 1, x: 0.5, y: 0.5 };
const MOST_ZOOM = 64;

/** Puts a picture into a pane as a viewport says. */
export function placementOf({ zoom, x, y }: Viewport, pane: Size, picture: Size): Placement {
  const scale = fitScale(pane, picture) * zoom;
  const [width, height] = [picture.width * scale, picture.height * scale];
  return { left: pane.width / 2 - x * width, top: pane.height / 2 - y * height, width, height };
}

/** The place under a point of the pane, as shares of the picture; outside of 0 to 1 is beside it. */
export function placeAt(placement: Placement, point: Point): Point {
  return {
    x: (point.x - placement.left) / placement.width,
    y: (point.y - placement.top) / placement.height,
  };
}

/** Zooms by a factor so that what is under `point` stays there. */
export function zoomAt(
  viewport: Viewport,
  factor: number,
  point: Point,
  pane: Size,
  picture: Size,
): Viewport {
  const zoom = Math.min(MOST_ZOOM, Math.max(1, viewport.zoom * factor));
  const place = placeAt(placementOf(viewport, pane, picture), point);
  const scale = fitScale(pane, picture) * zoom;
  return within({
    zoom,
    x: place.x - (point.x - pane.width / 2) / (picture.width * scale),
    y: place.y - (point.y - pane.height / 2) / (picture.height * scale),
  });
}

/** Moves the picture by CSS pixels. */
export function panBy(viewport: Viewport, byX: number, byY: number, pane: Size, picture: Size): Viewport {
  const { width, height } = placementOf(viewport, pane, picture);
  return within({ ...viewport, x: viewport.x - byX / width, y: viewport.y - byY / height });
}

/** Shows a box, given in shares of the picture, with a margin around it. */
export function viewportOf(box: Point & Size, pane: Size, picture: Size): Viewport {
  const MARGIN = 1.4;
  const scale = fitScale(pane, picture);
  const zoomX = pane.width / (Math.max(box.width, 0.02) * MARGIN * picture.width * scale);
  const zoomY = pane.height / (Math.max(box.height, 0.02) * MARGIN * picture.height * scale);
  const zoom = Math.min(MOST_ZOOM, Math.max(1, Math.min(zoomX, zoomY)));
  return within({ zoom, x: box.x + box.width / 2, y: box.y + box.height / 2 });
}

/** The middle of the pane never leaves the picture, and a picture that fits stays in the middle. */
function within({ zoom, x, y }: Viewport): Viewport {
  if (zoom <= 1) return FIT;
  const inside = (value: number): number => Math.min(1, Math.max(0, value));
  return { zoom, x: inside(x), y: inside(y) };
}

function fitScale(pane: Size, picture: Size): number {
  const scale = Math.min(pane.width / picture.width, pane.height / picture.height);
  return scale > 0 && Number.isFinite(scale) ? scale : 1;
}
