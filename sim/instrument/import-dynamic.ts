// `import()` as the user's own file would have it. What a specifier leads to is found out when it is called; where the specifier is a
// literal, the module it names was instrumented with the module that names it.
//
// What an import gave is remembered for each module that asks and each specifier, and stays as long as the load of that module: so the same
// import gives the same each time, and one that was made before needs no time at all.

import { isBuiltin } from 'node:module'
import { pathToFileURL } from 'node:url'
import type { Runtime } from './contract.js'
import { addModule, graphOf } from './graphs.js'
import { importError, notFound } from './module-errors.js'
import type { ModuleGraph } from './module-graph.js'

/** How an import ended. */
export interface Imported {
  readonly failed: boolean
  /** The module's namespace, or the error. */
  readonly value: unknown
}

/** What the user's `file` asks for, converted as the language has it. */
export interface ImportRequest {
  readonly specifier: string
  readonly file: string
  /** `with` of the second argument. */
  readonly attributes: ImportAttributes | undefined
}

/** By load, then by who asks for what. */
const memory = new WeakMap<ModuleGraph, Map<string, Imported>>()

/** `import(specifier, options)` in the user's `file`, outside of any execution. */
export async function importDynamic(specifier: unknown, file: string, options?: unknown): Promise<unknown> {
  const { failed, value } = await load(importRequest(specifier, file, options))
  if (failed) throw value
  return value
}

/** Converts the arguments of an import, which may run the user's code. Throws what the import rejects with. */
export function importRequest(specifier: unknown, file: string, options: unknown): ImportRequest {
  // A template converts as `import` does: of a symbol it throws.
  return { specifier: `${specifier as string}`, file, attributes: attributesOf(options) }
}

function attributesOf(options: unknown): ImportAttributes | undefined {
  if (options === undefined) return undefined
  if (!isObject(options)) throw new TypeError('The second argument of import() must be an object')
  const { with: attributes } = options
  if (attributes === undefined) return undefined
  if (!isObject(attributes)) throw new TypeError("The 'with' option must be an object")
  const entries = Object.entries(attributes)
  if (entries.some(([, value]) => typeof value !== 'string')) throw new TypeError('Import attribute value must be a string')
  return Object.fromEntries(entries) as ImportAttributes
}

function isObject(value: unknown): value is { readonly with?: unknown } {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}

/** How the import ended if it was made before; Node's own modules need no loading. */
export function importedBefore(request: ImportRequest): Imported | undefined {
  const { specifier } = request
  if (isBuiltin(specifier)) return { failed: false, value: builtinNamespace(specifier) }
  return memory.get(graphOf(request.file))?.get(keyOf(request))
}

/** Loads what is asked for, and evaluates it if that has not been done before. Never rejects. */
export async function load(request: ImportRequest): Promise<Imported> {
  const before = importedBefore(request)
  if (before !== undefined) return before
  const graph = graphOf(request.file)
  let imported: Imported
  try {
    imported = { failed: false, value: await importFrom(graph, request) }
  } catch (error) {
    imported = { failed: true, value: importError(error, graph) }
  }
  remember(graph, request, imported)
  return imported
}

async function importFrom(graph: ModuleGraph, { specifier, file, attributes }: ImportRequest): Promise<unknown> {
  const options = attributes === undefined ? undefined : { with: attributes }
  const target = graph.resolve(specifier, file, 'dynamic')
  switch (target.kind) {
    case 'instrument': {
      const node = await addModule(graph, target.file)
      return import(pathToFileURL(node.cachedFile).href + target.suffix, options)
    }
    case 'native':
    case 'heddle':
      return import(pathToFileURL(target.file).href + target.suffix, options)
    case 'external':
      return import(target.specifier, options)
    case 'unresolved':
      throw notFound('import', specifier, target.reason, file)
  }
}

function remember(graph: ModuleGraph, request: ImportRequest, imported: Imported): void {
  let known = memory.get(graph)
  if (known === undefined) {
    known = new Map()
    memory.set(graph, known)
  }
  // Another import of the same may have been faster.
  if (!known.has(keyOf(request))) known.set(keyOf(request), imported)
}

function keyOf({ specifier, file, attributes }: ImportRequest): string {
  return JSON.stringify([file, specifier, attributes])
}

function builtinNamespace(name: string): unknown {
  return (globalThis as unknown as { readonly [key: symbol]: Runtime })[Symbol.for('heddle.runtime')]?.builtinNamespace(name)
}
