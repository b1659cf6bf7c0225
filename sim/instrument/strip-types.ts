// TypeScript and JSX to JavaScript, by oxc-transform, with the map back to what the author wrote. JavaScript passes through; if it
// names a source map, that map is the first link of the chain, so that positions are those of the author's TypeScript.
//
// From the nearest tsconfig.json count `experimentalDecorators`, `emitDecoratorMetadata`, `useDefineForClassFields` (or what
// `target` implies for it), `verbatimModuleSyntax` and the `jsx…` options, because they change what runs.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, extname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { EncodedSourceMap, TraceMap } from '@jridgewell/trace-mapping'
import type { JsxOptions, OxcError, TransformOptions } from 'oxc-transform'
import { LoadError } from './load-error.js'
import { tracing } from './positions.js'
import { packageNameOf } from './resolve.js'

/** The options of a tsconfig that change what runs. Plain data: it goes into cache keys. */
export interface CompilerOptions {
  experimentalDecorators: boolean
  emitDecoratorMetadata: boolean
  useDefineForClassFields: boolean
  verbatimModuleSyntax: boolean
  jsx: string | undefined
  jsxFactory: string | undefined
  jsxFragmentFactory: string | undefined
  jsxImportSource: string | undefined
}

/** 1-based. */
export interface Position {
  line: number
  column: number
}

export interface Stripped {
  /** Plain JavaScript, without a comment that names a map. */
  code: string
  /** From `code` to the author's source; undefined if they are the same. Its sources are absolute file URLs. */
  map: EncodedSourceMap | undefined
  /** Absolute path of the file that `positionOf` speaks of. */
  author: string
  /** From a 1-based line and a 0-based column of `code`, as acorn counts, to the author's source. */
  positionOf(line: number, column: number): Position
}

/** A module as it stands on disk, with the map it names. Both go into its cache key. */
export interface SourceFile {
  file: string
  text: string
  /** Text of the map that a JavaScript file names, wherever it is. */
  mapText: string | undefined
  /** What the map's sources are relative to: the map's own URL, or the file's if the map is inline. */
  mapUrl: string
}

type OxcTransform = typeof import('oxc-transform')

