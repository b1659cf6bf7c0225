// H2, H3: counts and epoch in two words, as published: when all have passed, the counts are switched first, then the epoch is raised. Who registers
// between the two is counted in the new epoch, takes the old number, and passes twice in the new one.
//
// The two words are the halves of the one.

import { type Departure, EPOCH_WORD_INDEX } from '../../../primitives/qsbr/epoch-steps.js'
import type { QsbrMemory } from '../../../primitives/qsbr/layout.js'
import { CountingSteps, countedSets } from './counting-steps.js'
import { OneEpochLocalManager } from './one-epoch.js'
import { VariantManager, withSteps } from './variant-manager.js'

const SETS = 2 * EPOCH_WORD_INDEX
const EPOCH = SETS + 1

class TwoWordsSteps extends CountingSteps {
  readonly #halves: Int32Array

  constructor(words: BigInt64Array) {
    super(words)
    this.#halves = new Int32Array(words.buffer, words.byteOffset, 2 * words.length)
  }

  override load(): bigint {
    const sets = Atomics.load(this.#halves, SETS)
    const epoch = Atomics.load(this.#halves, EPOCH)
    return this.epochWord.join(sets, epoch)
  }

  override join(executorId: number): bigint {
    this.passedIn.delete(executorId)
    const { after } = this.#count(1, () => 1)
    return after
  }

  override pass(executorId: number, loaded: bigint): bigint {
    this.passedIn.set(executorId, this.epochWord.epoch(loaded))
    const { after } = this.#count(0, () => -1)
    return after
  }

  override leave(executorId: number): Departure {
    return this.#count(-1, (word) => (this.isCounted(executorId, word) ? -1 : 0))
  }

  #count(registeredMore: number, pendingMore: (word: bigint) => number): Departure {
    for (;;) {
      const sets = Atomics.load(this.#halves, SETS)
      const before = this.epochWord.join(sets, 0)
      const next = countedSets(this.epochWord, before, registeredMore, pendingMore(before))
      const switched = (next & 0xffff) === 0
      const stored = switched ? next | (next >>> 16) : next
      const seen = Atomics.compareExchange(this.#halves, SETS, sets, stored)
      if (seen !== sets) continue
      const epoch = switched ? this.#raise() : this.#epoch()
      return { before: this.epochWord.join(sets, switched ? epoch - 1 : epoch), after: this.epochWord.join(stored, epoch) }
    }
  }

  #raise(): number {
    const epoch = Atomics.add(this.#halves, EPOCH, 1)
    return epoch + 1
  }

  #epoch(): number {
    const epoch = Atomics.load(this.#halves, EPOCH)
    return epoch
  }
}

/** H3: with three bags. */
export class TwoWordsManager extends VariantManager {
  constructor(memory: QsbrMemory) {
    super(withSteps(memory, TwoWordsSteps))
  }
}

/** H2: with two. */
export class TwoWordsOneEpochManager extends TwoWordsManager {
  protected override localManagerClass() {
    return OneEpochLocalManager
  }
}
