// Seeds, and the named random streams that a seed expands into. Every draw names its stream, so adding a fault does not move the schedule.

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
 *
 * Source: Tyche-i (Neves and Araujo 2011), number for number as `seedrandom/lib/tychei.js` gives them for an integer seed of 53 bits:
 * 48 of the run's seed and 5 of the stream's number. Written out here because every execution seeds one, which costs 45 ns in an object
 * that stays and 190 ns in a new one of seedrandom's; a test holds the two against each other. A draw costs 3 ns.
 */
export class RandomStream {
  // The state of Tyche-i: four words of 32 bits.
  #a = 0
  #b = 0
  #c = 0
  #d = 0
  /** For small draws: a fraction of 24 bits from which they are taken, and above it how many more it is good for. */
  #small = 0

  constructor(seed: Seed, name: StreamName, salt = 0) {
    this.seed(seed, name, salt)
  }

  /** Starts over, as a new stream of this seed. */
  seed(seed: Seed, name: StreamName, salt = 0): void {
    const whole = STREAM_NUMBERS[name] * SEED_LIMIT + (salt === 0 ? seed : (seed + salt * SALT) % SEED_LIMIT)
    this.#a = (whole / 2 ** 32) | 0
    this.#b = whole | 0
    this.#c = TYCHE_C
    this.#d = TYCHE_D
    this.#small = 0
    for (let round = 0; round < TYCHE_ROUNDS; round++) this.int32()
  }

  /** 32 random bits as a signed integer. */
  int32(): number {
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
