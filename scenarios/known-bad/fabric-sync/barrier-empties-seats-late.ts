// A reset that does not look whether the barrier is still broken before it empties a seat. It may be slow: another has reset the barrier, a
// member was counted anew, and then its lease ended. Its seat is emptied although it is counted.

import { BarrierSteps } from '../../../primitives/fabric-sync/barrier-steps.js'
import { EMPTY_SEAT, referenceInSeat } from '../../../primitives/fabric-sync/barrier-word.js'

export class EmptiesSeatsLate extends BarrierSteps {
  protected override emptyEndedSeats(): boolean {
    const { words } = this.session.memory
    for (let seat = 0; seat < this.numParties; seat++) {
      const member = Atomics.load(words, this.firstSeat + seat)
      if (member === EMPTY_SEAT || referenceInSeat(member) === this.session.reference) continue
      const ended = this.session.leases.ended(referenceInSeat(member))
      if (!ended) continue
      Atomics.compareExchange(words, this.firstSeat + seat, member, EMPTY_SEAT)
    }
    return true
  }
}
