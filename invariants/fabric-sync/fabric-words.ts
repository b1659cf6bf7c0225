// Reads a fabric straight from its shared words, by the published layout and not by the fabric's own code, so that an invariant does not
// believe what it judges. It creates nothing: it is asked after every step.
//
//   lease word   64 + 8 x index            low: expiry; high: 0..7 expiry, 13..15 state, 16..31 generation
//   main word    arena + base + 32         low: fence, attempt or version; high: 8..31 session reference of the holder
//   cell word    arena + base + 64 + 8 x n low: 4 data bytes; high: tag
//
// A *session reference* is what the words hold: generation << 16 | lease index << 8.

import { WordsWatch } from '../words-watch.js'

const HEADER_BYTES = 64
const LEASE_CAPACITY_WORD = 3
const ARENA_BYTES_WORD = 2
const SKEW_WORD = 4
const EPOCH_LOW_WORD = 6
const RANGE_CAPACITY_WORD = 8
const FIRST_LEASE_WORD = HEADER_BYTES / 4
const MAIN_OFFSET = 32
const TWO_32 = 2 ** 32

export const STATE_ACTIVE = 1
export const STATE_EXPIRED = 2
const STATE_NAMES = ['free', 'active', 'expired', 'revoked', 'released', 'fenced'] as const

/** Bytes from a primitive's base to its cells or seats. */
export const BODY_OFFSET = 64

/** What every primitive's header holds, by byte offset. */
const HEADER_NAMES: Readonly<Record<number, string>> = { 0: 'magic', 4: 'version', 8: 'codec bytes', 12: 'parameter' }

/** A primitive that names its own words in reports. */
export interface NamedWords {
  /** Its main word: `mutex`. */
  readonly what: string
  /** Byte offset in the arena. */
  readonly base: number
  /** Names the word at a byte offset from its cells or seats; undefined for what is not its own. */
  bodyName(offset: number): string | undefined
}

export class FabricWords {
  readonly leaseCapacity: number
  readonly rangeCapacity: number
  readonly arenaBytes: number
  readonly skewMsMax: number
  /** `Date.now()` of the creator. */
  readonly epochMs: number
  /** Bytes from the fabric's begin, which is the buffer's, to the arena. */
  readonly arenaOffset: number
  readonly words: Int32Array
  readonly #trueTimeMs: () => number
  readonly #firstRangeWord: number
  readonly #primitives: NamedWords[] = []

  /** @param trueTimeMs `Date.now()` of nobody's clock in particular: in a scenario, `() => Date.now()` */
  constructor(buffer: SharedArrayBuffer, trueTimeMs: () => number) {
    const words = new Int32Array(buffer)
    this.words = words
    this.leaseCapacity = words[LEASE_CAPACITY_WORD] as number
    this.rangeCapacity = words[RANGE_CAPACITY_WORD] as number
    this.arenaBytes = words[ARENA_BYTES_WORD] as number
    this.skewMsMax = words[SKEW_WORD] as number
    this.epochMs = (words[EPOCH_LOW_WORD + 1] as number) * TWO_32 + ((words[EPOCH_LOW_WORD] as number) >>> 0)
    this.arenaOffset = HEADER_BYTES + rounded(8 * this.leaseCapacity) + rounded(8 * this.rangeCapacity)
    this.#firstRangeWord = (HEADER_BYTES + rounded(8 * this.leaseCapacity)) / 4
    this.#trueTimeMs = trueTimeMs
  }

  /** True time in ms since the fabric's epoch. */
  nowMs(): number {
    return this.#trueTimeMs() - this.epochMs
  }

  /** 0 free, 1 ACTIVE, 2 EXPIRED, 3 REVOKED, 4 RELEASED, 5 FENCED. */
  leaseState(index: number): number {
    return ((this.words[FIRST_LEASE_WORD + 2 * index + 1] as number) >>> 13) & 0b111
  }

  leaseGeneration(index: number): number {
    return (this.words[FIRST_LEASE_WORD + 2 * index + 1] as number) >>> 16
  }

  /** In ms since the epoch. */
  leaseExpiryMs(index: number): number {
    const low = this.words[FIRST_LEASE_WORD + 2 * index] as number
    const high = this.words[FIRST_LEASE_WORD + 2 * index + 1] as number
    return (high & 0xff) * TWO_32 + (low >>> 0)
  }

  /** Whether the session's lease word is ACTIVE in the session's generation, whatever the clocks say. */
  isActive(reference: number): boolean {
    const index = indexOf(reference)
    return this.leaseState(index) === STATE_ACTIVE && this.leaseGeneration(index) === generationOf(reference)
  }

  /** Whether it is, and a clock that is `aheadMs` ahead of true time still shows it. */
  isShownActive(reference: number, aheadMs: number): boolean {
    return this.isActive(reference) && this.nowMs() + aheadMs < this.leaseExpiryMs(indexOf(reference))
  }

  /** Whether a change of the 32-bit word `at` marks the session's lease EXPIRED, and changes nothing else. */
  isExpiry(reference: number, at: number, before: number, after: number): boolean {
    const index = indexOf(reference)
    if (at !== FIRST_LEASE_WORD + 2 * index + 1 || this.leaseGeneration(index) !== generationOf(reference)) return false
    return this.leaseState(index) === STATE_EXPIRED && (before ^ after) === (STATE_ACTIVE ^ STATE_EXPIRED) << 13
  }

