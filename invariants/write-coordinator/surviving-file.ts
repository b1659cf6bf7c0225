// What a power failure would leave of a file, if it struck now: the bytes that are certain, and those that are possible. The simulator's disk says
// which versions of each 512-byte sector may survive.

const SECTOR_BYTES = 512

/** One file, as the simulator's disk shows it. */
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
  view(path: string): DiskFile | undefined
  /** The files whose names survive, and what is durable of them. */
  durableFiles(): ReadonlyMap<string, Uint8Array>
}

const NOTHING = new Uint8Array(0)

export class SurvivingFile {
  readonly current: Uint8Array
  readonly sizeMin: number
  readonly sizeMax: number
  readonly #durable: Uint8Array
  readonly #sectors: DiskFile['sectors']

  /** @param isNamed whether its name survives too */
  constructor(file: DiskFile | undefined, isNamed: boolean) {
    this.current = file?.current ?? NOTHING
    this.#durable = file?.durable ?? NOTHING
    this.#sectors = file?.sectors ?? new Map()
    const sizes = file === undefined || file.sizes.length === 0 ? [this.#durable.length] : file.sizes
    this.sizeMin = isNamed ? Math.min(...sizes) : 0
    this.sizeMax = Math.max(...sizes)
  }

  /** The bytes of a range, if they survive every power failure; otherwise undefined. */
  certain(offset: number, length: number): Uint8Array | undefined {
    const end = offset + length
    if (end > this.sizeMin || end > this.#durable.length) return undefined
    for (let sector = Math.floor(offset / SECTOR_BYTES); sector * SECTOR_BYTES < end; sector++) {
      for (const version of this.#sectors.get(sector) ?? []) {
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
    if (offset + length > this.sizeMax) return []
    const sector = Math.floor(offset / SECTOR_BYTES)
    const start = offset - sector * SECTOR_BYTES
    const versions = this.#sectors.get(sector) ?? [this.#durable.subarray(sector * SECTOR_BYTES, (sector + 1) * SECTOR_BYTES)]
    return versions.map((version) => version.subarray(start, start + length))
  }
}
