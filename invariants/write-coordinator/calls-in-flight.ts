// Which call of the coordinator each peer is in, with its arguments, as the history tells it.

import type { HistoryEvent } from '../../sim/invariant.js'
import type { CallEvent } from './coordinator-events.js'

/** The calls that have begun and not ended, one for each peer. */
export class CallsInFlight {
  readonly #byPeer = new Map<number, CallEvent>()

  begin(): void {
    this.#byPeer.clear()
  }

  /** Takes note of an event. Where it ends a call, that call. */
  note(event: HistoryEvent): CallEvent | undefined {
    switch (event.kind) {
      case 'invoke':
        this.#byPeer.set(event.peer, { operation: event.name, args: event.data as readonly unknown[], step: event.step })
        return undefined
      case 'return':
      case 'throw': {
        const call = this.#byPeer.get(event.peer)
        this.#byPeer.delete(event.peer)
        return call
      }
      case 'crash':
        this.#byPeer.delete(event.peer)
        return undefined
      case 'power failure':
        this.#byPeer.clear()
        return undefined
      default:
        return undefined
    }
  }

  /** The open call of a peer. */
  of(peer: number): CallEvent | undefined {
    return this.#byPeer.get(peer)
  }

  /** Whether any peer is in a call of which this holds. */
  some(holds: (call: CallEvent) => boolean): boolean {
    for (const call of this.#byPeer.values()) if (holds(call)) return true
    return false
  }

  /** How many calls are open. */
  get count(): number {
    return this.#byPeer.size
  }
}
