// QS-12: `deregister` returns or throws within `waitMsMax` plus one wait slice.
//
// Virtual time also passes while a peer could run and is not picked, so once the time is over a call has so many steps, of whomever, to notice.
// Said of peers that have not crashed.
//
// Cost: one clock read after every step while a call is open.

import type { Invariant } from '../../sim/invariant.js'
import { LEAVE_TIMED_OUT, LEAVING, LEFT } from './qsbr-events.js'

/** Longest single sleep inside the call, in ms. */
const SLICE_MS = 1
/** More steps than the peers of any scenario take while one of them is not picked. */
const STEPS_TO_NOTICE = 400

interface OpenCall {
  readonly waitMsMax: number
  readonly startMs: number
  /** Steps since the time was over. */
  overdueSteps: number
}

/**
 * QS-12: nobody waits longer than it said.
 *
 * @param nowMs the virtual time, in ms
 */
export function deregisterIsBounded<World>(nowMs: (world: World) => number): Invariant<World> {
  /** By peer. */
  const open = new Map<number, OpenCall>()
  return {
    name: 'deregister-is-bounded',
    begin() {
      open.clear()
    },
    onEvent(event, _history, world) {
      if (event.kind === 'crash') open.delete(event.peer)
      if (event.kind !== 'event') return undefined
      if (event.name === LEAVING) open.set(event.peer, { waitMsMax: event.data as number, startMs: nowMs(world), overdueSteps: 0 })
      else if (event.name === LEFT || event.name === LEAVE_TIMED_OUT) open.delete(event.peer)
      return undefined
    },
    everyStep(world) {
      if (open.size === 0) return undefined
      const now = nowMs(world)
      for (const [peer, call] of open) {
        if (now - call.startMs <= call.waitMsMax + SLICE_MS) continue
        call.overdueSteps += 1
        if (call.overdueSteps > STEPS_TO_NOTICE)
          return `peer ${peer} deregisters since ${now - call.startMs} ms, and was to wait for ${call.waitMsMax} ms at most`
      }
      return undefined
    },
  }
}
