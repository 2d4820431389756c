/** Colours of the page in one theme. All greys are neutral, so that pictures are judged without a tint beside them. */
export interface Theme {
  readonly page: string;
  readonly raised: string;
  readonly text: string;
  readonly muted: string;
  readonly rule: string;
  readonly accent: string;
  readonly yes: string;
  readonly no: string;
  /**
   * Lines of a chart: the colours of Okabe and Ito (2008) that stand out 3 : 1 from the page and the shading of
   * pre-training; their reddish purple is a little darker on white to do so.
   */
  readonly series: readonly [string, string, string, string, string];
}

export const LIGHT: Theme = {
  page: '#ffffff',
  raised: '#f4f4f4',
  text: '#1a1a1a',
  muted: '#595959',
  rule: '#d4d4d4',
  accent: '#0072b2',
  yes: '#007a5a',
  no: '#c04f00',
  series: ['#0072b2', '#d55e00', '#009e73', '#bb6597', '#000000'],
};

export const DARK: Theme = {
  page: '#1c1c1c',
  raised: '#282828',
  text: '#e6e6e6',
  muted: '#adadad',
  rule: '#444444',
  accent: '#56b4e9',
  yes: '#2bb58c',
  no: '#f08a3c',
  series: ['#56b4e9', '#e69f00', '#009e73', '#cc79a7', '#f0e442'],
};

/**
 * The grey around pictures, the same in both themes: the middle of the range, which is also "no change" in a
 * picture of differences.
 */
export const PICTURE_GREY = '#808080';

/** Dash patterns in px; with five colours the pair repeats only after thirty series. */
export const DASHES = ['', '7 3', '2 3', '9 3 2 3', '14 4', '5 2 1 2 1 2'] as const;
