// From a file to a loaded, instrumented module, and what instrumented code calls while it runs: `require` and `import.meta` as the
// user's own file would have them, though Node runs its copy in the cache. `import()` stands in import-dynamic.ts.

import { createRequire, isBuiltin } from 'node:module'
import { dirname, resolve as resolvePath } from 'node:path'
import { pathToFileURL } from 'node:url'
import { host, outsideExecution } from '../host.js'
import type { Runtime } from './contract.js'
import { addModule, addModuleSync, graphOf, knownModule } from './graphs.js'
import { LoadError } from './load-error.js'
import { evaluationError, notFound } from './module-errors.js'
import { type GraphNode, type GraphOptions, ModuleGraph } from './module-graph.js'
import type { Stateful, Unsteppable } from './module-unit.js'
import { reachedState } from './reached-state.js'
import { type Resolution, realFile } from './resolve.js'

export type LoadOptions = GraphOptions

export interface LoadedModule {
  /** The module's namespace; `module.exports` of a CommonJS module that was compiled from ES syntax. */
  exports: Record<string, unknown>
  /** What was instrumented, the file itself included, sorted by path. */
  files: readonly { file: string; sha256: string }[]
  /** Functions that run as one step, in the author's positions. */
  unsteppable: readonly (Unsteppable & { file: string })[]
  /** State that outlives an execution and that code reached from the file changes, in the author's positions. */
  stateful: readonly (Stateful & { file: string })[]
  /** Time to resolve, hash and, where the cache did not help, instrument. */
  prepareMs: number
  /** Time to run the modules' own code. */
  evaluateMs: number
}

/**
 * Loads `file` and what it reaches, instrumented. Loading the same unchanged file again gives the same module; a file that changed, or
 * that reaches one that changed, is evaluated anew.
 *
 *     const { exports } = await loadModule('spin-lock.scenario.ts', { packages: ['my-lock'] })
 *
 * Throws a LoadError if a file does not parse, an import cannot be resolved, or a module throws.
 */
export async function loadModule(file: string, options: LoadOptions = {}): Promise<LoadedModule> {
  const start = performance.now()
  const path = realPath(resolvePath(file))
  const graph = new ModuleGraph(path, options)
  const node = await addModule(graph, path)
  const prepared = performance.now()
  const namespace = await evaluate(graph, node)
  const evaluated = performance.now()
  const nodes = graph.nodes
  return {
    exports: unwrap(namespace, node),
    files: nodes.map(({ file, sha256 }) => ({ file, sha256 })),
    unsteppable: nodes.flatMap(({ unit }) => unit.unsteppable.map((one) => ({ ...one, file: unit.author }))),
    stateful: reachedState(nodes, node),
    prepareMs: prepared - start,
    evaluateMs: evaluated - prepared,
  }
}

/** The file that a module's positions are of: `lock.ts` for a `lock.js` that names a source map. */
export function authorFile(file: string): string {
  return knownModule(file)?.unit.author ?? file
}

/** `import.meta` of the user's own file. */
export function importMeta(file: string): ImportMeta {
  const resolve = (specifier: string): string => {
    const target = graphOf(file).resolve(String(specifier), file, 'import')
    if (target.kind === 'unresolved') throw notFound('import', specifier, target.reason, file)
    if (target.kind !== 'external') return pathToFileURL(target.file).href + target.suffix
    return isBuiltin(target.specifier) ? target.specifier.replace(/^(?!node:)/, 'node:') : target.specifier
  }
  return Object.assign(Object.create(null), { dirname: dirname(file), filename: file, resolve, url: pathToFileURL(file).href })
}

