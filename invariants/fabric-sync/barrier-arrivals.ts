// Who was counted in which phase and epoch of a barrier, as its members reported it, each in the step that counted it.

import type { HistoryEvent } from '../../sim/invariant.js'
import { ARRIVED, type CountEvent, WITHDRAWN } from './barrier-events.js'
import { referenceOfId } from './fabric-words.js'

const NOBODY: ReadonlySet<number> = new Set()
const EPOCHS = 2 ** 23

export class BarrierArrivals {
  /** By phase and epoch: session references. */
  readonly #sets = new Map<number, Set<number>>()

  clear(): void {
    this.#sets.clear()
  }

  /** The sessions that are counted in a phase and epoch. */
  in(phase: number, epoch: number): ReadonlySet<number> {
    return this.#sets.get(phase * EPOCHS + epoch) ?? NOBODY
  }

  /** Takes an event in. False where it counts a session that is counted, or takes back one that is not. */
  tell(event: HistoryEvent): boolean {
    if (event.kind !== 'event') return true
    if (event.name !== ARRIVED && event.name !== WITHDRAWN) return true
    const { leaseId, phase, epoch } = event.data as CountEvent
    const reference = referenceOfId(leaseId)
    const key = phase * EPOCHS + epoch
    let set = this.#sets.get(key)
    if (set === undefined) this.#sets.set(key, (set = new Set()))
    if (event.name === WITHDRAWN) return set.delete(reference)
    const isNew = !set.has(reference)
    set.add(reference)
    return isNew
  }
}
