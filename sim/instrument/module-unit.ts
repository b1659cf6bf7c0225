// What one source file becomes by itself: types stripped, instrumented, and its format decided. Names of other instrumented modules
// are not known yet; a token of the same length stands for each (see module-graph.ts).

import { createRequire } from 'node:module'
import { extname } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { readableName } from './cache.js'
import { LoadError } from './load-error.js'
import type { ModuleReach } from './module-reach.js'
import { type ImportKind, packageScope, type Resolution } from './resolve.js'
import { loadCompiler, type SourceFile, type Stripped, syntaxError } from './strip-types.js'

export type ModuleFormat = 'module' | 'commonjs'

/** A function that runs its original, as one step, and why. Positions as in `Site`. */
export interface Unsteppable {
  line: number
  column: number
  name: string
  reason: string
}

/** State of a module that its functions change. Positions as in `Site`. */
export interface Stateful {
  line: number
  column: number
  name: string
  /** Names of the top level, of the `reach`, whose functions do. */
  by: readonly string[]
}

export interface TransformOptions {
  /** Absolute path of the user's file. */
  file: string
  format: ModuleFormat
  /** From a 1-based line and a 0-based column of the JavaScript to 1-based positions of the author's source. */
  positionOf(line: number, column: number): { line: number; column: number }
  /** What is to stand where the user wrote `specifier`. Never called for Node's builtins. */
  resolve(specifier: string, kind: ImportKind): string
  /** For an ES module in a circle: specifier of the module that its header is to be. */
  header?: string | undefined
}

export interface TransformResult {
  code: string
  /** Code of the module that `code` imports as its header. */
  header?: string | undefined
  map: { mappings: string; names?: string[] }
  unsteppable: readonly Unsteppable[]
  stateful?: readonly Stateful[]
  reach?: ModuleReach
}

/** Plain JavaScript to instrumented JavaScript. */
export type Transform = (source: string, options: TransformOptions) => TransformResult

/** A place in a module where the name of another one stands. */
export interface Link {
  specifier: string
  kind: ImportKind
  /** What the specifier led to when the unit was made. If it leads elsewhere, the unit is stale. */
  target: Resolution
}

export interface Unit {
  format: ModuleFormat
  /** Instrumented code; token number n stands for `links[n]`, and {@link HEADER_LINK} for the module's header. */
  code: string
  /** Code of the header, where it is a module. */
  header?: string | undefined
  /** From `code` to the author's source, as JSON. */
  map: string
  links: readonly Link[]
  unsteppable: readonly Unsteppable[]
  stateful: readonly Stateful[]
  /** Undefined where the transform does not tell. */
  reach: ModuleReach | undefined
  /** The file that all its positions are of: not the module's own if that was compiled from another one. */
  author: string
  /** Whether it requires something that only running it tells. */
  requiresUnknown: boolean
}

