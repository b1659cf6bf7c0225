// H9: with counts, who evicts a dead executor has to guess whether it had passed.

import type { QsbrMemory } from '../../../primitives/qsbr/layout.js'
import { CountingSteps } from './counting-steps.js'
import { VariantManager, withSteps } from './variant-manager.js'

/** Takes a dead executor for one that had passed: an executor knows of its own passes, and a host of none. */
class TakesForPassedSteps extends CountingSteps {
  protected override isCounted(executorId: number, word: bigint): boolean {
    return this.#isOwn(executorId) && super.isCounted(executorId, word)
  }

  readonly #own = new Set<number>()

  override join(executorId: number): bigint {
    this.#own.add(executorId)
    return super.join(executorId)
  }

  #isOwn(executorId: number): boolean {
    return this.#own.has(executorId)
  }
}

/** The host takes the dead for one that had not passed. */
export class GuessesPendingManager extends VariantManager {
  constructor(memory: QsbrMemory) {
    super(withSteps(memory, CountingSteps))
  }
}

/** The host takes the dead for one that had passed. */
export class GuessesPassedManager extends VariantManager {
  constructor(memory: QsbrMemory) {
    super(withSteps(memory, TakesForPassedSteps))
  }
}
