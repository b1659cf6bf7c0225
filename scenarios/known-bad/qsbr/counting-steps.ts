// Counts in the place of sets, as published: how many executors are registered, and how many of them have not passed. A count of n is kept as
// the lowest n bits, so that the word is laid out as ever and says how many, but not who.
//
// Correct as long as every executor knows whether it has passed, and nobody dies. Variants are broken by what they make of it.

import { type Departure, EPOCH_WORD_INDEX, EpochSteps } from '../../../primitives/qsbr/epoch-steps.js'
import type { EpochWord } from '../../../primitives/qsbr/epoch-word.js'

export class CountingSteps extends EpochSteps {
  /** By executor: the epoch in which it passed last, through this handle. */
  protected readonly passedIn = new Map<number, number>()

  override load(): bigint {
    const word = Atomics.load(this.words, EPOCH_WORD_INDEX)
    return word
  }

  override join(executorId: number): bigint {
    this.passedIn.delete(executorId)
    for (;;) {
      const word = this.load()
      const joined = counted(this.epochWord, word, 1, 1)
      const seen = Atomics.compareExchange(this.words, EPOCH_WORD_INDEX, word, joined)
      if (seen === word) return joined
    }
  }

  override pass(executorId: number, loaded: bigint): bigint {
    let word = loaded
    this.passedIn.set(executorId, this.epochWord.epoch(word))
    for (;;) {
      const passed = counted(this.epochWord, word, 0, -1)
      const seen = Atomics.compareExchange(this.words, EPOCH_WORD_INDEX, word, passed)
      if (seen === word) return passed
      word = this.load()
    }
  }

  /** Counts cannot say. */
  override isIn(): boolean {
    return true
  }

  override leave(executorId: number): Departure {
    for (;;) {
      const before = this.load()
      const pending = this.isCounted(executorId, before) ? -1 : 0
      const after = counted(this.epochWord, before, -1, pending)
      const seen = Atomics.compareExchange(this.words, EPOCH_WORD_INDEX, before, after)
      if (seen === before) return { before, after }
    }
  }

  /** Whether the executor that leaves is one of those that have not passed. */
  protected isCounted(executorId: number, word: bigint): boolean {
    return this.passedIn.get(executorId) !== this.epochWord.epoch(word)
  }
}

/** The word with the counts changed by so many; when all have passed, the next epoch begins. */
export function counted(epochWord: EpochWord, word: bigint, registeredMore: number, pendingMore: number): bigint {
  const sets = countedSets(epochWord, word, registeredMore, pendingMore)
  const epoch = epochWord.epoch(word)
  const pending = sets & 0xffff
  return pending === 0 ? epochWord.join(sets | (sets >>> 16), epoch + 1) : epochWord.join(sets, epoch)
}

/** Both counts changed by so many. */
export function countedSets(epochWord: EpochWord, word: bigint, registeredMore: number, pendingMore: number): number {
  const registered = changed(epochWord.registered(word), registeredMore)
  const pending = changed(epochWord.pending(word), pendingMore)
  return pending | (registered << 16)
}

/** The lowest n bits become the lowest n + more. */
function changed(bits: number, more: number): number {
  return more === 1 ? (bits << 1) | 1 : more === -1 ? bits >>> 1 : bits
}
