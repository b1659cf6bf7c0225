// What Node says of modules that cannot be found, linked or evaluated, in the user's words: the cache's names are nobody's business.

import { createRequire } from 'node:module'
import { resolve as resolvePath } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { inspect } from 'node:util'
import { displayPath, LoadError } from './load-error.js'
import type { GraphNode, ModuleGraph } from './module-graph.js'
import { arrowPosition, mapStack } from './positions.js'

/** Why the scenario file that was loaded as `entry` cannot be evaluated, given what its import rejected with. */
export function evaluationError(error: unknown, graph: ModuleGraph, entry: GraphNode): LoadError {
  if (error instanceof LoadError) return error
  const failure = 'evaluate'
  if (!(error instanceof Error)) return new LoadError({ failure, file: entry.file, reason: `threw ${inspect(error)} while it was loaded`, cause: error })
  const stack = String(error.stack)
  const linking = arrowPosition(stack)
  if (linking !== undefined) return new LoadError({ failure, ...linking, reason: withUserNames(firstLine(error.message), graph), cause: error })
  const frame = mapStack(error).frames[0]
  const position = frame === undefined ? { file: entry.file } : { file: resolvePath(frame.file), line: frame.line, column: frame.column }
  const what = `${error.name}: ${withUserNames(firstLine(error.message), graph)}`
  return new LoadError({ failure, ...position, reason: `threw ${what} while it was loaded`, cause: error })
}

/** What the user's `import()` rejects with where loading ended with `error`: an error of the type that Node has for it. */
export function importError(error: unknown, graph: ModuleGraph): unknown {
  if (error instanceof LoadError) {
    const { message, failure, cause } = error
    if (failure === 'resolve') return Object.assign(new Error(message, { cause }), { code: 'ERR_MODULE_NOT_FOUND' })
    return new SyntaxError(message, { cause })
  }
  // Node's own error where a module cannot be linked. What a module threw is the user's, and is passed on as it is.
  if (error instanceof SyntaxError && arrowPosition(String(error.stack)) !== undefined) error.message = withUserNames(error.message, graph)
  return error
}

/** What Node throws for a specifier that leads nowhere, with the code that people test for when a module is optional. */
export function notFound(kind: 'import' | 'require', specifier: string, reason: string, file: string): Error {
  if (kind === 'require') return withCode(new Error(`${reason}, required from ${displayPath(file)}`), 'MODULE_NOT_FOUND')
  if (!reason.startsWith('cannot find')) return withCode(new Error(`${reason}, imported from ${displayPath(file)}`), 'ERR_MODULE_NOT_FOUND')
  if (/^(\.{0,2}\/|file:)/.test(specifier)) {
    const path = fileURLToPath(new URL(specifier, pathToFileURL(file)))
    return withCode(new Error(`Cannot find module '${path}' imported from ${file}`), 'ERR_MODULE_NOT_FOUND')
  }
  if (specifier.startsWith('#')) {
    return withCode(new TypeError(`Package import specifier "${specifier}" is not defined, imported from ${file}`), 'ERR_PACKAGE_IMPORT_NOT_DEFINED')
  }
  const scheme = /^[a-z][a-z\d+.-]+:/i.exec(specifier)?.[0]
  if (scheme === 'node:') return withCode(new Error(`No such built-in module: ${specifier}`), 'ERR_UNKNOWN_BUILTIN_MODULE')
  if (scheme !== undefined) return withCode(new Error(`Only file:, data: and node: can be imported, not ${specifier}`), 'ERR_UNSUPPORTED_ESM_URL_SCHEME')
  return packageError(specifier, file) ?? withCode(new Error(`Cannot find package '${specifier}' imported from ${file}`), 'ERR_MODULE_NOT_FOUND')
}

/** What Node has against a package that is there: one that does not export what was asked for, or whose package.json is wrong. */
function packageError(specifier: string, file: string): Error | undefined {
  try {
    createRequire(file).resolve(specifier)
  } catch (error) {
    if (/^ERR_(PACKAGE|INVALID)_/.test(String((error as { code?: unknown }).code))) return error as Error
  }
  return undefined
}

function withCode(error: Error, code: string): Error {
  return Object.assign(error, { code })
}

/** Replaces the cache's names in a message of Node's by the user's. */
function withUserNames(message: string, graph: ModuleGraph): string {
  return graph.nodes.reduce((text, { name, cachedFile, file }) => {
    if (name === '') return text
    const names = [pathToFileURL(cachedFile).href, cachedFile, `./${name}`]
    return names.reduce((rest, cachedName) => rest.replaceAll(cachedName, displayPath(file)), text)
  }, message)
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] as string
}
