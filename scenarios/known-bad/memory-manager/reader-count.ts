// H8: the lock word has the number of readers, not their set. When a reader dies inside, nobody can tell whether the number includes it.

import { hasWriter, pendingFieldIn, pendingFieldOf, readerSetOf, withoutPending, withoutWriter } from '../../../primitives/memory-manager/lock-word.js'
import { SlotLocks } from '../../../primitives/memory-manager/slot-locks.js'
import { managerWith } from './manager-variant.js'

class ReaderCountLocks extends SlotLocks {
  override isMine(lock: number, peer: number): boolean {
    return hasWriter(lock, peer)
  }

  override names(lock: number, peer: number): boolean {
    return hasWriter(lock, peer) || pendingFieldIn(lock) === pendingFieldOf(peer)
  }

  override withoutPeer(lock: number, peer: number): number {
    const left = pendingFieldIn(lock) === pendingFieldOf(peer) ? withoutPending(lock) : lock
    return hasWriter(lock, peer) ? withoutWriter(left) : left
  }

  protected override withReader(lock: number): number {
    return lock - readerSetOf(lock) + (readerSetOf(lock) + 1)
  }

  protected override leaveReaders(lockIndex: number): number {
    const before = Atomics.sub(this.memory.words, lockIndex, 1)
    return before - 1
  }
}

export const ReaderCountManager = managerWith({ Locks: ReaderCountLocks })
