// From a specifier to a file, and what to do with that file.
//
// Resolution is Node's, with three additions that people who write TypeScript expect: `./x.js` finds `./x.ts`, the `paths` of a
// tsconfig count, and so do imports without an extension. Inside node_modules it is Node's alone. A file is then one of
//
// - `instrument`: the user's files, packages the user names, and Heddle's own primitives and scenarios;
// - `native`: what Node loads as it is: other packages, JSON, addons, WebAssembly;
// - `heddle`: a module of this running Heddle. There is never a second copy, wherever the specifier leads: the user's folder may
//   hold another installation or none at all.

import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname, extname, join, relative, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { ResolverFactory } from 'oxc-resolver'

/** `dynamic`: an `import()`, which resolves as `import` does. */
export type ImportKind = 'import' | 'require' | 'dynamic'

/** How packages tell them apart. */
type Condition = 'import' | 'require'

export type Resolution =
  /** `suffix` is the query and hash of an ESM specifier: each is a module of its own. */
  | { kind: 'instrument'; file: string; suffix: string }
  | { kind: 'native'; file: string; suffix: string }
  | { kind: 'heddle'; file: string; suffix: string }
  /** Left to Node as written: builtins, `data:` URLs. */
  | { kind: 'external'; specifier: string }
  /** `reason` is a sentence without a position. */
  | { kind: 'unresolved'; reason: string }

export interface PackageScope {
  /** Folder of the package.json. */
  directory: string
  name: string | undefined
  /** The field `type`, if it has one of the two values Node knows. */
  type: 'module' | 'commonjs' | undefined
}

/** Folder of the running Heddle's compiled modules: `dist/`, or the package itself if Node runs the TypeScript. */
const RUNNING_DIRECTORY = fileURLToPath(new URL('../../', import.meta.url))
const RUNNING_EXTENSION = extname(fileURLToPath(import.meta.url))
export const HEDDLE_ROOT = dirname(RUNNING_DIRECTORY.replace(/[\\/]$/, '') + (RUNNING_EXTENSION === '.ts' ? '/package.json' : ''))

const HEDDLE_OWN_FOLDERS: ReadonlySet<string> = new Set(['sim', 'invariants', 'cli'])
const HEDDLE_USER_FOLDERS: ReadonlySet<string> = new Set(['primitives', 'scenarios'])
const SCRIPT = /\.[mc]?[jt]sx?$/
const TYPESCRIPT = /\.[mc]?tsx?$/
const DECLARATION = /\.d(\.[^./\\]+)?\.[mc]?ts$/
const PATH_LIKE = /^(\.{1,2}(\/|$)|\/|file:)/

const scopes = new Map<string, PackageScope | undefined>()

/** One resolver for one load: it remembers what the disk looked like, so that a load sees one state. */
export class Resolver {
  readonly #packages: ReadonlySet<string>
  readonly #user: Record<Condition, ResolverFactory>
  readonly #userWithoutTsconfig: Record<Condition, ResolverFactory>
  readonly #packaged: Record<Condition, ResolverFactory>

  constructor(packages: Iterable<string> = []) {
    this.#packages = new Set(packages)
    scopes.clear()
    const extra = userConditions()
    const byCondition = (options: object): Record<Condition, ResolverFactory> => {
      const make = (condition: Condition): ResolverFactory => {
        const conditionNames = ['node', condition, 'node-addons', 'module-sync', 'default', ...extra]
        return new ResolverFactory({ conditionNames, nodePath: false, ...options })
      }
      return { import: make('import'), require: make('require') }
    }
    const typescript = {
      extensionAlias: { '.js': ['.ts', '.tsx', '.js'], '.mjs': ['.mts', '.mjs'], '.cjs': ['.cts', '.cjs'], '.jsx': ['.tsx', '.jsx'] },
      extensions: ['.ts', '.tsx', '.mts', '.cts', '.js', '.mjs', '.cjs', '.json', '.node'],
    }
    this.#user = byCondition({ ...typescript, tsconfig: 'auto' })
    this.#userWithoutTsconfig = byCondition(typescript)
    this.#packaged = byCondition({ extensions: ['.js', '.json', '.node', '.ts', '.mts', '.cts', '.mjs', '.cjs'] })
  }

  /** What `specifier` means in `importer`, an absolute path. */
  resolve(specifier: string, importer: string, kind: ImportKind): Resolution {
    if (isBuiltin(specifier) || /^(data|https?):/.test(specifier)) return { kind: 'external', specifier }
    const { request, suffix } = kind === 'require' ? { request: specifier, suffix: '' } : splitUrl(specifier, importer)
    const found = this.#find(request, importer, kind === 'require' ? 'require' : 'import')
    if (found === undefined) return { kind: 'unresolved', reason: `cannot find ${quote(specifier)}` }
    return this.classify(found, suffix, specifier)
  }

