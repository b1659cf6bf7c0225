// The size of a mutex counts four bytes for each cell word, where it takes eight: half of its cells lie in what comes after it.

import { CellAccess } from '../../../primitives/fabric-sync/cell.js'
import { type Codec, padded } from '../../../primitives/fabric-sync/codec.js'
import { FabricMutex } from '../../../primitives/fabric-sync/fabric-mutex.js'
import type { MemLease } from '../../../primitives/fabric-sync/mem-lease.js'
import { MutexSteps } from '../../../primitives/fabric-sync/mutex-steps.js'
import { BLOCK_HEADER_BYTES, claimBlock, MUTEX, publishBlock } from '../../../primitives/fabric-sync/primitive-block.js'

const CELLS = 2

function byteLength(codec: Codec<unknown>): number {
  return BLOCK_HEADER_BYTES + CELLS * padded(codec.byteLength)
}

export const wrongSizeMutex = {
  byteLength,

  create<T>(lease: MemLease, baseOffset: number, codec: Codec<T>, initial: T): FabricMutex<T> {
    const { session } = lease
    const cell = new CellAccess(session.memory, codec)
    cell.stage(initial)
    const block = claimBlock(session, baseOffset, byteLength(codec))
    for (let at = 0; at < CELLS; at++) cell.store(block.bodyIndex + at * cell.wordCount, 0)
    publishBlock(session.memory, block, MUTEX, { codecBytes: codec.byteLength, parameter: 0 }, 0n)
    return new FabricMutex(new MutexSteps(session, block, cell))
  },
}
