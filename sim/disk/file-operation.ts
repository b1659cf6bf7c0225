// One operation on the disk, prepared and not yet done: what a call of `node:fs` is to the scheduler.

/** Errors of the disk: `EIO` and `ENOSPC` are thrown, `short` lets a read or write end before all of its bytes are moved. */
export type DiskFault = 'EIO' | 'ENOSPC' | 'short'
export const DISK_FAULTS: readonly DiskFault[] = ['EIO', 'ENOSPC', 'short']

export interface FileOperation {
  /** One of the kinds `FILE_…` of operation.ts. */
  readonly kind: number
  /** The system call, as Node's errors name it: `open`, `write`, `fsync`, `rename`. */
  readonly name: string
  /** What it is done to, for reports: the path as the user gave it, or that with which the descriptor was opened. */
  readonly path: string
  /** Number of that path, from 0 in the order in which an execution first names them: the place in the trace. */
  readonly pathNumber: number
  /** Its other arguments as reports show them: `64 bytes at 128`, `wx`, `→ /data/log`; empty where there are none. */
  readonly operands: string
  /** Errors of the disk that may befall it. */
  readonly faults: readonly DiskFault[]
  /** Does it and returns the result. Throws what Node throws, with its `code`, `errno` and `syscall`. */
  perform(fault: DiskFault | undefined): unknown
  /** The result as a number for the trace, equal for equal results; contents that were read are part of it. */
  digest(result: unknown): number
}