  /** The moments at which leases end, in ms since the Unix epoch: for their holders, and for others. Those that run for longer than `withinMs` are left out. */
  deadlines(withinMs: number): number[] {
    const moments: number[] = []
    const nowMs = this.nowMs()
    for (let index = 0; index < this.leaseCapacity; index++) {
      if (this.leaseState(index) !== STATE_ACTIVE || this.leaseExpiryMs(index) > nowMs + withinMs) continue
      const expiry = this.epochMs + this.leaseExpiryMs(index)
      moments.push(expiry)
      if (this.skewMsMax > 0) moments.push(expiry + this.skewMsMax)
    }
    return moments
  }

  /** First byte of the range in range word `at`, in bytes of the arena. */
  rangeOffset(at: number): number {
    return this.words[this.#firstRangeWord + 2 * at] as number
  }

  /** Its length in bytes; 0 where the word is unused. */
  rangeLength(at: number): number {
    return this.words[this.#firstRangeWord + 2 * at + 1] as number
  }

  /** Low half of the main word of the primitive at `base`, signed. */
  mainLow(base: number): number {
    return this.arenaWord(base + MAIN_OFFSET)
  }

  /** High half, signed. */
  mainHigh(base: number): number {
    return this.arenaWord(base + MAIN_OFFSET + 4)
  }

  /** The 32-bit word at a byte offset of the arena, signed. */
  arenaWord(byteOffset: number): number {
    return this.words[(this.arenaOffset + byteOffset) / 4] as number
  }

  /** Calls the words of a primitive by name in reports. */
  add(primitive: NamedWords): void {
    this.#primitives.push(primitive)
  }

  /** Names the word at a byte offset of the buffer: `lease 1`, `range 0`, what a primitive says; undefined for others. */
  nameOf(byteOffset: number): string | undefined {
    if (byteOffset === 20) return 'closed'
    const rangeOffset = 4 * this.#firstRangeWord
    if (byteOffset >= HEADER_BYTES && byteOffset < rangeOffset) return `lease ${Math.floor((byteOffset - HEADER_BYTES) / 8)}`
    if (byteOffset >= rangeOffset && byteOffset < this.arenaOffset) return `range ${Math.floor((byteOffset - rangeOffset) / 8)}`
    for (const primitive of this.#primitives) {
      const name = nameIn(primitive, byteOffset - this.arenaOffset - primitive.base)
      if (name !== undefined) return name
    }
    return undefined
  }

  /** The same for messages: of an unnamed word its 64-bit word's name, or its offset. */
  textOf(byteOffset: number): string {
    return this.nameOf(byteOffset) ?? this.nameOf(byteOffset - (byteOffset % 8)) ?? `byte ${byteOffset} of the fabric`
  }

  /** The leases that were ever used, in few words, for reports. */
  describeLeases(): Record<string, string> {
    const state: Record<string, string> = {}
    for (let index = 0; index < this.leaseCapacity; index++) {
      const code = this.leaseState(index)
      if (code === 0) continue
      const expiry = code === STATE_ACTIVE ? ` until ${this.leaseExpiryMs(index)}` : ''
      state[`lease${index}`] = `g${this.leaseGeneration(index)} ${STATE_NAMES[code] ?? code}${expiry}`
    }
    return state
  }
}

/** Where an invariant finds the fabric that it judges: usually `(world) => world.words`. */
export type FabricWordsOf<World> = (world: World) => FabricWords

/** Notices which of a fabric's words change. */
export function fabricWatch(): WordsWatch<FabricWords> {
  return new WordsWatch(
    ({ words }) => words.length,
    (_, at) => at,
  )
}

/** The session reference in a high half. */
export function referenceIn(high: number): number {
  return high & ~0xff
}

/** The session reference that a lease id names: its lower 24 bits are generation and index. */
export function referenceOfId(leaseId: number): number {
  return ((leaseId % 2 ** 24) << 8) | 0
}

export function indexOf(reference: number): number {
  return (reference >>> 8) & 0xff
}

export function generationOf(reference: number): number {
  return reference >>> 16
}

/** Names a session in a message: `lease 1, generation 3`. */
export function sessionText(reference: number): string {
  return `lease ${indexOf(reference)}, generation ${generationOf(reference)}`
}

/** Names the word at a byte offset from a primitive's base. */
function nameIn(primitive: NamedWords, offset: number): string | undefined {
  if (offset === MAIN_OFFSET) return primitive.what
  return HEADER_NAMES[offset] ?? primitive.bodyName(offset - BODY_OFFSET)
}

/** Names the word at a byte offset from the first of `cells` cells with `cellWords` words each: `cell 1 word 0`. */
export function cellName(offset: number, cells: number, cellWords: number): string | undefined {
  const word = offset / 8
  if (!(word >= 0 && word < cells * cellWords && Number.isInteger(word))) return undefined
  return `cell ${Math.floor(word / cellWords)} word ${word % cellWords}`
}

function rounded(bytes: number): number {
  return Math.ceil(bytes / 64) * 64
}
