// WC-11: after recovery the result set is a prefix of allocation order that contains every delivered commit.
//
// Judged when the world shows another coordinator than before. Its set is what survives every power failure from then on: the judge reads the
// markers and their proofs. The coordinator must say the same: its tip, its published and its durable number, and `outcomeOf` each transaction.
//
// Cost: nothing after a step but one comparison; at a recovery a look at each commit.

import type { Invariant } from '../../sim/invariant.js'
import { type Allocation, CommitLedger } from './commit-ledger.js'
import { type CommitLog, commitLogOf, forgetCommitLog } from './commit-log.js'
import type { Coordinator, CoordinatorView, CoordinatorViewOf } from './coordinator-view.js'

/** WC-11: recovery brings back what was delivered, and of the rest the oldest. */
export function recoveryKeepsAPrefix<World>(viewOf: CoordinatorViewOf<World>): Invariant<World> {
  const ledger = new CommitLedger()

  function judge(view: CoordinatorView): string | undefined {
    if (!ledger.isNew(view) || ledger.life === 0) return undefined
    const coordinator = view.coordinator as Coordinator
    const log = commitLogOf(view)
    return strangerIn(log) ?? lostOne(log) ?? wrongTip(log, coordinator) ?? wrongOutcome(coordinator, view.retainedOutcomes)
  }

  /** A number in the set that was given to another transaction, or to none. */
  function strangerIn(log: CommitLog): string | undefined {
    for (const marker of log.certain.markers) {
      const { commitSeq } = marker
      if (commitSeq <= ledger.base) continue
      const proof = log.proofOf(marker)
      if (proof === undefined) return `recovery counts number ${commitSeq}, whose proof is not durable`
      const given = ledger.allocations.get(commitSeq)?.submission ?? ledger.unnumbered.get(proof.txnId)
      if (given === undefined) return `recovery counts number ${commitSeq} of transaction ${proof.txnId}, which nobody was given`
      if (given.txnId !== proof.txnId) return `recovery counts number ${commitSeq} of transaction ${proof.txnId}, but ${given.txnId} was given it`
    }
    return undefined
  }

  function lostOne(log: CommitLog): string | undefined {
    const { markers, fault } = log.certain
    const tip = markers.at(-1)?.commitSeq ?? 0
    for (const { commitSeq, submission, isCommitted } of ledger.allocations.values()) {
      if (!isCommitted || commitSeq <= tip) continue
      return `recovery lost number ${commitSeq}: transaction ${submission.txnId} was told that it is committed${fault === undefined ? '' : `, but ${fault}`}`
    }
    return undefined
  }

  function wrongTip(log: CommitLog, { commitSeqTip, durableSeq, publishedSeq }: Coordinator): string | undefined {
    const tip = log.certain.markers.at(-1)?.commitSeq
    if (commitSeqTip !== durableSeq || commitSeqTip !== publishedSeq) {
      return `after recovery the tip is ${commitSeqTip}, durableSeq ${durableSeq} and publishedSeq ${publishedSeq}; expected them to be equal`
    }
    // Where no number was ever durable, the tip may be that of the fresh store.
    if (commitSeqTip === tip || (tip === undefined && (commitSeqTip === 0 || commitSeqTip === ledger.base))) return undefined
    return `after recovery the tip is ${commitSeqTip}, but the last durable number is ${tip ?? 'none'}`
  }

  function wrongOutcome(coordinator: Coordinator, retained = Number.POSITIVE_INFINITY): string | undefined {
    const tip = coordinator.commitSeqTip
    for (const { commitSeq, submission } of ledger.allocations.values()) {
      const expected = commitSeq <= tip ? commitSeq : otherNumberOf(submission.txnId, tip)
      const outcome = coordinator.outcomeOf(submission.txnId)
      const isForgotten = outcome === undefined && expected !== undefined && expected <= tip - retained
      if (outcome !== expected && !isForgotten) {
        return `after recovery outcomeOf(${submission.txnId}) is ${outcome ?? 'undefined'}, expected ${expected ?? 'undefined'}`
      }
    }
    return undefined
  }

  /** The number up to `tip` of a transaction that was submitted again. */
  function otherNumberOf(txnId: number, tip: number): number | undefined {
    const isIt = ({ commitSeq, submission }: Allocation) => commitSeq <= tip && submission.txnId === txnId
    return [...ledger.allocations.values()].find(isIt)?.commitSeq
  }

  return {
    name: 'recovery-keeps-a-prefix',
    begin(world) {
      ledger.begin(viewOf(world))
      forgetCommitLog(viewOf(world))
    },
    everyStep(world) {
      const view = viewOf(world)
      const message = judge(view)
      ledger.look(view)
      return message
    },
    onEvent(event, _history, world) {
      const view = viewOf(world)
      const message = judge(view)
      ledger.note(event, view)
      return message
    },
  }
}
