// What a power failure would leave of a file, if it struck now: the bytes that are certain, and those that are possible. The simulator's disk says
// which versions of each 512-byte sector may survive.

import { areSameFrom } from './same-bytes.js'

const SECTOR_BYTES = 512

/** One file, as the simulator's disk shows it: nothing of it changes. */
export interface DiskFile {
  /** What a read returns. */
  readonly current: Uint8Array
  readonly durable: Uint8Array
  /** By number: each version of a sector that is not synced which may survive, the durable one included. */
  readonly sectors: ReadonlyMap<number, readonly Uint8Array[]>
  /** Each size that may survive. */
  readonly sizes: readonly number[]
}

/** The simulator's disk. */
export interface DiskView {
  /** Rises with every change of contents, sizes, names or durability. */
  readonly version: number
  /** The same object only as long as the file is the same and nothing of it has changed. */
  view(path: string): DiskFile | undefined
  /** Whether a file of this path survives. */
  isNameDurable(path: string): boolean
}

const NOTHING = new Uint8Array(0)
const NO_VERSIONS: readonly Uint8Array[] = []

export class SurvivingFile {
  readonly #file: DiskFile | undefined
  readonly #isNamed: boolean
  readonly current: Uint8Array
  readonly sizeMin: number
  readonly sizeMax: number
  readonly #durable: Uint8Array
  readonly #sectors: DiskFile['sectors']

  /** @param isNamed whether its name survives too */
  constructor(file: DiskFile | undefined, isNamed: boolean) {
    this.#file = file
    this.#isNamed = isNamed
    this.current = file?.current ?? NOTHING
    this.#durable = file?.durable ?? NOTHING
    this.#sectors = file?.sectors ?? new Map()
    const sizes = file === undefined || file.sizes.length === 0 ? [this.#durable.length] : file.sizes
    this.sizeMin = isNamed ? Math.min(...sizes) : 0
    this.sizeMax = Math.max(...sizes)
  }

  /** Whether this is what would be made of them. */
  isOf(file: DiskFile | undefined, isNamed: boolean): boolean {
    return file === this.#file && isNamed === this.#isNamed
  }

  /** The bytes of a range, if they survive every power failure; otherwise undefined. */
  certain(offset: number, length: number): Uint8Array | undefined {
    const end = offset + length
    if (end > this.sizeMin || end > this.#durable.length) return undefined
    if (this.#sectors.size === 0) return this.#durable.subarray(offset, end)
    for (let sector = Math.floor(offset / SECTOR_BYTES); sector * SECTOR_BYTES < end; sector++) {
      for (const version of this.#sectors.get(sector) ?? NO_VERSIONS) {
        const start = sector * SECTOR_BYTES
        for (let at = Math.max(offset, start); at < Math.min(end, start + SECTOR_BYTES); at++) {
          if ((version[at - start] ?? 0) !== this.#durable[at]) return undefined
        }
      }
    }
    return this.#durable.subarray(offset, end)
  }

  /** Each content that a range inside one sector may have after a power failure. */
  possible(offset: number, length: number): readonly Uint8Array[] {
    if (offset + length > this.sizeMax) return NO_VERSIONS
    const sector = Math.floor(offset / SECTOR_BYTES)
    const versions = this.#sectors.get(sector)
    if (versions === undefined) return [this.#durable.subarray(offset, Math.min(offset + length, (sector + 1) * SECTOR_BYTES))]
    const start = offset - sector * SECTOR_BYTES
    const contents: Uint8Array[] = []
    let before: Uint8Array | undefined
    for (const version of versions) {
      // Most versions differ from the one before them in one place only.
      if (before === undefined || !areSameFrom(start, length, version, before)) contents.push(version.subarray(start, start + length))
      before = version
    }
    return contents
  }
}
