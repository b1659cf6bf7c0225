// A fabric with one mutex that guards a 64-bit counter, for the scenarios about the mutex.

import { MutexWords } from '../../invariants/fabric-sync/mutex-words.js'
import { type Codec, u64 } from '../../primitives/fabric-sync/codec.js'
import { FabricMutex, openMutex } from '../../primitives/fabric-sync/fabric-mutex.js'
import type { Block } from '../../primitives/fabric-sync/primitive-block.js'
import type { MemLease } from '../../primitives/fabric-sync/public.js'
import { deadlines, type FabricShape, FabricWorld, hostOf, locate } from './fabric-world.js'
import type { Subject } from './subject.js'

/** The arena begins with the mutex. */
export const MUTEX_BASE = 0
export const CODEC: Codec<bigint> = u64
/** What a peer adds: another amount for each, so that one's value is never another's, in both words, so that a mixed value shows. */
export function amountOf(peer: number): bigint {
  return 0x1_0000_0001n << BigInt(8 * peer)
}

/** A fabric with the mutex of the subject; its value is 0. */
export class MutexWorld extends FabricWorld {
  readonly mutexWords: MutexWords
  /** By peer: its handle under its first lease. */
  readonly mutexes: readonly FabricMutex<bigint>[]
  readonly subject: Subject

  constructor(subject: Subject, shape: FabricShape) {
    const host = hostOf(shape)
    FabricMutex.create(host, MUTEX_BASE, CODEC, 0n)
    const block = openMutex(host.session.memory, MUTEX_BASE, CODEC)
    super(host, shape, subject)
    const mutexes: FabricMutex<bigint>[] = []
    for (const lease of this.leases) mutexes.push(mutexAt(block, subject, lease))
    this.mutexWords = new MutexWords(this.words, MUTEX_BASE, CODEC.byteLength)
    this.mutexes = mutexes
    this.subject = subject
  }
}

/** Where the invariants find the mutex. */
export const mutexOf = (world: MutexWorld): MutexWords => world.mutexWords

/** Opens the mutex under a lease: a handle made of the subject's pieces. */
export function mutexUnder(subject: Subject, lease: MemLease): FabricMutex<bigint> {
  const block = openMutex(lease.session.memory, MUTEX_BASE, CODEC)
  return mutexAt(block, subject, lease)
}

function mutexAt(block: Block, { steps, cells }: Subject, { session }: MemLease): FabricMutex<bigint> {
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
