// Starts the program whose folder is the first argument that is no option, as Electron's own default app does.
const { app } = require('electron');
const { readFileSync } = require('node:fs');
const { join, resolve } = require('node:path');

const folder = resolve(process.argv.slice(1).find((argument) => !argument.startsWith('-')));
const { main, name, productName, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
Object.defineProperty(process, 'defaultApp', { value: true, enumerable: true });
app.setName(productName ?? name);
app.setVersion(version);
app.setAppPath(folder);
require(join(folder, main));
