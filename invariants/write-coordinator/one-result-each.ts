// WC-7: each successful `submit` has exactly one result, handed out once, to the caller that the rules name.
//
// By `flushBatch` and `drainCommitted` to whoever calls, by `takeResult` to whoever names the number, by `submitAndCommit` for its own submission
// only. A result names the submitter and the transaction that were given the number. A second result, a wrong one, and a number given twice are
// said when they happen; a missing one at the end, so a scenario that is judged by this drains after its last submission. Of numbers of a
// coordinator that was replaced, or lost to a power failure, nobody is owed a result: `outcomeOf` tells.
//
// Cost: nothing after a step; at the end a look at each number.

import type { Invariant } from '../../sim/invariant.js'
import { CommitLedger } from './commit-ledger.js'
import { type CallEvent, type NumberedResult, resultsHandedOut, SUBMIT_AND_COMMIT, submissionOf, TAKE_RESULT } from './coordinator-events.js'
import type { CoordinatorView, CoordinatorViewOf } from './coordinator-view.js'

/** WC-7: every number that was given has one result, and its receiver is right. */
export function oneResultEach<World>(viewOf: CoordinatorViewOf<World>): Invariant<World> {
  const ledger = new CommitLedger()

  function judge(call: CallEvent, result: NumberedResult, { coordinator }: CoordinatorView): string | undefined {
    const { commitSeq, txnId, submitterId, kind } = result
    const told = `${call.operation} handed out a result of number ${commitSeq}`
    const allocation = ledger.allocations.get(commitSeq)
    if (allocation === undefined) return `${told} and transaction ${txnId}, which nobody was given`
    const { submission, handedOutCount } = allocation
    if (kind !== 'committed' && kind !== 'outcome-unknown') return `${told} that says ${kind}`
    if (kind === 'outcome-unknown' && coordinator?.state !== 'failed') return `${told} that says outcome-unknown, but the coordinator has not failed`
    if (txnId !== submission.txnId || submitterId !== submission.submitterId) {
      return `${told} to transaction ${txnId} of submitter ${submitterId}, but ${submission.txnId} of submitter ${submission.submitterId} was given it`
    }
    if (handedOutCount > 1) return `${told} of transaction ${txnId}, which was handed out before`
    if (call.operation === TAKE_RESULT && call.args[0] !== commitSeq) return `takeResult of number ${call.args[0]} handed out that of ${commitSeq}`
    if (call.operation === SUBMIT_AND_COMMIT && submissionOf(call).txnId !== txnId) {
      return `submitAndCommit of transaction ${submissionOf(call).txnId} handed out the result of ${txnId}`
    }
    return undefined
  }

  return {
    name: 'one-result-each',
    begin(world) {
      ledger.begin(viewOf(world))
    },
    onEvent(event, _history, world) {
      const view = viewOf(world)
      const call = ledger.note(event, view)
      if (ledger.clash !== undefined) return ledger.clash
      if (call === undefined || event.kind !== 'return') return undefined
      for (const result of resultsHandedOut(call, event.data)) {
        const message = judge(call, result, view)
        if (message !== undefined) return message
      }
      return undefined
    },
    atEnd(world) {
      const view = viewOf(world)
      if (view.coordinator === undefined) return undefined
      ledger.look(view)
      for (const { commitSeq, submission, life, handedOutCount } of ledger.allocations.values()) {
        if (life === ledger.life && handedOutCount === 0)
          return `nobody was handed a result of number ${commitSeq}, which transaction ${submission.txnId} was given`
      }
      return undefined
    },
  }
}
