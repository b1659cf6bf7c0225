// H14: the result is declared done by a store. An initialiser that was replaced declares done what its successor is still writing, or takes the
// place of a result that was published.

import { OnceSteps } from '../../../primitives/fabric-sync/once-steps.js'
import { DONE, onceWord } from '../../../primitives/fabric-sync/once-word.js'

export class OnceBlindPublish<T> extends OnceSteps<T> {
  protected override publish(attempt: number): void {
    const { longs, pair } = this.session.memory
    const done = onceWord(pair, DONE, this.session.reference, attempt)
    Atomics.store(longs, this.block.mainIndex, done)
    Atomics.notify(longs, this.block.mainIndex)
  }
}
