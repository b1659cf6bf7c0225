// The virtual disk: one for all executions, emptied before each.
//
// It has a volatile half, which all calls act on and see, and a durable half, which is what a power failure leaves for certain. Between the two
// lie changes that are not synced. fsync and fdatasync of a file make its contents and size durable, and not its name (contents.ts);
// fsync of a directory makes durable the names in it (name-changes.ts). Of everything else any part may survive that a file system
// conforming to POSIX may leave: sectors in any order, sizes without their data, names without contents, renames before or after the data
// that they publish (Pillai et al., "All File Systems Are Not Created Equal", OSDI 2014, which calls the tool ALICE). A sync that fails
// leaves a part durable and forgets the rest (Rebello et al., "Can Applications Recover from fsync Failures?", ATC 2020). Which part,
// is asked of the execution (survival.ts).
//
// System calls stand in file-calls.ts, name-calls.ts and look-calls.ts. There are no links, permissions are shown but not enforced, times
// and permissions are not part of what may be lost, and there is always room unless an error is meant to befall.

import { Arena } from './arena.js'
import { RegularFile } from './node.js'
import type { Decision } from './survival.js'
import { type DiskSurroundings, type Survival, Volume } from './volume.js'

export type { Decision } from './survival.js'
export type { DiskSurroundings, Survival } from './volume.js'

/** One file, for invariants: copies, which all that look share. Nobody may write to them. */
export interface FileView {
  /** What reads see. */
  readonly current: Uint8Array
  /** What is there if nothing survives that is not synced. */
  readonly durable: Uint8Array
  /** By number, each version of a sector of 512 bytes that may survive, the durable one first; only sectors that have more than one. */
  readonly sectors: ReadonlyMap<number, readonly Uint8Array[]>
  /** The sizes that may survive, the durable one first. */
  readonly sizes: readonly number[]
}

export class Disk {
  readonly #surroundings: DiskSurroundings
  /** Undefined until the execution touches the disk. */
  #volume: Volume | undefined = undefined
  readonly #arena = new Arena()

  constructor(surroundings: DiskSurroundings) {
    this.#surroundings = surroundings
  }

  /** Rises with every change of contents, sizes, names or durability; 0 where nothing was touched. */
  get version(): number {
    return this.#volume === undefined ? 0 : this.#volume.version
  }

  /** What system calls act on. */
  get volume(): Volume {
    return (this.#volume ??= new Volume(this.#surroundings, this.#arena))
  }

  /** An empty disk; quick where nothing was touched. The execution is over: no system call of it acts on the old one. */
  reset(): void {
    if (this.#volume === undefined) return
    this.#volume = undefined
    this.#arena.reset()
  }

  /**
   * All descriptors are gone, and of what is not synced a chosen part. What survives, by file.
   * @param answers one for each decision of {@link unsynced}, instead of choices
   */
  powerFailure(answers?: readonly number[]): readonly Survival[] {
    return this.#volume === undefined ? [] : this.#volume.powerFailure(answers)
  }

  /** What a power failure now would decide. An answer of 0 keeps nothing of it, `bound - 1` all. */
  unsynced(): readonly Decision[] {
    return this.#volume === undefined ? [] : this.#volume.decisions()
  }

  /** The file as peers see it under this path; undefined where there is none. The same object as long as the file stays as it is. */
  view(path: string): FileView | undefined {
    return this.#find(path)?.contents.view()
  }

  /** Whether there would be a file of this path, if nothing survived that is not synced. */
  isNameDurable(path: string): boolean {
    return this.#volume?.hasDurableFile(path) === true
  }

  /** Files by absolute path, with their bytes, that would be there if nothing survived that is not synced. */
  durableFiles(): ReadonlyMap<string, Uint8Array> {
    return this.#volume === undefined ? new Map() : this.#volume.durableFiles()
  }

  #find(path: string): RegularFile | undefined {
    if (this.#volume === undefined) return undefined
    try {
      const { node } = this.#volume.walk(path, { syscall: 'view', path })
      return node instanceof RegularFile ? node : undefined
    } catch {
      // No way leads there.
      return undefined
    }
  }
}
