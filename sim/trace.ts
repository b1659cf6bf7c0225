// The trace of one execution: two words for each step, in one array that all executions share.
// Word 0: index in the typed array (22 bits, then wrapping), kind of the operation (5), actor (5). Word 1: the result, folded to 32 bits.

import type { Actor } from './actor.js'
import { NONE } from './operation.js'

/** Words that a step takes. */
export const WORDS_PER_STEP = 2
const ACTOR_BITS = 5
const KIND_BITS = 5
const KIND_MASK = (1 << KIND_BITS) - 1
const ACTOR_MASK = (1 << ACTOR_BITS) - 1

/** Actors that a trace can tell apart. */
export const ACTORS_MAX = 1 << ACTOR_BITS

/** The most steps that one execution may take: 2^20. */
export const STEPS_MAX = 1 << 20

/** The words of the execution that runs: one array for all, for a constant is what the engine addresses fastest. */
const words = new Int32Array((STEPS_MAX + 64) * WORDS_PER_STEP)

const HASH_LOW = 0x811c9dc5 | 0
const HASH_HIGH = 0x2f0b4f47

const scratch64 = new BigInt64Array(1)
const scratch32 = new Int32Array(scratch64.buffer)

export class Trace {
  /** Words in use: {@link WORDS_PER_STEP} for each step. */
  length = 0
  #low = HASH_LOW
  #high = HASH_HIGH

  /** Forgets all steps. */
  reset(): void {
    this.length = 0
    this.#low = HASH_LOW
    this.#high = HASH_HIGH
  }

  get steps(): number {
    return this.length >> 1
  }

  /** Appends a step and takes it into the hashes: of the trace, and of what `actor` did and saw. */
  add(actor: Actor, kind: number, index: number, result: unknown): void {
    const at = this.length
    const word = (index << (ACTOR_BITS + KIND_BITS)) | (kind << ACTOR_BITS) | actor.id
    const value = typeof result === 'number' ? result | 0 : typeof result === 'bigint' ? fold64(result) : 0
    words[at] = word
    words[at + 1] = value
    this.length = at + WORDS_PER_STEP
    const step = (Math.imul(word, 0x9e3779b1) + Math.imul(value, 0x85ebca77)) | 0
    this.#low = Math.imul(this.#low ^ step, 0x01000193)
    this.#high = (((this.#high << 7) | (this.#high >>> 25)) + (step ^ (step >>> 15))) | 0
    actor.observed = Math.imul(actor.observed ^ step ^ (step >>> 16), 0x5bd1e995)
  }

  /** Kind of the step before now; NONE at the start. */
  lastKind(): number {
    return this.length === 0 ? NONE : this.kindAt(this.steps - 1)
  }

  /** Id of the actor that took the step before now; {@link ACTORS_MAX} at the start. */
  lastActor(): number {
    return this.length === 0 ? ACTORS_MAX : this.actorAt(this.steps - 1)
  }

  /** Word 0 of step `step`, counted from 0: who did what at which index. */
  wordAt(step: number): number {
    return words[step * WORDS_PER_STEP] as number
  }

  /** Id of the actor that took step `step`, counted from 0. */
  actorAt(step: number): number {
    return (words[step * WORDS_PER_STEP] as number) & ACTOR_MASK
  }

  /** Kind of step `step`, counted from 0. */
  kindAt(step: number): number {
    return ((words[step * WORDS_PER_STEP] as number) >>> ACTOR_BITS) & KIND_MASK
  }

  /** Hash of the steps in their order: equal for equal executions. 16 hexadecimal digits. */
  hash(): string {
    return hex(this.#high) + hex(this.#low)
  }

  /** The first half of the hash of the steps so far. */
  prefixHash(): string {
    return hex(this.#high)
  }
}

/**
 * A number of 53 bits that is equal for executions in which each of the actors did the same operations with the same results, whatever
 * the order between actors: the behaviour, as opposed to the schedule.
 */
export function behaviourOf(actors: readonly Actor[]): number {
  let low = 0
  let high = 0
  for (let i = 0; i < actors.length; i++) {
    const { observed } = actors[i] as Actor
    low = Math.imul(low ^ observed ^ (observed >>> 13), 0x01000193)
    high = (Math.imul(high, 31) + (observed ^ (observed >>> 17))) | 0
  }
  return (high >>> 11) * 2 ** 32 + ((low ^ (low >>> 16)) >>> 0)
}

function fold64(value: bigint): number {
  scratch64[0] = value
  return (scratch32[0] as number) ^ Math.imul(scratch32[1] as number, 0x9e3779b1)
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0')
}
