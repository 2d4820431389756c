#!/usr/bin/env node
'use strict';
// Old syntax on purpose: this file starts on whatever Node the system has, and goes on with the pinned one.

var childProcess = require('child_process');
var fs = require('fs');
var nodeModule = require('module');
var path = require('path');
var url = require('url');

// What third parties still do in an old way is no news to a user.
process.noDeprecation = true;

var REQUIRED_MAJOR = 24;
// As for workers, see core/jobs/fork-launcher.ts: memory stays level while it trains.
var FLAGS = ['--max-semi-space-size=16'];
var root = path.resolve(fs.realpathSync(__dirname), '..', '..');
var cli = path.join(root, 'core', 'host', 'cli.ts');

if (Number(process.versions.node.split('.')[0]) >= REQUIRED_MAJOR) {
  rememberCompiled()
    .then(function () {
      return import(url.pathToFileURL(cli).href);
    })
    .then(
      function (module) {
        return module.main(process.argv.slice(2));
      },
      function (error) {
        fail(
          'SimGAN Studio could not be started: ' + error.message,
          'Run "npm ci" in ' + root + ' and try again.',
        );
      },
    );
} else {
  runPinned();
}

// Half of what a start takes is reading TypeScript: what came of it is kept in the user's own cache, for workers too.
function rememberCompiled() {
  return import(url.pathToFileURL(path.join(root, 'core', 'base', 'cache-folder.ts')).href).then(
    function (module) {
      if (process.env.NODE_COMPILE_CACHE === undefined) {
        process.env.NODE_COMPILE_CACHE = path.join(module.cacheFolder(), 'compiled');
      }
      nodeModule.enableCompileCache(process.env.NODE_COMPILE_CACHE);
    },
  );
}

function runPinned() {
  var binary = path.join(
    root,
    'node_modules',
    'node',
    'bin',
    process.platform === 'win32' ? 'node.exe' : 'node',
  );
  if (!fs.existsSync(binary)) {
    fail(
      'SimGAN Studio runs on Node ' +
        REQUIRED_MAJOR +
        '; this is Node ' +
        process.versions.node +
        ', and the pinned one is not there: ' +
        binary,
      'Run "npm ci" in ' +
        root +
        ' (it installs the pinned Node and changes nothing outside), or use Node ' +
        REQUIRED_MAJOR +
        '.',
    );
  }
  var args = FLAGS.concat([__filename], process.argv.slice(2));
  var child = childProcess.spawn(binary, args, { stdio: 'inherit' });
  // The terminal sends Ctrl-C to both; the child decides what it means.
  process.on('SIGINT', function () {});
  process.on('SIGTERM', function () {
    child.kill('SIGTERM');
  });
  child.on('error', function (error) {
    fail(
      'The pinned Node could not be started (' + binary + '): ' + error.message,
      'Run "npm ci" in ' + root + ' again.',
    );
  });
  child.on('exit', function (code, signal) {
    process.exitCode = signal ? 1 : code;
    if (signal) process.stderr.write('SimGAN Studio was ended by the signal ' + signal + '.\n');
  });
}

function fail(message, remedy) {
  process.stderr.write(message + '\n' + remedy + '\n');
  process.exit(1);
}
