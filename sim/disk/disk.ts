// The virtual disk.

/** What the disk asks of the execution. */
export interface DiskSurroundings {
  /** A choice: an integer from 0 to `bound - 1`; `bound` may be 1. */
  choose(bound: number, label: string): number
  /** Virtual time for the times of files, ms since the Unix epoch. */
  nowMs(): number
}

/** What a power failure left of one file, for reports. */
export interface Survival {
  readonly path: string
  readonly what: string
}

export class Disk {
  /** Rises with every change of contents, sizes, names or durability. */
  version = 0
  readonly #surroundings: DiskSurroundings

  constructor(surroundings: DiskSurroundings) {
    this.#surroundings = surroundings
  }

  /** An empty disk; quick where nothing was touched. */
  reset(): void {
    this.version = 0
  }

  /** All descriptors are gone, and of what is not synced a chosen part. What survives, by file. */
  powerFailure(): Survival[] {
    this.#surroundings.choose(1, 'what survives')
    return []
  }
}
