// Which coordinator a capsule was appended for. A power failure may take what was not synced, and another capsule may then lie where one was that
// somebody still names; so may one in a store that was begun anew. Neither its place nor the size of the file tells the two apart, and reading the
// file would, but a submission reads none. So every coordinator has a number of its own, which each capsule's reference carries, as NFS has its
// write verifier (RFC 1813, 3.3.7): whoever shows that of an earlier one is told to write again.
//
// The number is drawn, and kept nowhere but in memory: a count in a file would make a recovery write something each time, and two recoveries
// differ. With 48 bits, that two coordinators of one store have the same is no matter of practice. It is not drawn by `Math.random`, which
// `node --random-seed` makes the same for every process.

import { randomInt } from 'node:crypto'
import type { Storage } from './storage.js'

/** Every incarnation is less. The largest range that `randomInt` takes. */
export const INCARNATION_LIMIT = 2 ** 48 - 1

/** By storage: that of the coordinator that was made on it last. */
const incarnations = new WeakMap<Storage, number>()

/** Begins the time of a new coordinator, and ends that of the one before. */
export function beginIncarnation(storage: Storage): number {
  const incarnation = randomInt(INCARNATION_LIMIT)
  incarnations.set(storage, incarnation)
  return incarnation
}

/** Of the coordinator that was made on this storage last; undefined if none was. */
export function incarnationOf(storage: Storage): number | undefined {
  return incarnations.get(storage)
}
