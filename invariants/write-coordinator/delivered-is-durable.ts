// WC-1: a delivered `committed` implies a durable marker, which implies durable proof and capsule.
//
// Delivered is also what a recovery counted. Durable is what survives every power failure that may strike now; the marker must stand where a recovery
// counts it, and its proof must tell what was submitted.
//
// Cost: one comparison after a step; where the disk has changed or a result was delivered, a look at each commit.

import type { Invariant } from '../../sim/invariant.js'
import { type Allocation, CommitLedger } from './commit-ledger.js'
import { type CommitLog, commitLogOf, forgetCommitLog } from './commit-log.js'
import { resultsHandedOut } from './coordinator-events.js'
import type { CoordinatorView, CoordinatorViewOf, Submission } from './coordinator-view.js'
import type { Proof } from './log-records.js'

/** What a proof tells of its submission. */
const NUMBERS = ['txnId', 'beginSeq'] as const
const LISTS = ['writePages', 'readPages', 'inEdges', 'outEdges'] as const

/** WC-1: what was told to be committed survives any power failure. */
export function deliveredIsDurable<World>(viewOf: CoordinatorViewOf<World>): Invariant<World> {
  const ledger = new CommitLedger()
  let judged: CommitLog | undefined

  function judge(view: CoordinatorView): string | undefined {
    if (ledger.isNew(view)) judged = undefined
    ledger.look(view)
    const log = commitLogOf(view)
    if (log === judged) return undefined
    judged = log
    for (const allocation of ledger.allocations.values()) {
      const missing = allocation.isCommitted ? missingOf(log, allocation) : undefined
      if (missing !== undefined)
        return `transaction ${allocation.submission.txnId} was told that it is committed as number ${allocation.commitSeq}, but ${missing}`
    }
    return undefined
  }

  return {
    name: 'delivered-is-durable',
    begin(world) {
      const view = viewOf(world)
      ledger.begin(view)
      forgetCommitLog(view)
      judged = undefined
    },
    everyStep(world) {
      return judge(viewOf(world))
    },
    onEvent(event, _history, world) {
      const view = viewOf(world)
      const call = ledger.note(event, view)
      if (event.kind !== 'return' || call === undefined || resultsHandedOut(call, event.data).length === 0) return undefined
      judged = undefined
      return judge(view)
    },
  }
}

function missingOf(log: CommitLog, { commitSeq, submission }: Allocation): string | undefined {
  const { markers, fault } = log.certain
  const marker = markers[commitSeq - (markers[0]?.commitSeq ?? 0)]
  if (marker?.commitSeq !== commitSeq) return `its marker is not durable${fault === undefined ? '' : `: ${fault}`}`
  const lack = log.lacks(marker)
  if (lack !== undefined) return `its ${lack} is not durable`
  const difference = differenceOf(log.proofOf(marker) as Proof, submission)
  return difference === undefined ? undefined : `its proof has ${difference}`
}

function areEqual(list: readonly number[], other: readonly number[]): boolean {
  if (list.length !== other.length) return false
  for (let at = 0; at < list.length; at++) if (list[at] !== other[at]) return false
  return true
}

function differenceOf(proof: Proof, submission: Submission): string | undefined {
  for (const field of NUMBERS) {
    if (proof[field] !== submission[field]) return `${field} ${proof[field]}, not ${submission[field]}`
  }
  for (const field of LISTS) {
    if (!areEqual(proof[field], submission[field])) return `${field} ${proof[field]}, not ${submission[field]}`
  }
  const { offset, length, crc } = proof.capsule
  const expected = submission.capsule
  return offset === expected.offset && length === expected.length && crc === expected.crc ? undefined : `the capsule at ${offset}, not at ${expected.offset}`
}
