// WC-9: every accepted beginSeq was published when it was accepted.
//
// The coordinator's word is not enough: a number can only have been published if its marker is durable and a call that publishes was open since. The
// judge keeps that bound. `submitAndCommit` accepts when it is called and says so when it returns.
//
// Cost: nothing after a step; a look at the markers at events where the disk has changed.

import type { Invariant } from '../../sim/invariant.js'
import { CallsInFlight } from './calls-in-flight.js'
import { commitLogOf, forgetCommitLog } from './commit-log.js'
import { acceptedReads, numberGiven, publishes, readOnlySubmissionOf, resultsHandedOut, SUBMIT_AND_COMMIT } from './coordinator-events.js'
import type { Coordinator, CoordinatorView, CoordinatorViewOf } from './coordinator-view.js'

/** WC-9: nobody commits what it did in a snapshot that was none. */
export function beginsAtPublished<World>(viewOf: CoordinatorViewOf<World>): Invariant<World> {
  const calls = new CallsInFlight()
  let known: Coordinator | undefined
  /** The highest number that may be published. */
  let bound = 0
  /** By peer: the bound when its `submitAndCommit` began. */
  const boundAtCall = new Map<number, number>()

  function raiseBound(view: CoordinatorView): void {
    if (view.coordinator !== undefined && view.coordinator !== known) {
      known = view.coordinator
      bound = known.commitSeqTip
    }
    if (!calls.some(({ operation }) => publishes(operation))) return
    bound = Math.max(bound, commitLogOf(view).certain.markers.at(-1)?.commitSeq ?? 0)
  }

  return {
    name: 'begins-at-published',
    begin(world) {
      calls.begin()
      known = undefined
      boundAtCall.clear()
      forgetCommitLog(viewOf(world))
      raiseBound(viewOf(world))
    },
    onEvent(event, _history, world) {
      const view = viewOf(world)
      raiseBound(view)
      const published = Math.min(bound, view.coordinator?.publishedSeq ?? 0)
      const call = calls.note(event)
      if (event.kind === 'invoke' && event.name === SUBMIT_AND_COMMIT) boundAtCall.set(event.peer, published)
      if (event.kind !== 'return' || call === undefined) return undefined
      const isSelfCommitted = call.operation === SUBMIT_AND_COMMIT && resultsHandedOut(call, event.data).length > 0
      if (numberGiven(call, event.data) === undefined && !acceptedReads(call, event.data) && !isSelfCommitted) return undefined
      const publishedThen = call.operation === SUBMIT_AND_COMMIT ? (boundAtCall.get(event.peer) as number) : published
      const { txnId, beginSeq } = readOnlySubmissionOf(call)
      if (beginSeq <= publishedThen) return undefined
      return `transaction ${txnId} was accepted with beginSeq ${beginSeq}, but only numbers up to ${publishedThen} were published`
    },
  }
}
