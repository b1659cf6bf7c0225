// Seeds, and the named random streams that a seed expands into. Every draw names its stream, so adding a fault does not move the schedule.

import { createRequire } from 'node:module'

// seedrandom's generators are CommonJS files without types.
const tychei: (seed: number) => { int32(): number } = createRequire(import.meta.url)('seedrandom/lib/tychei.js')

/** The streams, by the number that goes into their seed. */
const STREAM_NUMBERS = { schedule: 1, faults: 2, workload: 3, peers: 4, executions: 5, disk: 6 } as const
export type StreamName = keyof typeof STREAM_NUMBERS
const STREAM_NAMES = Object.keys(STREAM_NUMBERS) as StreamName[]

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

/** A stream of random integers, seeded from a seed and the stream's name. Source: Tyche-i (Neves and Araujo 2011), as `seedrandom` has it. */
export class RandomStream {
  readonly #next: () => number
  /** For small draws: a fraction of 24 bits from which they are taken, and above it how many more it is good for. */
  #small = 0

  /** @param salt tells streams of one name and one seed apart */
  constructor(seed: Seed, name: StreamName, salt = 0) {
    this.#next = tychei(streamSeed(seed, name, salt)).int32
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
    if (bound > 4) return Math.floor(((this.int32() >>> 0) * bound) / 2 ** 32)
    const small = this.#small < DRAW ? (this.int32() & FRACTION) | SMALL_DRAWS : this.#small
    const product = Math.imul(small & FRACTION, bound)
    this.#small = (product & FRACTION) | ((small & ~FRACTION) - DRAW)
    return product >>> 24
  }

  /** Small draws start over. */
  protected forget(): void {
    this.#small = 0
  }
}

/**
 * A stream of an execution. It gives the same numbers as a {@link RandomStream} of its name, and a test holds the two against each other; but
 * it is one object for all executions that is seeded again, which costs 45 ns where a new generator of seedrandom's costs 180, an eighth of
 * a short execution.
 */
export class ReusedStream extends RandomStream {
  readonly #name: StreamName
  /** Whether this execution has seeded it. */
  isSeeded = false
  // The state of Tyche-i: four words of 32 bits.
  #a = 0
  #b = 0
  #c = 0
  #d = 0

  constructor(name: StreamName) {
    super(0, name)
    this.#name = name
  }

  /** Starts over, as a new stream of this seed. */
  seed(seed: Seed): void {
    const whole = streamSeed(seed, this.#name, 0)
    this.#a = (whole / 2 ** 32) | 0
    this.#b = whole | 0
    this.#c = TYCHE_C
    this.#d = TYCHE_D
    this.isSeeded = true
    this.forget()
    for (let round = 0; round < TYCHE_ROUNDS; round++) this.int32()
  }

  override int32(): number {
    let b = (this.#b << 25) ^ (this.#b >>> 7) ^ this.#c
    let c = (this.#c - this.#d) | 0
    const d = (this.#d << 24) ^ (this.#d >>> 8) ^ this.#a
    const a = (this.#a - b) | 0
    b = (b << 20) ^ (b >>> 12) ^ c
    c = (c - d) | 0
    this.#b = b
    this.#c = c
    this.#d = (d << 16) ^ (c >>> 16) ^ a
    this.#a = (a - b) | 0
    return this.#a
  }
}

/** The streams of an execution, each seeded where the execution first draws from it. */
export class ExecutionStreams {
  readonly schedule = new ReusedStream('schedule')
  readonly #all: readonly ReusedStream[] = STREAM_NAMES.map((name) => (name === 'schedule' ? this.schedule : new ReusedStream(name)))

  /** All are to start over. */
  reset(): void {
    for (let i = 0; i < this.#all.length; i++) (this.#all[i] as ReusedStream).isSeeded = false
  }

  take(name: StreamName, seed: Seed): RandomStream {
    const stream = this.#all[STREAM_NUMBERS[name] - 1] as ReusedStream
    if (!stream.isSeeded) stream.seed(seed)
    return stream
  }
}

/** seedrandom takes an integer of 53 bits: 48 of the seed, 5 of the stream's number. */
function streamSeed(seed: Seed, name: StreamName, salt: number): number {
  return STREAM_NUMBERS[name] * SEED_LIMIT + (salt === 0 ? seed : (seed + salt * SALT) % SEED_LIMIT)
}

/** Spreads the salts of streams of one name. */
const SALT = 0x9e3779b1

// How small draws are kept: the fraction in the low bits, and the number of draws above it.
const FRACTION = 0xffffff
const DRAW = 0x1000000
const SMALL_DRAWS = 6 * DRAW

// Where Tyche-i starts, and how many rounds mix the seed in: as in seedrandom.
const TYCHE_C = 2654435769 | 0
const TYCHE_D = 1367130551
const TYCHE_ROUNDS = 20

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