  /** What to do with `file`, an absolute real path. */
  classify(file: string, suffix = '', specifier = file): Resolution {
    const own = runningModule(file)
    if (own !== undefined) {
      if (own.kind === 'instrument') return { kind: 'instrument', file, suffix }
      if (existsSync(own.file)) return { kind: 'heddle', file: own.file, suffix }
      return { kind: 'unresolved', reason: `${quote(specifier)} is not part of the running Heddle (${RUNNING_DIRECTORY})` }
    }
    const packageName = packageNameOf(file)
    if (SCRIPT.test(file) && (packageName === undefined || this.#packages.has(packageName))) return { kind: 'instrument', file, suffix }
    if (TYPESCRIPT.test(file)) {
      const reason = `${quote(specifier)} is TypeScript inside node_modules, which Node does not load: name ${quote(packageName ?? specifier)} in \`packages\``
      return { kind: 'unresolved', reason }
    }
    return { kind: 'native', file, suffix }
  }

  #find(request: string, importer: string, condition: Condition): string | undefined {
    const packaged = packageNameOf(importer) !== undefined
    const factories = packaged ? [this.#packaged] : [this.#user, this.#userWithoutTsconfig]
    for (const factory of factories) {
      const { path } = factory[condition].resolveFileSync(importer, request)
      // A tsconfig may map a specifier to declarations only, which say nothing about what runs.
      if (path !== undefined && !DECLARATION.test(path)) return path
    }
    if (/^heddle(\/|$)/.test(request)) return this.#packaged[condition].resolveFileSync(join(HEDDLE_ROOT, 'package.json'), request).path
    return undefined
  }
}

/** The nearest package.json at or above the folder of `file`. */
export function packageScope(file: string): PackageScope | undefined {
  return scopeOfDirectory(dirname(file))
}

function scopeOfDirectory(directory: string): PackageScope | undefined {
  if (scopes.has(directory)) return scopes.get(directory)
  const parent = dirname(directory)
  const ends = directory.endsWith(`${sep}node_modules`) || parent === directory
  const scope = readScope(directory) ?? (ends ? undefined : scopeOfDirectory(parent))
  scopes.set(directory, scope)
  return scope
}

function readScope(directory: string): PackageScope | undefined {
  let text: string
  try {
    text = readFileSync(join(directory, 'package.json'), 'utf8')
  } catch {
    return undefined
  }
  try {
    const { name, type } = JSON.parse(text) as Record<string, unknown>
    return { directory, name: typeof name === 'string' ? name : undefined, type: type === 'module' || type === 'commonjs' ? type : undefined }
  } catch {
    return { directory, name: undefined, type: undefined }
  }
}

/** The package a file under node_modules belongs to; undefined for the user's own files. */
export function packageNameOf(file: string): string | undefined {
  const folders = file.split(sep)
  const index = folders.lastIndexOf('node_modules')
  if (index < 0) return undefined
  const [scopeOrName = '', name = ''] = folders.slice(index + 1)
  return scopeOrName.startsWith('@') ? `${scopeOrName}/${name}` : scopeOrName
}

/** Whether `file` is a module of the running Heddle: simulator, invariants or command line. */
export function isRunningHeddle(file: string): boolean {
  return runningModule(file)?.kind === 'heddle'
}

/**
 * If `file` belongs to any installation of Heddle: the running instance's file that stands for it, or that it is instrumented.
 * Fixtures are users' files, wherever they lie.
 */
function runningModule(file: string): { kind: 'heddle'; file: string } | { kind: 'instrument' } | undefined {
  const scope = packageScope(file)
  if (scope?.name !== 'heddle') return undefined
  const folders = relative(scope.directory, file).split(sep)
  if (folders[0] === 'dist') folders.shift()
  if (folders.includes('fixtures') || folders.includes('node_modules')) return undefined
  const top = folders[0] ?? ''
  if (HEDDLE_USER_FOLDERS.has(top)) return SCRIPT.test(file) ? { kind: 'instrument' } : undefined
  if (!HEDDLE_OWN_FOLDERS.has(top)) return undefined
  return { kind: 'heddle', file: join(RUNNING_DIRECTORY, ...folders).replace(/\.[jt]s$/, RUNNING_EXTENSION) }
}

/** An ESM specifier is a URL: its path is percent-encoded, and it may have a query. Bare specifiers and `#imports` stay as they are. */
function splitUrl(specifier: string, importer: string): { request: string; suffix: string } {
  if (!PATH_LIKE.test(specifier)) return { request: specifier, suffix: '' }
  try {
    const url = new URL(specifier, pathToFileURL(importer))
    const suffix = url.search + url.hash
    url.search = url.hash = ''
    return { request: fileURLToPath(url), suffix }
  } catch {
    return { request: specifier, suffix: '' }
  }
}

/** Conditions this process was started with: `node -C development`. */
function userConditions(): string[] {
  const flags = process.execArgv.join('\n')
  return [...flags.matchAll(/^(?:-C|--conditions)[=\n](.+)$/gm)].map((match) => match[1] as string)
}

/** The real path of a file that the user names; throws as `fs` does. */
export function realFile(file: string): string {
  return realpathSync.native(file)
}

export function quote(text: string): string {
  return `"${text}"`
}
