// Seeds, and the named random streams that a seed expands into. Every draw names its stream, so adding a fault does not move the schedule.

import { createRequire } from 'node:module'

// seedrandom exports its generators as CommonJS files without types of their own.
const tychei: (seed: number | string) => { int32(): number } = createRequire(import.meta.url)('seedrandom/lib/tychei.js')

/** The streams, by the number that goes into their seed. */
const STREAM_NUMBERS = { schedule: 1, faults: 2, workload: 3, peers: 4, executions: 5 } as const
export type StreamName = keyof typeof STREAM_NUMBERS

const SEED_BITS = 48
const SEED_LIMIT = 2 ** SEED_BITS

/** A seed: an integer of 48 bits, written as 1 to 12 hexadecimal digits. */
export type Seed = number

/** Reads a seed; undefined if `text` is none. */
export function parseSeed(text: string): Seed | undefined {
  return /^[0-9a-f]{1,12}$/i.test(text) ? Number.parseInt(text, 16) : undefined
}

export function formatSeed(seed: Seed): string {
  return seed.toString(16)
}

/**
 * A stream of random integers, seeded from a seed and the stream's name.
 * Source: Tyche-i (Neves and Araujo 2011) as `seedrandom` has it, which takes an integer seed of 53 bits: 48 of the run's
 * seed and 5 of the stream's number. Seeding costs 0.2 µs, a draw 3 ns.
 */
export class RandomStream {
  readonly #next: () => number
  /** A fraction of 24 bits from which small draws are taken, and how many more it is good for. */
  #fraction = 0
  #drawsLeft = 0

  constructor(seed: Seed, name: StreamName, salt = 0) {
    this.#next = tychei(STREAM_NUMBERS[name] * SEED_LIMIT + ((seed + salt * SALT) % SEED_LIMIT)).int32
  }

  /** 32 random bits as a signed integer. */
  int32(): number {
    return this.#next()
  }

  /**
   * An integer from 0 to `bound - 1`. Up to 4, each is as likely as the others to one part in 4,096: six such draws are taken from
   * one fraction of 24 bits by multiplying it on, for they are made at every step. Above, to one part in 2^32 / bound.
   */
  draw(bound: number): number {
    if (bound > 4) return Math.floor(((this.#next() >>> 0) * bound) / 2 ** 32)
    if (--this.#drawsLeft < 0) {
      this.#fraction = this.#next() & 0xffffff
      this.#drawsLeft = 5
    }
    const product = this.#fraction * bound
    this.#fraction = product & 0xffffff
    return product >>> 24
  }
}

/** Spreads the salts of streams of one name. */
const SALT = 0x9e3779b1

/** The seeds of a campaign's executions: the first is the campaign's own, so that `--seed S --runs 1` is the execution that a report names. */
export class ExecutionSeeds {
  readonly #stream: RandomStream
  #next: Seed

  constructor(seed: Seed) {
    this.#stream = new RandomStream(seed, 'executions')
    this.#next = seed
  }

  next(): Seed {
    const seed = this.#next
    this.#next = (this.#stream.int32() & 0xffff) * 2 ** 32 + (this.#stream.int32() >>> 0)
    return seed
  }
}
