// Where transactions put their data before they submit.

import { BadArgumentError } from '../errors.js'
import { CAPSULE_LENGTH_MAX, capsuleBytes, capsuleGap, encodeCapsule } from './capsule-record.js'
import type { CapsuleRef } from './commit-types.js'
import { StorageError } from './errors.js'
import { FILE_HEADER_BYTES } from './file-header.js'
import { incarnationOf } from './incarnation.js'
import { CAPSULES, type Storage } from './storage.js'

/**
 * Appends capsules to a store. It never syncs: the coordinator does, before it writes the marker that leads to a capsule.
 *
 * A capsule belongs to the coordinator that is there when it is appended: after `recover`, a transaction appends its data anew. A log may be used on
 * with the coordinators that follow on the same storage.
 */
export class CapsuleLog {
  readonly #storage: Storage

  /** @param storage the very object that the coordinator was given */
  constructor(storage: Storage) {
    this.#storage = storage
  }

  /**
   * Appends the data of one transaction. May be called while a flush runs.
   *
   * @param payload 1 to 2^31 - 1 bytes; may lie in shared memory
   * @throws BadArgumentError; StorageError, also where no coordinator was made on the storage
   */
  append(payload: Uint8Array): CapsuleRef {
    if (Object.prototype.toString.call(payload) !== '[object Uint8Array]') throw new BadArgumentError('payload', payload, 'a Uint8Array')
    const { length } = payload
    if (length < 1 || length > CAPSULE_LENGTH_MAX) throw new BadArgumentError('payload.length', length, `an integer from 1 to ${CAPSULE_LENGTH_MAX}`)
    // Before anything is written: where a recovery comes in the middle, the capsule is not one of the new coordinator.
    const incarnation = incarnationOf(this.#storage)
    if (incarnation === undefined) throw new StorageError(CAPSULES, 'append', 'expected a storage that a coordinator was made on, got one without')
    const size = this.#storage.size(CAPSULES)
    if (size < FILE_HEADER_BYTES) throw new StorageError(CAPSULES, 'append', 'expected a store that a coordinator has made, got one without capsule file')
    // A crash may have left a file of any size.
    const gap = capsuleGap(size)
    // Of its own for each call: calls may be interleaved, and the storage reads the bytes in the middle of one.
    const bytes = new Uint8Array(gap + capsuleBytes(length))
    const crc = encodeCapsule(bytes, gap, payload)
    const offset = this.#storage.append(CAPSULES, bytes)
    return { offset: offset + gap, length, crc, incarnation }
  }
}
