// Wraps a strategy and writes down what it answered, with what was expected at each answer. A recording says who went at every step
// where there was a choice, also where the strategy had granted a lead: so it can be checked, and edited, step by step.

import { type Actor, ENVIRONMENT_FIRST } from '../actor.js'
import { displayPath } from '../instrument/load-error.js'
import { NONE } from '../operation.js'
import type { StreamName } from '../random-streams.js'
import { siteOf } from '../sites.js'
import type { Run, Strategy } from './strategy.js'

/** One answer of a strategy. */
export interface Choice {
  /** Id of the actor that was picked, or the value that was chosen. */
  readonly value: number
  /** Number of values there were; 0 for a pick. */
  readonly bound: number
  /** Kind of the operation that the picked actor had pending; 0 where there is none. */
  readonly kind: number
  /** What the picked actor was about to do, or what was chosen. */
  readonly expected: string
  /** Where in the source; empty if nowhere. */
  readonly place: string
  /** Steps before it. */
  readonly step: number
  /** Hash of the trace before it: 8 hexadecimal digits. */
  readonly hash: string
}

export class RecordingStrategy implements Strategy {
  readonly name: string
  readonly lead = 1
  readonly choices: Choice[] = []
  readonly #inner: Strategy
  /** Steps until the inner strategy is asked again, as the scheduler would have it. */
  #leadLeft = 0
  /** The enabled actors, by version, when it was asked. */
  #version = 0

  constructor(inner: Strategy) {
    this.#inner = inner
    this.name = inner.name
  }

  begin(run: Run): void {
    this.choices.length = 0
    this.#leadLeft = 0
    this.#inner.begin(run)
  }

  pick(run: Run): Actor {
    const actor = this.#ask(run)
    this.choices.push({
      value: actor.id,
      bound: 0,
      kind: pendingKind(actor),
      expected: describeActor(actor),
      place: placeOf(actor),
      step: run.trace.steps,
      hash: run.trace.prefixHash(),
    })
    return actor
  }

  #ask(run: Run): Actor {
    if (--this.#leadLeft > 0 && run.enabledVersion === this.#version) return run.current
    const actor = this.#inner.pick(run)
    this.#leadLeft = this.#inner.lead
    this.#version = run.enabledVersion
    return actor
  }

  choose(run: Run, bound: number, label: string, stream: StreamName): number {
    const value = this.#inner.choose(run, bound, label, stream)
    this.choices.push({ value, bound, kind: 0, expected: label, place: '', step: run.trace.steps, hash: run.trace.prefixHash() })
    return value
  }
}

/** Kind of the operation that `actor` has pending; 0 for actors of the environment. */
export function pendingKind(actor: Actor): number {
  return actor.id < ENVIRONMENT_FIRST ? actor.operation : NONE
}

/** What a pick of `actor` means, in words that stay the same when lines of the source move. */
export function describeActor(actor: Actor): string {
  if (actor.id >= ENVIRONMENT_FIRST) return actor.name
  if (actor.operation === NONE) return `${actor.name}: continue`
  const site = siteOf(actor.site)
  if (actor.file !== undefined) return `${actor.name}: ${actor.operationName} ${actor.file.path}`
  const location = actor.array === undefined ? '' : ` ${site?.array || actor.array?.constructor?.name}[${String(actor.index)}]`
  return `${actor.name}: ${actor.operationName}${location}`
}

/** `file:line` of the operation that `actor` has pending. */
export function placeOf(actor: Actor): string {
  const site = actor.id < ENVIRONMENT_FIRST ? siteOf(actor.site) : undefined
  return site === undefined || site.file === '' ? '' : `${displayPath(site.file)}:${site.line}`
}