const TYPED = /\.([mc]?tsx?|jsx)$/
/** Only at the end of a file: further up it may be part of a string. */
const MAP_COMMENT = /(?<=^|\n)[ \t]*\/\/[#@][ \t]*sourceMappingURL=(\S+)\s*$/
const OLDEST_TARGET_WITH_DEFINE = 2022
/** What oxc only warns of, though the code that it makes does something else. */
const MISCOMPILED = /^Namespaces exporting non-const/

/** Legacy decorators call these; oxc would import them from a package that the user does not have. After TypeScript's own helpers. */
const DECORATOR_HELPERS = [
  'const babelHelpers = {',
  'decorate(d, t, k, e) { let n = arguments.length, r = n < 3 ? t : e === null ? (e = Object.getOwnPropertyDescriptor(t, k)) : e, f;',
  'for (let i = d.length - 1; i >= 0; i--) if ((f = d[i])) r = (n < 3 ? f(r) : n > 3 ? f(t, k, r) : f(t, k)) || r;',
  'return n > 3 && r && Object.defineProperty(t, k, r), r },',
  'decorateParam(i, d) { return (t, k) => d(t, k, i) },',
  'decorateMetadata(k, v) { if (typeof Reflect.metadata === "function") return Reflect.metadata(k, v) } };',
].join(' ')

const cjsRequire = createRequire(import.meta.url)
let oxc: OxcTransform | undefined

/** Loads the compiler. A start that finds everything in the cache never does. */
export async function loadCompiler(): Promise<void> {
  oxc ??= await import('oxc-transform')
}

/** Reads `file` and the map it names. Throws what `fs` throws. */
export function readSource(file: string): SourceFile {
  const text = readFileSync(file, 'utf8').replace(/^\uFEFF/, '')
  const none = { file, text, mapText: undefined, mapUrl: pathToFileURL(file).href }
  if (TYPED.test(file) || !text.includes('sourceMappingURL=')) return none
  const reference = MAP_COMMENT.exec(text)?.[1]
  if (reference === undefined) return none
  return { ...none, ...readMap(reference, file) }
}

/** A map that cannot be read is as good as none: positions are then those of the JavaScript. */
function readMap(reference: string, file: string): { mapText?: string; mapUrl?: string } {
  try {
    if (reference.startsWith('data:')) {
      const [header = '', data = ''] = splitOnce(reference, ',')
      return { mapText: header.endsWith(';base64') ? Buffer.from(data, 'base64').toString('utf8') : decodeURIComponent(data) }
    }
    const url = new URL(reference, pathToFileURL(file))
    return { mapText: readFileSync(fileURLToPath(url), 'utf8'), mapUrl: url.href }
  } catch {
    return {}
  }
}

/** The JavaScript of `source`. Throws a LoadError if it does not parse. `loadCompiler` must have been awaited before. */
export function stripTypes(source: SourceFile, options: CompilerOptions): Stripped {
  if (!TYPED.test(source.file)) return passThrough(source)
  const result = compiler().transformSync(source.file, source.text, compilerFlags(source.file, options))
  const error = result.errors.find(({ severity, message }) => severity === 'Error' || MISCOMPILED.test(message))
  if (error !== undefined) throw parseError(source, error)
  const map: EncodedSourceMap = {
    version: 3,
    names: result.map?.names ?? [],
    mappings: result.map?.mappings ?? '',
    sources: [pathToFileURL(source.file).href],
    sourcesContent: [source.text],
  }
  let code = result.code.replace(MAP_COMMENT, '')
  if (code.includes('babelHelpers.')) {
    // A line of its own, so that the map needs one line more and no column moves.
    code = `${DECORATOR_HELPERS}\n${code}`
    map.mappings = `;${map.mappings}`
  }
  return { code, map, author: source.file, positionOf: positionsIn(map) }
}

function compiler(): OxcTransform {
  // A CommonJS module may require a file nobody could foresee; then the compiler is loaded while it waits.
  oxc ??= cjsRequire('oxc-transform') as OxcTransform
  return oxc
}

function compilerFlags(file: string, options: CompilerOptions): TransformOptions {
  const assign = !options.useDefineForClassFields
  return {
    lang: extname(file) === '.tsx' ? 'tsx' : extname(file) === '.jsx' ? 'jsx' : 'ts',
    target: 'esnext',
    sourcemap: true,
    helpers: { mode: 'External' as never },
    assumptions: { setPublicClassFields: assign },
    decorator: { legacy: options.experimentalDecorators, emitDecoratorMetadata: options.emitDecoratorMetadata },
    typescript: { onlyRemoveTypeImports: options.verbatimModuleSyntax, removeClassFieldsWithoutInitializer: assign },
    jsx: jsxFlags(options),
  }
}

function jsxFlags({ jsx, jsxFactory, jsxFragmentFactory, jsxImportSource }: CompilerOptions): JsxOptions {
  const flags: JsxOptions = { runtime: jsx === 'react' ? 'classic' : 'automatic' }
  if (jsxFactory !== undefined) flags.pragma = jsxFactory
  if (jsxFragmentFactory !== undefined) flags.pragmaFrag = jsxFragmentFactory
  if (jsxImportSource !== undefined) flags.importSource = jsxImportSource
  return flags
}

function passThrough(source: SourceFile): Stripped {
  const code = source.mapText === undefined ? source.text : source.text.replace(MAP_COMMENT, '')
  const map = source.mapText === undefined ? undefined : absoluteMap(source.mapText, source.mapUrl)
  // Sites carry one file name for a whole module. A bundle has many sources, so its positions stay those of the bundle.
  const [author, ...others] = new Set(map?.sources)
  if (map !== undefined && author?.startsWith('file:') && others.length === 0) return { code, map, author: fileURLToPath(author), positionOf: positionsIn(map) }
  return { code, map, author: source.file, positionOf: (line, column) => ({ line, column: column + 1 }) }
}

function absoluteMap(text: string, url: string): EncodedSourceMap | undefined {
  try {
    const trace = new (tracing().TraceMap)(text, url)
    const sources = trace.resolvedSources
    if (sources.length === 0) return undefined
    const { names, sourcesContent, mappings } = JSON.parse(text) as EncodedSourceMap
    return typeof mappings === 'string' ? { version: 3, names: names ?? [], mappings, sources, sourcesContent } : undefined
  } catch {
    return undefined
  }
}

function positionsIn(map: EncodedSourceMap): Stripped['positionOf'] {
  let trace: TraceMap | undefined
  return (line, column) => {
    trace ??= new (tracing().TraceMap)(map)
    return positionFor(trace, line, column) ?? { line, column: column + 1 }
  }
}

/** The original position of the nearest mapped token: before it on its line, else after it, else on the lines above. */
function positionFor(trace: TraceMap, line: number, column: number): Position | undefined {
  const { GREATEST_LOWER_BOUND, LEAST_UPPER_BOUND, originalPositionFor } = tracing()
  for (const bias of [GREATEST_LOWER_BOUND, LEAST_UPPER_BOUND] as const) {
    const found = originalPositionFor(trace, { line, column, bias })
    if (found.line !== null) return { line: found.line, column: found.column + 1 }
  }
  return line > 1 ? positionFor(trace, line - 1, Number.MAX_SAFE_INTEGER) : undefined
}

/**
 * What a parser said about `source` as a LoadError. `position` is of the author's source; the code frame is oxc's, which reads
 * JavaScript as well.
 */
export function syntaxError(source: SourceFile, position: Position, reason: string, cause: unknown): LoadError {
  const lang = TYPED.test(source.file) ? undefined : 'js'
  const codeFrame = lang && compiler().transformSync(source.file, source.text, { lang }).errors[0]?.codeframe
  return new LoadError({ failure: 'parse', file: source.file, ...position, reason, ...frameOf(codeFrame), cause })
}

function parseError(source: SourceFile, error: OxcError): LoadError {
  const { line, column } = positionAt(source.text, error.labels[0]?.start ?? 0)
  const help = error.helpMessage
  const reason = help ? `${trimStop(error.message)} (${trimStop(help)})` : trimStop(error.message)
  return new LoadError({ failure: 'parse', file: source.file, line, column, reason, ...frameOf(error.codeframe), cause: error })
}

function frameOf(codeFrame: string | null | undefined): { codeFrame?: string } {
  return codeFrame ? { codeFrame: codeFrame.replace(/^\n|\s+$/g, '') } : {}
}

function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset)
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') }
}

