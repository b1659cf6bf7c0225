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

import type { Arena } from './arena.js'
import type { Answers, Decision } from './survival.js'

/** What the disk writes atomically. */
export const SECTOR_BYTES = 512

/** A sector as a write left it. */
interface Version {
  /** The place of the write in the log. */
  readonly order: number
  readonly bytes: Uint8Array
  /** A copy for views, once one was asked for. */
  copy: Uint8Array | undefined
}

/** What a file holds at one moment, in copies. */
export interface ContentsView {
  readonly current: Uint8Array
  readonly durable: Uint8Array
  /** By sector, from the first on: the durable version, then those since the last sync. Only sectors that have one. */
  readonly sectors: ReadonlyMap<number, readonly Uint8Array[]>
  /** The durable size, then those since the last sync. */
  readonly sizes: readonly number[]
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
  readonly #arena: Arena
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
  // Copies for views, until what they show changes.
  #view: ContentsView | undefined = undefined
  #durableView: Uint8Array | undefined = undefined
  #durableSectors: Map<number, Uint8Array> | undefined = undefined

  constructor(arena: Arena) {
    this.#arena = arena
  }

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
    this.#view = undefined
    const end = position + bytes.length
    this.#bytes = this.#grown(this.#bytes, end)
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
    this.#view = undefined
    const isShrinking = size < this.size
    const order = this.#length++
    if (isShrinking) {
      this.#bytes.fill(0, size, this.size)
      this.#shrunkAt = order
    } else this.#bytes = this.#grown(this.#bytes, size)
    this.size = size
    this.#sizes.push({ order, size, isShrinking })
  }

  /** Everything is durable. */
  sync(): void {
    if (!this.isUnsynced) return
    const last: (readonly [number, Version])[] = []
    for (const [sector, versions] of this.#sectors) last.push([sector, versions.at(-1) as Version])
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
    this.#durableChanges()
    this.#durable.fill(0, this.#durableSize)
    this.#bytes = this.#arena.copyOf(this.#durable)
    this.size = this.#durableSize
  }

  /** A sync fails: what survives is durable, the rest is no longer on its way to the disk. */
  failSync(answers: Answers): void {
    this.#keep(answers, false)
  }

  /** A copy of what is durable. */
  durable(): Uint8Array {
    return copyOf(this.#durable.subarray(0, this.#durableSize))
  }

  /** The same object until the contents change, or what is durable of them. */
  view(): ContentsView {
    if (this.#view !== undefined) return this.#view
    this.#durableView ??= this.durable()
    const sectors = new Map<number, readonly Uint8Array[]>()
    for (const sector of this.#dirty()) sectors.set(sector, this.#versionsOf(sector))
    this.#view = { current: copyOf(this.#bytes.subarray(0, this.size)), durable: this.#durableView, sectors, sizes: this.sizes() }
    return this.#view
  }

  /** The durable size, then those since the last sync. */
  sizes(): number[] {
    const sizes = [this.#durableSize]
    for (const { size } of this.#sizes) sizes.push(size)
    return sizes
  }

  #versionsOf(sector: number): Uint8Array[] {
    this.#durableSectors ??= new Map()
    let durable = this.#durableSectors.get(sector)
    if (durable === undefined) {
      durable = copyOf(this.#durableSector(sector))
      this.#durableSectors.set(sector, durable)
    }
    const versions = [durable]
    for (const version of this.#sectors.get(sector) as Version[]) versions.push((version.copy ??= copyOf(version.bytes)))
    return versions
  }

  #durableChanges(): void {
    this.#view = undefined
    this.#durableView = undefined
    this.#durableSectors = undefined
  }

  #addVersion(sector: number, order: number): void {
    const start = sector * SECTOR_BYTES
    const versions = this.#sectors.get(sector)
    const last = versions?.at(-1)
    const before = last === undefined ? this.#durableSector(sector) : last.bytes
    const now = this.#bytes.subarray(start, start + SECTOR_BYTES)
    // A version equal to the one before it is no other state, unless a truncation between the two would cut the older one.
    if ((last?.order ?? -1) >= this.#shrunkAt && Buffer.compare(before, now) === 0) return
    const version: Version = { order, bytes: this.#arena.copyOf(now), copy: undefined }
    if (versions === undefined) this.#sectors.set(sector, [version])
    else versions.push(version)
  }

  #durableSector(sector: number): Uint8Array {
    const start = sector * SECTOR_BYTES
    return start < this.#durable.length ? this.#durable.subarray(start, start + SECTOR_BYTES) : ZEROS
  }

  #dirty(): number[] {
    const sectors = [...this.#sectors.keys()]
    return sectors.length < 2 ? sectors : sectors.sort((a, b) => a - b)
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
    this.#durableChanges()
    const sizes = prefix === this.#sizes.length ? this.#sizes : this.#sizes.slice(0, prefix)
    this.#durableSize = sizes.at(-1)?.size ?? this.#durableSize
    let top = this.#durableSize
    for (const [sector] of versions) top = Math.max(top, (sector + 1) * SECTOR_BYTES)
    this.#durable = this.#grown(this.#durable, top)
    if (!sizes.some(isCut)) {
      // Each sector has one version, so that their order does not matter.
      for (const [sector, { bytes }] of versions) this.#durable.set(bytes, sector * SECTOR_BYTES)
      return
    }
    const writes = versions.map(([sector, { order, bytes }]) => ({ order, apply: () => this.#durable.set(bytes, sector * SECTOR_BYTES) }))
    const zeroings = sizes.filter(isCut).map(({ order, size }) => ({ order, apply: () => this.#durable.fill(0, size) }))
    for (const { apply } of [...writes, ...zeroings].sort((a, b) => a.order - b.order)) apply()
  }

  /** `bytes` with room for `size`, in whole sectors. */
  #grown(bytes: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
    if (size <= bytes.length) return bytes as Uint8Array<ArrayBuffer>
    const wanted = Math.max(size, Math.min(2 * bytes.length, bytes.length + GROWTH_BYTES_MAX), GROWTH_BYTES_MIN)
    const sectors = Math.ceil(wanted / SECTOR_BYTES)
    const larger = this.#arena.zeros(sectors * SECTOR_BYTES)
    larger.set(bytes)
    return larger
  }

  #forget(): void {
    this.#sizes = []
    this.#sectors.clear()
    this.#length = 0
    this.#shrunkAt = -1
  }
}

function isCut({ isShrinking }: SizeChange): boolean {
  return isShrinking
}

/** Copies for views stand side by side in arrays of this size: one of its own takes three times as long to make. */
const SLAB_BYTES = 2 ** 16
/** Longer ones have an array of their own. */
const SLAB_COPY_BYTES_MAX = 2 ** 13

let slab = NOTHING
let slabUsed = 0

/** A copy that may outlive the execution. */
function copyOf(bytes: Uint8Array): Uint8Array {
  const { length } = bytes
  if (length > SLAB_COPY_BYTES_MAX) return bytes.slice()
  if (slabUsed + length > slab.length) {
    slab = new Uint8Array(SLAB_BYTES)
    slabUsed = 0
  }
  const copy = new Uint8Array(slab.buffer, slabUsed, length)
  slabUsed += length
  copy.set(bytes)
  return copy
}
