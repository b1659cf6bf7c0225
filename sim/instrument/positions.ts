// From instrumented code back to what the user wrote. The map beside each cached module leads the whole way (see module-graph.ts); it is
// read when the first position in that module is asked for.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { TraceMap } from '@jridgewell/trace-mapping'
import { displayPath, formatPosition } from './load-error.js'
import { isRunningHeddle } from './resolve.js'

/** 1-based, as V8 prints them. */
export interface SourcePosition {
  file: string
  line: number
  column: number
}

export interface StackFrame extends SourcePosition {
  /** As V8 names it, without the suffix of a stepped twin; empty for code outside functions. `file` is relative to the working directory. */
  name: string
}

export interface MappedStack {
  frames: readonly StackFrame[]
  /** The error's message and the frames, laid out as V8 does it. */
  text: string
}

const CACHED_NAME = /-[0-9a-f]{12}\.[cm]js$/
/** `at place:1:2` and `at name (place:1:2)`, both perhaps after `async`. */
const NAMELESS_FRAME = /^\s+at (?:async )?((?:file:|node:|\/|[A-Za-z]:\\).*):(\d+):(\d+)$/
const NAMED_FRAME = /^\s+at (?:async )?(.*?) \((.*):(\d+):(\d+)\)$/
const FRAME_LINE = /^\s+at /
/** Runs the twin of a function that is called by `new`. */
const MAKER_FRAME = /^\s+at (?:async )?madeByFunction \(/
/** Node prints the offending line of a module that cannot be linked before the error itself. */
const ARROW = /^(\S.*):(\d+)\n(.*)\n( *)\^+\s*\n+/

type Tracing = typeof import('@jridgewell/trace-mapping')
const cjsRequire = createRequire(import.meta.url)
let loadedTracing: Tracing | undefined

/** By cached file; undefined if there is no map that can be read. */
const maps = new Map<string, TraceMap | undefined>()

/** The user's position of a 1-based line and column in `file`, a path or file URL. Positions outside the cache stay as they are. */
export function mapPosition(file: string, line: number, column: number): SourcePosition {
  const path = toPath(file)
  const map = CACHED_NAME.test(path) ? mapOf(path) : undefined
  if (map === undefined) return { file: path, line, column }
  const { GREATEST_LOWER_BOUND, LEAST_UPPER_BOUND, originalPositionFor } = tracing()
  for (const bias of [GREATEST_LOWER_BOUND, LEAST_UPPER_BOUND] as const) {
    const found = originalPositionFor(map, { line, column: Math.max(0, column - 1), bias })
    if (found.source !== null) return { file: toPath(found.source), line: found.line, column: found.column + 1 }
  }
  return { file: sourceFileOf(path), line, column }
}

/** The reader of source maps, loaded when it is needed: most starts never do. */
export function tracing(): Tracing {
  loadedTracing ??= cjsRequire('@jridgewell/trace-mapping') as Tracing
  return loadedTracing
}

/** The author's file behind a cached one; `file` itself if it is none. */
export function sourceFileOf(file: string): string {
  const path = toPath(file)
  const source = CACHED_NAME.test(path) ? mapOf(path)?.sources[0] : undefined
  return source ? toPath(source) : path
}

/** A V8 stack in the user's positions, without the frames of Heddle and of Node. */
export function mapStack(error: Error | string): MappedStack {
  const stack = typeof error === 'string' ? error : (error.stack ?? String(error))
  const lines = stack.replace(ARROW, '').split('\n')
  const first = lines.findIndex((line) => FRAME_LINE.test(line))
  const header = (first < 0 ? lines : lines.slice(0, first)).join('\n')
  const frames = first < 0 ? [] : framesOf(lines.slice(first))
  const places = frames.map(({ name, file, line, column }) => {
    const place = formatPosition(file, line, column)
    return `    at ${name === '' ? place : `${name} (${place})`}`
  })
  return { frames, text: [header, ...places].join('\n') }
}

/** Where a module that could not be linked or parsed by Node is at fault, as Node prints it before the error. */
export function arrowPosition(stack: string): SourcePosition | undefined {
  const match = ARROW.exec(stack)
  if (match === null) return undefined
  const [, file = '', line = '', , indent = ''] = match
  return mapPosition(file, Number(line), indent.length + 1)
}

function framesOf(lines: readonly string[]): StackFrame[] {
  const frames: StackFrame[] = []
  for (const line of lines) {
    const frame = frameOf(line)
    if (frame !== undefined) frames.push(frame)
    else if (MAKER_FRAME.test(line)) frames.push(...frames.splice(-1).map((made) => ({ ...made, name: `new ${made.name.split('.').at(-1) || '<anonymous>'}` })))
  }
  return frames
}

function frameOf(text: string): StackFrame | undefined {
  const match = NAMELESS_FRAME.exec(text)?.toSpliced(1, 0, '') ?? NAMED_FRAME.exec(text)
  if (match === null) return undefined
  const [, name = '', place = '', line = '', column = ''] = match
  if (/^(node:|<|native)|, <anonymous>$/.test(place)) return undefined
  const position = mapPosition(place, Number(line), Number(column))
  // A cached module maps to a user's file; anything else may be Heddle's own.
  if (isRunningHeddle(position.file)) return undefined
  return { name: originalName(name), ...position, file: displayPath(position.file) }
}

/** The user's name of a function: twins carry a suffix, and a module of CommonJS is a function of no name. */
function originalName(name: string): string {
  if (/^Object\.<anonymous>$|^<anonymous>$/.test(name)) return ''
  return name
    .replace(/^(.*)\.\$+new\$step$/, 'new $1')
    .replace(/\$step(?:ped)?(?=$|[\s.\]])/g, '')
    .replace(/\.next(?= \[|$)/, '')
}

function mapOf(path: string): TraceMap | undefined {
  if (maps.has(path)) return maps.get(path)
  let map: TraceMap | undefined
  try {
    map = new (tracing().TraceMap)(readFileSync(`${path}.map`, 'utf8'))
  } catch {
    // Not a module of ours, or its map is gone: its own positions are the best there are.
  }
  maps.set(path, map)
  return map
}

function toPath(file: string): string {
  if (!file.startsWith('file:')) return file
  const url = new URL(file)
  url.search = url.hash = ''
  return fileURLToPath(url)
}