/** `require` as the user's own CommonJS file would have it. What it requires is instrumented when it is required. */
export function requireFrom(file: string): NodeJS.Require {
  const graph = graphOf(file)
  const native = createRequire(file)
  const resolutions = new Map<string, Resolution>()
  const find = (specifier: string): Resolution => {
    let target = resolutions.get(specifier)
    if (target === undefined) {
      target = graph.resolve(specifier, file, 'require')
      if (target.kind !== 'unresolved') resolutions.set(specifier, target)
    }
    return target
  }
  const require = (specifier: string): unknown => {
    const target = find(specifier)
    switch (target.kind) {
      case 'instrument':
        return evaluated(native, addModuleSync(graph, target.file).cachedFile, specifier, file)
      case 'native':
        return evaluated(native, target.file, specifier, file)
      case 'heddle':
        return native(target.file)
      case 'external':
        return builtin(target.specifier)
      case 'unresolved':
        throw notFound('require', specifier, target.reason, file)
    }
  }
  const resolve = (specifier: string, options?: { paths?: string[] }): string => {
    if (options !== undefined) return native.resolve(specifier, options)
    const target = find(specifier)
    if (target.kind === 'unresolved') throw notFound('require', specifier, target.reason, file)
    return target.kind === 'external' ? target.specifier : target.file
  }
  Object.assign(resolve, { paths: native.resolve.paths })
  Object.assign(require, { resolve, main: native.main, cache: cacheAsSeenBy(graph, native.cache), extensions: native.extensions })
  settleModule(graph.get(file), native, require as NodeJS.Require)
  return require as NodeJS.Require
}

/** Files that were required and evaluated in this process. */
const evaluatedFiles = new Set<string>()

/** The exports of the module that stands in `path`, which is evaluated if it has not been: a top level is no part of the execution that runs. */
function evaluated(native: NodeJS.Require, path: string, specifier: string, file: string): unknown {
  if (native.cache[path] !== undefined) return native(path)
  const exports = outsideExecution(() => native(path))
  // A module that was removed from Node's cache is evaluated each time.
  if (!evaluatedFiles.has(path)) host.current?.moduleLoaded(`require(${JSON.stringify(specifier)})`, file)
  evaluatedFiles.add(path)
  return exports
}

/** Node's `module` of the cached copy, which is about to run, gets the user's own place. */
function settleModule(node: GraphNode | undefined, native: NodeJS.Require, require: NodeJS.Require): void {
  if (node === undefined) return
  const module = native.cache[node.cachedFile]
  if (module === undefined) return
  Object.assign(module, { filename: node.file, paths: native.resolve.paths('x') ?? [], require })
}

/** `require.cache` by the user's paths, so that `delete require.cache[require.resolve('./x')]` does what it says. */
function cacheAsSeenBy(graph: ModuleGraph, cache: NodeJS.Dict<NodeJS.Module>): NodeJS.Dict<NodeJS.Module> {
  const own = (key: string | symbol): string | symbol => (typeof key === 'string' ? graph.get(key)?.cachedFile || key : key)
  return new Proxy(cache, {
    get: (target, key) => Reflect.get(target, own(key)),
    set: (target, key, value) => Reflect.set(target, own(key), value),
    has: (target, key) => Reflect.has(target, own(key)),
    deleteProperty: (target, key) => Reflect.deleteProperty(target, own(key)),
    getOwnPropertyDescriptor: (target, key) => Reflect.getOwnPropertyDescriptor(target, own(key)),
  })
}

/** What `require` of a builtin gives to instrumented code. */
function builtin(name: string): unknown {
  return installedRuntime()?.builtin(name) ?? process.getBuiltinModule(name)
}

function installedRuntime(): Runtime | undefined {
  return (globalThis as { [key: symbol]: unknown })[Symbol.for('heddle.runtime')] as Runtime | undefined
}

async function evaluate(graph: ModuleGraph, node: GraphNode): Promise<object> {
  try {
    return await import(pathToFileURL(node.cachedFile).href)
  } catch (error) {
    throw evaluationError(error, graph, node)
  }
}

/** Compilers write `export default` into CommonJS as `exports.default`, which Node leaves one level deeper. */
function unwrap(namespace: object, { unit }: GraphNode): Record<string, unknown> {
  const exports = namespace as { default?: unknown; __esModule?: unknown }
  const compiled = unit.format === 'commonjs' ? (exports.default as { __esModule?: unknown } | undefined) : undefined
  return (compiled?.__esModule ? compiled : exports) as Record<string, unknown>
}

function realPath(file: string): string {
  try {
    return realFile(file)
  } catch (cause) {
    throw new LoadError({ failure: 'resolve', file, reason: 'there is no such file', cause })
  }
}
