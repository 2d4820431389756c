// What V8 10.8 lacks of the language that the program is written in; bundled, for main process, workers and window.
require('core-js/actual/array');
require('core-js/actual/async-disposable-stack');
require('core-js/actual/disposable-stack');
require('core-js/actual/iterator');
require('core-js/actual/map');
require('core-js/actual/object/group-by');
require('core-js/actual/promise');
require('core-js/actual/set');
require('core-js/actual/string/is-well-formed');
require('core-js/actual/string/to-well-formed');
require('core-js/actual/structured-clone');
require('core-js/actual/symbol/async-dispose');
require('core-js/actual/symbol/dispose');
require('core-js/actual/typed-array');
require('core-js/actual/url/can-parse');
require('core-js/actual/url/parse');
