// Storing, freeing and adopting messages: the steps of the specification, S1 to S9 and F1 to F8, one operation on shared memory each. Any
// other peer may run, and this one may die, between two of them.
//
//   listed     FREE, on the list
//   limbo      FREE, off the list: a peer stands between two steps of storeShared, freeShared or a recovery, and its intent names the slot
//   FILLING    a peer writes the message; nobody has the token
//   READY      the message is stored; whoever has the token may lock it

import { isBelow } from '../argument-checks.js'
import { CorruptStateError } from '../errors.js'
import { CAS_FAILURES_MAX } from '../peer-table.js'
import { INTENT_FREE } from '../slot-intent.js'
import { END } from '../slot-list.js'
import type { CountedSlotList } from './counted-slot-list.js'
import { BadTokenError, NoFreeSlotsError, NotAllocatedError, PoisonedError, StaleTokenError } from './errors.js'
import { POISONED } from './lock-word.js'
import { type ManagerMemory, wordIndexOf } from './manager-memory.js'
import type { Message } from './message.js'
import type { MessageData } from './message-data.js'
import type { SlotLocks } from './slot-locks.js'
import { FILLING, FREE, GENERATION_MAX, generationAfter, generationOf, isFree, isReady, READY, slotWordOf } from './slot-word.js'
import { type MessageToken, tokenGenerationOf, tokenOf, tokenSlotOf } from './token.js'

/** Tokens are below this. */
const TOKENS = tokenOf(0, GENERATION_MAX + 1)

export class MessageSlots {
  protected readonly memory: ManagerMemory
  protected readonly list: CountedSlotList
  protected readonly locks: SlotLocks
  protected readonly data: MessageData

  constructor(memory: ManagerMemory, list: CountedSlotList, locks: SlotLocks, data: MessageData) {
    this.memory = memory
    this.list = list
    this.locks = locks
    this.data = data
  }

  /** Throws BadTokenError unless the token can be one of this manager. */
  requireToken(token: number): void {
    const { capacity } = this.memory
    if (!isBelow(token, TOKENS)) throw new BadTokenError(token, `an integer below ${TOKENS}, from storeShared`)
    if (tokenSlotOf(token) >= capacity) throw new BadTokenError(token, `one of a slot below ${capacity}`)
    // INVALID_TOKEN among others.
    if (tokenGenerationOf(token) === 0) throw new BadTokenError(token, 'one with a generation of at least 1')
  }

  /** S1 to S9: the message and the peer were checked. Throws NoFreeSlotsError. */
  store(message: Message, peer: number): MessageToken {
    const { words, capacity } = this.memory
    const slotIdx = this.list.pop(peer) // S1..S4
    if (slotIdx === END) throw new NoFreeSlotsError(capacity)
    const wordIndex = wordIndexOf(this.memory, slotIdx)
    const word = Atomics.load(words, wordIndex) // S5
    if (!isFree(word)) throw new CorruptStateError(`expected slot ${slotIdx}, which was listed, to be free, got slot word ${word}`)
    const generation = generationAfter(generationOf(word))
    const filling = slotWordOf(FILLING, peer, generation)
    const ready = slotWordOf(READY, peer, generation)
    // Plain stores: nobody else changes the word of a slot that is off the list and not READY. The slot's lock is not needed: a holder of
    // an older token may take it for a moment, but only looks at the word.
    Atomics.store(words, wordIndex, filling) // S6
    this.list.withdraw(peer) // S7
    this.data.write(slotIdx, message) // S8
    Atomics.store(words, wordIndex, ready) // S9
    return tokenOf(slotIdx, generation)
  }

  /** Takes the write lock, F1 to F8. Throws BorrowActiveError, LockTimeoutError, NotAllocatedError, StaleTokenError. */
  free(slotIdx: number, generation: number, peer: number, waitMsMax: number): void {
    this.locks.lockFree(slotIdx, peer, waitMsMax)
    const wordIndex = wordIndexOf(this.memory, slotIdx)
    let named = false
    let failures = 0
    for (;;) {
      const word = Atomics.load(this.memory.words, wordIndex) // F1
      if (!this.isCurrent(word, generation)) {
        if (named) this.list.withdraw(peer)
        this.locks.unlockFree(slotIdx, peer, false)
        throw this.goneError(slotIdx, generation, word)
      }
      this.list.announce(INTENT_FREE, slotIdx, peer) // F2
      named = true
      const freed = slotWordOf(FREE, 0, generationOf(word))
      const seen = Atomics.compareExchange(this.memory.words, wordIndex, word, freed) // F3
      // A failure means that the message was adopted: nobody else frees it while this peer has the lock.
      if (seen === word) break
      failures += 1
      if (failures % CAS_FAILURES_MAX === 0) this.memory.peers.nap(peer)
    }
    this.locks.unlockFree(slotIdx, peer, true) // F4
    this.list.push(slotIdx, peer) // F5..F7
    this.list.withdraw(peer) // F8
  }

  /** Makes the peer the owner. Throws NotAllocatedError, StaleTokenError. */
  adopt(slotIdx: number, generation: number, newOwner: number): void {
    const { words, peers } = this.memory
    const wordIndex = wordIndexOf(this.memory, slotIdx)
    let failures = 0
    for (;;) {
      const word = Atomics.load(words, wordIndex)
      if (!this.isCurrent(word, generation)) throw this.goneError(slotIdx, generation, word)
      const adopted = slotWordOf(READY, newOwner, generation)
      const seen = Atomics.compareExchange(words, wordIndex, word, adopted)
      if (seen === word) return
      failures += 1
      if (failures % CAS_FAILURES_MAX === 0) peers.nap(newOwner)
    }
  }

  /**
   * L3, X1, under a lock: undefined if the slot holds the message and it is whole, else the error that says what is wrong. The caller
   * unlocks and throws it.
   *
   * @param lock the lock word as the caller entered it
   */
  faultOf(slotIdx: number, generation: number, lock: number): NotAllocatedError | PoisonedError | undefined {
    const wordIndex = wordIndexOf(this.memory, slotIdx)
    const word = Atomics.load(this.memory.words, wordIndex)
    if (!this.isCurrent(word, generation)) return this.goneError(slotIdx, generation, word)
    return (lock & POISONED) === 0 ? undefined : new PoisonedError(slotIdx, generation)
  }

  /** Whether a slot with this word holds the message of this generation. */
  protected isCurrent(word: number, generation: number): boolean {
    return isReady(word) && generationOf(word) === generation
  }

  protected goneError(slotIdx: number, generation: number, word: number): NotAllocatedError {
    if (isReady(word)) return new StaleTokenError(slotIdx, generation, generationOf(word))
    return new NotAllocatedError(slotIdx, generation)
  }
}