/** `<name>-heddle~0007.xjs` becomes `<name>-<12 digits>.mjs`: as long, and nothing that a person would write. */
const TOKEN = /heddle~(\d{5})\.xjs/g
const TOKEN_DIGITS = 5
export const HEADER_LINK = 99_999
const LITERAL_REQUIRE = /(?<![\w$.])require\s*\(\s*(['"])((?:(?!\1)[^\\\n])+)\1\s*\)/g
const UNKNOWN_REQUIRE = /(?<![\w$.])require\b(?!\s*(\(\s*['"]|\.))/
const CREATE_REQUIRE = /\bcreateRequire\b/
/** What cjs-module-lexer takes for a re-export. Node would follow the specifier from the cache folder, in vain. */
const REEXPORT = /(?:\bmodule\.exports\s*=\s*|\b__export(?:Star)?\s*\(\s*|\.\.\.\s*)require\s*\(\s*(['"])((?:(?!\1)[^\\\n])+)\1\s*\)/g

interface Tools {
  parse: typeof import('acorn').parse
  remapping: typeof import('@jridgewell/remapping').default
}
let tools: Tools | undefined
let stripperLoaded = false
let heddleTransform: Transform | undefined

const cjsRequire = createRequire(import.meta.url)

/** Loads what `makeUnit` needs; `own` stands in for Heddle's transform. */
export async function loadCompilers(own: Transform | undefined): Promise<void> {
  await Promise.all([loadTools(), loadCompiler(), own ?? loadTransform()])
  stripperLoaded = true
}

export function compilersLoaded(own: Transform | undefined): boolean {
  return stripperLoaded && (own ?? heddleTransform) !== undefined
}

async function loadTools(): Promise<void> {
  if (tools !== undefined) return
  const [acorn, remapping] = await Promise.all([import('acorn'), import('@jridgewell/remapping')])
  tools = { parse: acorn.parse, remapping: remapping.default }
}

async function loadTransform(): Promise<void> {
  heddleTransform ??= (await import('./transform.js')).transform as Transform
}

/** If a CommonJS module requires what nothing announced, the compiler is loaded while it waits; Node may then warn that requiring an ES module is experimental. */
function toolsSync(): Tools {
  tools ??= { parse: cjsRequire('acorn').parse, remapping: cjsRequire('@jridgewell/remapping') }
  return tools
}

function transformSync(): Transform {
  heddleTransform ??= cjsRequire('./transform.js').transform as Transform
  return heddleTransform
}

type Resolve = (specifier: string, kind: ImportKind) => Resolution

/** @param inCircle whether the module is one of several ES modules that import each other */
export function makeUnit(source: SourceFile, stripped: Stripped, transform: Transform | undefined, resolve: Resolve, inCircle: boolean): Unit {
  const { file } = source
  const format = formatOf(file, stripped.code)
  const links: Link[] = []
  const linkTo = (specifier: string, kind: ImportKind): string => {
    // An original and its twin name the same.
    let index = links.findIndex((link) => link.specifier === specifier && link.kind === kind)
    if (index < 0) index = links.push({ specifier, kind, target: resolve(specifier, kind) }) - 1
    return written(links[index] as Link, index)
  }
  const result = instrument(source, stripped, transform, {
    file,
    format,
    positionOf: stripped.positionOf,
    // `require` looks up at run time what the user wrote.
    resolve: (specifier, kind) => (kind === 'require' ? specifier : linkTo(specifier, kind)),
    header: inCircle ? `./${headerName(file, tokenFor(HEADER_LINK))}` : undefined,
  })
  checkStaticImports(stripped, file, links)
  let { code } = result
  if (format === 'commonjs') code += reexportHint(stripped.code, linkTo)
  return {
    format,
    code,
    header: result.header,
    map: JSON.stringify(chainMaps(result, source, stripped)),
    links,
    stateful: result.stateful ?? [],
    reach: result.reach,
    unsteppable: result.unsteppable.map(({ line, column, name, reason }) => ({ line, column, name, reason })),
    author: stripped.author,
    requiresUnknown: (format === 'commonjs' ? UNKNOWN_REQUIRE : CREATE_REQUIRE).test(stripped.code),
  }
}

function instrument(source: SourceFile, stripped: Stripped, transform: Transform | undefined, options: TransformOptions): TransformResult {
  try {
    return (transform ?? transformSync())(stripped.code, options)
  } catch (error) {
    const { loc, message } = error as { loc?: { line: number; column: number }; message: string }
    if (!(error instanceof SyntaxError) || loc === undefined) throw error
    const position = stripped.positionOf(loc.line, loc.column)
    throw syntaxError(source, position, explain(message.replace(/ \(\d+:\d+\)$/, '')), error)
  }
}

/** The two refusals whose remedy lies in another file. */
function explain(message: string): string {
  if (message === "Unexpected character '@'") return `${message}: decorators need "experimentalDecorators" in tsconfig.json`
  if (/^'import' and 'export' may appear only/.test(message)) {
    return 'import and export in a file that is CommonJS by its extension or by "type" in package.json'
  }
  return message
}

/** What stands in the code where the user wrote `specifier`. */
function written({ target, specifier, kind }: Link, index: number): string {
  // Looked up at run time.
  if (kind === 'dynamic') return specifier
  switch (target.kind) {
    case 'instrument':
      return `./${readableName(target.file)}-${tokenFor(index)}${target.suffix}`
    case 'native':
    case 'heddle':
      return pathToFileURL(target.file).href + target.suffix
    case 'external':
    case 'unresolved':
      return specifier
  }
}

/** What differs in the name of a cached module from version to version: as long as a token. */
export function tailOf(name: string): string {
  return name.slice(-tokenFor(0).length)
}

/** Name of a header in the cache; `tail` is that of its module. */
export function headerName(file: string, tail: string): string {
  return `${readableName(file)}.header-${tail}`
}

function tokenFor(index: number): string {
  return `heddle~${String(index).padStart(TOKEN_DIGITS, '0')}.xjs`
}

/** `code` with `nameOf(number of the link)` in place of each token; a token without a name stays. */
export function fillTokens(code: string, nameOf: (link: number) => string | undefined): string {
  return code.replace(TOKEN, (token, digits: string) => tailOf(nameOf(Number(digits)) ?? token))
}

/** A static import that leads nowhere is an error now. */
function checkStaticImports(stripped: Stripped, file: string, links: readonly Link[]): void {
  const unresolved = links.filter(({ target }) => target.kind === 'unresolved')
  if (unresolved.length === 0) return
  const { body } = toolsSync().parse(stripped.code, { ecmaVersion: 'latest', sourceType: 'module', locations: true, allowReturnOutsideFunction: true })
  for (const statement of body) {
    if (!('source' in statement) || !statement.source) continue
    const { value, loc } = statement.source
    const link = unresolved.find(({ specifier }) => specifier === value)
    if (link?.target.kind !== 'unresolved') continue
    const position = loc ? stripped.positionOf(loc.start.line, loc.start.column) : {}
    throw new LoadError({ failure: 'resolve', file, ...position, reason: `${link.target.reason}, imported here` })
  }
}

/**
 * Node finds the names a CommonJS module exports by reading it. For those it takes over from another one, it has to be told where
 * that one's instrumented code lies: by a line that never runs, as esbuild does it. The other literal requires become links as well, so
 * that a module's name changes with what it requires.
 */
function reexportHint(code: string, linkTo: (specifier: string, kind: ImportKind) => string): string {
  const specifiers = new Set([...code.matchAll(LITERAL_REQUIRE)].map((match) => match[2] as string))
  const reexported = new Set([...code.matchAll(REEXPORT)].map((match) => match[2] as string))
  let hint = ''
  for (const specifier of specifiers) {
    const target = linkTo(specifier, 'require')
    if (reexported.has(specifier)) hint += `, ...require(${JSON.stringify(target.startsWith('file:') ? fileURLToPath(target) : target)})`
  }
  return hint === '' ? '' : `\n0 && (module.exports = { ${hint.slice(2)} });`
}

/** As Node decides it; but TypeScript that imports and exports is an ES module even where package.json says `commonjs`, as that is what its author compiles away. */
function formatOf(file: string, code: string): ModuleFormat {
  const extension = extname(file)
  if (extension === '.mts' || extension === '.mjs') return 'module'
  if (extension === '.cts' || extension === '.cjs') return 'commonjs'
  const type = packageScope(file)?.type
  if (type === 'module' || (type === 'commonjs' && !/^\.tsx?$/.test(extension))) return type
  return hasModuleSyntax(code) ? 'module' : 'commonjs'
}

function hasModuleSyntax(code: string): boolean {
  if (!/\b(import|export|await)\b/.test(code)) return false
  const { parse } = toolsSync()
  const parses = (sourceType: 'script' | 'module'): boolean => {
    try {
      parse(code, { ecmaVersion: 'latest', sourceType, allowReturnOutsideFunction: sourceType === 'script' })
      return true
    } catch {
      return false
    }
  }
  // If it parses as neither, the statement decides which of the two errors is shown.
  return !parses('script') && (parses('module') || /^\s*(import|export)\b/m.test(code))
}

/** One map from the instrumented code to the author's source. */
function chainMaps({ map }: TransformResult, source: SourceFile, stripped: Stripped): object {
  const url = pathToFileURL(source.file).href
  const outer = { version: 3 as const, names: map.names ?? [], mappings: map.mappings, sources: [url], sourcesContent: [source.text] }
  if (stripped.map === undefined) return outer
  const { version, names, mappings, sources, sourcesContent } = toolsSync().remapping(outer as never, (_, { depth }) =>
    depth === 1 ? (stripped.map as never) : null,
  )
  return { version, names, mappings, sources, sourcesContent }
}
