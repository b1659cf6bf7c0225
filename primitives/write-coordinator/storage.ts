// What a coordinator needs of a disk: named files that grow at their end.

/**
 * Files that grow at their end. One thread uses it. Every method may throw a StorageError.
 *
 * What `append` and `truncate` did is durable once `sync` of that file has returned. Until then a crash may leave any part of it. After a `sync` that
 * threw, the bytes appended since the one before must not be read any more (they are gone, or zeros), or every later `append` and `sync` of
 * the file must throw: a system may forget what it could not write, and report success later.
 */
export interface Storage {
  /**
   * Bytes of the file; 0 if there is none. Of a file that was appended to, this is known without asking the disk: `submit` calls it for the capsule
   * file, in the middle of what nothing may interrupt.
   */
  size(file: string): number
  /**
   * Writes at the end and returns the offset of the first byte. Creates the file if there is none. `bytes` belongs to the caller, who uses it again
   * after the call.
   */
  append(file: string, bytes: Uint8Array): number
  /** Makes the file durable: contents, size and name. */
  sync(file: string): void
  /** `length` bytes from `offset`, all of which must be there. The caller does not write to them. */
  read(file: string, offset: number, length: number): Uint8Array
  /** Cuts the file to `size` bytes, which are at most those that it has. */
  truncate(file: string, size: number): void
}

/** Data of transactions, each written by the transaction before it submits. */
export const CAPSULES = 'capsules'
/** What each commit read and wrote. */
export const PROOFS = 'proofs'
/** Which commits are decided. */
export const MARKERS = 'markers'
