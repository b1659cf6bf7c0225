// QS-4: each registered executor takes itself out of pending at most once per epoch.
//
// An executor notes that it passes (its `passed` goes up) right before T5, while the epoch cannot end without it. Epochs are counted by the
// moments at which pending fills up again: in a manager that keeps its epoch apart from the sets, that is before the number moves.
//
// Cost: one word and the flags of each executor after every step.

import type { Invariant } from '../../sim/invariant.js'
import { ACTORS_MAX } from '../open-calls.js'
import { countOf, type ManagerMemory, type QsbrViewOf, Snapshots } from './manager-memory.js'
import { REGISTERED, RESUMED } from './qsbr-events.js'

/** QS-4: nobody passes twice in one epoch. */
export function passesOnceAnEpoch<World>(viewOf: QsbrViewOf<World>): Invariant<World> {
  const switches = new SwitchCount()
  /** By peer: the switch count at its last pass since it was registered; -1 before that. */
  const passedAt = new Int32Array(ACTORS_MAX)
  const wasPassed = new Uint8Array(ACTORS_MAX)
  const snapshots = new Snapshots()

  return {
    name: 'passes-once-an-epoch',
    begin(world) {
      switches.begin(viewOf(world).memory)
      passedAt.fill(-1)
      wasPassed.fill(0)
    },
    onEvent(event) {
      if (event.kind === 'event' && (event.name === REGISTERED || event.name === RESUMED)) {
        passedAt[event.peer] = -1
        wasPassed[event.peer] = 0
      }
      return undefined
    },
    everyStep(world) {
      const { memory, executors } = viewOf(world)
      switches.look(memory)
      for (let peer = 0; peer < executors.length; peer++) {
        const executor = executors[peer]
        if (executor === undefined) continue
        const { phase, passed, localEpoch } = snapshots.take(peer, executor)
        const passesNow = phase === 'registered' && passed && wasPassed[peer] === 0
        wasPassed[peer] = passed ? 1 : 0
        if (!passesNow) continue
        if (passedAt[peer] === switches.count) return `peer ${peer} passes a second time before the others have passed, now as of epoch ${localEpoch}`
        passedAt[peer] = switches.count
      }
      return undefined
    },
  }
}

/** Counts how often pending filled up. */
class SwitchCount {
  count = 0
  #epoch = 0
  #pendingCount = 0
  #registeredCount = 0
  /** Whether pending filled up and the epoch has not moved since. */
  #epochIsLate = false

  begin(memory: ManagerMemory): void {
    this.count = 0
    this.#epochIsLate = false
    this.#take(memory)
  }

  look(memory: ManagerMemory): void {
    const moved = memory.epoch !== this.#epoch
    const joined = Math.max(0, countOf(memory.registered) - this.#registeredCount)
    const filled = countOf(memory.pending) > this.#pendingCount + joined
    if (moved && this.#epochIsLate) this.#epochIsLate = false
    else if (moved || filled) {
      this.count += 1
      this.#epochIsLate = !moved
    }
    this.#take(memory)
  }

  #take(memory: ManagerMemory): void {
    this.#epoch = memory.epoch
    this.#pendingCount = countOf(memory.pending)
    this.#registeredCount = countOf(memory.registered)
  }
}
