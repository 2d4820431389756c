// What Node 16 lacks of what the program uses of Node 24. Loaded before every entry.
const { Blob, BroadcastChannel, MessageChannel } = globalThis;
const childProcess = require('node:child_process');
const fs = require('node:fs');
const Module = require('node:module');
const os = require('node:os');
const path = require('node:path');
const url = require('node:url');
const zlib = require('node:zlib');

// better-sqlite3's library finds its three symbols in this one; see node-api-10.cc.
process.dlopen(
  { exports: {} },
  path.join(__dirname, 'node-api-10.node'),
  os.constants.dlopen.RTLD_NOW | os.constants.dlopen.RTLD_GLOBAL,
);

const { cpus } = os;
os.availableParallelism ??= () => cpus().length;

zlib.crc32 ??= (data, start = 0) => {
  let sum = ~start >>> 0;
  for (const byte of Buffer.from(data)) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  }
  return ~sum >>> 0;
};

fs.promises.statfs ??= async (folder) => {
  const lines = childProcess.execFileSync('df', ['-Pk', folder], { encoding: 'utf8' }).trim().split('\n');
  const [, blocks, , free] = lines[1].split(/\s+/).map(Number);
  return { bsize: 1024, blocks, bavail: free, bfree: free };
};

// `recursive` and `parentPath` came with Node 18 and 20.
const readdir = fs.promises.readdir;
fs.promises.readdir = async function readFolder(folder, options) {
  const {
    recursive = false,
    withFileTypes = false,
    ...others
  } = typeof options === 'object' ? (options ?? {}) : {};
  if (!recursive && !withFileTypes) return readdir(folder, options);
  const found = [];
  for (const entry of await readdir(folder, { ...others, withFileTypes: true })) {
    entry.parentPath = String(folder);
    found.push(entry);
    if (recursive && entry.isDirectory()) {
      found.push(
        ...(await readFolder(path.join(String(folder), entry.name), { recursive, withFileTypes: true })),
      );
    }
  }
  if (withFileTypes) return found;
  return found.map((entry) => path.relative(String(folder), path.join(entry.parentPath, entry.name)));
};

AbortSignal.any ??= (signals) => {
  const controller = new AbortController();
  for (const signal of signals) {
    if (signal.aborted) controller.abort(signal.reason);
    else signal.addEventListener('abort', () => controller.abort(signal.reason), { once: true });
  }
  return controller.signal;
};

globalThis.navigator ??= {};
globalThis.crypto ??= require('node:crypto').webcrypto;
globalThis.Blob ??= Blob ?? require('node:buffer').Blob;
globalThis.BroadcastChannel ??= BroadcastChannel ?? require('node:worker_threads').BroadcastChannel;
if (typeof DOMException === 'undefined') {
  const { port1 } = new MessageChannel();
  try {
    port1.postMessage(Symbol('not cloneable'));
  } catch (error) {
    globalThis.DOMException = error.constructor;
  }
  port1.close();
}

// As much of the Fetch API as electron/app-scheme.ts uses.
globalThis.Headers ??= class Headers {
  #values = new Map();
  constructor(entries = {}) {
    for (const [name, value] of Symbol.iterator in entries ? entries : Object.entries(entries)) {
      this.#values.set(name.toLowerCase(), String(value));
    }
  }
  get(name) {
    return this.#values.get(name.toLowerCase()) ?? null;
  }
  [Symbol.iterator]() {
    return this.#values[Symbol.iterator]();
  }
};
globalThis.Response ??= class Response {
  constructor(body, { status = 200, headers } = {}) {
    this.body = body;
    this.status = status;
    this.headers = new Headers(headers);
  }
};

// import() of a file's address becomes require() in the build; what this Node cannot load is taken from this folder.
const resolveFilename = Module._resolveFilename;
const OWN_SQLITE = path.join(__dirname, 'better-sqlite3.node');
Module._resolveFilename = function resolve(request, ...others) {
  if (request.startsWith('file:')) return resolveFilename.call(this, url.fileURLToPath(request), ...others);
  const own = path.join(__dirname, 'packages', `${request}.js`);
  if (!request.startsWith('.') && !path.isAbsolute(request) && fs.existsSync(own)) return own;
  const found = resolveFilename.call(this, request, ...others);
  return /better-sqlite3.prebuilds.linux-x64\.node$/.test(found) ? OWN_SQLITE : found;
};
