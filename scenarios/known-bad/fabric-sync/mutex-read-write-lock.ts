// H1: the lock is taken by reading the owner, writing oneself and reading again.
//
// Both read that nobody holds it. One writes, reads itself, and has the lock; then the other writes and reads itself.

import { MutexSteps, NOT_TAKEN } from '../../../primitives/fabric-sync/mutex-steps.js'
import { cellOf, fenceOf, mutexWord } from '../../../primitives/fabric-sync/mutex-word.js'

export class ReadWriteLock<T> extends MutexSteps<T> {
  protected override take(word: bigint): number {
    const { longs, pair } = this.session.memory
    const high = pair.high(word)
    const fence = fenceOf(pair.low(word), high) + 1
    const taken = mutexWord(pair, this.session.reference, cellOf(high), fence)
    Atomics.store(longs, this.block.mainIndex, taken)
    const seen = Atomics.load(longs, this.block.mainIndex)
    return seen === taken ? fence : NOT_TAKEN
  }
}
