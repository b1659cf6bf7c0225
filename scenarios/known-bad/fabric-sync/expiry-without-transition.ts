// H5: another's lease counts as ended when the clock says so; its word stays as it is.
//
// The holder has checked its lease for a renewal. Another reads the clock: the lease is over. The holder renews, which nothing prevents. The
// other takes the lock: two active holders.

import { LeaseTable } from '../../../primitives/fabric-sync/lease-table.js'
import { ACTIVE, expiryOf, generationOf, stateOf } from '../../../primitives/fabric-sync/lease-word.js'

export class ExpiryWithoutTransition extends LeaseTable {
  override ended(reference: number): boolean {
    const { pair, format } = this.memory
    const word = this.load(reference)
    const high = pair.high(word)
    if (generationOf(high) !== generationOf(reference) || stateOf(high) !== ACTIVE) return true
    const nowMs = this.memory.timeAt(Date.now())
    return nowMs >= expiryOf(pair.low(word), high) + format.skewMsMax
  }
}
