/**
 * Browsers end elements at about 16.7 million pixels; a million images in large tiles are taller. Beyond a limit the
 * scroll position stands for a place in the list: one to one near both ends, so that they are reached as anywhere else,
 * and compressed between them. While the user scrolls by little the rows move with the scroll position; a long jump (the
 * scroll bar is dragged) is looked up.
 */
export interface TallScroll {
  /** Height of the element that is scrolled. */
  readonly height: number;
  /** The place in the list that a scroll position stands for, both in pixels from the top. */
  readonly toPlace: (scrollTop: number) => number;
  readonly toScroll: (place: number) => number;
}

/** Well below the limits of all browsers, also at 200 % zoom. */
const MOST_PX = 6_000_000;
/** At each end: one to one. */
const END_PX = 1_000_000;

export function tallScroll(fullHeight: number, viewHeight: number, most = MOST_PX, end = END_PX): TallScroll {
  if (fullHeight <= most) {
    return { height: fullHeight, toPlace: (scrollTop) => scrollTop, toScroll: (place) => place };
  }
  const lastScroll = most - viewHeight;
  const lastPlace = fullHeight - viewHeight;
  const ratio = (lastPlace - 2 * end) / (lastScroll - 2 * end);
  return {
    height: most,
    toPlace(scrollTop) {
      if (scrollTop <= end) return scrollTop;
      if (scrollTop >= lastScroll - end) return lastPlace - (lastScroll - scrollTop);
      return end + (scrollTop - end) * ratio;
    },
    toScroll(place) {
      if (place <= end) return place;
      if (place >= lastPlace - end) return lastScroll - (lastPlace - place);
      return end + (place - end) / ratio;
    },
  };
}
