// The source transform: one module of plain JavaScript in, the same module with stepped twins out. It reads no files and
// keeps no state. contract.ts says what the emitted code expects of the runtime.
//
//     pop() {                                             *pop$step() {                      (removed from the class at once)
//       const head = Atomics.load(this.words, HEAD)         const head = (($r = $h.load($s + 0, this.words, HEAD)) === $W ? yield : $r)
//       …                                                   …
//       if (this.#swap(head, next)) return index            if ((yield* this.#swap$step(head, next))) return index
//
// scope*.ts find out what refers to what and which functions get a twin; emit*.ts print. Originals keep their text.

import { type Program, parse } from 'acorn'
import type { SourceMap } from 'magic-string'
import type { Site } from './contract.js'
import { Emit } from './emit.js'
import { printModule } from './emit-modules.js'
import { Lines, write } from './emit-text.js'
import { type ModuleReach, moduleReach } from './module-reach.js'
import { statefulBindings } from './module-state.js'
import { analyseScopes } from './scope.js'
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
  readonly resolve: (specifier: string, kind: 'import' | 'require' | 'dynamic') => string
  /** For an ES module in a circle: specifier of the module that its header is to be. */
  readonly header?: string | undefined
}

/** A function without twin that may reach a step: it runs within one step of its caller. */
export interface Unsteppable {
  readonly line: number
  readonly column: number
  /** `constructor of Pool`, `getter Pool.size`, `walk` */
  readonly name: string
  /** `constructor of a derived class`, `getter`, `generator function`, `direct eval`, `nested too deep`, … */
  readonly reason: string
}

/** State of the module that its functions change: it survives from one execution to the next. */
export interface Stateful {
  readonly line: number
  readonly column: number
  readonly name: string
  /** Names of the top level, of the `reach`, whose functions do. */
  readonly by: readonly string[]
}

export interface Transformed {
  readonly code: string
  /** Code of the module that `code` imports as its header. */
  readonly header: string | undefined
  /** From `code` to `source`. */
  readonly map: SourceMap
  readonly sites: readonly Site[]
  readonly unsteppable: readonly Unsteppable[]
  readonly stateful: readonly Stateful[]
  readonly reach: ModuleReach
}

/** Throws acorn's SyntaxError if the source cannot be parsed. */
export function transform(source: string, options: TransformOptions): Transformed {
  const program = parse(source, { ecmaVersion: 'latest', sourceType: options.format, allowHashBang: true })
  const lines = new Lines(source)
  const strict = options.format === 'module' || hasStrictDirective(program)
  const units = new Units(analyseScopes(program, strict))
  const emit = new Emit(source, options, units, lines)
  const { piece, header } = printModule(emit, program)
  const { code, map } = write(piece, source, lines, options.file)
  const unsteppable = units.analysis.units.filter((unit) => unit.steps && !unit.twin && unit.kind !== 'program').map((unit) => describe(unit, emit))
  const stateful = statefulBindings(program, units.analysis).map(({ name, at, by }) => ({ name, ...emit.position(at), by }))
  const reach = moduleReach(program, units.analysis)
  return { code, header, map, sites: emit.sites, unsteppable, stateful, reach }
}

function hasStrictDirective(program: Program): boolean {
  return program.body.some((statement) => statement.type === 'ExpressionStatement' && statement.directive === 'use strict')
}

function describe(unit: Unit, emit: Emit): Unsteppable {
  const owner = unit.name.split('.')[0]
  const name =
    unit.kind === 'constructor' ? `constructor of ${owner}` : unit.kind === 'getter' || unit.kind === 'setter' ? `${unit.kind} ${unit.name}` : unit.name
  return { ...emit.position(unit.at), name, reason: unit.obstacle ?? 'unknown' }
}
