import { charts } from './charts.ts';
import { common } from './common.ts';
import { data } from './data.ts';
import { edits } from './edits.ts';
import { loupe } from './loupe.ts';
import { evaluating } from './evaluate.ts';
import { exporting } from './export.ts';
import { importing } from './import.ts';
import { inspecting } from './inspect.ts';
import { settings } from './settings.ts';
import { results } from './results.ts';
import { runs } from './runs.ts';
import { shell } from './shell.ts';
import { train } from './train.ts';
import { welcome } from './welcome.ts';
import { map } from './map.ts';
import { health } from './health.ts';

/** Every word that the window shows, by part. Plain words first, the term of the field in brackets beside them. */
export const text = {
  charts,
  train,
  runs,
  results,
  common,
  shell,
  data,
  edits,
  loupe,
  map,
  health,
  welcome,
  import: importing,
  inspect: inspecting,
  evaluate: evaluating,
  export: exporting,
  settings,
};
