// WC-8: no number is allocated after `initiateShutdown`; pending ones still commit.
//
// After the call the tip stays; a flush that begins after it makes all numbers up to the tip durable, unless the storage fails, and no result
// of theirs is another than `committed`. A coordinator that was recovered since is open again.
//
// Cost: nothing after a step; a look at one number at each event.

import type { HistoryEvent, Invariant } from '../../sim/invariant.js'
import { CallsInFlight } from './calls-in-flight.js'
import { APPEND_MARKERS, codeOf, DRAIN, FLUSH, FSYNC1, resultsHandedOut, SHUTDOWN } from './coordinator-events.js'
import type { Coordinator, CoordinatorViewOf } from './coordinator-view.js'

const FLUSH_CALLS: readonly string[] = [FSYNC1, APPEND_MARKERS, DRAIN, FLUSH]
/** Codes of errors with which one of them may end all the same. */
const EXPECTED_CODES: readonly (string | undefined)[] = ['WC_BUSY', 'WC_FAILED']

/** WC-8: shutdown ends the giving of numbers, and nothing else. */
export function shutdownEndsAllocation<World>(viewOf: CoordinatorViewOf<World>): Invariant<World> {
  const calls = new CallsInFlight()
  /** The coordinator that was told to shut down. */
  let closed: Coordinator | undefined
  let tip = 0
  /** Peers in a `flushBatch` that began since. */
  const flushing = new Set<number>()

  function judge(event: HistoryEvent, coordinator: Coordinator): string | undefined {
    const call = calls.of(event.peer)
    if (coordinator.commitSeqTip !== tip) return `the tip went from ${tip} to ${coordinator.commitSeqTip} after initiateShutdown`
    if (call === undefined) return undefined
    if (event.kind === 'throw' && FLUSH_CALLS.includes(call.operation)) {
      const code = codeOf(event.data)
      return EXPECTED_CODES.includes(code) ? undefined : `after initiateShutdown, ${call.operation} threw ${code ?? 'an error without a code'}`
    }
    if (event.kind !== 'return' || coordinator.state === 'failed') return undefined
    for (const { commitSeq, kind } of resultsHandedOut(call, event.data)) {
      if (kind !== 'committed') return `number ${commitSeq}, pending at initiateShutdown, ended as ${kind}`
    }
    if (call.operation !== FLUSH || !flushing.has(event.peer) || coordinator.durableSeq >= tip) return undefined
    return `number ${coordinator.durableSeq + 1}, pending at initiateShutdown, was not committed by flushBatch`
  }

  return {
    name: 'shutdown-ends-allocation',
    begin() {
      calls.begin()
      closed = undefined
      flushing.clear()
    },
    onEvent(event, _history, world) {
      const { coordinator } = viewOf(world)
      const isClosed = coordinator !== undefined && coordinator === closed
      const message = isClosed ? judge(event, coordinator) : undefined
      const call = calls.note(event)
      if (event.kind === 'invoke' && event.name === FLUSH && isClosed) flushing.add(event.peer)
      else flushing.delete(event.peer)
      if (coordinator !== undefined && !isClosed && call?.operation === SHUTDOWN && event.kind === 'return') {
        closed = coordinator
        tip = coordinator.commitSeqTip
        flushing.clear()
      }
      return message
    },
  }
}
