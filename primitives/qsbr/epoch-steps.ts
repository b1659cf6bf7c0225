// The steps on the one word of a manager, as the specification numbers them: J1 and J2 register, T5 and T6 pass, Q1 and Q2 leave.
//
// Each loads the word, checks it, and replaces it by compare-and-swap against what was loaded. A failed one means that another executor got on.

import { CorruptStateError } from '../errors.js'
import { CAS_FAILURES_MAX } from '../peer-table.js'
import { EpochWord, epochsSince } from './epoch-word.js'
import { AlreadyRegisteredError } from './errors.js'

/** Index of the word in a manager's 64-bit words: byte 16. */
export const EPOCH_WORD_INDEX = 2
/** Longest single sleep, in ms. */
const SLEEP_MS_MAX = 1

/** The word before and after an executor left. */
export interface Departure {
  readonly before: bigint
  readonly after: bigint
}

/** One handle's way to the word. */
export class EpochSteps {
  /** The manager as 64-bit words. */
  readonly words: BigInt64Array
  /** Takes words apart and makes new ones. */
  readonly epochWord = new EpochWord()

  constructor(words: BigInt64Array) {
    this.words = words
  }

  /** One load, checked. Throws CorruptStateError. */
  load(): bigint {
    const word = Atomics.load(this.words, EPOCH_WORD_INDEX)
    this.epochWord.requireSound(word)
    return word
  }

  /**
   * J1, J2. Returns the word in which the executor is registered and pending. A newcomer is counted in exactly the epoch that it takes as
   * its own, because one compare-and-swap does both. Throws AlreadyRegisteredError.
   */
  join(executorId: number): bigint {
    const bit = 1 << executorId
    for (let failures = 1; ; failures++) {
      const word = this.load() // J1
      if (this.epochWord.isRegistered(word, bit)) throw new AlreadyRegisteredError(executorId, 'an id that is registered')
      const joined = this.epochWord.afterJoin(word, bit)
      const seen = Atomics.compareExchange(this.words, EPOCH_WORD_INDEX, word, joined) // J2
      if (seen === word) return joined
      this.#backOff(failures, seen)
    }
  }

  /**
   * T5, T6. Takes the executor out of `pending`; returns the word after that, or undefined if the executor was evicted. The epoch cannot
   * move before, because the executor is pending.
   *
   * @param loaded the word at T1, in which the executor is pending
   */
  pass(executorId: number, loaded: bigint): bigint | undefined {
    const bit = 1 << executorId
    let word = loaded
    for (let failures = 1; ; failures++) {
      const passed = this.epochWord.afterPass(word, bit)
      const seen = Atomics.compareExchange(this.words, EPOCH_WORD_INDEX, word, passed) // T5
      if (seen === word) {
        if (this.epochWord.epoch(passed) !== this.epochWord.epoch(word)) this.wakeWaiting() // T6
        return passed
      }
      this.#backOff(failures, seen)
      word = this.load()
      if (!this.epochWord.isRegistered(word, bit)) return undefined
    }
  }

  /**
   * Whether the executor is registered in the word, as loaded at T1. Throws CorruptStateError where the word contradicts what the executor did: an
   * epoch does not end before all that are registered have passed, and whoever has passed is not pending.
   */
  isIn(executorId: number, word: bigint, localEpoch: number, passed: boolean): boolean {
    const bit = 1 << executorId
    if (!this.epochWord.isRegistered(word, bit)) return false
    const epoch = this.epochWord.epoch(word)
    const ahead = epochsSince(epoch, localEpoch)
    if (ahead === 0 && this.epochWord.isPending(word, bit) !== passed) return true
    if (ahead === 1 && passed) return true
    throw new CorruptStateError(
      `expected executor ${executorId}, which ${passed ? 'has' : 'has not'} passed in epoch ${localEpoch}, to be pending if and only if it has not, got the word of epoch ${epoch}`,
    )
  }

  /** Q1, Q2, and K1, K2. Takes the executor out of both sets; undefined if it was not registered. */
  leave(executorId: number): Departure | undefined {
    const bit = 1 << executorId
    for (let failures = 1; ; failures++) {
      const before = this.load() // Q1
      if (!this.epochWord.isRegistered(before, bit)) return undefined
      const after = this.epochWord.afterLeave(before, bit)
      const seen = Atomics.compareExchange(this.words, EPOCH_WORD_INDEX, before, after) // Q2
      if (seen === before) return { before, after }
      this.#backOff(failures, seen)
    }
  }

  /** Wakes those that wait for the epoch to move. Nothing depends on it: they look again by themselves. */
  wakeWaiting(): void {
    Atomics.notify(this.words, EPOCH_WORD_INDEX)
  }

  /** Blocks the thread while the word is still `word`, for at most `ms` and never longer than 1 ms. */
  sleep(word: bigint, ms: number): void {
    const timeoutMs = Math.min(ms, SLEEP_MS_MAX)
    Atomics.wait(this.words, EPOCH_WORD_INDEX, word, timeoutMs)
  }

  /** After many failures in a row, sleeps 1 ms unless the word changes again before that begins. */
  #backOff(failures: number, seen: bigint): void {
    if (failures % CAS_FAILURES_MAX === 0) this.sleep(seen, SLEEP_MS_MAX)
  }
}
