// FS-12, for a once: after the lease of who runs the initialiser ended, some live party that keeps trying runs it.
//
// Calls are bounded, so a hang shows as a time-out that the protocol does not allow: the once is still in the attempt of a session that was over
// before the call began. And at the end nobody is inside a call but who crashed there.
//
// Checked when a call throws, and at the end. Cost: three words for each call; nothing after a step.

import type { Invariant } from '../../sim/invariant.js'
import { indexOf, sessionText } from './fabric-words.js'
import { ASKING, GOT, NOT_GOT, type RefusalEvent } from './once-events.js'
import { type OnceWords, type OnceWordsOf, STATE_RUNNING } from './once-words.js'

const NONE = -1

/** FS-12: a runner that is dead keeps nobody waiting for longer than its lease. */
export function onceOutlivesRunner<World>(onceOf: OnceWordsOf<World>): Invariant<World> {
  /** Peers inside a call: the attempt that was over when they began it, or NONE. */
  const asking = new Map<number, number>()
  return {
    name: 'once-outlives-runner',
    begin() {
      asking.clear()
    },
    onEvent(event, _history, world) {
      if (event.kind === 'crash') asking.delete(event.peer)
      if (event.kind !== 'event') return undefined
      const once = onceOf(world)
      if (event.name === ASKING) asking.set(event.peer, attemptOver(once))
      if (event.name === GOT) asking.delete(event.peer)
      if (event.name !== NOT_GOT) return undefined
      const over = asking.get(event.peer)
      asking.delete(event.peer)
      if (!(event.data as RefusalEvent).timedOut || over !== once.attempt() || once.state() !== STATE_RUNNING) return undefined
      return `peer ${event.peer} waited in vain for attempt ${over} of ${sessionText(once.runner())}, which was over before`
    },
    atEnd() {
      const [peer] = asking.keys()
      return peer === undefined ? undefined : `peer ${peer} is inside getOrInit for ever`
    },
  }
}

/** The attempt that runs, if its session has ended by everybody's clock; else NONE. */
function attemptOver(once: OnceWords): number {
  if (once.state() !== STATE_RUNNING) return NONE
  const { fabric } = once
  const runner = once.runner()
  const alive = fabric.isActive(runner) && fabric.nowMs() < fabric.leaseExpiryMs(indexOf(runner)) + fabric.skewMsMax
  return alive ? NONE : once.attempt()
}