function trimStop(sentence: string): string {
  return sentence.trim().replace(/\.$/, '').replaceAll('\n', ' ')
}

function splitOnce(text: string, separator: string): [string, string] {
  const index = text.indexOf(separator)
  return index < 0 ? [text, ''] : [text.slice(0, index), text.slice(index + separator.length)]
}

const DEFAULTS: CompilerOptions = {
  experimentalDecorators: false,
  emitDecoratorMetadata: false,
  useDefineForClassFields: true,
  verbatimModuleSyntax: false,
  jsx: undefined,
  jsxFactory: undefined,
  jsxFragmentFactory: undefined,
  jsxImportSource: undefined,
}

/** Reads the tsconfig.json that is nearest to a file. One reader for one load. */
export class CompilerOptionsReader {
  readonly #byDirectory = new Map<string, CompilerOptions>()

  /** Packages are published as JavaScript, so the options of the user's project say nothing about them. */
  of(file: string): CompilerOptions {
    return packageNameOf(file) !== undefined || !TYPED.test(file) ? DEFAULTS : this.#ofDirectory(dirname(file))
  }

  #ofDirectory(directory: string): CompilerOptions {
    const known = this.#byDirectory.get(directory)
    if (known !== undefined) return known
    const raw = readConfig(join(directory, 'tsconfig.json'), 0)
    const parent = dirname(directory)
    const options = raw !== undefined ? toCompilerOptions(raw) : parent === directory ? DEFAULTS : this.#ofDirectory(parent)
    this.#byDirectory.set(directory, options)
    return options
  }
}

type RawOptions = Record<string, unknown>
const EXTENDS_DEPTH_MAX = 16

/** `compilerOptions` of a tsconfig with those it extends; undefined if there is no such file or it does not parse. */
function readConfig(file: string, depth: number): RawOptions | undefined {
  let config: { extends?: string | string[]; compilerOptions?: RawOptions }
  try {
    config = JSON.parse(withoutComments(readFileSync(file, 'utf8')))
  } catch {
    return undefined
  }
  const bases = depth < EXTENDS_DEPTH_MAX ? [config.extends ?? []].flat() : []
  return Object.assign({}, ...bases.map((base) => readBase(base, file, depth + 1)), config.compilerOptions)
}

function readBase(base: string, file: string, depth: number): RawOptions | undefined {
  if (/^(\.|\/|[A-Za-z]:)/.test(base)) {
    const path = resolve(dirname(file), base)
    return readConfig(path, depth) ?? readConfig(`${path}.json`, depth)
  }
  const { resolve: find } = createRequire(file)
  for (const name of [base, `${base}.json`, `${base}/tsconfig.json`]) {
    try {
      const options = readConfig(find(name), depth)
      if (options !== undefined) return options
    } catch {
      // Not under this name.
    }
  }
  return undefined
}

function toCompilerOptions(raw: RawOptions): CompilerOptions {
  const text = (name: string): string | undefined => (typeof raw[name] === 'string' ? (raw[name] as string) : undefined)
  const year = /^es(\d{4})$/i.exec(text('target') ?? '')?.[1]
  const old = /^es[356]$/i.test(text('target') ?? '') || (year !== undefined && Number(year) < OLDEST_TARGET_WITH_DEFINE)
  return {
    experimentalDecorators: raw['experimentalDecorators'] === true,
    emitDecoratorMetadata: raw['emitDecoratorMetadata'] === true,
    useDefineForClassFields: typeof raw['useDefineForClassFields'] === 'boolean' ? raw['useDefineForClassFields'] : !old,
    verbatimModuleSyntax: raw['verbatimModuleSyntax'] === true,
    jsx: text('jsx'),
    jsxFactory: text('jsxFactory'),
    jsxFragmentFactory: text('jsxFragmentFactory'),
    jsxImportSource: text('jsxImportSource'),
  }
}

/** A tsconfig is JSON with comments and trailing commas. Strings are matched first, so that what looks like a comment in one stays. */
function withoutComments(text: string): string {
  return text
    .replace(/^\uFEFF/, '')
    .replace(/("(?:\\.|[^"\\])*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (_, string) => string ?? '')
    .replace(/("(?:\\.|[^"\\])*")|,(?=\s*[}\]])/g, (_, string) => string ?? '')
}
