// The bytes of one file: what reads see, what is safe on the disk, and what may be.
//
// What is not synced is kept as a log. A write adds a version of each sector that it touches, and a change of size if it goes past the
// end; a truncation adds a change of size. At a power failure
//
// - each sector keeps any one of its versions since the last sync, or the durable one: the page cache writes back in any order, each
//   sector whole (512 bytes are written atomically; Pillai et al., OSDI 2014, section 2.2);
// - of the changes of size a prefix survives: they go through the journal of the file system, in their order. A size may survive without
//   the data that came with it, which reads as zeros (what ALICE calls an append that is not atomic);
// - a truncation that survives zeroes what it cut off, in versions that are older than it.
//
// A sync that fails is the end of the log as well, for the kernel marks the pages clean although they were not written (Rebello et al., ATC
// 2020): a part of it is durable, the rest is seen by reads until the power fails, and no later sync writes it.

import type { Answers, Decision } from './survival.js'

/** What the disk writes atomically. */
export const SECTOR_BYTES = 512

/** A sector as a write left it. */
interface Version {
  /** The place of the write in the log. */
  readonly order: number
  readonly bytes: Uint8Array
}

interface SizeChange {
  readonly order: number
  readonly size: number
  readonly isShrinking: boolean
}

export interface SectorSurvival {
  readonly sector: number
  /** The version that survived, from 0, the durable one, to `unsynced`, the last. */
  readonly survived: number
  readonly unsynced: number
}

/** Of the sizes that a file had since the last sync, the first durable, the last that of the moment. */
export interface SizeSurvival {
  readonly survived: number
  readonly sizes: readonly number[]
}

export interface ContentsSurvival {
  readonly size: SizeSurvival | undefined
  readonly sectors: readonly SectorSurvival[]
}

// How much more room is made than is needed.
const GROWTH_BYTES_MIN = 4 * SECTOR_BYTES
const GROWTH_BYTES_MAX = 2 ** 20

const NOTHING = new Uint8Array(0)
const ZEROS = new Uint8Array(SECTOR_BYTES)

export class Contents {
  /** Bytes of the file, as reads see it. */
  size = 0
  /** Whole sectors; zeros from `size` on. */
  #bytes = NOTHING
  /** Whole sectors. After a sync that failed it may hold data past the durable size. */
  #durable = NOTHING
  #durableSize = 0
  // The log since the last sync.
  #sizes: SizeChange[] = []
  readonly #sectors = new Map<number, Version[]>()
  #length = 0
  /** Place of the last truncation. */
  #shrunkAt = -1

  get isUnsynced(): boolean {
    return this.#sectors.size > 0 || this.#sizes.length > 0
  }

