// The source transform: one module of plain JavaScript in, the same module with stepped twins out. It reads no files and
// keeps no state. contract.ts says what the emitted code expects of the runtime.
//
//     pop() {                                             *pop$step() {                      (removed from the class at once)
//       const head = Atomics.load(this.words, HEAD)         const head = (($r = $h.load($s + 0, this.words, HEAD)) === $W ? yield : $r)
//       …                                                   …
//       if (this.#swap(head, next)) return index            if ((yield* this.#swap$step(head, next))) return index
//
// scope*.ts find out what refers to what and which functions get a twin; emit*.ts print. Originals keep their text.

import { type Node as AcornNode, type Program, parse } from 'acorn'
import type { SourceMap } from 'magic-string'
import type { Site } from './contract.js'
import { Emit } from './emit.js'
import { printModule } from './emit-modules.js'
import { Lines, write } from './emit-text.js'
import { analyseScopes } from './scope.js'
import { children, type Node } from './scope-tree.js'
import type { Unit } from './scope-unit.js'
import { Units } from './scope-units.js'

export { STAND_IN_NAMES } from './transform-globals.js'

export interface TransformOptions {
  /** Absolute path of the user's file. */
  readonly file: string
  readonly format: 'module' | 'commonjs'
  /** Maps a position in `source` (line 1-based, column 0-based) to the user's own source (both 1-based). */
  readonly positionOf: (line: number, column: number) => { line: number; column: number }
  /** What to write instead of a specifier. Never asked for Node's own modules. */
  readonly resolve: (specifier: string, kind: 'import' | 'require') => string
}

/** A function without twin that may reach a step: it runs within one step of its caller. */
export interface Unsteppable {
  readonly line: number
  readonly column: number
  /** `constructor of Pool`, `getter Pool.size`, `walk` */
  readonly name: string
  /** `constructor`, `getter`, `generator function`, `direct eval`, `nested too deep`, … */
  readonly reason: string
}

export interface Transformed {
  readonly code: string
  /** From `code` to `source`. */
  readonly map: SourceMap
  readonly sites: readonly Site[]
  readonly unsteppable: readonly Unsteppable[]
}

/** The source cannot be parsed, or uses something that has no counterpart. Positions are 1-based, in the user's own source. */
export class TransformError extends Error {
  override readonly name = 'TransformError'
  readonly code = 'HEDDLE_TRANSFORM'
  readonly file: string
  readonly line: number
  readonly column: number

  constructor(message: string, file: string, position: { line: number; column: number }) {
    super(`${message} (${file}:${position.line}:${position.column})`)
    this.file = file
    this.line = position.line
    this.column = position.column
  }
}

export function transform(source: string, options: TransformOptions): Transformed {
  const program = parseSource(source, options)
  const lines = new Lines(source)
  const refuse = (message: string, { start }: AcornNode): never => {
    const { line, column } = lines.locate(start)
    throw new TransformError(message, options.file, options.positionOf(line + 1, column))
  }
  refuseUnsupported(program, refuse)
  const strict = options.format === 'module' || hasStrictDirective(program)
  const units = new Units(analyseScopes(program, strict))
  const emit = new Emit(source, options, units, lines)
  const { code, map } = write(printModule(emit, program), source, lines, options.file)
  const unsteppable = units.analysis.units.filter((unit) => unit.steps && !unit.twin && unit.kind !== 'program').map((unit) => describe(unit, emit))
  return { code, map, sites: emit.sites, unsteppable }
}

function parseSource(source: string, options: TransformOptions): Program {
  try {
    return parse(source, { ecmaVersion: 'latest', sourceType: options.format, allowHashBang: true })
  } catch (error) {
    const { loc, message } = error as { loc?: { line: number; column: number }; message: string }
    if (loc === undefined) throw error
    throw new TransformError(message.replace(/ \(\d+:\d+\)$/, ''), options.file, options.positionOf(loc.line, loc.column))
  }
}

function hasStrictDirective(program: Program): boolean {
  return program.body.some((statement) => statement.type === 'ExpressionStatement' && statement.directive === 'use strict')
}

function refuseUnsupported(program: Program, refuse: (message: string, node: AcornNode) => never): void {
  const visit = (node: Node) => {
    if (node.type === 'VariableDeclaration' && node.kind === 'await using') refuse('`await using` is not supported: expected `using`', node)
    for (const child of children(node)) visit(child)
  }
  visit(program)
  for (const statement of program.body) {
    if (statement.type === 'VariableDeclaration' && statement.kind === 'using') {
      refuse('`using` at the top level of a module is not supported: expected it inside a function or block', statement)
    }
  }
}

function describe(unit: Unit, emit: Emit): Unsteppable {
  const owner = unit.name.split('.')[0]
  const name =
    unit.kind === 'constructor' ? `constructor of ${owner}` : unit.kind === 'getter' || unit.kind === 'setter' ? `${unit.kind} ${unit.name}` : unit.name
  return { ...emit.position(unit.at), name, reason: unit.obstacle ?? 'unknown' }
}
