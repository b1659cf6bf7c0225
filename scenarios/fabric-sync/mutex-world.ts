// A fabric with one mutex that guards a 64-bit counter, for the scenarios about the mutex.

import { MutexWords } from '../../invariants/fabric-sync/mutex-words.js'
import { type Codec, u64 } from '../../primitives/fabric-sync/codec.js'
import { FabricMutex, openMutex } from '../../primitives/fabric-sync/fabric-mutex.js'
import type { MemLease } from '../../primitives/fabric-sync/public.js'
import { deadlines, type FabricShape, type FabricWorld, fabricWorld, locate } from './fabric-world.js'
import type { Subject } from './subject.js'

export interface MutexWorld extends FabricWorld {
  readonly mutexWords: MutexWords
  /** By peer: its handle under its first lease. */
  readonly mutexes: readonly FabricMutex<bigint>[]
  readonly subject: Subject
}

/** Where the invariants find the mutex. */
export const mutexOf = (world: MutexWorld): MutexWords => world.mutexWords

/** The arena begins with the mutex. */
export const MUTEX_BASE = 0
export const CODEC: Codec<bigint> = u64
/** What a peer adds: another amount for each, so that one's value is never another's, in both words, so that a mixed value shows. */
export function amountOf(peer: number): bigint {
  return 0x1_0000_0001n << BigInt(8 * peer)
}

/** A fabric with the mutex of the subject; its value is 0. */
export function mutexWorld(subject: Subject, shape: FabricShape): MutexWorld {
  const world = fabricWorld({
    ...shape,
    leaseTable: subject.leases,
    sessions: subject.sessions,
    prepare(host) {
      FabricMutex.create(host, MUTEX_BASE, CODEC, 0n)
    },
  })
  const mutexWords = new MutexWords(world.words, MUTEX_BASE, CODEC.byteLength)
  return { ...world, mutexWords, mutexes: world.leases.map((lease) => mutexUnder(subject, lease)), subject }
}

/** A handle of the mutex under a lease, made of the subject's pieces. */
export function mutexUnder(subject: Subject, lease: MemLease): FabricMutex<bigint> {
  const { steps, cells } = subject
  const { session } = lease
  const block = openMutex(session.memory, MUTEX_BASE, CODEC)
  return new FabricMutex(new steps(session, block, new cells(session.memory, CODEC)))
}

/** The data words of a value, as a cell holds them. */
export function wordsOfValue(value: bigint): number[] {
  return [Number(BigInt.asIntN(32, value)), Number(BigInt.asIntN(32, value >> 32n))]
}

/** The fields of a scenario that show the fabric and the mutex in reports, and that stop the clock where leases end. */
export const shown = {
  describe: (world: MutexWorld) => ({ ...world.mutexWords.describe(), ...world.words.describeLeases() }),
  locate,
  deadlines,
}