  /** Fills `target` from `position` on; returns how many bytes there were. */
  read(target: Uint8Array, position: number): number {
    const count = Math.max(0, Math.min(target.length, this.size - position))
    if (count > 0) target.set(this.#bytes.subarray(position, position + count))
    return count
  }

  write(bytes: Uint8Array, position: number): void {
    if (bytes.length === 0) return
    const end = position + bytes.length
    this.#bytes = grown(this.#bytes, end)
    this.#bytes.set(bytes, position)
    const order = this.#length++
    if (end > this.size) {
      this.size = end
      this.#sizes.push({ order, size: end, isShrinking: false })
    }
    for (let sector = Math.floor(position / SECTOR_BYTES); sector * SECTOR_BYTES < end; sector++) this.#addVersion(sector, order)
  }

  resize(size: number): void {
    if (size === this.size) return
    const isShrinking = size < this.size
    const order = this.#length++
    if (isShrinking) {
      this.#bytes.fill(0, size, this.size)
      this.#shrunkAt = order
    } else this.#bytes = grown(this.#bytes, size)
    this.size = size
    this.#sizes.push({ order, size, isShrinking })
  }

  /** Everything is durable. */
  sync(): void {
    if (!this.isUnsynced) return
    const last = [...this.#sectors.entries()].map(([sector, versions]) => [sector, versions.at(-1) as Version] as const)
    this.#replay(this.#sizes.length, last)
    this.#forget()
  }

  /** What a power failure decides: the size first, then the sectors from the first on. */
  decisions(path: string): Decision[] {
    const decisions: Decision[] = []
    if (this.#sizes.length > 0) decisions.push({ bound: this.#sizes.length + 1, label: `size of ${path}` })
    for (const sector of this.#dirty()) {
      decisions.push({ bound: (this.#sectors.get(sector) as Version[]).length + 1, label: `sector ${sector} of ${path}` })
    }
    return decisions
  }

  /** The power fails: what survives is all there is. `answers` answers {@link decisions}. */
  fail(answers: Answers): ContentsSurvival {
    const survival = this.#keep(answers, true)
    this.showDurable()
    return survival
  }

  /** What is on the disk is all there is. Only where nothing is left to decide. */
  showDurable(): void {
    this.#durable.fill(0, this.#durableSize)
    this.#bytes = this.#durable.slice()
    this.size = this.#durableSize
  }

  /** A sync fails: what survives is durable, the rest is no longer on its way to the disk. */
  failSync(answers: Answers): void {
    this.#keep(answers, false)
  }

  current(): Uint8Array {
    return this.#bytes.slice(0, this.size)
  }

  durable(): Uint8Array {
    const bytes = new Uint8Array(this.#durableSize)
    bytes.set(this.#durable.subarray(0, this.#durableSize))
    return bytes
  }

  /** By sector: the durable version, then those since the last sync. Only sectors that have one. */
  versions(): Map<number, readonly Uint8Array[]> {
    const versions = (sector: number) => (this.#sectors.get(sector) as Version[]).map(({ bytes }) => new Uint8Array(bytes))
    return new Map(this.#dirty().map((sector) => [sector, [this.#durableSector(sector).slice(), ...versions(sector)]]))
  }

  /** The durable size, then those since the last sync. */
  sizes(): number[] {
    return [this.#durableSize, ...this.#sizes.map(({ size }) => size)]
  }

  #addVersion(sector: number, order: number): void {
    const start = sector * SECTOR_BYTES
    const versions = this.#sectors.get(sector)
    const last = versions?.at(-1)
    const before = last === undefined ? this.#durableSector(sector) : last.bytes
    const now = this.#bytes.subarray(start, start + SECTOR_BYTES)
    // A version equal to the one before it is no other state, unless a truncation between the two would cut the older one.
    if ((last?.order ?? -1) >= this.#shrunkAt && Buffer.compare(before, now) === 0) return
    const version = { order, bytes: copyOf(now) }
    if (versions === undefined) this.#sectors.set(sector, [version])
    else versions.push(version)
  }

  #durableSector(sector: number): Uint8Array {
    const start = sector * SECTOR_BYTES
    return start < this.#durable.length ? this.#durable.subarray(start, start + SECTOR_BYTES) : ZEROS
  }

  #dirty(): number[] {
    return [...this.#sectors.keys()].sort((a, b) => a - b)
  }

  #keep(answers: Answers, isPowerFailure: boolean): ContentsSurvival {
    let index = 0
    const sizes = this.sizes()
    const prefix = this.#sizes.length > 0 ? answers(index++) : 0
    const size = sizes[prefix] as number
    const sectors: SectorSurvival[] = []
    const kept: (readonly [number, Version])[] = []
    for (const sector of this.#dirty()) {
      const at = index++
      // Past the end of what is left nothing is left.
      if (isPowerFailure && sector * SECTOR_BYTES >= size) continue
      const versions = this.#sectors.get(sector) as Version[]
      const survived = answers(at)
      sectors.push({ sector, survived, unsynced: versions.length })
      if (survived > 0) kept.push([sector, versions[survived - 1] as Version])
    }
    this.#replay(prefix, kept)
    this.#forget()
    return { size: sizes.length > 1 ? { survived: size, sizes } : undefined, sectors }
  }

  /** Makes durable the first changes of size, and these versions, in the order in which they came about. */
  #replay(prefix: number, versions: readonly (readonly [number, Version])[]): void {
    const sizes = this.#sizes.slice(0, prefix)
    this.#durableSize = sizes.at(-1)?.size ?? this.#durableSize
    const top = versions.reduce((most, [sector]) => Math.max(most, (sector + 1) * SECTOR_BYTES), this.#durableSize)
    this.#durable = grown(this.#durable, top)
    const writes = versions.map(([sector, { order, bytes }]) => ({ order, apply: () => this.#durable.set(bytes, sector * SECTOR_BYTES) }))
    const cuts = sizes.filter(({ isShrinking }) => isShrinking).map(({ order, size }) => ({ order, apply: () => this.#durable.fill(0, size) }))
    for (const { apply } of [...writes, ...cuts].sort((a, b) => a.order - b.order)) apply()
  }

  #forget(): void {
    this.#sizes = []
    this.#sectors.clear()
    this.#length = 0
    this.#shrunkAt = -1
  }
}

/** From the pool that Node keeps for small buffers: an array of its own takes three times as long to make. */
function copyOf(sector: Uint8Array): Uint8Array {
  const copy = Buffer.allocUnsafe(SECTOR_BYTES)
  copy.set(sector)
  return copy
}

/** `bytes` with room for `size`, in whole sectors. */
function grown(bytes: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  if (size <= bytes.length) return bytes as Uint8Array<ArrayBuffer>
  const wanted = Math.max(size, Math.min(2 * bytes.length, bytes.length + GROWTH_BYTES_MAX), GROWTH_BYTES_MIN)
  const sectors = Math.ceil(wanted / SECTOR_BYTES)
  const larger = new Uint8Array(sectors * SECTOR_BYTES)
  larger.set(bytes)
  return larger
}
