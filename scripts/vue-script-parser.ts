import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import tseslint from 'typescript-eslint';
import * as vueParser from 'vue-eslint-parser';

/**
 * The parser of the scripts in .vue files, for `parserOptions.parser` of vue-eslint-parser. It lints all of them in one
 * TypeScript program. Types from typescript-eslint's own project service are right as well, but it makes a new program for
 * every .vue file (to TypeScript the file changes, as the linter shows it only the script), and each takes two seconds to
 * find the types of the window again.
 */
interface ParserOptions {
  /** Set for scripts, and not for the expressions of templates, which are judged without types. */
  readonly projectService?: unknown;
  readonly filePath?: string;
}

const { parseForESLint } = tseslint.parser as {
  parseForESLint: (code: string, options: object) => { ast: object };
};
const withoutTypes = { project: undefined, projectService: undefined };
const root = join(import.meta.dirname, '..');

/** The script of a .vue file, as vue-eslint-parser hands it to its parser of scripts. */
function scriptOf(file: string): string {
  let script = '';
  vueParser.parseForESLint(readFileSync(file, 'utf8'), {
    filePath: file,
    sourceType: 'module',
    projectService: true,
    parser: {
      parseForESLint(code: string, options: ParserOptions) {
        if (options.projectService !== undefined) script = code;
        return parseForESLint(code, { ...options, ...withoutTypes });
      },
    },
  });
  return script;
}

function programOf(configFile: string): ts.Program {
  const { config } = ts.readConfigFile(configFile, (path) => ts.sys.readFile(path)) as { config: unknown };
  const folder = join(configFile, '..');
  const { options, fileNames } = ts.parseJsonConfigFileContent(config, ts.sys, folder, undefined, configFile);
  const host = ts.createCompilerHost(options, true);
  const getSourceFile = host.getSourceFile.bind(host);
  host.getSourceFile = (name, target, ...rest) =>
    name.endsWith('.vue')
      ? ts.createSourceFile(name, scriptOf(name), target, true, ts.ScriptKind.TS)
      : getSourceFile(name, target, ...rest);
  const components = globSync('**/*.vue', { cwd: folder }).map((file) => join(folder, file));
  return ts.createProgram([...fileNames, ...components], { ...options, allowNonTsExtensions: true }, host);
}

let program: ts.Program | undefined;

export const vueScriptParser = {
  parseForESLint(code: string, options: ParserOptions): object {
    const isComponent = options.filePath?.endsWith('.vue') === true;
    if (!isComponent || options.projectService === undefined) return parseForESLint(code, options);
    program ??= programOf(join(root, 'renderer', 'tsconfig.json'));
    // Changed since, by an editor or by a fix: then only a new program has the right places.
    if (program.getSourceFile(options.filePath ?? '')?.text !== code) return parseForESLint(code, options);
    return parseForESLint(code, { ...options, ...withoutTypes, programs: [program] });
  },
};
