// H17: another's lease is judged over at its expiry, without a margin for clocks that are apart.
//
// A party whose clock is fast ends a lease that its holder's clock still shows.

import { LeaseTable } from '../../../primitives/fabric-sync/lease-table.js'
import { ACTIVE, EXPIRED, expiryOf, generationOf, stateOf, withState } from '../../../primitives/fabric-sync/lease-word.js'

export class NoSkewMargin extends LeaseTable {
  override ended(reference: number): boolean {
    const { longs, pair } = this.memory
    for (;;) {
      const word = this.load(reference)
      const high = pair.high(word)
      if (generationOf(high) !== generationOf(reference) || stateOf(high) !== ACTIVE) return true
      const nowMs = this.memory.timeAt(Date.now())
      if (nowMs < expiryOf(pair.low(word), high)) return false
      const expired = withState(pair, word, EXPIRED)
      const seen = Atomics.compareExchange(longs, this.wordIndex(reference), word, expired)
      if (seen === word) return true
    }
  }
}
