// Open files. All peers are threads of one process, so they share one table.

import type { Directory, RegularFile } from './node.js'

export interface Descriptor {
  readonly node: RegularFile | Directory
  readonly isReadable: boolean
  readonly isWritable: boolean
  readonly isAppending: boolean
  /** Whether each write is synced at once (`O_SYNC`). */
  readonly isSynced: boolean
  /** The path with which it was opened, as the user gave it. */
  readonly path: string
  /** Where the next read or write without a position begins. */
  position: number
}

/** Below it are the process's own: its output, and what Node has open. */
const FIRST_DESCRIPTOR = 20

export class Descriptors {
  readonly #open: (Descriptor | undefined)[] = []

  get(number: number): Descriptor | undefined {
    return this.#open[number - FIRST_DESCRIPTOR]
  }

  /** Gives it the lowest free number. */
  open(descriptor: Descriptor): number {
    const free = this.#open.indexOf(undefined)
    const index = free === -1 ? this.#open.length : free
    this.#open[index] = descriptor
    return FIRST_DESCRIPTOR + index
  }

  /** False if there is none. */
  close(number: number): boolean {
    if (this.get(number) === undefined) return false
    this.#open[number - FIRST_DESCRIPTOR] = undefined
    return true
  }

  closeAll(): void {
    this.#open.length = 0
  }
}
